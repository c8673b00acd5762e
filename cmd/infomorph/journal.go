package main

import (
	"context"
	"errors"
	"iter"

	"infomorph/internal/record"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/scenarios"
)

// journal writes what a task tells into the result folder, if there is one,
// and keeps what the summary and the pictures need.
type journal struct {
	ctx      context.Context
	rec      *record.Run // nil: no result folder
	progress progress
	spikes   bool // record spikes
	told     int64
	scores   *scores
	tables   []scenarios.Table
	figures  []namedFigure
	check    *checkpointer // nil: nothing can be resumed
	live     live
	open     func(*sim.Network) (sim.Engine, error)
	lean     bool // draw nothing
	log      *runLog
}

// Open implements scenarios.Opener.
func (j *journal) Open(net *sim.Network) (sim.Engine, error) { return j.open(net) }

type namedFigure struct {
	name   string
	figure scenarios.Figure
}

// scores is the summary, in the order in which scores were entered.
type scores struct {
	names  []string
	values map[string]float64
}

func newScores() *scores { return &scores{values: map[string]float64{}} }

func (s *scores) set(name string, v float64) {
	if _, ok := s.values[name]; !ok {
		s.names = append(s.names, name)
	}
	s.values[name] = v
}

// errInterrupted ends a run whose context has ended; the manifest calls such a
// run interrupted, not failed.
var errInterrupted error = interrupted{}

type interrupted struct{}

func (interrupted) Error() string        { return "interrupted" }
func (interrupted) Is(target error) bool { return target == context.Canceled }

// Epoch implements sim.Sink.
func (j *journal) Epoch(_ neuron.Time, out *neuron.Output) error {
	j.told += int64(len(out.Spikes))
	if j.rec == nil || !j.spikes {
		return nil
	}
	return j.rec.Spikes(out.Spikes)
}

// Step implements scenarios.Journal.
func (j *journal) Step(phase string, done, total int) error {
	j.progress.step(phase, done, total)
	if err := j.check.step(j.told); err != nil {
		return err
	}
	if j.ctx.Err() != nil {
		return errors.Join(errInterrupted, j.check.write(j.told))
	}
	return nil
}

// Checkpoint implements scenarios.CheckpointJournal.
func (j *journal) Checkpoint() error { return j.check.write(j.told) }

// Print implements scenarios.Printer: what a script prints goes to the log.
func (j *journal) Print(text string) {
	if j.log != nil {
		j.log.Info().Str("script", text).Msg("print")
	}
	j.progress.print(text)
}

// Atoms implements scenarios.Journal.
func (j *journal) Atoms(t neuron.Time, reports []neuron.Report) error {
	if j.rec == nil {
		j.live.addAtoms(t, reports)
		return nil
	}
	for i := range reports {
		r := &reports[i]
		if r.Atoms == nil {
			continue
		}
		row := record.AtomsRow{
			Time: t, Neuron: r.Neuron, Update: r.Updates, Goal: r.Goal,
			H: r.Atoms.TargetEntropy, HRes: r.Atoms.Residual, MI: r.Atoms.MutualInfo,
		}
		for _, name := range antichains(r.Atoms.Lattice().NumSources()) {
			v, _ := r.Atoms.Atom(name)
			row.Atoms = append(row.Atoms, v)
		}
		if err := j.rec.Atoms(&row); err != nil {
			return err
		}
	}
	return nil
}

// antichains returns the atoms in the order of record.AtomNames.
func antichains(sources int) []string {
	if sources == 2 {
		return []string{"{1}", "{2}", "{1}{2}", "{12}"}
	}
	return record.AtomNames(sources)
}

// Weights implements scenarios.Journal.
func (j *journal) Weights(name string, net *sim.Network, reports []neuron.Report) error {
	if j.rec == nil {
		return nil
	}
	return j.rec.Weights(name, synapses(net, reports))
}

// synapses goes through the synapses of a network with the weights that its
// neurons report.
func synapses(net *sim.Network, reports []neuron.Report) iter.Seq[record.Weight] {
	return func(yield func(record.Weight) bool) {
		for i := range reports {
			in := net.Incoming(reports[i].Neuron)
			var slot [neuron.NumPorts]int
			for k, p := range in.Port {
				w := record.Weight{
					Target: reports[i].Neuron, Port: p, Source: in.Source[k],
					Weight: reports[i].Weights[p][slot[p]], Delay: neuron.Time(in.Delay[k]),
				}
				slot[p]++
				if !yield(w) {
					return
				}
			}
		}
	}
}

// Score implements scenarios.Journal.
func (j *journal) Score(name string, v float64) { j.scores.set(name, v) }

// Figure implements scenarios.Journal.
func (j *journal) Figure(name string, f scenarios.Figure) error {
	j.figures = append(j.figures, namedFigure{name, f})
	return nil
}

// Table implements scenarios.Journal.
func (j *journal) Table(t scenarios.Table) error {
	j.tables = append(j.tables, t)
	if j.rec == nil {
		return nil
	}
	cols := make([]record.Column, len(t.Columns))
	for c, name := range t.Columns {
		cols[c] = record.Column{Name: name, Kind: kindOf(t.Rows, c)}
	}
	return j.rec.Table(t.Name, cols, func(yield func([]any) bool) {
		for _, row := range t.Rows {
			if !yield(widen(row)) {
				return
			}
		}
	})
}

func kindOf(rows [][]any, c int) record.Kind {
	if len(rows) == 0 {
		return record.Text
	}
	switch rows[0][c].(type) {
	case int:
		return record.Int64
	case float64:
		return record.Float64
	}
	return record.Text
}

// widen turns int into the int64 of a column.
func widen(row []any) []any {
	out := make([]any, len(row))
	for i, v := range row {
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		out[i] = v
	}
	return out
}

// where says where results are.
func (r *result) where() string {
	if r.dir == "" {
		return "no folder (--no-files)"
	}
	return r.dir
}
