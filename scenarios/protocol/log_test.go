package protocol

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// small is a memory of four neurons, with input from channels and from each other after a
// millisecond.
const small = `apiVersion: infomorph/v2
name: small
neurons: {unit: {like: memory}}
populations: {memory: {size: 4, neuron: unit}}
inputs: {input: {size: 4}, other: {size: 1}}
projections:
  - {from: input, to: memory, port: r, rule: one_to_one, weights: 2}
  - {from: other, to: memory, port: c}
  - {name: context, from: memory, to: memory, port: c}
data:
  p: {patterns: {source: random, count: 5, width: 2, height: 2}, to: {input: {field: pattern, off: -1}}}
  o: {patterns: {source: random, count: 2, width: 1, height: 1}, to: {other: {field: pattern, off: -1}}}
protocol:
`

// others is a phase with data for the other input.
const others = "  - {name: others, present: {data: o, learn: none}}\n"

// prepare makes a plan of a document.
func prepare(text string, settings ...string) (*Plan, error) {
	e, err := language.Load("small.yaml", []byte(text), settings...)
	if err != nil {
		return nil, err
	}
	return Prepare(e, files{"f.csv": flowers, "t.csv": twoTrains})
}

// files is a set of files in memory.
type files map[string]table

func (f files) Open(name string) (io.ReadCloser, error) {
	if text, ok := f[name]; ok {
		return text.Open(name)
	}
	return nil, fmt.Errorf("open %s: %w", name, fs.ErrNotExist)
}

func (f files) List(string) ([]string, error) { return nil, errors.New("no folder") }

// logged is a run that logs its reports.
type logged struct {
	*Run
	t     testing.TB
	lines []string
}

func (l *logged) say(format string, args ...any) {
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

// text returns the reports, one per line.
func (l *logged) text() string { return strings.Join(l.lines, "\n") }

// with returns the lines that begin with any of the words.
func (l *logged) with(words ...string) string {
	var some []string
	for _, line := range l.lines {
		if first, _, _ := strings.Cut(line, " "); slices.Contains(words, first) {
			some = append(some, line)
		}
	}
	return strings.Join(some, "\n")
}

func (l *logged) listener() *journal.Listener {
	return &journal.Listener{
		Phase: func(name string) error { l.say("phase %s", name); return nil },
		Step: func(phase string, done, total int) error {
			l.say("step %s %d of %d", phase, done, total)
			return nil
		},
		Shown: func(s journal.Shown) error {
			var values []string
			for _, input := range []string{"input", "other"} {
				if v := s.Values(input); v != nil {
					values = append(values, fmt.Sprint(input, v))
				}
			}
			l.say("shown %s %d %v–%v %s", s.How, s.Item, s.Start, s.End, strings.Join(values, " "))
			return nil
		},
		Presentation: func(p journal.Presentation) error {
			l.say("presented %d %v–%v", p.Item, p.Start, p.End)
			return nil
		},
		Measure: func(at neuron.Time, name string, v float64) error {
			l.say("measure %s %.6g at %v", name, v, at)
			return nil
		},
		Score:   func(name string, v, _ float64) { l.say("score %s %.6g", name, v) },
		Table:   func(t journal.Table) error { l.say("table %s %v", t.Name, t.Columns); return nil },
		Figure:  func(name string, _ journal.Figure) error { l.say("figure %s", name); return nil },
		Picture: func(name string, _ journal.Figure) error { l.say("picture %s", name); return nil },
		Weights: func(name string, _ *sim.Network, reports []neuron.Report) error {
			l.say("weights %s of %d", name, len(reports))
			return nil
		},
		Atoms: func(at neuron.Time, reports []neuron.Report) error {
			l.say("atoms of %d at %v", len(reports), at)
			return nil
		},
		Probe:      func(rows []journal.ProbeRow) error { l.say("probe %d", len(rows)); return nil },
		Checkpoint: func() error { l.say("checkpoint"); return nil },
		Print:      func(text string) { l.say("print %s", text) },
	}
}

// start begins a run of a document.
func start(t testing.TB, text string, settings ...string) *logged {
	t.Helper()
	plan, err := prepare(text, settings...)
	if err != nil {
		t.Fatal(err)
	}
	l := &logged{t: t}
	if l.Run, err = plan.Start(engineOf(t, plan), l.listener()); err != nil {
		t.Fatal(err)
	}
	return l
}

func engineOf(t testing.TB, plan *Plan) sim.Engine {
	t.Helper()
	e, err := sim.NewSequential(plan.Network())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// run runs a document to its end.
func run(t testing.TB, text string, settings ...string) *logged {
	t.Helper()
	l := start(t, text, settings...)
	if err := l.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	return l
}
