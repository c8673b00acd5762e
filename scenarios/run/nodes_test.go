//go:build !race

// Several nodes in one process are a race inside Proto.Actor and gRPC, which only tests
// have: see actors/remote/race_on_test.go.

package run

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"infomorph/actors/remote"
	"infomorph/internal/bundle"
	"infomorph/internal/checkpoint"
	"infomorph/internal/machines"
	"infomorph/internal/record"
)

// twoNodes starts two nodes in this process and returns the file with their list.
func twoNodes(t *testing.T) string {
	t.Helper()
	list := "nodes:\n"
	for k := range 2 {
		n, err := remote.StartNode(remote.NodeOptions{Listen: "127.0.0.1:0", Dir: t.TempDir(), Version: machines.Identity(), Build: machines.Build, Shards: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := n.Close(); err != nil {
				t.Error(err)
			}
		})
		list += fmt.Sprintf("  - {name: node%d, address: %q}\n", k+1, n.Address())
	}
	file := filepath.Join(t.TempDir(), "nodes.yaml")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// partsIn returns the names of the parts of checkpoints in a folder.
func partsIn(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, checkpoint.FolderName, checkpoint.PartsFolder, "*"+checkpoint.PartSuffix))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRunsOnNodes: a run on nodes gives the same files as one here. Its log says what each
// node did. Of the parts of its checkpoints only those are kept that a checkpoint needs, and
// the run can go on from them here.
func TestRunsOnNodes(t *testing.T) {
	here, there := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "there")
	want := done(t, small(t), Options{Dir: here, Lean: true})
	s, list := small(t), twoNodes(t)
	interruptAt(t, s, Options{Dir: there, Nodes: list, CheckpointSteps: 1}, 6)
	ckpt, err := filepath.Glob(filepath.Join(there, checkpoint.FolderName, "*.ckpt"))
	if err != nil || len(ckpt) == 0 || len(ckpt) >= 6 {
		t.Fatalf("%d checkpoints, %v", len(ckpt), err)
	}
	if all := partsIn(t, there); len(all) != 2*len(ckpt) {
		t.Errorf("%d checkpoints of two nodes have %d parts", len(ckpt), len(all))
	}
	for _, nodes := range []string{list, ""} {
		dir := filepath.Join(t.TempDir(), "r")
		if err := os.CopyFS(dir, os.DirFS(there)); err != nil {
			t.Fatal(err)
		}
		stopped, err := Open(dir, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got := done(t, stopped.Scenario, Options{From: stopped, Lean: true, Nodes: nodes})
		if got.Final.StateHash != want.Final.StateHash {
			t.Errorf("on %q: another state", nodes)
		}
		files := contents(t, dir)
		maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, "/"+checkpoint.FolderName) })
		same(t, "gone on", files, contents(t, here))
	}
	_, err = Do(t.Context(), s, Options{Dir: filepath.Join(t.TempDir(), "r"), Nodes: list, CheckpointSteps: 1, Began: func(r *Running) {
		if err := os.MkdirAll(filepath.Join(r.Dir, checkpoint.FolderName, checkpoint.PartsFolder, "x.part", "below"), 0o777); err != nil {
			t.Error(err)
		}
	}})
	if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "x.part") {
		t.Errorf("a part that cannot be removed: %v", err)
	}
	first, spikes, name := 0.0, 0.0, ""
	for _, line := range logOf(t, there) {
		if line["msg"] != "node" {
			continue
		}
		name += line["node"].(string) + " "
		if line["first"] != first || line["run"] == "" || line["run"] == nil || line["synapses"].(float64) <= 0 {
			t.Errorf("%v, want the neurons from %v on", line, first)
		}
		first, spikes = line["last"].(float64)+1, spikes+line["spikes"].(float64)
	}
	lines := logOf(t, there)
	if name != "node1 node2 " || first != 16 || spikes != lines[len(lines)-1]["spikes"] || spikes == 0 {
		t.Errorf("nodes %s have %v neurons and %v spikes: %v", name, first, spikes, lines)
	}
}

// TestPartsOfRunsThatBeginAgain: a run that was killed before its first checkpoint begins
// again, without parts of a checkpoint that was not completed; but not while another process
// works in its folder.
func TestPartsOfRunsThatBeginAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir}, 2, nil)
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	part := func() {
		t.Helper()
		sum := sha256.Sum256([]byte("part"))
		name := filepath.Join(dir, checkpoint.FolderName, checkpoint.PartsFolder, hex.EncodeToString(sum[:])+checkpoint.PartSuffix)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte("part"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	part()
	done(t, stopped.Scenario, Options{From: stopped, Lean: true, Began: func(*Running) {
		if all := partsIn(t, dir); len(all) > 0 {
			t.Errorf("left behind: %v", all)
		}
		part()
		if _, err := Do(t.Context(), stopped.Scenario, Options{From: stopped}); !errors.Is(err, record.ErrInUse) {
			t.Error(err)
		}
		if all := partsIn(t, dir); len(all) != 1 {
			t.Errorf("a run that did not begin removed the parts of another: %v", all)
		}
	}})
}

// TestFilesForNodes: only for nodes it is recorded what a task reads.
func TestFilesForNodes(t *testing.T) {
	s := small(t)
	for list, want := range map[string]bool{"": false, "nodes.yaml": true} {
		if _, got := (&Options{Nodes: list}).files(s).(*bundle.Recorder); got != want {
			t.Errorf("%q: recorded %v", list, got)
		}
	}
}

// TestPatienceWithNodes: a run waits for its nodes as long as it was told to.
func TestPatienceWithNodes(t *testing.T) {
	list := filepath.Join(t.TempDir(), "nodes.yaml")
	if err := os.WriteFile(list, []byte("nodes: [{name: a, address: \"127.0.0.1:7001\"}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, patience := range []time.Duration{0, -1, time.Hour} {
		if m, err := (&Options{Nodes: list, NodePatience: patience}).machines(); err != nil || m.Patience != patience {
			t.Errorf("%v: %+v, %v", patience, m, err)
		}
	}
}
