package measure

import (
	"encoding/json"
	"fmt"
	"slices"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// Look is one presentation as the neurons saw it. It and its slices are valid
// during the call only.
type Look struct {
	Phase      string
	Learning   bool                         // false also for examinations between the passes of a phase that learns
	Item       *data.Item                   // what was presented
	Data       string                       // where it is from, such as "digits.train"
	Samples    []neuron.Sample              // last observed sample of each observed neuron, by neuron; looks already averaged
	Values     func(input string) []float32 // what the channels of an input were told; nil: no such input
	Start, End neuron.Time
}

// Recalled is one cue that was recalled. Patterns are ±1 by neuron of the
// population that recalls.
type Recalled struct {
	Phase   string
	How     *language.Recall
	Item    *data.Item
	Stored  []float32
	Cue     []float32 // 0 where it is unknown
	Outputs []float32 // what neurons told last
	// Evidence tells which neurons had a finite field other than 0, were not
	// removed and not silent. Known bits of a cue that is held are evidence.
	Evidence []bool
	Sweeps   int
	Age      int // items presented since, for recall against age
}

// Reporter asks neurons about themselves; every sim.Engine is one.
type Reporter interface {
	Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error)
	Network() *sim.Network
}

// Measure is one thing that is measured, in one run. A run tells it what
// happens, in this order: Begin of a phase, then any number of Look, Recall,
// EndPass and Atoms, the next Begin, and in the end, or when the run is stopped,
// Show. Of looks and recalls it gets only those of its phases (measure.in).
//
// Embed Base to implement only some of it.
type Measure interface {
	// Observes reports whether it looks at presentations of a phase.
	Observes(phase string) bool
	// Begin says that a phase begins, of so many presentations; 0 is unknown.
	Begin(phase string, learning bool, planned int) error
	// Look takes a presentation. It costs O(observed neurons).
	Look(l *Look, out *journal.Listener) error
	// EndPass says that a pass over the items is over; passes count from 0.
	EndPass(phase string, pass int, now neuron.Time, out *journal.Listener) error
	// Recall takes what a cue was recalled as.
	Recall(r *Recalled, out *journal.Listener) error
	// Atoms takes reports of all neurons that learn, with their atoms.
	Atoms(phase string, now neuron.Time, reports []neuron.Report, out *journal.Listener) error
	// Show enters scores, tables and figures.
	Show(e Reporter, out *journal.Listener) error
	// Save returns what has been counted, and Restore goes back to it: what goes
	// on from there is what would have been. Restore refuses, without a panic,
	// what Save of the same experiment cannot have returned.
	Save() ([]byte, error)
	Restore(saved []byte) error
}

// Base is a Measure that does nothing.
type Base struct{}

// Observes implements Measure.
func (Base) Observes(string) bool { return false }

// Begin implements Measure.
func (Base) Begin(string, bool, int) error { return nil }

// Look implements Measure.
func (Base) Look(*Look, *journal.Listener) error { return nil }

// EndPass implements Measure.
func (Base) EndPass(string, int, neuron.Time, *journal.Listener) error { return nil }

// Recall implements Measure.
func (Base) Recall(*Recalled, *journal.Listener) error { return nil }

// Atoms implements Measure.
func (Base) Atoms(string, neuron.Time, []neuron.Report, *journal.Listener) error { return nil }

// Show implements Measure.
func (Base) Show(Reporter, *journal.Listener) error { return nil }

// Save implements Measure.
func (Base) Save() ([]byte, error) { return nil, nil }

// Restore implements Measure.
func (Base) Restore([]byte) error { return nil }

// Maker makes a measure of an experiment. Faults are made by config.FieldError
// with paths relative to the measure's section, such as "accuracy.population".
type Maker func(env *Env, m *language.Measure) (Measure, error)

// kinds is the registry of built-in kinds and those of other modules.
var kinds = map[string]Maker{}

// Register adds a kind of measure, before any document that names it is loaded.
// It panics if the kind has no name or is there already.
func Register(kind string, maker Maker) {
	if kind == "" || maker == nil || kinds[kind] != nil {
		panic("measure: a kind needs a name of its own and a maker")
	}
	kinds[kind] = maker
}

// kept is a Measure whose state is a value that JSON holds. check, if there is
// one, tells whether a state that was read fits.
type kept[T any] struct {
	Base
	state T
	check func(*T) bool
}

// Save implements Measure.
func (k *kept[T]) Save() ([]byte, error) { return json.Marshal(&k.state) }

// Restore implements Measure.
func (k *kept[T]) Restore(saved []byte) error {
	var s T
	if err := json.Unmarshal(saved, &s); err != nil {
		return fmt.Errorf("measure: not a state of this measure: %w", err)
	}
	if k.check != nil && !k.check(&s) {
		return fmt.Errorf("measure: the state does not fit the experiment")
	}
	k.state = s
	return nil
}

// of returns the samples of a group of neurons; samples are sorted by neuron.
func (g Group) of(samples []neuron.Sample) []neuron.Sample {
	at := func(id neuron.ID) int {
		i, _ := slices.BinarySearchFunc(samples, id, func(s neuron.Sample, id neuron.ID) int { return int(s.Neuron) - int(id) })
		return i
	}
	return samples[at(g.First):at(g.First+neuron.ID(g.Size))]
}
