package record

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
	"infomorph/neuron"
)

// listedTables are the tables that a manifest lists, with their rows.
func listedTables(t *testing.T, m disk.FS, dir string) []TableInfo {
	t.Helper()
	man, err := readManifest(m, dir)
	must(t, err)
	return man.Tables
}

// TestTablesOfAResumedRun: its manifest lists the same tables as that of a run
// without a stop, also those that were complete before. The manifest of a fork
// does too, with its own scenario.
func TestTablesOfAResumedRun(t *testing.T) {
	same := func(a, b TableInfo) bool {
		return a.File == b.File && a.Rows == b.Rows && slices.Equal(a.Columns, b.Columns)
	}
	begin := func() (*disktest.FS, *Run, State) {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, AtomNames: AtomNames(2), Scenario: []byte("name: a\n")})
		must(t, err)
		must(t, r.Weights("early", synapses(30)))
		return m, r, part(t, r, 0, 10)
	}
	finish := func(r *Run) {
		part(t, r, 10, 20)
		must(t, r.Close(nil, Final{}))
	}
	m, r, _ := begin()
	finish(r)
	want := listedTables(t, m, "out")
	if len(want) != 4 || want[0].File != "live.parquet" || want[3].File != "weights-early.parquet" || want[3].Rows != 30 {
		t.Fatalf("%+v", want)
	}
	for _, own := range []string{"", "name: b\n"} {
		m, r, st := begin()
		r.release()
		var scenario []byte
		if own != "" {
			scenario = []byte(own)
		}
		fork, err := Fork(Options{Dir: "fork", FS: m, AtomNames: AtomNames(2), Scenario: scenario}, "out", st)
		must(t, err)
		if _, forgotten := st.Files[ScenarioName]; !forgotten {
			t.Error("the checkpoint was changed")
		}
		finish(fork)
		r, err = Resume(Options{Dir: "out", FS: m, AtomNames: AtomNames(2)}, st)
		must(t, err)
		finish(r)
		for _, dir := range []string{"out", "fork"} {
			if got := listedTables(t, m, dir); !slices.EqualFunc(got, want, same) {
				t.Errorf("%s lists %+v", dir, got)
			}
			_, err := CheckOn(m, dir)
			must(t, err)
		}
		if got := string(m.Files("fork")[ScenarioName]); got != own && !(own == "" && got == "name: a\n") {
			t.Errorf("the scenario of the fork is %q", got)
		}
	}
}

// TestRestartedAnew: a run without a checkpoint begins again with the new
// options; one with a checkpoint continues with the old ones.
func TestRestartedAnew(t *testing.T) {
	for _, again := range []bool{false, true} {
		m := disktest.New()
		opts := Options{Dir: "out", FS: m, Scenario: []byte("name: a\n")}
		r, err := Create(opts)
		must(t, err)
		st, err := r.State()
		must(t, err)
		r.release()
		opts.CSV = true
		if again {
			r, err = Restart(opts)
		} else {
			r, err = Resume(opts, st)
		}
		must(t, err)
		must(t, r.Close(nil, Final{}))
		man, err := readManifest(m, "out")
		must(t, err)
		if _, csv := man.Files["spikes.csv"]; csv != again || man.Files[ScenarioName].Bytes != 8 {
			t.Errorf("again %v: %v", again, man.Files)
		}
	}
}

// TestRestartedKeepsItsScenario: the scenario stays even if it is not given
// again.
func TestRestartedKeepsItsScenario(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m, Scenario: []byte("name: a\n")})
	must(t, err)
	r.release()
	r, err = Restart(Options{Dir: "out", FS: m})
	must(t, err)
	must(t, r.Close(nil, Final{}))
	man, err := readManifest(m, "out")
	if _, listed := man.Files[ScenarioName]; err != nil || !listed || string(m.Files("out")[ScenarioName]) != "name: a\n" {
		t.Errorf("%v, %v", man.Files, err)
	}
}

// TestSpikesAreNotThinned: all spikes of the chosen neurons and times are kept,
// for any value of Every.
func TestSpikesAreNotThinned(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m, Spikes: Sampling{Every: 7}})
	must(t, err)
	must(t, r.Spikes(make([]neuron.Spike, 5)))
	if r.spikes.Rows() != 5 {
		t.Errorf("%d rows", r.spikes.Rows())
	}
	must(t, r.Close(nil, Final{}))
	for _, sources := range []int{1, 4} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d sources have atoms", sources)
				}
			}()
			AtomNames(sources)
		}()
	}
}

// making records the files that are made.
type making struct {
	*disktest.FS
	made func(name string)
}

func (m *making) Create(name string) (disk.File, error) {
	m.made(name)
	return m.FS.Create(name)
}

// TestBallast: some disk space is reserved during a run, and it is freed before
// the tables are made if the run ends early.
func TestBallast(t *testing.T) {
	const ballast = partsDir + "/" + ballastName
	m := disktest.New()
	stopped, tables := false, 0
	r, err := Create(Options{Dir: "out", FS: &making{m, func(name string) {
		if strings.HasSuffix(name, ".parquet.tmp") {
			tables++
			if _, there := m.Files("out")[ballast]; there == stopped {
				t.Errorf("%s is made: stopped %v, the ballast is there: %v", name, stopped, there)
			}
		}
	}}})
	must(t, err)
	if got := m.Files("out")[ballast]; len(got) != 256<<10 || slices.Max(got) != 0 {
		t.Errorf("%d bytes in reserve", len(got))
	}
	must(t, r.Weights("w", synapses(3)))
	stopped = true
	must(t, r.Abort(io.EOF))
	if tables != 2 { // weights and spikes
		t.Errorf("%d tables", tables)
	}
}

// TestDoubtKeepsParts: if it is not known whether there are rows of a restarted
// run, the files below .parts stay.
func TestDoubtKeepsParts(t *testing.T) {
	for _, doubt := range []bool{false, true} {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m})
		must(t, err)
		if doubt {
			counted := disktest.New()
			other, err := Create(Options{Dir: "out", FS: counted})
			must(t, err)
			counted.Record, counted.Ops = true, 0
			must(t, other.Abort(io.EOF))
			at := slices.IndexFunc(counted.Log, func(op string) bool { return strings.HasSuffix(op, "stat out/"+partsDir+"/"+killedDir+"1") })
			m.Ops, m.At, m.Fault = 0, at+1, disktest.Once
		}
		must(t, r.Abort(io.EOF))
		m.At = 0
		if there, err := disk.Exists(m, "out/"+partsDir); there != doubt || err != nil {
			t.Errorf("in doubt %v: there %v, %v", doubt, there, err)
		}
	}
}

// TestRefusalsInWords: what is wrong with a folder, a name or a table, as the user is told.
func TestRefusalsInWords(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m})
	must(t, err)
	cols := []Column{{"i", Int64, ""}}
	s, err := r.Stream("s", cols)
	must(t, err)
	_, twice := r.Stream("s", append(cols, Column{"k", Int64, ""}))
	_, nameless := r.Stream("", cols)
	_, hidden := r.Growing(".x")
	_, outside := r.File("../x")
	_, used := Resume(Options{Dir: "out", FS: m}, State{})
	_, unnamed := Create(Options{FS: m})
	_, exists := Create(Options{Dir: "out", FS: m})
	for want, err := range map[string]error{
		`table "s": opened again with other columns`:                                 twice,
		`table "": want a plain file name without a path`:                            nameless,
		`table "s": 2 values for 1 columns`:                                          s.Append(1, 2),
		`table "s", column "i": a string does not fit kind int64`:                    s.Append("x"),
		`file ".x": want a plain file name without a path`:                           hidden,
		`file "../x": want a name inside the result folder`:                          outside,
		`table "weights-../x": want a plain file name without a path`:                r.Weights("../x", synapses(1)),
		`table "t": 2 values for 1 columns`:                                          r.Table("t", cols, func(yield func([]any) bool) { yield([]any{1, 2}) }),
		`another run is writing this result folder: out`:                             used,
		`record: no result folder named`:                                             unnamed,
		`the result folder is not empty: out: name another with --out, or remove it`: exists,
		`table "u": 0 columns: want 1 to 4096`:                                       r.Table("u", nil, nil),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if !errors.Is(used, ErrInUse) || !errors.Is(exists, ErrExists) || s.Rows() != 0 {
		t.Errorf("%v, %v, %d rows", used, exists, s.Rows())
	}
	must(t, r.Close(nil, Final{}))
	if left := unfinished(m); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
