package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
)

// checkpointed records steps 0 … from−1, with a file, and returns the state
// there as a checkpoint would carry it.
func checkpointed(t *testing.T, r *Run, from int64) State {
	t.Helper()
	must(t, history(r, 0, from))
	must(t, r.Weights("early", synapses(30)))
	st, err := r.State()
	must(t, err)
	doc, err := json.Marshal(st)
	must(t, err)
	var back State
	must(t, json.Unmarshal(doc, &back))
	return back
}

// whole returns the hashes of a run that nothing interrupted.
func whole(t *testing.T, opts Options, steps int64) map[string]string {
	t.Helper()
	r := create(t, opts)
	must(t, history(r, 0, steps))
	must(t, r.Weights("early", synapses(30)))
	must(t, r.Close(map[string]float64{"s": 1}, Final{}))
	return tableHashes(t, opts.Dir)
}

func TestResumedRunHasTheBytesOfOne(t *testing.T) {
	t.Run("plain", func(t *testing.T) { resumedHasBytesOfOne(t, options) })
	t.Run("labelled", func(t *testing.T) { // finished tables have more columns than growing ones
		resumedHasBytesOfOne(t, func(t *testing.T) Options {
			opts := options(t)
			opts.Labels = []string{"a", "b", "c"}
			return opts
		})
	})
}

func resumedHasBytesOfOne(t *testing.T, options func(*testing.T) Options) {
	want := whole(t, options(t), 1500)
	ends := map[string]func(*testing.T, *Run){
		"closed":  func(t *testing.T, r *Run) { must(t, r.Close(map[string]float64{"s": 0}, Final{})) },
		"aborted": func(t *testing.T, r *Run) { must(t, r.Abort(errors.New("x"))) },
		"killed":  func(t *testing.T, r *Run) { r.release() },
		"killed while closing": func(t *testing.T, r *Run) {
			must(t, r.flushAll())
			must(t, r.streams["spikes"].convert())
			r.release()
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			opts := options(t)
			r := create(t, opts)
			st := checkpointed(t, r, 700)
			must(t, history(r, 700, 900)) // lost: after the checkpoint
			must(t, r.WriteFile("plots/late.svg", nil))
			end(t, r)
			r, err := Resume(opts, st)
			must(t, err)
			must(t, history(r, 700, 1500))
			if _, err := os.Stat(filepath.Join(opts.Dir, "plots/late.svg")); err != nil {
				t.Errorf("what was written later is gone before there are results: %v", err)
			}
			must(t, r.Close(map[string]float64{"s": 1}, Final{}))
			equalHashes(t, tableHashes(t, opts.Dir), want)
		})
	}
}

func TestForkKeepsTheParent(t *testing.T) {
	want := whole(t, options(t), 300)
	opts := options(t)
	r := create(t, opts)
	st := checkpointed(t, r, 100)
	must(t, history(r, 100, 200))
	must(t, r.Close(nil, Final{}))
	before := tableHashes(t, opts.Dir)
	child := options(t)
	c, err := Fork(child, opts.Dir, st)
	must(t, err)
	must(t, history(c, 100, 300))
	must(t, c.Close(map[string]float64{"s": 1}, Final{}))
	equalHashes(t, tableHashes(t, opts.Dir), before)
	equalHashes(t, tableHashes(t, child.Dir), want)
}

func TestResumeRefuses(t *testing.T) {
	opts := options(t)
	r := create(t, opts)
	st := checkpointed(t, r, 50)
	if _, err := Resume(opts, st); !errors.Is(err, ErrInUse) {
		t.Errorf("a run that goes on: %v", err)
	}
	must(t, r.Close(nil, Final{}))
	cases := map[string]func(*State){
		"has 500 rows, the checkpoint counted 900": func(s *State) { s.Tables[2].Rows = 900 },
		"gone.parquet: neither":                    func(s *State) { s.Tables[0].Name = "gone" },
		"damaged or changed":                       func(s *State) { s.Tables[1].Part.SHA256 = "0" },
		`table "../spikes"`:                        func(s *State) { s.Tables[0].Name = "../spikes" },
		"inside the result":                        func(s *State) { s.Files = map[string]FileInfo{"../x": {}} },
		"no such file":                             func(s *State) { s.Files = map[string]FileInfo{"weights-x.parquet": {}} },
		"columns are not those":                    func(s *State) { s.Tables[0].Columns = SpikeColumns() },
	}
	for want, spoil := range cases {
		bad := st
		bad.Tables = append([]TableState(nil), st.Tables...)
		spoil(&bad)
		if _, err := Resume(opts, bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: got %v", want, err)
		}
		child := options(t)
		if _, err := Fork(child, opts.Dir, bad); err == nil {
			t.Errorf("fork: %s: no error", want)
		}
		if _, err := os.Stat(child.Dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("fork: %s: a folder is left behind", want)
		}
	}
	if _, err := Resume(Options{Dir: t.TempDir()}, st); err == nil || !strings.Contains(err.Error(), "is it a result folder?") {
		t.Errorf("no result folder: %v", err)
	}
	r, err := Resume(opts, st) // the refusals have spoilt nothing
	must(t, err)
	must(t, r.Close(nil, Final{}))
}

func FuzzPart(f *testing.F) {
	cols := []Column{{"a", Int64, ""}, {"b", Int32, ""}, {"c", Float64, ""}, {"d", Float32, ""}, {"e", Text, ""}}
	head := partHeader(cols)
	f.Add(head)
	f.Add(append(head[:len(head):len(head)], make([]byte, 60)...))
	f.Add([]byte(partMagic + "\xff\xff\xff\xff"))
	f.Add([]byte(partMagic + "\x02\x00\x00\x00[]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		p, err := newPartReader(bytes.NewReader(data))
		if err != nil {
			return
		}
		for {
			row, err := p.next()
			if err != nil {
				return
			}
			if len(row) != len(p.cols) {
				t.Fatal("a row of another width")
			}
		}
	})
}

// TestSeveralRuns: a folder with several runs is told apart from one that has none.
func TestSeveralRuns(t *testing.T) {
	dir := t.TempDir()
	for _, run := range []string{"0002", "0001", "0003"} {
		if err := os.MkdirAll(filepath.Join(dir, "runs", run), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ReadManifest(dir); err == nil || !strings.Contains(err.Error(), "is it a result folder?") {
		t.Error(err)
	}
	for _, run := range []string{"0002", "0003"} {
		if err := os.WriteFile(filepath.Join(dir, "runs", run, "manifest.json"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want := "it holds several runs, name one of them, such as " + filepath.Join(dir, "runs", "0002")
	if _, err := ReadManifest(dir); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}

// TestVerifyUnlisted: a file that the manifest does not list is not called damaged.
func TestVerifyUnlisted(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	err := (&Manifest{}).Verify(dir, "notes.txt")
	if err == nil || err.Error() != "notes.txt: not listed in manifest.json" || errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}
