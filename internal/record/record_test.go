package record

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
	"infomorph/neuron"
)

func options(t *testing.T) Options {
	t.Helper()
	return Options{
		Dir:       filepath.Join(t.TempDir(), "run"),
		AtomNames: AtomNames(2),
		Provenance: Provenance{
			Scenario: "test", Seeds: map[string]uint64{"run": 7}, Mode: "lockstep",
			Config: map[string]any{"n": 3},
		},
	}
}

func create(t *testing.T, opts Options) *Run {
	t.Helper()
	r, err := Create(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Abort(errors.New("the test ended")) })
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// history is the made-up run that tests record: what happens in a step
// depends on the step alone, as a deterministic simulation would have it.
func history(r *Run, from, to int64) error {
	extra, err := r.Stream("live", []Column{{"time_us", Int64, "us"}, {"what", Text, ""}, {"x", Float32, ""}})
	if err != nil {
		return err
	}
	for step := from; step < to; step++ {
		rng := rand.New(rand.NewPCG(uint64(step), 1))
		now := neuron.Time(step * 1000)
		var spikes []neuron.Spike
		for id := range neuron.ID(10) {
			spikes = append(spikes, neuron.Spike{Time: now, Source: id, Value: float32(2*rng.IntN(2) - 1)})
			row := AtomsRow{Time: now, Neuron: id, Update: step, H: 1, HRes: rng.Float64(), Goal: rng.Float64(), MI: rng.Float64(),
				Atoms: []float64{rng.Float64(), -rng.Float64(), rng.Float64(), math.NaN()}}
			if err := r.Atoms(&row); err != nil {
				return err
			}
		}
		if err := r.Spikes(spikes); err != nil {
			return err
		}
		if step%7 == 0 {
			if err := extra.Append(int64(now), fmt.Sprint("step, \"", step, "\""), rng.Float64()); err != nil {
				return err
			}
		}
	}
	return nil
}

// tableHashes returns the SHA-256 of every table and file but those that hold
// wall-clock times.
func tableHashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == manifestName || d.Name() == logName {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		name, _ := filepath.Rel(dir, path)
		out[name] = hex.EncodeToString(sum[:])
		return err
	}))
	return out
}

func equalHashes(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, h := range want {
		if got[name] != h {
			t.Errorf("%s: other bytes", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: not in the other folder", name)
		}
	}
}

func synapses(n int) iter.Seq[Weight] {
	return func(yield func(Weight) bool) {
		for i := range n {
			w := Weight{neuron.ID(i / 10), neuron.Port(i % 3), neuron.ID(i % 10), float64(i) / 7, 1000}
			if !yield(w) {
				return
			}
		}
	}
}

func TestRunToItsEnd(t *testing.T) {
	opts := options(t)
	opts.CSV = true
	r := create(t, opts)
	must(t, history(r, 0, 100))
	must(t, r.Weights("final", synapses(100)))
	must(t, r.Table("scores", []Column{{"name", Text, ""}, {"value", Float64, ""}}, func(yield func([]any) bool) {
		_ = yield([]any{"cosine", 0.5}) && yield([]any{"comma, quote\"", 1})
	}))
	must(t, r.WriteFile("plots/a.svg", []byte("<svg/>")))
	fmt.Fprintln(r.Log(), `{"message":"hello"}`)
	must(t, r.Close(map[string]float64{"recall.mean_overlap": 0.25, "bad": math.NaN()}, Final{StateHash: "abc", Counts: map[string]int64{"spikes": 1000}}))

	m, err := ReadManifest(opts.Dir)
	must(t, err)
	if m.Status != StatusDone || m.StateHash != "abc" || m.Counts["spikes"] != 1000 || m.Seeds["run"] != 7 || m.Scenario != "test" {
		t.Errorf("manifest = %+v", m)
	}
	want := tableHashes(t, opts.Dir)
	for name, h := range want {
		if m.Files[name].SHA256 != h {
			t.Errorf("%s: the manifest has another hash", name)
		}
	}
	if len(m.Files) != len(want)+1 { // and the log
		t.Errorf("the manifest lists %d files, the folder has %d", len(m.Files), len(want)+1)
	}
	for _, name := range []string{"spikes.parquet", "spikes.csv", "pid.parquet", "live.csv", "weights-final.parquet", "scores.csv", "summary.json", "plots/a.svg"} {
		if want[name] == "" {
			t.Errorf("no %s", name)
		}
	}
	if _, err := os.Stat(filepath.Join(opts.Dir, partsDir)); !errors.Is(err, fs.ErrNotExist) {
		t.Error(".parts is left behind")
	}
	csv, _ := os.ReadFile(filepath.Join(opts.Dir, "scores.csv"))
	if string(csv) != "name,value\ncosine,0.5\n\"comma, quote\"\"\",1\n" {
		t.Errorf("scores.csv = %q", csv)
	}
	s, err := ReadSummary(opts.Dir)
	must(t, err)
	if s["recall.mean_overlap"] != 0.25 || !math.IsNaN(s["bad"]) {
		t.Errorf("summary = %v", s)
	}
}

func TestReadBack(t *testing.T) {
	opts := options(t)
	r := create(t, opts)
	must(t, history(r, 0, 50))
	must(t, r.Close(nil, Final{}))
	cols, err := ReadColumns(filepath.Join(opts.Dir, "spikes.parquet"))
	must(t, err)
	if len(cols["source"]) != 500 {
		t.Fatalf("%d spikes, want 500", len(cols["source"]))
	}
	for i := range 500 {
		if cols["time_us"][i] != float64(i/10*1000) || cols["source"][i] != float64(i%10) || math.Abs(cols["value"][i]) != 1 {
			t.Fatalf("row %d: %v %v %v", i, cols["time_us"][i], cols["source"][i], cols["value"][i])
		}
	}
	pid, err := ReadColumns(filepath.Join(opts.Dir, "pid.parquet"), "unq_c", "syn", "h")
	must(t, err)
	if len(pid) != 3 || pid["unq_c"][3] >= 0 || !math.IsNaN(pid["syn"][3]) || pid["h"][3] != 1 {
		t.Errorf("pid row 3: %v %v %v", pid["unq_c"][3], pid["syn"][3], pid["h"][3])
	}
	tr, err := OpenTable(filepath.Join(opts.Dir, "pid.parquet"))
	must(t, err)
	defer tr.Close()
	for i, c := range PIDColumns(AtomNames(2)) {
		if got := tr.Columns()[i]; got.Name != c.Name || got.Kind != c.Kind {
			t.Errorf("column %d is %v, want %v", i, got, c)
		}
	}
	if _, err := ReadColumns(filepath.Join(opts.Dir, "spikes.parquet"), "nope"); err == nil || !strings.Contains(err.Error(), `"nope"`) {
		t.Errorf("unknown column: %v", err)
	}
}

func TestSameRowsSameBytes(t *testing.T) {
	var first map[string]string
	for range 3 {
		opts := options(t)
		opts.CSV = true
		r := create(t, opts)
		must(t, history(r, 0, 3000)) // several pages
		must(t, r.Weights("w", synapses(5000)))
		must(t, r.Close(map[string]float64{"a": 1, "b": 2}, Final{}))
		got := tableHashes(t, opts.Dir)
		if first == nil {
			first = got
		}
		equalHashes(t, got, first)
	}
}

func TestSampling(t *testing.T) {
	sel, err := ParseSelection("2-3, 9")
	must(t, err)
	five, err := ParseSelection("5")
	must(t, err)
	opts := options(t)
	opts.Spikes = Sampling{Neurons: sel, From: 10_000, Until: 20_000}
	opts.Atoms = Sampling{Neurons: five, Every: 10}
	r := create(t, opts)
	must(t, history(r, 0, 100))
	must(t, r.Close(nil, Final{}))
	m, err := ReadManifest(opts.Dir)
	must(t, err)
	rows := map[string]int64{}
	for _, tab := range m.Tables {
		rows[tab.File] = tab.Rows
	}
	if rows["spikes.parquet"] != 30 || rows["pid.parquet"] != 10 {
		t.Errorf("rows = %v, want 30 spikes and 10 decompositions", rows)
	}
	opts = options(t)
	opts.Spikes.Off, opts.Atoms.Off = true, true
	r = create(t, opts)
	must(t, history(r, 0, 10))
	must(t, r.Close(nil, Final{}))
	if got := tableHashes(t, opts.Dir); got["spikes.parquet"]+got["pid.parquet"] != "" {
		t.Error("tables that were switched off are there")
	}
}

func TestAbortLeavesValidResults(t *testing.T) {
	for _, tc := range []struct {
		reason error
		want   Status
	}{
		{errors.New("neuron 3 panicked"), StatusFailed},
		{fmt.Errorf("stopped: %w", context.Canceled), StatusInterrupted},
	} {
		opts := options(t)
		r := create(t, opts)
		must(t, history(r, 0, 20))
		f, err := r.File("plots/half.png")
		must(t, err)
		fmt.Fprint(f, "half")
		f.Close()
		must(t, r.Abort(tc.reason))
		must(t, r.Abort(errors.New("again"))) // does nothing
		m, err := ReadManifest(opts.Dir)
		must(t, err)
		if m.Status != tc.want || m.Reason != tc.reason.Error() {
			t.Errorf("status %s, reason %q", m.Status, m.Reason)
		}
		cols, err := ReadColumns(filepath.Join(opts.Dir, "spikes.parquet"))
		must(t, err)
		if len(cols["source"]) != 200 {
			t.Errorf("%d spikes, want 200", len(cols["source"]))
		}
		if _, ok := m.Files["plots/half.png"]; ok {
			t.Error("a file that was not committed is listed")
		}
		if err := r.Spikes(nil); !errors.Is(err, errClosed) && err != nil {
			t.Errorf("Spikes after Abort: %v", err)
		}
		if _, err := r.File("x"); !errors.Is(err, errClosed) {
			t.Errorf("File after Abort: %v", err)
		}
	}
}

func TestCreateRefusesForeignFolder(t *testing.T) {
	opts := options(t)
	must(t, os.MkdirAll(opts.Dir, 0o777))
	for _, name := range []string{"thesis.txt", ScenarioName, logName} {
		mine := filepath.Join(opts.Dir, name)
		must(t, os.WriteFile(mine, []byte("x"), 0o666))
		if _, err := Create(opts); !errors.Is(err, ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
		must(t, os.Remove(mine)) // it is still there
	}
	r := create(t, opts) // an empty folder will do
	if _, err := Create(opts); !errors.Is(err, ErrExists) {
		t.Errorf("a folder in use: %v", err)
	}
	must(t, r.WriteFile("plots/x.svg", nil))
	must(t, r.Close(nil, Final{}))
	if _, err := Create(opts); !errors.Is(err, ErrExists) {
		t.Errorf("a result folder: %v", err)
	}
}

func TestCreateRemovesIncompleteFolder(t *testing.T) {
	opts := options(t)
	opts.AtomNames = []string{"red", "red"} // not the columns of a table
	if _, err := Create(opts); err == nil || !strings.Contains(err.Error(), `"red" appears twice`) {
		t.Fatalf("err = %v", err)
	}
	if _, err := os.Stat(opts.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the folder is left behind")
	}
}

func TestBadRows(t *testing.T) {
	r := create(t, options(t))
	s, err := r.Stream("s", []Column{{"i", Int32, ""}, {"t", Text, ""}})
	must(t, err)
	for _, row := range [][]any{{1}, {1, 2}, {1 << 40, "x"}, {1.5, "x"}, {nil, "x"}, {1, strings.Repeat("x", maxText+1)}} {
		if err := s.Append(row...); err == nil || !strings.Contains(err.Error(), `"s"`) {
			t.Errorf("row of %d values: %v", len(row), err)
		}
	}
	must(t, s.Append(int32(1), "ok"))
	if s.Rows() != 1 {
		t.Errorf("%d rows, want 1", s.Rows())
	}
	if _, err := r.Stream("s", []Column{{"i", Int64, ""}}); err == nil {
		t.Error("opened again with other columns")
	}
	for _, name := range []string{"", "../x", "a/b", ".hidden", "/etc/x"} {
		if _, err := r.Stream(name, SpikeColumns()); err == nil {
			t.Errorf("table %q was made", name)
		}
	}
	for _, name := range []string{"../x", "/etc/x", ""} {
		if _, err := r.File(name); err == nil {
			t.Errorf("file %q was made", name)
		}
	}
	if err := r.Table("t", []Column{{"i", Int32, ""}}, func(yield func([]any) bool) { yield([]any{"x"}) }); err == nil || !strings.Contains(err.Error(), `table "t": column "i"`) {
		t.Errorf("Table: %v", err)
	}
}

func TestDefaultDir(t *testing.T) {
	at := time.Date(2026, 3, 4, 6, 6, 7, 0, time.FixedZone("CET", 3600))
	got := DefaultDir("my dir/../x.yaml", at, 42, "0123456789abcdef")
	want := filepath.Join("runs", "my-dir-..-x.yaml", "20260304T050607Z-42-01234567")
	if got != want {
		t.Errorf("DefaultDir = %s, want %s", got, want)
	}
	if got := DefaultDir("..", at, 1, ""); got != filepath.Join("runs", "run", "20260304T050607Z-1") {
		t.Errorf("DefaultDir = %s", got)
	}
}

func TestSpikesDoNotAllocate(t *testing.T) {
	r := create(t, options(t))
	spikes := make([]neuron.Spike, 100)
	row := AtomsRow{Atoms: make([]float64, 4)}
	if n := testing.AllocsPerRun(200, func() {
		r.Spikes(spikes)
		r.Atoms(&row)
	}); n > 0.5 {
		t.Errorf("%v allocations per call", n)
	}
}

// TestUnbegun leaves behind what a run does that is killed before its first
// manifest, and runs into the same folder again.
func TestUnbegun(t *testing.T) {
	scenario := []byte("name: a\n")
	for at := 1; ; at++ {
		m := disktest.New()
		m.At, m.Fault = at, disktest.Death
		opts := Options{Dir: "out", FS: m, Scenario: scenario}
		if _, err := Create(opts); err == nil {
			return // it had begun
		}
		m.Revive(nil)
		if _, err := readManifest(m, "out"); err == nil {
			continue // it had begun
		}
		if there, _ := disk.Exists(m, "out"); there && !unbegun(m, "out") {
			t.Fatalf("killed at %d: what is left looks like something of the user's", at)
		}
		r, err := Create(opts)
		if err != nil {
			t.Fatalf("killed at %d: %v", at, err)
		}
		must(t, r.Close(nil, Final{}))
		if _, err := CheckOn(m, "out"); err != nil {
			t.Fatalf("killed at %d: %v", at, err)
		}
		// What the user puts there is not removed.
		m = disktest.New()
		m.At, m.Fault = at, disktest.Death
		Create(Options{Dir: "out", FS: m, Scenario: scenario})
		m.Revive(nil)
		if there, _ := disk.Exists(m, "out"); !there {
			continue
		}
		must(t, replace(m, "out/"+ScenarioName, []byte("my own")))
		if _, err := Create(Options{Dir: "out", FS: m}); !errors.Is(err, ErrExists) {
			t.Fatalf("killed at %d: %v", at, err)
		}
	}
}

// TestUnbegunAfterPowerLoss is TestUnbegun where what was not synced is lost.
func TestUnbegunAfterPowerLoss(t *testing.T) {
	for seed := range uint64(20) {
		for at := 1; ; at++ {
			m := disktest.New()
			m.At, m.Fault = at, disktest.Death
			opts := Options{Dir: "out", FS: m, Scenario: []byte("name: a\n")}
			if _, err := Create(opts); err == nil {
				break // it had begun
			}
			m.Revive(rand.New(rand.NewPCG(seed, uint64(at))))
			if _, err := readManifest(m, "out"); err == nil {
				continue // it had begun
			}
			if there, _ := disk.Exists(m, "out"); there && !unbegun(m, "out") {
				t.Fatalf("power lost at %d: what is left looks like something of the user's", at)
			}
			r, err := Create(opts)
			if err != nil {
				t.Fatalf("power lost at %d: %v", at, err)
			}
			must(t, r.Close(nil, Final{}))
		}
	}
}

// TestLargeNumbers: a seed can be larger than an int64, in tables, text and manifests.
func TestLargeNumbers(t *testing.T) {
	const large = math.MaxUint64
	opts := options(t)
	opts.CSV, opts.Provenance.Config = true, json.RawMessage(`{"seed": 18446744073709551615, "rate": 1e+06}`)
	r := create(t, opts)
	cols := []Column{{Name: "seed", Kind: Uint64}, {Name: "x", Kind: Float64}}
	must(t, r.Table("seeds", cols, func(yield func([]any) bool) {
		_ = yield([]any{uint64(large), 1.5}) && yield([]any{uint64(1) << 63, uint64(3)}) && yield([]any{7, 0})
	}))
	for _, bad := range []any{-1, int64(-5), 1.5, "7"} {
		if _, err := valueOf(Uint64, bad); err == nil {
			t.Errorf("%v was taken for a number without a sign", bad)
		}
	}
	must(t, r.Close(nil, Final{}))
	text, err := os.ReadFile(filepath.Join(opts.Dir, "seeds.csv"))
	must(t, err)
	if want := "seed,x\n18446744073709551615,1.5\n9223372036854775808,3\n7,0\n"; string(text) != want {
		t.Errorf("%q, want %q", text, want)
	}
	tr, err := OpenTable(filepath.Join(opts.Dir, "seeds.parquet"))
	must(t, err)
	defer tr.Close()
	row, err := tr.Next()
	must(t, err)
	if tr.Columns()[0].Kind != Uint64 || row[0].Uint64() != large {
		t.Errorf("%v in %v", row[0], tr.Columns()[0])
	}
	read, err := ReadColumns(filepath.Join(opts.Dir, "seeds.parquet"), "seed")
	must(t, err)
	if got := read["seed"]; got[0] != large || got[1] != 1<<63 || got[2] != 7 {
		t.Error(got)
	}
	m, err := ReadManifest(opts.Dir)
	must(t, err)
	if got := m.Config.(map[string]any)["seed"]; fmt.Sprint(got) != "18446744073709551615" {
		t.Errorf("the configuration has the seed %v", got)
	}
}

// TestColumnsOfParts: parts of a table are the same in names and in kinds, and a text
// that is too long is refused at the first length that is.
func TestColumnsOfParts(t *testing.T) {
	a := []Column{{Name: "x", Kind: Int64}, {Name: "y", Kind: Text}}
	for _, tc := range []struct {
		b    []Column
		same bool
	}{
		{[]Column{{Name: "x", Kind: Int64, Unit: "us"}, {Name: "y", Kind: Text}}, true},
		{[]Column{{Name: "z", Kind: Int64}, {Name: "y", Kind: Text}}, false},
		{[]Column{{Name: "x", Kind: Uint64}, {Name: "y", Kind: Text}}, false},
		{a[:1], false},
	} {
		if equalColumns(a, tc.b) != tc.same {
			t.Errorf("%v and %v", a, tc.b)
		}
	}
	for n, want := range map[uint64]error{0: nil, maxText: nil, maxText + 1: errLongText} {
		text := append(binary.AppendUvarint(nil, n), make([]byte, n)...)
		if v, err := readText(bufio.NewReader(bytes.NewReader(text))); err != want || err == nil && len(v.ByteArray()) != int(n) {
			t.Errorf("a text of %d bytes: %v", n, err)
		}
	}
}

// TestVerifyStaysInside: what the manifest does not list, or lists outside of its
// folder, is not verified.
func TestVerifyStaysInside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	must(t, os.Mkdir(dir, 0o700))
	for _, name := range []string{filepath.Join(dir, "in"), filepath.Join(dir, "other"), filepath.Join(dir, "..", "out")} {
		must(t, os.WriteFile(name, []byte("x"), 0o600))
	}
	sum := sha256.Sum256([]byte("x"))
	info := FileInfo{Bytes: 1, SHA256: hex.EncodeToString(sum[:])}
	m := &Manifest{Files: map[string]FileInfo{"in": info, "../out": info}}
	for name, ok := range map[string]bool{"in": true, "other": false, "../out": false, "gone": false} {
		if err := m.Verify(dir, name); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m.Verify(dir) == nil {
		t.Error("a file outside was verified")
	}
}
