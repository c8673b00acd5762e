package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
	"infomorph/internal/record"
	"infomorph/neuron"
)

var everyFault = flag.Bool("every-fault", false, "fail at every operation of a run in every way, not a sample of them")

// The constants of the test run. What happens in a step depends only on the
// step, as in a deterministic simulation.
const (
	lifeDir   = "home/results/out"
	lifeSteps = 6
	lifeEvery = 2 // steps between checkpoints
)

var lifeScenario = []byte("name: made-up\n")

// live runs or resumes the run in lifeDir to its end, as the commands do, from
// its beginning or its last checkpoint.
func live(m disk.FS) (err error) {
	f := Folder{m, lifeDir}
	opts := record.Options{Dir: lifeDir, FS: m, Scenario: lifeScenario, CSV: true,
		Provenance: record.Provenance{Scenario: "made-up", Seeds: map[string]uint64{"run": 1}}}
	run, step, err := begin(f, opts)
	if err != nil || run == nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, run.Abort(err))
		}
	}()
	for ; step < lifeSteps; step++ {
		if step > 0 && step%lifeEvery == 0 {
			st, err := run.State()
			if err != nil {
				return err
			}
			if err := f.Write(&Checkpoint{Meta: Meta{Step: int64(step), Recorder: st}, Task: []byte("t"), Engine: []byte("e")}); err != nil {
				return err
			}
		}
		if err := lifeStep(run, step); err != nil {
			return err
		}
	}
	return run.Close(map[string]float64{"score": 1}, record.Final{Counts: map[string]int64{"steps": lifeSteps}})
}

// begin opens the folder; a nil run means that it is complete already.
func begin(f Folder, opts record.Options) (*record.Run, int, error) {
	m, err := f.Check()
	if m == nil && errors.Is(err, fs.ErrNotExist) {
		run, err := record.Create(opts)
		return run, 0, err
	}
	if err != nil || m.Status == record.StatusDone {
		return nil, 0, err
	}
	c, skipped, err := f.ReadLast()
	if err != nil || skipped != nil {
		return nil, 0, errors.Join(err, skipped)
	}
	if c == nil {
		run, err := record.Restart(opts)
		return run, 0, err
	}
	run, err := record.Resume(opts, c.Meta.Recorder)
	return run, int(c.Meta.Step), err
}

func lifeStep(run *record.Run, step int) error {
	fmt.Fprintln(run.Log(), `{"step":`, step, `}`)
	g, err := run.Growing("tape.bin")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(g, "step ", step, ";"); err != nil {
		return err
	}
	spikes := make([]neuron.Spike, 20)
	for i := range spikes {
		spikes[i] = neuron.Spike{Time: neuron.Time(step), Source: neuron.ID(i), Value: 1}
	}
	if err := run.Spikes(spikes); err != nil {
		return err
	}
	if step == 1 || step == 3 {
		late := func(yield func(record.Weight) bool) { yield(record.Weight{Target: neuron.ID(step)}) }
		if err := run.Weights(fmt.Sprint("at-", step), late); err != nil {
			return err
		}
		return run.WriteFile(fmt.Sprint("plots/at-", step, ".svg"), []byte(strings.Repeat("svg", 30)))
	}
	return nil
}

// results are the results that must not depend on interruptions: everything
// except times and process data.
func results(t testing.TB, m *disktest.FS) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, data := range m.Files(lifeDir) {
		switch {
		case name == "manifest.json":
			var man record.Manifest
			if err := json.Unmarshal(data, &man); err != nil {
				t.Fatal(err)
			}
			delete(man.Files, "log.jsonl")
			doc, _ := json.Marshal([]any{man.Status, man.Tables, man.Files, man.Counts, man.Provenance})
			all[name] = string(doc)
		case name == "log.jsonl" || strings.HasPrefix(name, "checkpoints/") || strings.HasPrefix(name, ".parts/"):
		default:
			all[name] = string(data)
		}
	}
	return all
}

// mine are files that the user has put into the folder of a run.
var mine = map[string]string{"notes.txt": "what I think of it", "plots/mine.png": "my own picture"}

func putMine(t testing.TB, m disk.FS) {
	t.Helper()
	if err := disk.MkdirAll(m, filepath.Join(lifeDir, "plots")); err != nil {
		t.Fatal(err)
	}
	for name, text := range mine {
		f, err := m.Create(filepath.Join(lifeDir, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, text)
		if err := errors.Join(f.Sync(), f.Close(), m.SyncDir(filepath.Dir(f.Name()))); err != nil {
			t.Fatal(err)
		}
	}
}

// sameAs fails unless the results are those of a run that was never stopped, and
// the user's files are as they were.
func sameAs(t testing.TB, m *disktest.FS, want map[string]string, withMine bool) {
	t.Helper()
	got := results(t, m)
	for name, text := range mine {
		if withMine && got[name] != text {
			t.Fatalf("%s of the user: %q", name, got[name])
		}
		delete(got, name)
	}
	for name := range want {
		if got[name] != want[name] {
			t.Fatalf("%s: other bytes\n%s\n%s", name, got[name], want[name])
		}
	}
	for name := range got {
		if _, has := want[name]; !has {
			t.Fatalf("%s should not be there", name)
		}
	}
	if _, err := (Folder{m, lifeDir}).Check(); err != nil {
		t.Fatal(err)
	}
}

func unstopped(t testing.TB) (want map[string]string, ops int) {
	t.Helper()
	m := disktest.New()
	if err := live(m); err != nil {
		t.Fatal(err)
	}
	want = results(t, m)
	if len(want) < 8 {
		t.Fatalf("only %d files", len(want))
	}
	return want, m.Ops
}

// kind is a way in which an operation fails, a way in which another fails while
// the run is resumed, and whether unsynced data are lost then.
type kind struct {
	name          string
	first, second disktest.Kind
	power         bool
}

var kinds = []kind{
	{"error once", disktest.Once, disktest.Once, false},
	{"disk full", disktest.Full, disktest.Full, false},
	{"killed", disktest.Death, disktest.Death, false},
	{"power lost", disktest.Death, disktest.Death, true},
	{"error, then power lost", disktest.Once, disktest.Once, true},
	{"error, power lost while it is resumed", disktest.Once, disktest.Death, true},
}

// TestEveryOperationFails makes each operation of a run fail in turn, and again
// one while it is resumed. At the end its results are those of a run that was
// never stopped, and the user's files are unchanged.
func TestEveryOperationFails(t *testing.T) {
	want, ops := unstopped(t)
	t.Logf("%d operations", ops)
	stride := 7
	if *everyFault {
		stride = 1
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			for at := 1 + rand.IntN(stride); at <= ops; at += stride {
				rng := rand.New(rand.NewPCG(uint64(at), 1))
				failTwice(t, k, at, rng, want)
			}
		})
	}
}

// allClosed fails if a run that has ended, for any reason, still has open files
// or its lock.
func allClosed(t testing.TB, m *disktest.FS) {
	t.Helper()
	if left := m.Unclosed(); len(left) > 0 {
		t.Fatalf("still open: %v", left)
	}
}

func failTwice(t *testing.T, k kind, at int, rng *rand.Rand, want map[string]string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("failing operation %d", at)
		}
	}()
	m := disktest.New()
	revive := func() {
		if k.power {
			m.Revive(rng)
		} else {
			m.Revive(nil)
		}
	}
	m.At, m.Fault = at, k.first
	_ = live(m)
	allClosed(t, m)
	revive()
	_, begun := record.CheckOn(m, lifeDir)
	if begun == nil {
		putMine(t, m)
		m.Ops = 0
		m.At, m.Fault = 1+rng.IntN(300), k.second // while it is resumed
		_ = live(m)
		allClosed(t, m)
		revive()
	}
	if err := live(m); err != nil {
		t.Fatalf("the folder cannot be resumed: %v", err)
	}
	allClosed(t, m)
	sameAs(t, m, want, begun == nil)
}

// TestKilledAgainAndAgain kills a run at random operations until it ends.
func TestKilledAgainAndAgain(t *testing.T) {
	want, _ := unstopped(t)
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 2))
		m := disktest.New()
		for life := 0; ; life++ {
			m.At, m.Fault = 1+rng.IntN(150+10*life), disktest.Death
			err := live(m)
			if err == nil {
				break
			}
			if rng.IntN(2) == 0 {
				m.Revive(rng)
			} else {
				m.Revive(nil)
			}
		}
		m.Revive(nil)
		sameAs(t, m, want, false)
	}
}

// TestEveryBitFlip inverts one bit of each byte of the folder of a killed run,
// and of a completed one. Check names the damaged file; a run that is resumed
// from the damaged folder fails or has the right results.
func TestEveryBitFlip(t *testing.T) {
	_, ops := unstopped(t)
	for name, at := range map[string]int{"killed": ops * 2 / 3, "done": 0} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(at), 3))
			m := disktest.New()
			m.At, m.Fault = at, disktest.Death
			_ = live(m)
			m.Revive(nil)
			flipped := 0
			for file, data := range m.Files(lifeDir) {
				if strings.HasSuffix(file, "/lock") || strings.HasSuffix(file, ".tmp") {
					continue // nobody reads them
				}
				stride := 1
				if testing.Short() {
					stride = 5
				}
				if strings.HasSuffix(file, "ballast") {
					stride = 10_000
				}
				for i := 0; i < len(data); i += stride {
					bit := 8*i + rng.IntN(8)
					m.Flip(filepath.Join(lifeDir, file), bit)
					noticed(t, m, file, bit)
					m.Flip(filepath.Join(lifeDir, file), bit)
					flipped++
				}
			}
			if _, err := (Folder{m, lifeDir}).Check(); err != nil || flipped < 3000 && !testing.Short() {
				t.Errorf("%d bits turned over; whole again: %v", flipped, err)
			}
		})
	}
}

func noticed(t *testing.T, m *disktest.FS, file string, bit int) {
	t.Helper()
	_, err := Folder{m, lifeDir}.Check()
	if err == nil {
		t.Errorf("%s, bit %d: not noticed", file, bit)
		return
	}
	if name := strings.TrimSuffix(file, ".sums"); !strings.Contains(err.Error(), strings.TrimPrefix(name, ".parts/")) && !bytes.Contains([]byte(err.Error()), []byte("format ")) {
		t.Errorf("%s, bit %d: %v", file, bit, err)
	}
}
