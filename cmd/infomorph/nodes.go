package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"infomorph/actors/remote"
	"infomorph/internal/bundle"
	"infomorph/internal/checkpoint"
	"infomorph/internal/nodes"
	"infomorph/internal/record"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
)

// identity says which program this is: nodes of another one would not give the
// same bytes. Where the version does not tell, the hash of the program does.
func identity() string {
	v := record.BuildVersions()
	text := strings.Join(strings.Fields(fmt.Sprint("infomorph ", v.Infomorph, " ", v.Revision, " ", v.Go)), " ")
	if v.Revision != "" && !v.Modified {
		return text
	}
	path, err := os.Executable()
	if err != nil {
		return text
	}
	f, err := os.Open(path)
	if err != nil {
		return text
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return text
	}
	return fmt.Sprintf("%s, build %.4x", text, h.Sum(nil))
}

// machines are the nodes of a run.
type machines struct {
	list  *nodes.List
	creds *remote.Credentials
}

// readMachines reads a list of nodes with the coordinator's certificate.
func readMachines(file string) (*machines, error) {
	l, err := nodes.Read(file)
	if err != nil {
		return nil, err
	}
	m := &machines{list: l}
	if l.Certificates != "" {
		m.creds, err = remote.LoadCredentials(l.File("coordinator.crt"), l.File("coordinator.key"), l.File(nodes.AuthorityFile))
	}
	return m, err
}

func (m *machines) peers() []remote.Peer {
	peers := make([]remote.Peer, len(m.list.Nodes))
	for k, n := range m.list.Nodes {
		peers[k] = remote.Peer{Name: n.Name, Address: n.Address, Share: n.Share}
	}
	return peers
}

// onNodes is what belongs to a command that goes on on the same nodes.
func (f *runFlags) onNodes() string {
	if f.nodes == "" {
		return ""
	}
	return " --nodes " + f.nodes
}

// checkNodes refuses what has no effect on nodes, or cannot run there.
func (f *runFlags) checkNodes(s *loaded) error {
	switch {
	case f.nodes == "":
		return nil
	case s.Mode == scenarios.ModeFree:
		return errors.New("--nodes: a network that runs free runs on one machine; several run in lockstep (--mode lockstep)")
	case f.engine.named() || f.engine.shards != 0:
		return errors.New("--nodes: each node has shard actors of its own; leave --actors and --shards out")
	}
	return nil
}

// filesOf returns the files of a scenario, which remember what was read of them
// where it goes to nodes.
func filesOf(s *loaded, nodes bool) scenarios.Files {
	if nodes {
		return bundle.Record(s.folder)
	}
	return s.folder
}

// open makes the engine of a run: here, or on the nodes of a list. files is
// what the task has read.
func (f *runFlags) open(s *loaded, net *sim.Network, files scenarios.Files, log *runLog) (sim.Engine, error) {
	if f.nodes == "" {
		return f.engine.build(s.Mode, net, f.workers, log.slog())
	}
	m, err := readMachines(f.nodes)
	if err != nil {
		return nil, err
	}
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	spec, err := files.(*bundle.Recorder).Pack(s.Name, text)
	if err != nil {
		return nil, err
	}
	return remote.New(net, remote.Options{
		Nodes: m.peers(), Listen: m.list.Listen(), Creds: m.creds, Spec: spec, Run: s.Name, Version: identity(), Copies: m.list.Copies, Log: log.slog(),
	})
}

// partsFolder is where copies of the parts of checkpoints lie.
func partsFolder(dir string) string { return filepath.Join(dir, checkpoint.FolderName, "parts") }

// dropParts removes copies of parts that no checkpoint names.
func dropParts(dir string) {
	os.RemoveAll(partsFolder(dir))
	os.Remove(filepath.Join(dir, checkpoint.FolderName)) // fails unless empty
}

// saveState returns what a checkpoint holds of an engine: its state, or of a run
// on nodes the list of the parts that they have written.
func saveState(e sim.Engine, dir string) ([]byte, error) {
	if r, ok := e.(*remote.Engine); ok {
		return r.SaveParts(partsFolder(dir))
	}
	return e.State()
}

// forgetStates removes what only older checkpoints needed.
func forgetStates(e sim.Engine, dir string) error {
	if r, ok := e.(*remote.Engine); ok {
		return r.ForgetParts(partsFolder(dir))
	}
	return nil
}

// restoreState goes on from what saveState returned, here or on nodes, wherever
// that was.
func (b *beginning) restoreState(e sim.Engine) error {
	if !remote.IsParts(b.from.Engine) {
		return e.Restore(b.from.Engine)
	}
	if r, ok := e.(*remote.Engine); ok {
		return r.RestoreParts(b.from.Engine, partsFolder(b.dir), b.fork)
	}
	state, err := remote.JoinParts(b.from.Engine, partsFolder(b.dir))
	if err != nil {
		return err
	}
	return e.Restore(state)
}

// buildNetwork makes the network of a scenario that a coordinator sent.
func buildNetwork(spec []byte) (*sim.Network, error) {
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

// annotated is progress that shows a text beside it.
type annotated interface{ note(text func() string) }

// tellPlacement says which node has what, before the run begins, and lets the
// progress show what each does.
func (f *runFlags) tellPlacement(e sim.Engine, p progress) {
	r, ok := e.(*remote.Engine)
	if !ok || f.quiet || f.json {
		return
	}
	tw := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "NODE\tADDRESS\tNEURONS\tSYNAPSES\tSHARDS")
	for _, s := range r.Stats() {
		fmt.Fprintf(tw, "%s\t%s\t%d to %d\t%d\t%d\n", s.Name, s.Address, s.First, s.Last-1, s.Synapses, s.Shards)
	}
	tw.Flush()
	if a, ok := p.(annotated); ok {
		began := time.Now()
		a.note(func() string { return rates(r.Stats(), time.Since(began)) })
	}
}

// rates says how fast each node is, and what share of the time it computes: a
// slow one does so all the time, while the others wait.
func rates(all []remote.Stats, since time.Duration) string {
	b := &strings.Builder{}
	for _, s := range all {
		fmt.Fprintf(b, "  %s %.0f epochs/s %.0f%%", s.Name, float64(s.Epochs)/since.Seconds(), 100*s.Busy.Seconds()/since.Seconds())
	}
	return b.String()
}

// tellNodes says what each node did, when the run has ended.
func (f *runFlags) tellNodes(e sim.Engine, log *runLog) {
	r, ok := e.(*remote.Engine)
	if !ok {
		return
	}
	tw := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "NODE\tEPOCHS\tSPIKES\tCOMPUTING\tPER EPOCH\tBYTES TO IT\tFROM IT")
	for _, s := range r.Stats() {
		n := max(s.Epochs, 1)
		log.Info().Str("node", s.Name).Int32("first", int32(s.First)).Int32("last", int32(s.Last-1)).Int64("synapses", s.Synapses).
			Int64("epochs", s.Epochs).Int64("spikes", s.Spikes).Int64("sent", s.Sent).Int64("received", s.Received).Dur("computing", s.Busy).Msg("node")
		fmt.Fprintf(tw, "%s\t%d\t%d\t%.2f s\t%.3f ms\t%d\t%d\n", s.Name, s.Epochs, s.Spikes, s.Busy.Seconds(), 1e3*s.Busy.Seconds()/float64(n), s.Sent/n, s.Received/n)
	}
	if !f.quiet && !f.json {
		tw.Flush()
	}
}

// hostLine says what this side is, for nodes check.
func hostLine() string { return fmt.Sprintf("%s on %s", identity(), runtime.GOARCH) }
