package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
func whole(t *testing.T, steps int64) map[string]string {
	t.Helper()
	opts := options(t)
	r := create(t, opts)
	must(t, history(r, 0, steps))
	must(t, r.Weights("early", synapses(30)))
	must(t, r.Close(map[string]float64{"s": 1}, Final{}))
	return tableHashes(t, opts.Dir)
}

func TestResumedRunHasTheBytesOfOne(t *testing.T) {
	want := whole(t, 1500)
	ends := map[string]func(*testing.T, *Run){
		"closed":  func(t *testing.T, r *Run) { must(t, r.Close(map[string]float64{"s": 0}, Final{})) },
		"aborted": func(t *testing.T, r *Run) { must(t, r.Abort(errors.New("x"))) },
		"killed":  func(t *testing.T, r *Run) { r.release() },
		"killed while closing": func(t *testing.T, r *Run) {
			for _, s := range r.streams {
				must(t, s.flush())
			}
			_, err := r.convertPart("spikes", -1)
			must(t, err)
			os.Remove(r.partPath("spikes"))
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
			if name == "killed" || name == "killed while closing" {
				must(t, os.Remove(filepath.Join(opts.Dir, "plots/late.svg"))) // no manifest lists it; the run would write it again
			}
			must(t, r.Close(map[string]float64{"s": 1}, Final{}))
			equalHashes(t, tableHashes(t, opts.Dir), want)
		})
	}
}

func TestForkLeavesTheParentAlone(t *testing.T) {
	want := whole(t, 300)
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
		`table "gone"`:           func(s *State) { s.Tables[0].Name = "gone" },
		`table "../spikes"`:      func(s *State) { s.Tables[0].Name = "../spikes" },
		"inside the result":      func(s *State) { s.Files = []string{"../x"} },
		"no such file":           func(s *State) { s.Files = []string{"weights-x.parquet"} },
		"columns of the checkpo": func(s *State) { s.Tables[0].Columns = SpikeColumns() },
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

// TestKilledRunIsRecovered kills a recording process with SIGKILL at
// different moments and requires a readable folder each time.
func TestKilledRunIsRecovered(t *testing.T) {
	if dir := os.Getenv("RECORD_TEST_VICTIM"); dir != "" {
		r, err := Create(Options{Dir: dir, AtomNames: AtomNames(2)})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		for i := int64(0); ; i += 50 {
			history(r, i, i+50)
		}
	}
	for i := range 8 {
		dir := filepath.Join(t.TempDir(), "run")
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledRunIsRecovered$")
		cmd.Env = append(os.Environ(), "RECORD_TEST_VICTIM="+dir)
		must(t, cmd.Start())
		waitForRows(t, dir)
		time.Sleep(time.Duration(i*7) * time.Millisecond)
		must(t, cmd.Process.Kill())
		cmd.Wait()
		m, err := Recover(dir)
		must(t, err)
		if m.Status != StatusInterrupted || m.Reason != errKilled.Error() {
			t.Errorf("status %s, reason %q", m.Status, m.Reason)
		}
		cols, err := ReadColumns(filepath.Join(dir, "spikes.parquet"))
		must(t, err)
		for i, x := range cols["source"] {
			if x != float64(i%10) {
				t.Fatalf("row %d: source %v", i, x)
			}
		}
		again, err := Recover(dir)
		must(t, err)
		if again.Finished != m.Finished {
			t.Error("a second Recover changes the folder")
		}
	}
}

func waitForRows(t *testing.T, dir string) {
	t.Helper()
	for range 1000 {
		info, err := os.Stat(filepath.Join(dir, partsDir, "spikes.rows"))
		if err == nil && info.Size() > 1000 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the recording process does not record")
}

func TestRecoverListsWhatIsThere(t *testing.T) {
	opts := options(t)
	r := create(t, opts)
	must(t, history(r, 0, 10))
	must(t, r.Weights("early", synapses(30)))
	f, err := r.File("plots/half.svg")
	must(t, err)
	fmt.Fprint(f, "half")
	for _, s := range r.streams {
		must(t, s.flush())
	}
	r.release()
	m, err := Recover(opts.Dir)
	must(t, err)
	rows := map[string]int64{}
	for _, tab := range m.Tables {
		rows[tab.File] = tab.Rows
	}
	if rows["weights-early.parquet"] != 30 || rows["spikes.parquet"] != 100 || rows["live.parquet"] != 2 {
		t.Errorf("tables: %v", rows)
	}
	got := tableHashes(t, opts.Dir)
	for name, h := range got {
		if m.Files[name].SHA256 != h {
			t.Errorf("%s: not in the manifest, or with another hash", name)
		}
	}
	if m.Scenario != "test" {
		t.Error("the provenance is gone")
	}
}

func FuzzPart(f *testing.F) {
	cols := []Column{{"a", Int64, ""}, {"b", Int32, ""}, {"c", Float64, ""}, {"d", Float32, ""}, {"e", Text, ""}}
	head := partHeader(cols)
	f.Add(head)
	f.Add(append(head[:len(head):len(head)], make([]byte, 60)...))
	f.Add([]byte(partMagic + "\xff\xff\xff\xff"))
	f.Add([]byte(partMagic + "\x02\x00\x00\x00[]"))
	f.Fuzz(func(t *testing.T, data []byte) {
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
