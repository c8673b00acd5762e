package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"infomorph/internal/guard"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"infomorph/actors"
	"infomorph/internal/record"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
)

// Outcome is the outcome of a comparison.
type Outcome string

// The outcomes. NotCompared means that there is nothing to compare with; it does not make
// the result wrong.
const (
	Same        Outcome = "same"
	Differs     Outcome = "differs"
	NotCompared Outcome = "not compared"
)

// Comparison describes what was compared with what, and the outcome.
type Comparison struct {
	What    string  `json:"what"`
	With    string  `json:"with,omitempty"`
	Outcome Outcome `json:"outcome"`
	Of      string  `json:"of,omitempty"` // how much was compared
	Why     string  `json:"why,omitempty"`
}

// comparisons is a list of comparisons.
type comparisons []Comparison

// add adds a comparison and its outcome. If there is a difference, it also adds a reason.
func (c *comparisons) add(o Comparison, same bool, format string, why ...any) {
	if o.Outcome = Same; !same {
		o.Outcome, o.Why = Differs, fmt.Sprintf(format, why...)
	}
	*c = append(*c, o)
}

func (c *comparisons) skip(what, why string) {
	*c = append(*c, Comparison{What: what, Outcome: NotCompared, Why: why})
}

// Differ reports whether any comparison found a difference.
func Differ(all []Comparison) bool {
	return slices.ContainsFunc(all, func(c Comparison) bool { return c.Outcome == Differs })
}

const elsewhere = "the recording goes on with a run whose beginning is in another folder"

// verify runs the scenario again on the recorded inboxes of the neurons, and compares all
// results with those in the folder.
func (r *Recorded) verify(ctx context.Context, o actors.ReplayOptions) (*Replayed, error) {
	var all comparisons
	got, err := r.again(ctx, o, &all)
	if err != nil {
		return nil, r.ended(err)
	}
	sum := sha256.Sum256(got.State)
	out := &Replayed{Replayed: *got, StateHash: hex.EncodeToString(sum[:]), Expected: hex.EncodeToString(got.Recorded[:])}
	var first comparisons
	first.neurons(got.Verdicts)
	if r.reader.Midway() {
		first[0] = Comparison{What: first[0].What, Outcome: NotCompared, Why: elsewhere}
	}
	r.ending(&first, got, out)
	out.judge(first, all, r.others())
	return out, nil
}

// judge completes the outcome. It passes if no comparison found a difference and every
// neuron that ran alone passes.
func (r *Replayed) judge(compared ...comparisons) {
	for _, c := range compared {
		r.Compared = append(r.Compared, c...)
	}
	r.Pass = !Differ(r.Compared) && allPass(r.Verdicts)
}

func allPass(all []actors.Verdict) bool {
	return !slices.ContainsFunc(all, func(v actors.Verdict) bool { return !v.Pass })
}

// again runs the scenario again and compares its tables and scores.
func (r *Recorded) again(ctx context.Context, o actors.ReplayOptions, c *comparisons) (*actors.Replayed, error) {
	if r.reader.Midway() {
		c.skip("tables, scores", elsewhere)
		return actors.Recorded{Network: r.net, Recording: r.reader}.Replay(ctx, o)
	}
	dir, err := os.MkdirTemp("", "infomorph-replay")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var engine *actors.Again
	_, full := r.manifest.Files["members.parquet"]
	res, err := Do(ctx, r.scenario, Options{
		Dir: filepath.Join(dir, "again"), Lean: !full, CSV: hasTwins(r.manifest),
		Listener: &journal.Listener{Step: func(string, int, int) error {
			if r.manifest.Status != record.StatusDone && engine.Now() >= engine.Ends() {
				return actors.ErrRecordingEnds
			}
			return nil
		}},
		again: func(net *sim.Network) (_ sim.Engine, err error) {
			engine, err = actors.NewAgain(ctx, net, r.reader, o)
			return engine, err
		},
	})
	if engine == nil {
		return nil, err
	}
	got, finishErr := engine.Finish(ctx)
	if finishErr != nil {
		return nil, finishErr
	}
	return got, r.compare(res, err, c)
}

// hasTwins reports whether tables were also written as CSV.
func hasTwins(m *record.Manifest) bool {
	return slices.ContainsFunc(m.Tables, func(t record.TableInfo) bool {
		_, has := m.Files[strings.TrimSuffix(t.File, ".parquet")+".csv"]
		return has
	})
}

func isCSV(name string) bool { return strings.HasSuffix(name, ".csv") }

// neurons adds the comparisons of the inputs, outputs and states of neurons.
func (c *comparisons) neurons(verdicts []actors.Verdict) {
	for _, part := range []struct {
		what, with string
		differs    func(*actors.Differs) bool
	}{
		{"inputs", "what the scenario shows", func(d *actors.Differs) bool { return d.Inputs }},
		{"inboxes", "what other neurons sent", func(d *actors.Differs) bool { return d.Inboxes }},
		{"outputs", "recording", func(d *actors.Differs) bool { return d.Spikes }},
		{"weights", "recording", func(d *actors.Differs) bool { return d.Weights }},
		{"windows", "recording", func(d *actors.Differs) bool { return d.Window }},
		{"states", "recording", func(d *actors.Differs) bool { return d.State }},
	} {
		lived, wrong := 0, 0
		for i := range verdicts {
			if v := &verdicts[i]; part.differs(&v.Differs) {
				wrong++
			} else if v.Ended {
				lived++
			}
		}
		of := fmt.Sprintf("%d of %d neurons", lived+wrong, len(verdicts))
		c.add(Comparison{What: part.what, With: part.with, Of: of}, wrong == 0, "of %d neurons", wrong)
	}
}

// ending compares the final state of the network, and the simulated time.
func (r *Recorded) ending(c *comparisons, got *actors.Replayed, out *Replayed) {
	const what = "final state"
	m := r.manifest
	if r.reader.Failed() {
		c.skip(what, "the run failed, and not every neuron said what it had become")
	} else {
		c.add(Comparison{What: what, With: "recording"}, out.StateHash == out.Expected, "it has the hash %s", out.Expected)
	}
	if m.StateHash == "" {
		c.skip(what+", counts", "the run did not come to its end: manifest.json has none")
		return
	}
	out.Expected = m.StateHash
	c.add(Comparison{What: what, With: "manifest.json"}, m.StateHash == out.StateHash, "it has the hash %s", m.StateHash)
	c.add(Comparison{What: "simulated time", With: "manifest.json"}, m.SimulatedUS == int64(got.Now), "it says %d us, the recording %d", m.SimulatedUS, int64(got.Now))
}

// compare compares the results of the replay with those in the folder.
func (r *Recorded) compare(res *Result, err error, c *comparisons) error {
	done := r.manifest.Status == record.StatusDone
	switch {
	case err == nil || !done && (res != nil && res.Dir != ""):
	case errors.Is(err, actors.ErrRecordingEnds):
		c.add(Comparison{What: "course", With: "recording"}, false, "the run goes on after its recording ends")
	default:
		c.add(Comparison{What: "course", With: "scenario"}, false, "it cannot be run again: %v", err)
	}
	if res == nil || res.Dir == "" {
		c.skip("tables and scores", "the scenario could not be run again")
		return nil
	}
	m, err := record.ReadManifest(res.Dir)
	if err != nil {
		return err
	}
	is, again := tablesOf(r.manifest), tablesOf(m)
	for _, name := range slices.Sorted(maps.Keys(union(is, again))) {
		_, has := is[name]
		if _, comes := again[name]; !has || !comes {
			c.missing(name, has, done)
		} else if err := r.table(c, res.Dir, is[name], again[name]); err != nil {
			return err
		}
	}
	c.pictures(r.manifest, m)
	switch {
	case !done:
		c.skip("scores", "the run did not come to its end")
		return nil
	case m.Status != record.StatusDone:
		c.skip("counts, scores", "the replay did not come to its end")
		return nil
	}
	if !sameProgram(r.manifest, m) {
		c.skip("program", "the run was made by another program than this")
	}
	c.counts(r.manifest.Counts, m.Counts)
	return r.scores(c, res)
}

// pictures compares pictures by their checksums. They are not compared if another program
// drew them, because it may draw them differently.
func (c *comparisons) pictures(is, again *record.Manifest) {
	const what = "pictures"
	n, other := 0, ""
	for _, name := range slices.Sorted(maps.Keys(is.Files)) {
		if !strings.HasPrefix(name, "plots/") || isCSV(name) {
			continue
		}
		if n++; is.Files[name] != again.Files[name] && other == "" {
			other = name
		}
	}
	switch {
	case other != "" && (is.Status != record.StatusDone || !sameProgram(is, again)):
		c.skip(what, "the run did not come to its end, or was drawn by another program")
	case n > 0:
		c.add(Comparison{What: what, With: "the replay", Of: fmt.Sprintf("%d files", n)}, other == "", "%s is another", other)
	}
}

func sameProgram(a, b *record.Manifest) bool {
	v, w := a.Versions, b.Versions
	return v.Infomorph == w.Infomorph && v.Revision == w.Revision && v.Modified == w.Modified && v.Go == w.Go && a.Host.Arch == b.Host.Arch
}

func tablesOf(m *record.Manifest) map[string]record.TableInfo {
	all := map[string]record.TableInfo{}
	for _, t := range m.Tables {
		all[t.File] = t
	}
	for name := range m.Files {
		if isCSV(name) {
			all[name] = record.TableInfo{File: name}
		}
	}
	return all
}

func union[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// missing reports a table that is only in the folder or only in the replay.
func (c *comparisons) missing(name string, has, done bool) {
	o := Comparison{What: "table " + name, With: "the replay"}
	switch {
	case !done:
		c.skip(o.What, "the run did not come to its end")
	case has:
		c.add(o, false, "the run makes no such table")
	default:
		c.add(o, false, "the run makes it; manifest.json does not list it")
	}
}

// table compares a table of the folder with that of the replay, which is in dir.
func (r *Recorded) table(c *comparisons, dir string, is, again record.TableInfo) error {
	name := is.File
	a, b := filepath.Join(r.Dir, name), filepath.Join(dir, name)
	difference, err := differenceOf(a, b, r.manifest.Status == record.StatusDone)
	if err != nil {
		return err
	}
	of := ""
	if !isCSV(name) {
		of = fmt.Sprintf("%d rows", min(is.Rows, again.Rows))
	}
	c.add(Comparison{What: "table " + name, With: "the replay", Of: of}, difference == "", "%s", difference)
	return nil
}

// mostCSV limits the size of a table that is compared line by line [bytes].
const mostCSV = 1 << 30

// differenceOf describes the difference of two tables. If whole is false, because the run
// did not reach its end, it only compares rows that both tables have.
func differenceOf(a, b string, whole bool) (string, error) {
	if isCSV(a) {
		x, err := guard.ReadFile(a, mostCSV)
		if err != nil {
			return "", err
		}
		y, err := guard.ReadFile(b, mostCSV)
		if n := min(len(x), len(y)); !whole {
			x, y = x[:n], y[:n]
		}
		return differentLine(string(x), string(y)), err
	}
	x, err := record.OpenTable(a)
	if err != nil {
		return "", err
	}
	defer x.Close()
	y, err := record.OpenTable(b)
	if err != nil {
		return "", err
	}
	defer y.Close()
	if !slices.Equal(x.Columns(), y.Columns()) {
		return "it has other columns", nil
	}
	for k := 1; ; k++ {
		p, err := next(x)
		q, err2 := next(y)
		switch {
		case err != nil || err2 != nil:
			return "", errors.Join(err, err2)
		case p == nil && q == nil, !whole && (p == nil || q == nil):
			return "", nil
		case p == nil || q == nil:
			return fmt.Sprintf("it has %d rows, the replay %d", x.Rows(), y.Rows()), nil
		}
		for i, col := range x.Columns() {
			if !sameValue(p[i], q[i]) {
				return fmt.Sprintf("row %d, column %s: it has %v, the replay %v", k, col.Name, p[i], q[i]), nil
			}
		}
	}
}

// next returns the next row, nil after the last.
func next(t *record.TableReader) (parquet.Row, error) {
	row, err := t.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return row, err
}

func sameValue(a, b parquet.Value) bool {
	if a.Kind() == parquet.Double && b.Kind() == parquet.Double {
		return math.Float64bits(a.Double()) == math.Float64bits(b.Double())
	}
	return parquet.Equal(a, b)
}

func differentLine(a, b string) string {
	if a == b {
		return ""
	}
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for k := range min(len(x), len(y)) {
		if x[k] != y[k] {
			return fmt.Sprintf("line %d: it has %q, the replay %q", k+1, x[k], y[k])
		}
	}
	return fmt.Sprintf("it has %d lines, the replay %d", len(x), len(y))
}

// counts compares the counts in manifests.
func (c *comparisons) counts(is, again map[string]int64) {
	why := ""
	for _, name := range slices.Sorted(maps.Keys(union(is, again))) {
		if is[name] != again[name] && why == "" {
			why = fmt.Sprintf("it counts %d %s, the replay %d", is[name], name, again[name])
		}
	}
	c.add(Comparison{What: "counts", With: "manifest.json"}, why == "", "%s", why)
}

// scores compares the summaries.
func (r *Recorded) scores(c *comparisons, res *Result) error {
	is, err := record.ReadSummary(r.Dir)
	if err != nil {
		return err
	}
	again, err := record.ReadSummary(res.Dir)
	if err != nil {
		return err
	}
	c.scores(is, again)
	return nil
}

// scores compares two summaries. It names the first score that differs.
func (c *comparisons) scores(is, again map[string]float64) {
	why := ""
	for _, name := range slices.Sorted(maps.Keys(union(is, again))) {
		a, has := is[name]
		b, comes := again[name]
		if why == "" && (has != comes || math.Float64bits(a) != math.Float64bits(b)) {
			why = fmt.Sprintf("%s: it has %v, the replay %v", name, orNone(a, has), orNone(b, comes))
		}
	}
	c.add(Comparison{What: "scores", With: "summary.json", Of: fmt.Sprintf("%d scores", len(again))}, why == "", "%s", why)
}

func orNone(v float64, is bool) any {
	if !is {
		return "none"
	}
	return v
}

// others lists files in the folder that were not compared.
func (r *Recorded) others() (c comparisons) {
	c.skip("report, log, checkpoints", "they are not made again")
	entries, _ := os.ReadDir(r.Dir) // what cannot be listed is not
	for _, e := range entries {
		if _, listed := r.manifest.Files[e.Name()]; !listed && (isCSV(e.Name()) || filepath.Ext(e.Name()) == ".parquet") {
			c.skip("table "+e.Name(), "manifest.json does not list it: it is not of the run")
		}
	}
	return c
}
