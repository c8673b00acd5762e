package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"strings"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/language"
)

// live holds the live measures of a run without a folder, by measure. If there is a
// folder, they are in its tables.
type live map[string][]sample

// sample is the value of a live measure at a time, of one neuron or (-1) of all.
type sample struct {
	time   neuron.Time
	neuron int
	value  float64
}

func (l *live) add(name string, s sample) {
	if *l == nil {
		*l = live{}
	}
	(*l)[name] = append((*l)[name], s)
}

// addAtoms stores the decomposition of every neuron.
func (l *live) addAtoms(t neuron.Time, reports []neuron.Report) {
	for i := range reports {
		r := &reports[i]
		if r.Atoms == nil {
			continue
		}
		sources := r.Atoms.Lattice().NumSources()
		names := record.AtomNames(sources)
		for k, antichain := range antichains(sources) {
			v, _ := r.Atoms.Atom(antichain)
			l.add("neuron."+names[k], sample{t, int(r.Neuron), v})
		}
		l.add("neuron.h_res", sample{t, int(r.Neuron), r.Atoms.Residual})
	}
}

// samples returns the values of a measure in the order of time.
func (r *Result) samples(measure string) ([]sample, error) {
	if r.Dir == "" {
		return r.live[measure], nil
	}
	if atom, ok := strings.CutPrefix(measure, "neuron."); ok {
		return readAtoms(filepath.Join(r.Dir, "pid.parquet"), atom)
	}
	return readMeasure(filepath.Join(r.Dir, "measures.parquet"), measure)
}

// readAtoms reads an atom of every neuron. A run without samples of atoms has no table.
func readAtoms(path, atom string) ([]sample, error) {
	cols, err := record.ReadColumns(path, "time_us", "neuron", atom)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := make([]sample, len(cols[atom]))
	for i := range all {
		all[i] = sample{neuron.Time(cols["time_us"][i]), int(cols["neuron"][i]), cols[atom][i]}
	}
	return all, nil
}

// readMeasure reads a measure. A run without live measures has no table.
func readMeasure(path, measure string) ([]sample, error) {
	t, err := record.OpenTable(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer t.Close()
	var all []sample
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if row[1].String() == measure {
			all = append(all, sample{neuron.Time(row[0].Int64()), -1, row[2].Double()})
		}
	}
}

// Verdict is the outcome of one expectation. If it is about a live measure, Got, TimeUS
// and Neuron are those of one sample: the first that violates an always or never
// expectation; the nearest to the range, of the first neuron that fails an eventually
// expectation; or the nearest to the range, of the first neuron, if the expectation
// passes.
type Verdict struct {
	Score    string `json:"score"`
	Form     string `json:"form,omitempty"` // always, eventually, never
	Expected string `json:"expected"`
	Got      Number `json:"got"`
	Pass     bool   `json:"pass"`
	Missing  bool   `json:"missing,omitempty"`
	TimeUS   *int64 `json:"time_us,omitempty"`
	Neuron   *int   `json:"neuron,omitempty"`
}

// Name returns the name of the score or measure, and the form of the expectation.
func (v *Verdict) Name() string { return strings.TrimSpace(v.Form + " " + v.Score) }

// Text describes the value that was found.
func (v *Verdict) Text() string {
	switch {
	case v.Missing && v.Form != "":
		return "not measured"
	case v.Missing:
		return "no such score"
	}
	text := fmt.Sprintf("%.4f", float64(v.Got))
	if v.TimeUS != nil {
		text += fmt.Sprintf(" at %v", neuron.Time(*v.TimeUS))
	}
	if v.Neuron != nil {
		text += fmt.Sprintf(", neuron %d", *v.Neuron)
	}
	return text
}

// Number is a number that is null in JSON if it is NaN or infinite.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	if v := float64(n); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}

// Judge compares the results of a run with the expectations of its scenario.
func (r *Result) Judge() ([]Verdict, error) {
	var all []Verdict
	expect := r.Scenario.Asked()
	for i := range expect {
		e := &expect[i]
		if e.Score != "" {
			all = append(all, judgeScore(e, r.Scores))
			continue
		}
		samples, err := r.samples(e.Measure())
		if err != nil {
			return all, fault.Failed(err)
		}
		all = append(all, judgeLive(e, samples))
	}
	return all, nil
}

// JudgeScores compares scores with the expectations that are about scores.
func JudgeScores(expect []language.Expect, s *Scores) []Verdict {
	var all []Verdict
	for i := range expect {
		if expect[i].Score != "" {
			all = append(all, judgeScore(&expect[i], s))
		}
	}
	return all
}

func judgeScore(e *language.Expect, s *Scores) Verdict {
	got, ok := s.Values[e.Score]
	return Verdict{Score: e.Score, Expected: e.Range(), Got: Number(got), Pass: ok && e.Meets(got), Missing: !ok}
}

// judgeLive judges an expectation about a live measure. If its samples are of neurons,
// each neuron must meet it.
func judgeLive(e *language.Expect, samples []sample) Verdict {
	v := Verdict{Score: e.Measure(), Form: "always", Expected: e.Range() + window(e), Pass: true}
	if e.Eventually != "" {
		v.Form = "eventually"
	} else if e.Never != "" {
		v.Form = "never"
	}
	met := map[int]bool{}       // neurons with a sample in the range
	nearest := map[int]sample{} // by neuron: the sample nearest to the range
	var order []int
	for _, s := range samples {
		if s.time < neuron.Time(e.After) || e.Within > 0 && s.time > neuron.Time(e.Within) {
			continue
		}
		if _, seen := nearest[s.neuron]; !seen {
			order, nearest[s.neuron] = append(order, s.neuron), s
		}
		if distance(e, s.value) < distance(e, nearest[s.neuron].value) {
			nearest[s.neuron] = s
		}
		inside := e.Meets(s.value)
		met[s.neuron] = met[s.neuron] || inside
		if e.Eventually == "" && inside == (e.Never != "") && v.Pass {
			v.Pass = false
			v.at(s)
		}
	}
	v.Missing = len(order) == 0
	for _, id := range order {
		if e.Eventually != "" && !met[id] && v.Pass {
			v.Pass = false
			v.at(nearest[id])
		}
	}
	v.Pass = v.Pass && !v.Missing
	if v.Pass {
		v.at(nearest[order[0]])
	}
	return v
}

func (v *Verdict) at(s sample) {
	t := int64(s.time)
	v.Got, v.TimeUS = Number(s.value), &t
	if s.neuron >= 0 {
		v.Neuron = &s.neuron
	}
}

// distance returns the distance of a value from the range. NaN is farther away than any
// number.
func distance(e *language.Expect, v float64) float64 {
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	d := 0.0
	if e.Min != nil {
		d = max(d, *e.Min-v)
	}
	if e.Max != nil {
		d = max(d, v-*e.Max)
	}
	return d
}

// window writes the time range of an expectation.
func window(e *language.Expect) string {
	text := ""
	if e.After > 0 {
		text += " after " + e.After.String()
	}
	if e.Within > 0 {
		text += " within " + e.Within.String()
	}
	return text
}
