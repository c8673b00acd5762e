package journal

import (
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/language"
)

// Listener receives what a run reports. Defaults replaces nil callbacks by ones that do
// nothing. If a callback returns an error, the run stops with this error: the user
// interrupted the run, or a result cannot be stored.
type Listener struct {
	// Epoch receives the output of the neurons in an epoch. Its slices are valid during
	// the call.
	Epoch func(end neuron.Time, out *neuron.Output) error
	// Phase is called when a phase begins.
	Phase func(name string) error
	// Step reports the progress of a phase; total 0 means unknown. The network is idle
	// during the call, and the run can be saved.
	Step func(phase string, done, total int) error
	// Within returns the maximum number of presentations between two calls of Step; 0
	// leaves it to the run. The value may change from one Step to the next.
	Within func() int
	// Attend is called before each Step with the progress of the phase. It returns what
	// the run has to do now in addition to the scenario, and may block. After a non-zero
	// Wish, it is called again until it returns the zero Wish.
	Attend func(phase string, done, total int) Wish
	// Shown is called with the values that the inputs are about to receive.
	Shown func(s Shown) error
	// Presentation reports a presentation that is over.
	Presentation func(p Presentation) error
	// Atoms stores the decompositions of neurons at a time.
	Atoms func(t neuron.Time, reports []neuron.Report) error
	// Weights stores the weights of all neurons under a name.
	Weights func(name string, net *sim.Network, reports []neuron.Report) error
	// Probe stores rows that probes have measured.
	Probe func(rows []ProbeRow) error
	// Measure stores the value of a live measure at a time.
	Measure func(t neuron.Time, name string, v float64) error
	// Score adds a number to the summary, with the value that chance would give (NaN: not
	// known).
	Score func(name string, v, chance float64)
	// Table stores a table.
	Table func(t Table) error
	// Figure stores the content of a picture under its name, when the run is over.
	Figure func(name string, f Figure) error
	// Picture stores a picture of the present state. A resumed run does not make it
	// again.
	Picture func(name string, f Figure) error
	// Checkpoint requests a checkpoint. It is called only where Step can be called.
	Checkpoint func() error
	// Print shows the output of a script.
	Print func(text string)
	// Open starts another engine of the same kind as that of the run. The caller closes
	// it.
	Open func(net *sim.Network) (sim.Engine, error)
}

// Part returns a listener for a run inside the run. The function convert converts the
// progress of the inner run to that of the whole. The inner run can be watched, saved and
// stopped like the whole run, and gets its engines from the same place. All its other
// reports are dropped.
func (l *Listener) Part(convert func(phase string, done, total int) (string, int, int)) *Listener {
	return &Listener{
		Within: l.Within, Checkpoint: l.Checkpoint, Open: l.Open,
		Attend: func(phase string, done, total int) Wish { return l.Attend(convert(phase, done, total)) },
		Step:   func(phase string, done, total int) error { return l.Step(convert(phase, done, total)) },
	}
}

// Wish is a request of a user who watches the run. It is executed while the network is
// idle.
type Wish struct {
	Touches    []Touch
	Checkpoint bool
}

// Touch is an event that the user wants to happen now. If the run accepts it, the event
// joins the events of the experiment, with the present time.
type Touch struct {
	Event *language.Event // its trigger is ignored
	// Taken is called with the event as a scenario would have it, or with the reason why
	// the run refused it.
	Taken func(e *language.Event, err error)
}

// Shown describes the values of the inputs from Start until End.
type Shown struct {
	Start, End neuron.Time
	Phase      string
	How        string // presented, recalled, drawn, cue or train
	Item       int    // −1: none
	Name       string // of the item; may be empty
	Label      string // of the item; may be empty
	// Values returns the values of an input, nil if there are none. They are valid during
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

// ProbeRow is one value that a probe has measured.
type ProbeRow struct {
	Time     neuron.Time
	Neuron   neuron.ID
	Quantity string    // r, c, l, theta, y, D, chi, weight, unq_r, …
	Source   neuron.ID // of a weight; else −1
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

// results fills in the callbacks that receive results.
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
