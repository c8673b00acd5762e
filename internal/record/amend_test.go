package record

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"infomorph/internal/disk/disktest"
)

// TestAmend: a touched run continues with its changed scenario, also from a
// checkpoint before the touch; it does not count as another experiment.
func TestAmend(t *testing.T) {
	opts := options(t)
	opts.Scenario = []byte("name: a\n")
	r := create(t, opts)
	st := checkpointed(t, r, 50)
	touched := []byte("name: a\ntouched: true\n")
	must(t, r.Amend(touched, "new hash", json.RawMessage(`{"n":4}`), []byte("{}\n")))
	r.release() // it is killed
	m, err := ReadManifest(opts.Dir)
	must(t, err)
	if m.ScenarioHash != "new hash" || m.Config.(map[string]any)["n"] != json.Number("4") || m.Status != StatusRunning {
		t.Errorf("%+v", m)
	}
	if _, err := Resume(opts, st); !errors.Is(err, ErrOther) {
		t.Errorf("resumed as it was before: %v", err)
	}
	opts.Scenario = touched
	r, err = Resume(opts, st) // st has the hash of the scenario as it was
	must(t, err)
	must(t, r.Close(nil, Final{}))
	m, err = ReadManifest(opts.Dir)
	must(t, err)
	must(t, m.Verify(opts.Dir, ScenarioName, InterventionsName))
	if m.ScenarioHash != "new hash" {
		t.Errorf("the hash is %s", m.ScenarioHash)
	}
	text, err := os.ReadFile(filepath.Join(opts.Dir, ScenarioName))
	if err != nil || string(text) != string(touched) {
		t.Errorf("%s, %v", text, err)
	}
}

// TestOtherExperiment: a folder goes on only with the scenario that it began with;
// where there is none to compare, it goes on.
func TestOtherExperiment(t *testing.T) {
	for _, tc := range []struct {
		began, goes string
		refused     bool
	}{{"a", "a", false}, {"a", "b", true}, {"a", "", false}, {"", "b", false}} {
		text := func(s string) []byte {
			if s == "" {
				return nil
			}
			return []byte(s)
		}
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, Scenario: text(tc.began)})
		must(t, err)
		st, err := r.State()
		must(t, err)
		must(t, r.Close(nil, Final{}))
		for name, begin := range map[string]func(Options) (*Run, error){
			"resumed":   func(o Options) (*Run, error) { return Resume(o, st) },
			"restarted": Restart,
		} {
			r, err := begin(Options{Dir: "out", FS: m, Scenario: text(tc.goes)})
			if errors.Is(err, ErrOther) != tc.refused || (err == nil) == tc.refused {
				t.Errorf("%+v, %s: %v", tc, name, err)
			}
			if err == nil {
				must(t, r.Close(nil, Final{}))
			}
		}
		if open := m.Unclosed(); len(open) > 0 {
			t.Errorf("still open: %v", open)
		}
	}
}

// TestUnbegunFolders of the machine: those of runs that were killed before they began.
func TestUnbegunFolders(t *testing.T) {
	opts := options(t)
	if Unbegun(opts.Dir) {
		t.Error("what is not there")
	}
	r := create(t, opts)
	if Unbegun(opts.Dir) {
		t.Error("a run that has begun")
	}
	must(t, os.Remove(filepath.Join(opts.Dir, manifestName)))
	if !Unbegun(opts.Dir) {
		t.Error("a run without a manifest")
	}
	mine := filepath.Join(opts.Dir, "mine")
	must(t, os.WriteFile(mine, nil, 0o666))
	if Unbegun(opts.Dir) {
		t.Error("a file of the user's")
	}
	r.release()
}

// TestKilledIsSetAside: rows of a run without a checkpoint stay until the
// restarted run is complete, each time in a folder of their own.
func TestKilledIsSetAside(t *testing.T) {
	m := disktest.New()
	opts := Options{Dir: "out", FS: m}
	live := func(r *Run, err error) *Run {
		t.Helper()
		must(t, err)
		_, err = grow(t, r, "rows ").sync()
		must(t, err)
		return r
	}
	live(Create(opts)).release()
	live(Restart(opts)).release()
	r := live(Restart(opts))
	files := m.Files("out/.parts")
	for _, n := range []string{"killed-1", "killed-2"} {
		if string(files[n+"/tape.bin.part"]) != "rows " || len(files[n+"/spikes.rows.sums"]) == 0 {
			t.Errorf("%s does not have the rows: %v", n, len(files))
		}
	}
	must(t, r.Abort(errors.New("stopped")))
	if len(m.Files("out/.parts/killed-2")) == 0 {
		t.Error("they are gone before there are results")
	}
	r = live(Restart(opts))
	must(t, r.Close(nil, Final{}))
	if len(m.Files("out/.parts")) > 0 {
		t.Error("they are left behind")
	}
}

// TestManifests: what they say of program and machine, and which versions are read.
func TestManifests(t *testing.T) {
	v, h := BuildVersions(), thisHost()
	if v.Go != runtime.Version() || v.Infomorph == "" || v.Dependencies == nil {
		t.Errorf("%+v", v)
	}
	if name, _ := os.Hostname(); h != (Host{name, runtime.GOOS, runtime.GOARCH, runtime.NumCPU()}) {
		t.Errorf("%+v", h)
	}
	sealed := string(sealJSON([]byte("{\n  \"format\": 2\n}")))
	if !sealedJSON([]byte(sealed)) || !strings.HasPrefix(sealed, "{\n  \"format\": 2,\n  \"sha256\": \"") || !strings.HasSuffix(sealed, "\"\n}\n") {
		t.Errorf("%s", sealed)
	}
	for doc, ok := range map[string]bool{
		sealed: true, `{"format": 1}`: true, `{"format": 0}`: false, `{"format": 3}`: false,
		strings.Replace(sealed, "format\": 2", "format\": 2 ", 1): false, sealed + " ": false, `{"format": 2}`: false,
	} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, manifestName), []byte(doc), 0o666))
		if m, err := ReadManifest(dir); (err == nil) != ok || ok && m == nil {
			t.Errorf("%q: %v", doc, err)
		}
	}
}

// TestSummaries: what is no finite number is null, and comes back as no number.
func TestSummaries(t *testing.T) {
	r := create(t, options(t))
	must(t, r.Close(map[string]float64{"a": 0.25, "b": math.Inf(1), "c": math.Inf(-1), "d": math.NaN(), "e": -3}, Final{}))
	text, err := os.ReadFile(filepath.Join(r.Dir(), summaryName))
	must(t, err)
	if want := "{\n  \"a\": 0.25,\n  \"b\": null,\n  \"c\": null,\n  \"d\": null,\n  \"e\": -3\n}\n"; string(text) != want {
		t.Errorf("%s", text)
	}
	got, err := ReadSummary(r.Dir())
	if err != nil || len(got) != 5 || got["a"] != 0.25 || got["e"] != -3 || !math.IsNaN(got["b"]) || !math.IsNaN(got["c"]) || !math.IsNaN(got["d"]) {
		t.Errorf("%v, %v", got, err)
	}
	must(t, os.WriteFile(filepath.Join(r.Dir(), summaryName), []byte("{"), 0o666))
	if _, err := ReadSummary(r.Dir()); !errors.Is(err, ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
	must(t, os.Remove(filepath.Join(r.Dir(), summaryName)))
	if _, err := ReadSummary(r.Dir()); err == nil || !strings.Contains(err.Error(), "is it a result folder?") {
		t.Errorf("gone: %v", err)
	}
}

// crowded is a disk with so many bytes free.
type crowded struct {
	*disktest.FS
	free int64
	told bool
}

func (c crowded) Free(string) (int64, bool) { return c.free, c.told }

// TestSpaceThatMustBeFree: the needed space and MinFree, to the byte; three
// times the space with CSV; without a check, or if the system does not know the
// free space, there is no error.
func TestSpaceThatMustBeFree(t *testing.T) {
	for _, tc := range []struct {
		least, need, free int64
		csv, told, room   bool
	}{
		{100, 50, 150, false, true, true}, {100, 50, 149, false, true, false},
		{100, 50, 250, true, true, true}, {100, 50, 249, true, true, false},
		{0, 0, 64 << 20, false, true, true}, {0, 0, 64<<20 - 1, false, true, false},
		{-1, 1 << 40, 0, true, true, true}, {100, 50, 0, false, false, true},
	} {
		r := &Run{fsys: crowded{disktest.New(), tc.free, tc.told}, opts: Options{Dir: "out", MinFree: tc.least, CSV: tc.csv}}
		if err := r.checkSpace(tc.need); (err == nil) != tc.room || !tc.room && !errors.Is(err, ErrLowSpace) {
			t.Errorf("%+v: %v", tc, err)
		}
	}
	for p, want := range map[Plan]int64{
		{Spikes: 10}:                              2 * 160,
		{Atoms: 10, AtomNames: 4}:                 2 * 840,
		{Synapses: 10}:                            320,
		{Spikes: 1, Synapses: 1, CSV: true}:       2*16 + 32 + 3*48,
		{Atoms: 1, AtomNames: 1, CSV: true}:       2*60 + 3*60,
		{Spikes: 1, Atoms: 2, Synapses: 3}:        2*(16+104) + 96,
		{AtomNames: 18, CSV: true}:                0,
		{Spikes: 1 << 40, Atoms: 0, CSV: false}:   32 << 40,
		{Spikes: 0, Atoms: 1 << 30, AtomNames: 0}: 104 << 30,
	} {
		if got := p.Estimate(); got != want {
			t.Errorf("%+v: %d bytes, want %d", p, got, want)
		}
	}
}
