package run

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/picture"
	"infomorph/topology"
)

// recorder writes the results of a run into the result folder, if there is one. It also
// keeps what the summary and the pictures need.
type recorder struct {
	ended      func() error // why the run is to end; nil while it goes on
	rec        *record.Run  // nil: no result folder
	spikes     bool         // record spikes
	spikesSeen int64
	scores     *Scores
	tables     []journal.Table
	figures    []Figure
	weights    []string      // names of the weights that are saved
	check      *checkpointer // nil: the run cannot be resumed
	live       live
	open       func(*sim.Network) (sim.Engine, error)
	lean       bool // draw nothing
	sources    int  // number of sources of the neurons whose atoms are recorded
	log        runLog
	graph      *topology.Graph // at the start of the run
	note       string          // caption of pictures that identifies the run

	is, saved amendment // the scenario now and at the last checkpoint
	asked     time.Time // when the run was asked to end
	unsaved   error     // why a run that was interrupted cannot go on from where it ended
}

// patience is how long a step of an interrupted run may take. If it takes longer, the run
// does not wait for the end of the step to save its state, but stops in the step.
var patience = time.Second

// amendment is the present scenario of a run with touches, and its interventions.
type amendment struct {
	scenario      *scenarios.Scenario
	interventions []byte
}

// amend replaces the scenario in the folder.
func (j *recorder) amend(a amendment) error {
	if j.rec == nil {
		return nil
	}
	text, hash, config, err := resolved(a.scenario)
	if err == nil {
		err = j.rec.Amend(text, hash, config, a.interventions)
	}
	if err == nil {
		j.is = a
	}
	return err
}

// interrupt ends a run whose context was cancelled. The run can continue from here. If
// the cause is ErrBack, it can continue from its last checkpoint, with the scenario that
// it had then.
func (j *recorder) interrupt() error {
	if !errors.Is(j.ended(), ErrBack) {
		j.unsaved = j.check.write(j.spikesSeen)
		return errors.Join(errInterrupted, j.unsaved)
	}
	return j.leave()
}

// overdue reports whether a run whose context was cancelled has been in the same step for
// too long. A step can be long, because a spike train can last for hours.
func (j *recorder) overdue() bool {
	if j.ended() == nil {
		return false
	}
	if j.asked.IsZero() {
		j.asked = time.Now()
	}
	return time.Since(j.asked) > patience
}

// leave ends a run that can continue from its last checkpoint.
func (j *recorder) leave() error {
	if j.is.scenario != j.saved.scenario {
		j.unsaved = j.amend(j.saved)
	}
	return errors.Join(errInterrupted, j.unsaved)
}

// listener returns the listener of a run that calls the recorder.
func (j *recorder) listener() *journal.Listener {
	within := func() int { return 0 }
	if j.check != nil && j.check.everySteps > 0 {
		within = func() int { return 1 } // steps are counted by presentations
	}
	return &journal.Listener{
		Within: within, Epoch: j.Epoch, Step: j.Step, Presentation: j.Presentation, Atoms: j.Atoms, Weights: j.Weights, Probe: j.Probe,
		Measure: j.Measure, Score: j.Score, Table: j.Table, Figure: j.Figure, Picture: j.Picture,
		Checkpoint: j.Checkpoint, Print: j.Print, Open: j.open,
	}
}

// errInterrupted ends a run whose context was cancelled. The manifest describes such a
// run as interrupted, not as failed.
var errInterrupted error = interrupted{}

type interrupted struct{}

func (interrupted) Error() string        { return "interrupted" }
func (interrupted) Is(target error) bool { return target == context.Canceled }

// Epoch is a callback of journal.Listener.
func (j *recorder) Epoch(_ neuron.Time, out *neuron.Output) error {
	if j.overdue() {
		return j.leave()
	}
	j.spikesSeen += int64(len(out.Spikes))
	if j.rec == nil || !j.spikes {
		return nil
	}
	return j.rec.Spikes(out.Spikes)
}

// Step is a callback of journal.Listener.
func (j *recorder) Step(string, int, int) error {
	if errors.Is(j.ended(), ErrBack) {
		return j.leave() // a checkpoint that is due now would be what the run goes back to
	}
	if err := j.check.step(j.spikesSeen); err != nil {
		return err
	}
	if j.ended() != nil {
		return j.interrupt()
	}
	return nil
}

// Checkpoint is a callback of journal.Listener.
func (j *recorder) Checkpoint() error { return j.check.write(j.spikesSeen) }

// Print is a callback of journal.Listener. The output of scripts goes to the log.
func (j *recorder) Print(text string) { j.log.Info("print", "script", text) }

// Atoms is a callback of journal.Listener.
func (j *recorder) Atoms(t neuron.Time, reports []neuron.Report) error {
	if j.rec == nil {
		j.live.addAtoms(t, reports)
		return nil
	}
	for i := range reports {
		r := &reports[i]
		if r.Atoms == nil || r.Atoms.Lattice().NumSources() != j.sources {
			continue // the table only has atoms of neurons with the largest number of sources
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

// Weights is a callback of journal.Listener.
func (j *recorder) Weights(name string, net *sim.Network, reports []neuron.Report) error {
	if j.rec == nil {
		return nil
	}
	if slices.Contains(j.weights, name) {
		return fmt.Errorf("weights are saved as %q already; give the event another name", name)
	}
	j.weights = append(j.weights, name)
	return j.rec.Weights(name, synapses(net, reports))
}

// synapses returns the synapses of a network with the weights in the reports.
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

// Score is a callback of journal.Listener.
func (j *recorder) Score(name string, v, chance float64) {
	j.scores.Set(name, v)
	if !math.IsNaN(chance) {
		j.scores.Chance[name] = chance
	}
}

// Figure is a callback of journal.Listener.
func (j *recorder) Figure(name string, f journal.Figure) error {
	if slices.ContainsFunc(j.figures, func(other Figure) bool { return other.Name == name }) {
		return fmt.Errorf("picture %q is there already; one of the two needs another name", name)
	}
	j.figures = append(j.figures, Figure{name, f})
	return nil
}

// Table is a callback of journal.Listener.
func (j *recorder) Table(t journal.Table) error {
	if slices.ContainsFunc(j.tables, func(other journal.Table) bool { return other.Name == t.Name }) {
		return fmt.Errorf("table %q is there already; one of the two needs another name", t.Name)
	}
	j.tables = append(j.tables, t)
	if j.rec == nil {
		return nil
	}
	cols := make([]record.Column, len(t.Columns))
	for c, name := range t.Columns {
		cols[c] = record.Column{Name: name, Kind: kindOf(t.Rows, c)}
	}
	return j.rec.Table(t.Name, cols, widened(t.Rows, cols))
}

// widened returns rows with their cells converted to the types of the columns.
func widened(rows [][]any, cols []record.Column) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, row := range rows {
			if !yield(widen(row, cols)) {
				return
			}
		}
	}
}

// kindOf returns the kind of a column. A nil cell is empty. A column of integers with
// empty cells has the kind Float64, where an empty cell is NaN.
func kindOf(rows [][]any, c int) record.Kind {
	kind, empty := record.Text, false
	for _, row := range rows {
		switch row[c].(type) {
		case nil:
			empty = true
			continue
		case int:
			kind = record.Int64
		case uint64:
			kind = record.Uint64
		case float64:
			kind = record.Float64
		}
		break
	}
	for _, row := range rows {
		empty = empty || row[c] == nil
	}
	if kind == record.Int64 && empty {
		return record.Float64
	}
	return kind
}

// widen converts the cells of a row to the types of the columns.
func widen(row []any, cols []record.Column) []any {
	out := make([]any, len(row))
	for i, v := range row {
		n, whole := v.(int)
		switch {
		case v == nil && cols[i].Kind == record.Text:
			v = ""
		case v == nil:
			v = math.NaN()
		case whole && cols[i].Kind == record.Float64:
			v = float64(n)
		case whole:
			v = int64(n)
		}
		out[i] = v
	}
	return out
}

// presentationColumns are the columns of presentations.parquet.
var presentationColumns = []record.Column{
	{Name: "start_us", Kind: record.Int64, Unit: "us"}, {Name: "end_us", Kind: record.Int64, Unit: "us"},
	{Name: "phase", Kind: record.Text}, {Name: "item", Kind: record.Int64}, {Name: "name", Kind: record.Text}, {Name: "label", Kind: record.Text},
}

// Presentation is a callback of journal.Listener.
func (j *recorder) Presentation(p journal.Presentation) error {
	if j.rec == nil {
		return nil
	}
	s, err := j.rec.Stream("presentations", presentationColumns)
	if err != nil {
		return err
	}
	return s.Append(int64(p.Start), int64(p.End), p.Phase, int64(p.Item), p.Name, p.Label)
}

// probeColumns are the columns of probes.parquet.
var probeColumns = []record.Column{
	{Name: "time_us", Kind: record.Int64, Unit: "us"}, {Name: "neuron", Kind: record.Int64}, {Name: "quantity", Kind: record.Text},
	{Name: "source", Kind: record.Int64}, {Name: "value", Kind: record.Float64},
}

// Probe is a callback of journal.Listener.
func (j *recorder) Probe(rows []journal.ProbeRow) error {
	if j.rec == nil {
		return nil
	}
	s, err := j.rec.Stream("probes", probeColumns)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := s.Append(int64(r.Time), int64(r.Neuron), r.Quantity, int64(r.Source), r.Value); err != nil {
			return err
		}
	}
	return nil
}

// measureColumns are the columns of measures.parquet.
var measureColumns = []record.Column{
	{Name: "time_us", Kind: record.Int64, Unit: "us"}, {Name: "measure", Kind: record.Text}, {Name: "value", Kind: record.Float64},
}

// Measure is a callback of journal.Listener.
func (j *recorder) Measure(t neuron.Time, name string, v float64) error {
	if j.rec == nil {
		j.live.add(name, sample{t, -1, v})
		return nil
	}
	s, err := j.rec.Stream("measures", measureColumns)
	if err != nil {
		return err
	}
	return s.Append(int64(t), name, v)
}

// Picture is a callback of journal.Listener. It draws immediately.
func (j *recorder) Picture(name string, f journal.Figure) error {
	if j.rec == nil || j.lean {
		return nil
	}
	files, err := picture.Files(name, f, j.note)
	return errors.Join(err, j.keepPictures(files))
}
