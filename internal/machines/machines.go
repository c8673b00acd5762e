// Package machines runs a network on the nodes of a list. It connects three
// things: the list with its certificates, the bundle of a scenario and its
// files, and the engine that coordinates the nodes.
package machines

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"infomorph/actors/remote"
	"infomorph/internal/bundle"
	"infomorph/internal/checkpoint"
	"infomorph/internal/guard"
	"infomorph/internal/nodes"
	"infomorph/internal/record"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
)

// Identity identifies this build of the program, because nodes with another
// build would not give the same bytes. If the version is not enough, it
// includes the hash of the executable.
func Identity() string { return identity() }

// identity is computed once, because the executable is a large file.
var identity = sync.OnceValue(func() string {
	v := record.BuildVersions()
	text := strings.Join(strings.Fields(fmt.Sprint("infomorph ", v.Infomorph, " ", v.Revision, " ", v.Go)), " ")
	if v.Revision != "" && !v.Modified {
		return text
	}
	path, err := os.Executable()
	if err != nil {
		return text
	}
	f, err := guard.Open(path)
	if err != nil {
		return text
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return text
	}
	return fmt.Sprintf("%s, build %.4x", text, h.Sum(nil))
})

// Host returns the identity and architecture of this side, in the form that
// nodes report theirs.
func Host() string { return fmt.Sprintf("%s on %s", Identity(), runtime.GOARCH) }

// Machines are the nodes of a run.
type Machines struct {
	list  *nodes.List
	creds *remote.Credentials
	// Patience is that of remote.Options.
	Patience time.Duration
}

// Read reads a list of nodes with the coordinator's certificate.
func Read(file string) (*Machines, error) {
	l, err := nodes.Read(file)
	if err != nil {
		return nil, err
	}
	m := &Machines{list: l}
	if l.Certificates != "" {
		m.creds, err = remote.LoadCredentials(l.File("coordinator.crt"), l.File("coordinator.key"), l.File(nodes.AuthorityFile))
	}
	if c := m.creds; err == nil && c != nil && c.Host != l.Host() {
		err = fmt.Errorf("%s is of %v, the list says that the coordinator is at %s: make its certificate anew (infomorph node certificates), or mend the list", l.File("coordinator.crt"), c.Identity, l.Host())
	}
	return m, err
}

func (m *Machines) peers() []remote.Peer {
	peers := make([]remote.Peer, len(m.list.Nodes))
	for k, n := range m.list.Nodes {
		peers[k] = remote.Peer{Name: n.Name, Address: n.Address, Share: n.Share}
	}
	return peers
}

// Check asks every node for its identity.
func (m *Machines) Check() ([]remote.Checked, error) {
	return remote.Check(m.list.Listen(), m.creds, m.peers(), nil)
}

// Open makes the engine of a scenario on the nodes. files are those that its
// task has read, from bundle.Record.
func (m *Machines) Open(s *scenarios.Scenario, net *sim.Network, files scenarios.Files, log *slog.Logger) (sim.Engine, error) {
	read, ok := files.(*bundle.Recorder)
	if !ok {
		return nil, errors.New("machines: the files of the scenario were not recorded")
	}
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	spec, err := read.Pack(s.Name, text)
	if err != nil {
		return nil, err
	}
	return remote.New(net, remote.Options{
		Nodes: m.peers(), Listen: m.list.Listen(), Creds: m.creds, Spec: spec, Run: s.Name, Version: Identity(), Copies: m.list.Copies, Log: log, Patience: m.Patience,
	})
}

// Build makes the network from the bundle that a coordinator sent.
func Build(spec []byte) (*sim.Network, error) {
	b, err := bundle.Unpack(spec)
	if err != nil {
		return nil, err
	}
	s, err := scenarios.Load(b.Name, bytes.NewReader(b.Text))
	if err != nil {
		return nil, err
	}
	task, err := scenarios.NewTask(s, b)
	if err != nil {
		return nil, err
	}
	return task.Network(), nil
}

// partsFolder returns the folder for copies of the parts of checkpoints.
func partsFolder(dir string) string {
	return filepath.Join(dir, checkpoint.FolderName, checkpoint.PartsFolder)
}

// DropParts removes copies of parts that no checkpoint of a result folder names.
func DropParts(dir string) {
	os.RemoveAll(partsFolder(dir))
	os.Remove(filepath.Join(dir, checkpoint.FolderName)) // fails unless empty
}

// WriteState writes the state of an engine for a checkpoint in a result folder.
// For a run on nodes it is the list of the parts that they have written.
func WriteState(e sim.Engine, dir string, w io.Writer) error {
	r, ok := e.(*remote.Engine)
	if !ok {
		return sim.WriteState(e, w)
	}
	parts, err := r.SaveParts(partsFolder(dir))
	if err == nil {
		_, err = w.Write(parts)
	}
	return err
}

// ForgetStates removes what only older checkpoints needed.
func ForgetStates(e sim.Engine, dir string) error {
	if r, ok := e.(*remote.Engine); ok {
		return r.ForgetParts(partsFolder(dir))
	}
	return nil
}

// RestoreState restores what WriteState wrote for the folder dir, on this
// machine or on nodes, no matter where it was written. With fork, the parts of
// the other run stay where they are.
func RestoreState(e sim.Engine, saved []byte, dir string, fork bool) error {
	if !remote.IsParts(saved) {
		return e.Restore(saved)
	}
	if r, ok := e.(*remote.Engine); ok {
		return r.RestoreParts(saved, partsFolder(dir), fork)
	}
	state, err := remote.JoinParts(saved, partsFolder(dir))
	if err != nil {
		return err
	}
	return e.Restore(state)
}
