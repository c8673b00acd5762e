package scenarios

import (
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// Journal takes what a task has to tell. Methods that return an error ask the
// task to stop with it: the run was interrupted, or a result cannot be kept.
type Journal interface {
	sim.Sink
	// Step tells how far a phase is.
	Step(phase string, done, total int) error
	// Atoms keeps the decompositions of neurons at a time.
	Atoms(t neuron.Time, reports []neuron.Report) error
	// Weights keeps the weights of all neurons under a name.
	Weights(name string, net *sim.Network, reports []neuron.Report) error
	// Score enters a number into the summary.
	Score(name string, value float64)
	// Table keeps a table.
	Table(t Table) error
	// Figure keeps what a picture shows, under the picture's name.
	Figure(name string, f Figure) error
}

// LiveJournal is a Journal that also takes measures while the run goes on.
type LiveJournal interface {
	// Measure keeps the value of a live measure at a time.
	Measure(t neuron.Time, name string, v float64) error
}

// Opener is a Journal of a run that can start further engines, for tasks that
// run networks of their own.
type Opener interface {
	// Open starts an engine like that of the run on another prepared network.
	// The caller closes it.
	Open(net *sim.Network) (sim.Engine, error)
}

// openEngine starts a further engine: one like that of the run, or the
// reference where the journal opens none. Results do not depend on it.
func openEngine(j Journal, net *sim.Network) (sim.Engine, error) {
	if o, ok := j.(Opener); ok {
		return o.Open(net)
	}
	return sim.NewSequential(net)
}

// phaseJournal is a Journal that is told when a phase begins.
type phaseJournal interface{ Phase(name string) error }

// PictureJournal is a Journal that can keep a picture of the moment. One that
// cannot keeps it as a Figure.
type PictureJournal interface {
	Picture(name string, f Figure) error
}

// CheckpointJournal is a Journal that can be asked for a checkpoint, where
// Step has just been called.
type CheckpointJournal interface{ Checkpoint() error }

// Printer is a Journal that shows what a script prints.
type Printer interface{ Print(text string) }

// Table is a table of results; Rows are as long as Columns and hold string,
// int or float64.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]any
	Instead string // prefix of scores: people are shown the table instead of them; empty: they are not shown it
}

// Figure is what a picture shows, as plain data; how it is drawn is not the
// task's business.
type Figure interface{ figure() }

// Gallery shows patterns side by side, one row of tiles per pattern.
type Gallery struct {
	Title         string
	Width, Height int
	Heads         []string // captions of the columns
	Rows          []GalleryRow
}

// GalleryRow is one pattern in its versions.
type GalleryRow struct {
	Name  string
	Tiles [][]float32 // ±1, or graded
	Notes []string    // one per tile; may be empty
}

// Lines shows one or more curves.
type Lines struct {
	Title, X, Y string
	Series      []Series
	Dashed      []Reference
	Ticks       []string // names of the places 0, 1, … of x; nil: x is a number
	LogX        bool
}

// Series is one curve, with a band from Low to High unless they are nil.
type Series struct {
	Name      string
	X, Y      []float64
	Low, High []float64
}

// Reference is a dashed horizontal line.
type Reference struct {
	Name string
	Y    float64
}

// Matrix shows a matrix in colour, blue below 0 and red above.
type Matrix struct {
	Title, X, Y string
	Cells       [][]float64 // by row
}

// Raster shows spikes: +1 and −1 in two colours.
type Raster struct {
	Title   string
	Neurons int
	Spikes  []neuron.Spike
}

// Fields shows one graded picture per neuron, blue below 0 and red above, each
// scaled to its own largest value.
type Fields struct {
	Title         string
	Width, Height int
	Names         []string
	Tiles         [][]float64
}

// Confusion shows how often each class (row) was answered with each (column).
type Confusion struct {
	Title  string
	Names  []string
	Counts [][]float64
}

// Map shows shares, 0 to 1, against two settings: Cells by row from the top.
type Map struct {
	Title, X, Y   string
	Rows, Columns []string
	Cells         [][]float64
}

func (Map) figure()       {}
func (Gallery) figure()   {}
func (Lines) figure()     {}
func (Matrix) figure()    {}
func (Raster) figure()    {}
func (Fields) figure()    {}
func (Confusion) figure() {}

// Task is what a scenario does with its network.
type Task interface {
	// Network returns the network to run, prepared.
	Network() *sim.Network
	// Run plays the task on an engine that runs the network from its start.
	Run(e sim.Engine, j Journal) error
}

// Resumable is a task that can go on where an earlier process stopped.
type Resumable interface {
	Task
	// Save returns the state of the run that Run or Resume is in. It may be
	// called from within Journal.Step only, where the engine stands still.
	Save() ([]byte, error)
	// Resume goes on from a state returned by Save, on an engine whose state
	// was taken at the same moment.
	Resume(e sim.Engine, j Journal, saved []byte) error
}

// NewTask makes the task of a scenario, reading the files it names. Its errors
// are faults of the scenario, with their position.
func NewTask(s *Scenario, files Files) (Task, error) {
	if s.Study != nil {
		t, err := newStudyTask(s, files)
		return t, s.place(err)
	}
	t, err := s.task(files)
	if err != nil {
		return nil, s.place(err)
	}
	if len(s.Events) > 0 || len(s.Faults) > 0 || s.Script != nil {
		t, err = withEvents(t, s)
	}
	return t, s.place(err)
}

func (s *Scenario) task(files Files) (Task, error) {
	switch {
	case s.Bars != nil:
		return newBarsTask(s, files)
	case s.Digits != nil:
		return newDigitsTask(s, files)
	case s.Capacity != nil:
		return newCapacityTask(s, files)
	case s.Hidden != nil:
		return newHiddenTask(s, files)
	case s.Script != nil:
		return newScriptTask(s, files)
	default:
		return newMemoryTask(s, files)
	}
}
