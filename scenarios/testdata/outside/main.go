// Command outside is a program of another module. It adds a source of items, a measure, a
// listener and a task, using exported names only.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
	"infomorph/scenarios/run"
)

// stripes is a source: in item i, one pixel of a row is on.
type stripes struct{ width int }

func (s stripes) Describe() data.Description {
	d := data.Description{Fields: []data.Field{{Name: "row", Size: s.width}}}
	for k := range s.width {
		d.Labels = append(d.Labels, fmt.Sprint("at ", k))
	}
	return d
}

func (s stripes) Item(i int, dst *data.Item) error {
	clear(dst.Fields[0])
	dst.Label = i * 7 % s.width
	dst.Fields[0][dst.Label] = 1
	return nil
}

// looks is a measure that counts its calls of Look.
type looks struct {
	measure.Base
	n int
}

func (m *looks) Observes(string) bool                        { return true }
func (m *looks) Look(*measure.Look, *journal.Listener) error { m.n++; return nil }
func (m *looks) Save() ([]byte, error)                       { return fmt.Append(nil, m.n), nil }
func (m *looks) Restore(saved []byte) error                  { _, err := fmt.Sscan(string(saved), &m.n); return err }
func (m *looks) Show(_ measure.Reporter, l *journal.Listener) error {
	l.Score("looks", float64(m.n), 0)
	return nil
}

const scenario = `apiVersion: infomorph/v2
name: outside
neurons: {unit: {like: memory}}
populations: {area: {size: 6, neuron: unit}}
inputs: {row: {size: 6}}
projections:
  - {from: row, to: area, port: r, rule: one_to_one, weights: 2}
  - {from: area, to: area, port: c}
data: {own: {custom: {kind: stripes, settings: {width: 6}}, to: {row: row}}}
protocol: [{name: train, present: {data: own, count: 12}}]
measure: [{name: looks, custom: {kind: looks}}]
record: {atoms: 0, weights: false}
`

// own is a task that runs a network without input for some time and counts the spikes.
type own struct{ scenarios.Task }

type ownRun struct {
	e   sim.Engine
	out *journal.Listener
	n   int
}

func (t own) Start(e sim.Engine, out *journal.Listener) (scenarios.Run, error) {
	out.Defaults()
	return &ownRun{e: e, out: out}, nil
}

func (t own) Resume(e sim.Engine, out *journal.Listener, _ []byte) (scenarios.Run, error) {
	return t.Start(e, out)
}

func (r *ownRun) Go(context.Context) error {
	n := neuron.ID(r.e.Network().NumNeurons())
	f := sim.Feed{Signals: []neuron.Signal{{Time: neuron.Millisecond, Kind: neuron.Tick, Flags: neuron.Fire, Last: n}}}
	err := r.e.Advance(context.Background(), 5*neuron.Millisecond, f, r)
	r.out.Score("told", float64(r.n), 0)
	return err
}

func (r *ownRun) Save() ([]byte, error) { return nil, nil }

// Epoch implements sim.Sink.
func (r *ownRun) Epoch(end neuron.Time, out *neuron.Output) error {
	r.n += len(out.Spikes)
	return r.out.Epoch(end, out)
}

func main() {
	data.Register("stripes", func(c *language.Custom, _ uint64, _ data.Files) (data.Source, error) {
		width, _ := c.Settings["width"].Value.(int64)
		return stripes{int(width)}, nil
	})
	measure.Register("looks", func(*measure.Env, *language.Measure) (measure.Measure, error) { return &looks{}, nil })

	s, err := scenarios.Load("outside.yaml", strings.NewReader(scenario))
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	shown := 0
	l := &journal.Listener{Presentation: func(journal.Presentation) error { shown++; return nil }}
	r := &run.Scenario{Scenario: s}
	done, err := run.Do(context.Background(), r, run.Options{Dir: filepath.Join(dir, "run"), Listener: l})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("looks", done.Scores.Values["looks"], "presentations", shown, "files", done.Dir != "")

	done, err = run.Do(context.Background(), r, run.Options{NoFiles: true, Engine: run.Engine{Kind: "population"},
		Task: func(s *scenarios.Scenario, files scenarios.Files) (scenarios.Task, error) {
			t, err := scenarios.NewTask(s, files)
			return own{t}, err
		}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("told", done.Scores.Values["told"])
}
