package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/disk/disktest"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

// where returns a world with some neurons, and its outcome on the reference.
func where(t *testing.T, seed uint64) (*simtest.World, simtest.Outcome) {
	t.Helper()
	w, err := simtest.New(seed)
	if err != nil {
		t.Fatal(err)
	}
	want, err := w.Play(simtest.Sequential)
	if err != nil {
		t.Fatal(err)
	}
	return w, want
}

func engineOn(t *testing.T, w *simtest.World, peers []Peer, copies bool) *Engine {
	t.Helper()
	e, err := New(w.Net, Options{Nodes: peers, Listen: "127.0.0.1:0", Spec: binary.LittleEndian.AppendUint64(nil, w.Seed), Version: "test", Copies: copies, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// half runs half of a world on nodes and saves it in parts.
func half(t *testing.T, w *simtest.World, r *simtest.Recorder, peers []Peer, folder string) []byte {
	t.Helper()
	e := engineOn(t, w, peers, folder != "")
	if err := e.Advance(t.Context(), w.End/2, w.Cut(0, w.End/2), r); err != nil {
		t.Fatal(err)
	}
	list, err := e.SaveParts(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.ForgetParts(folder); err != nil {
		t.Fatal(err)
	}
	e.Close()
	return list
}

// finish runs to the end and compares the outcome.
func finish(t *testing.T, w *simtest.World, r *simtest.Recorder, e sim.Engine, want simtest.Outcome) {
	t.Helper()
	if err := w.Run(e, r); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Outcome(e); err != nil || got != want {
		t.Errorf("%+v, %v, expected %+v", got, err, want)
	}
}

// TestPartsOnOtherNodes saves a run in parts and continues it on the same
// nodes, on more, on fewer, on other nodes with the copies, and on one machine.
func TestPartsOnOtherNodes(t *testing.T) {
	peers := cluster(t, 4)
	w, want := where(t, 10)
	for name, c := range map[string]struct {
		from, to []Peer
		copies   bool
	}{
		"the same":                  {peers[:2], peers[:2], false},
		"one more":                  {peers[:2], peers[:3], false},
		"one fewer, with copies":    {peers[:3], peers[:2], true},
		"strangers, with copies":    {peers[:2], peers[2:], true},
		"the same in another order": {peers[:2], []Peer{peers[1], peers[0]}, false},
	} {
		t.Run(name, func(t *testing.T) {
			folder := ""
			if c.copies {
				folder = t.TempDir()
			}
			r := simtest.NewRecorder()
			list := half(t, w, r, c.from, folder)
			e := engineOn(t, w, c.to, c.copies)
			if err := e.RestoreParts(list, folder, false); err != nil {
				t.Fatal(err)
			}
			finish(t, w, r, e, want)
		})
	}
	t.Run("one machine", func(t *testing.T) {
		folder, r := t.TempDir(), simtest.NewRecorder()
		state, err := JoinParts(half(t, w, r, peers[:3], folder), folder)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := sim.NewSequential(w.Net)
		if err := e.Restore(state); err != nil {
			t.Fatal(err)
		}
		finish(t, w, r, e, want)
	})
}

// TestPartsThatAreMissing names the neurons and the node that had them.
func TestPartsThatAreMissing(t *testing.T) {
	peers := cluster(t, 3)
	w, _ := where(t, 10)
	list := half(t, w, simtest.NewRecorder(), peers[:2], "")
	e := engineOn(t, w, peers[1:], false)
	if err := e.RestoreParts(list, t.TempDir(), false); err == nil || !strings.Contains(err.Error(), "which node node1 had") {
		t.Error(err)
	}
	if _, err := JoinParts(list, t.TempDir()); err == nil || !strings.Contains(err.Error(), "add --nodes") {
		t.Error(err)
	}
	for _, bad := range []string{"", partsMagic, partsMagic + "{}", partsMagic + `{"run":"00","parts":[{"first":0,"last":1,"hash":"00"}]}`, strings.Replace(string(list), `"first":0`, `"first":1`, 1)} {
		if err := e.RestoreParts([]byte(bad), "", false); err == nil {
			t.Errorf("%.80s passes", bad)
		}
	}
	e.Close()
	folder := t.TempDir()
	list = half(t, w, simtest.NewRecorder(), peers[:2], folder)
	files, _ := filepath.Glob(filepath.Join(folder, "*.part"))
	if len(files) != 2 {
		t.Fatal(files)
	}
	damage(t, files[0])
	if _, err := JoinParts(list, folder); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Error(err)
	}
}

func damage(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestDiskThatFails makes the disk of a node fail at each operation of a
// checkpoint: once, or for ever because it is full. The run ends with an error
// that names the node and the reason, and leaves no incomplete part behind. It
// can be continued from the checkpoint before, with the bytes of the reference.
func TestDiskThatFails(t *testing.T) {
	w, want := where(t, 10)
	for _, kind := range []disktest.Kind{disktest.Full, disktest.Once} {
		failed := 0
		for at, more := 1, true; more; at++ {
			more = false
			t.Run(fmt.Sprintf("%d of kind %d", at, kind), func(t *testing.T) { // its nodes end with it
				more = failAt(t, w, want, kind, at)
			})
			if more {
				failed++
			}
		}
		if failed < 4 { // folder, file, contents, rename
			t.Errorf("kind %d: %d operations fail", kind, failed)
		}
	}
}

// failAt makes operation number at of the second checkpoint fail. It returns
// false if there are fewer operations.
func failAt(t *testing.T, w *simtest.World, want simtest.Outcome, kind disktest.Kind, at int) bool {
	t.Helper()
	store := disktest.New()
	if err := store.Mkdir("/parts"); err != nil {
		t.Fatal(err)
	}
	peers := cluster(t, 2, func(k int, o *NodeOptions) {
		if k == 1 {
			o.Disk, o.Dir = store, "/parts"
		}
	})
	r := simtest.NewRecorder()
	list := half(t, w, r, peers, "")
	e := engineOn(t, w, peers, false)
	if err := e.RestoreParts(list, "", true); err != nil {
		t.Fatal(err)
	}
	before := store.Ops
	store.At, store.Fault = before+at, kind
	_, err := e.SaveParts("")
	e.Close()
	reached := store.Ops >= store.At
	store.Fault = disktest.None
	if err == nil && reached && kind == disktest.Full {
		reached = false // no further operation writes
	}
	if n := new(NodeError); err != nil && (!errors.As(err, &n) || n.Node != "node2" || !strings.Contains(err.Error(), "part of the checkpoint") ||
		kind == disktest.Full && !strings.Contains(err.Error(), "no space left on device")) {
		t.Errorf("operation %d: %v", at, err)
	}
	for _, op := range halves(t, store) {
		t.Errorf("operation %d leaves %s", at, op)
	}
	e = engineOn(t, w, peers, false)
	if err := e.RestoreParts(list, "", false); err != nil {
		t.Fatal(err)
	}
	finish(t, w, r, e, want)
	return reached && err != nil
}

// halves returns the files of a node that are not complete parts.
func halves(t *testing.T, store *disktest.FS) (names []string) {
	t.Helper()
	runs, err := store.ReadDir("/parts")
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		dir := filepath.Join("/parts", run.Name())
		entries, err := store.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range entries {
			hash, whole := strings.CutSuffix(f.Name(), partSuffix)
			if _, err := readPart(store, dir, hash); !whole || err != nil {
				names = append(names, f.Name())
			}
		}
	}
	return names
}

// TestPartsAreForgotten keeps the parts of two checkpoints, on nodes and among
// the copies.
func TestPartsAreForgotten(t *testing.T) {
	var dir string
	peers := cluster(t, 1, func(_ int, o *NodeOptions) { dir = o.Dir })
	w, _ := where(t, 10)
	e := engineOn(t, w, peers, true)
	folder := t.TempDir()
	for k := range 5 {
		at := w.End / 6 * neuronTime(k+1)
		if err := e.Advance(t.Context(), at, w.Cut(e.Now(), at), sim.Discard{}); err != nil {
			t.Fatal(err)
		}
		if _, err := e.SaveParts(folder); err != nil {
			t.Fatal(err)
		}
		if err := e.ForgetParts(folder); err != nil {
			t.Fatal(err)
		}
	}
	here, _ := filepath.Glob(filepath.Join(folder, "*"))
	there, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	if len(here) != 2 || len(there) != 2 {
		t.Errorf("%d copies and %d parts, expected 2", len(here), len(there))
	}
}
