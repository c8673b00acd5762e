package journal

import (
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/language"
)

// Listener takes what a run has to tell. Callbacks that are nil do nothing once
// Defaults has filled them in. One that returns an error asks the run to stop
// with it: the run was interrupted, or a result cannot be kept.
type Listener struct {
	// Epoch takes what neurons did in an epoch; slices are valid during the call.
	Epoch func(end neuron.Time, out *neuron.Output) error
	// Phase is told when a phase begins.
	Phase func(name string) error
	// Step tells how far a phase is; total 0 is unknown. The network stands still
	// and the run may be saved within it.
	Step func(phase string, done, total int) error
	// Within returns the most presentations between two Steps; 0 leaves it to the
	// run. It may differ from one Step to the next.
	Within func() int
	// Attend is told before each Step how far the phase is, and asked what is to
	// happen there besides what the scenario says; it may take its time. Where it asked for anything it is asked
	// again, until it returns the zero Wish.
	Attend func(phase string, done, total int) Wish
	// Shown is told what the inputs are about to be told.
	Shown func(s Shown) error
	// Presentation tells what has been presented.
	Presentation func(p Presentation) error
	// Atoms keeps the decompositions of neurons at a time.
	Atoms func(t neuron.Time, reports []neuron.Report) error
	// Weights keeps the weights of all neurons under a name.
	Weights func(name string, net *sim.Network, reports []neuron.Report) error
	// Probe keeps rows of what probes have seen.
	Probe func(rows []ProbeRow) error
	// Measure keeps the value of a live measure at a time.
	Measure func(t neuron.Time, name string, v float64) error
	// Score enters a number into the summary, with what chance would give (NaN:
	// not known).
	Score func(name string, v, chance float64)
	// Table keeps a table.
	Table func(t Table) error
	// Figure keeps what a picture shows when the run is over, under the
	// picture's name.
	Figure func(name string, f Figure) error
	// Picture keeps a picture of the moment, which a resumed run does not come by
	// again.
	Picture func(name string, f Figure) error
	// Checkpoint asks for a checkpoint; it is called where Step is.
	Checkpoint func() error
	// Print shows what a script prints.
	Print func(text string)
	// Open starts a further engine like that of the run. The caller closes it.
	Open func(net *sim.Network) (sim.Engine, error)
}

// Part returns a listener for a run within the run: as told tells how far that one
// is, it is watched, saved and stopped with the whole, and starts its engines alike.
// What else it has to tell is nobody's.
func (l *Listener) Part(told func(phase string, done, total int) (string, int, int)) *Listener {
	return &Listener{
		Within: l.Within, Checkpoint: l.Checkpoint, Open: l.Open,
		Attend: func(phase string, done, total int) Wish { return l.Attend(told(phase, done, total)) },
		Step:   func(phase string, done, total int) error { return l.Step(told(phase, done, total)) },
	}
}

// Wish is what a person who watches asks of a run that stands still.
type Wish struct {
	Touches    []Touch
	Checkpoint bool
}

// Touch is an event that is to happen now. It joins the events of the
// experiment, with the time at which it came, unless it is refused.
type Touch struct {
	Event *language.Event // its trigger is ignored
	// Taken is told the event as a scenario would have it, or why it was refused.
	Taken func(e *language.Event, err error)
}

// Shown is what inputs are told from Start until End.
type Shown struct {
	Start, End neuron.Time
	Phase      string
	How        string // presented, drawn, cue or train
	Item       int    // −1: none
	Name       string // of the item; may be empty
	Label      string // of the item; may be empty
	// Values returns what an input is told, nil if nothing; it is valid during
	// the call.
	Values func(input string) []float32
}

// Presentation is one row of the table of presentations.
type Presentation struct {
	Start, End neuron.Time
	Phase      string
	Item       int
	Name       string // of the item; may be empty
	Label      string // of the item; may be empty
}

// ProbeRow is one value that a probe has seen.
type ProbeRow struct {
	Time     neuron.Time
	Neuron   neuron.ID
	Quantity string    // r, c, l, theta, y, D, chi, weight, unq_r, …
	Source   neuron.ID // of a weight; −1 else
	Value    float64
}

// Defaults fills in the callbacks that are nil.
func (l *Listener) Defaults() {
	if l.Epoch == nil {
		l.Epoch = func(neuron.Time, *neuron.Output) error { return nil }
	}
	if l.Within == nil {
		l.Within = func() int { return 0 }
	}
	if l.Attend == nil {
		l.Attend = func(string, int, int) Wish { return Wish{} }
	}
	if l.Shown == nil {
		l.Shown = func(Shown) error { return nil }
	}
	if l.Phase == nil {
		l.Phase = func(string) error { return nil }
	}
	if l.Step == nil {
		l.Step = func(string, int, int) error { return nil }
	}
	if l.Presentation == nil {
		l.Presentation = func(Presentation) error { return nil }
	}
	if l.Atoms == nil {
		l.Atoms = func(neuron.Time, []neuron.Report) error { return nil }
	}
	if l.Weights == nil {
		l.Weights = func(string, *sim.Network, []neuron.Report) error { return nil }
	}
	if l.Probe == nil {
		l.Probe = func([]ProbeRow) error { return nil }
	}
	if l.Measure == nil {
		l.Measure = func(neuron.Time, string, float64) error { return nil }
	}
	l.results()
}

// results fills in the callbacks that take results.
func (l *Listener) results() {
	if l.Score == nil {
		l.Score = func(string, float64, float64) {}
	}
	if l.Table == nil {
		l.Table = func(Table) error { return nil }
	}
	if l.Figure == nil {
		l.Figure = func(string, Figure) error { return nil }
	}
	if l.Picture == nil {
		l.Picture = l.Figure
	}
	if l.Checkpoint == nil {
		l.Checkpoint = func() error { return nil }
	}
	if l.Print == nil {
		l.Print = func(string) {}
	}
	if l.Open == nil {
		l.Open = func(net *sim.Network) (sim.Engine, error) { return sim.NewSequential(net) }
	}
}
