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

// Look is the state of the neurons at the end of one presentation. It and its slices are
// valid during the call only.
type Look struct {
	Phase      string
	Learning   bool                         // also false for exams between the passes of a phase that learns
	Item       *data.Item                   // what was presented
	Data       string                       // source of the item, such as "digits.train"
	Samples    []neuron.Sample              // last sample of each observed neuron, sorted by neuron; already averaged if items are presented several times
	Values     func(input string) []float32 // values of the channels of an input; nil: no such input
	Start, End neuron.Time
}

// Recalled is the result for one cue. Patterns are ±1, by neuron of the population that
// recalls.
type Recalled struct {
	Phase   string
	How     *language.Recall
	Item    *data.Item
	Stored  []float32
	Cue     []float32 // 0 for unknown bits
	Outputs []float32 // last outputs of the neurons
	// Evidence is true for each neuron with a finite field other than 0 that was neither
	// removed nor silent. Known bits of a cue that is held are evidence, too.
	Evidence []bool
	Sweeps   int
	Settled  bool // no output changed in the last sweep
	Age      int  // items presented after this one, for recall against age
}

// Reporter returns reports about neurons. Every sim.Engine is a Reporter.
type Reporter interface {
	Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error)
	Network() *sim.Network
}

// Measure is one measure in one run. The run calls its methods in this order: Begin of a
// phase, then any number of Look, Recall, EndPass and Atoms, then Begin of the next
// phase. At the end, or when the run is stopped, it calls Show. Only looks and recalls in
// the phases of the measure (measure.in) are passed to it.
//
// Embed Base to implement only some of the methods.
type Measure interface {
	// Observes reports whether the measure needs the presentations of a phase.
	Observes(phase string) bool
	// Begin is called when a phase begins. It gets the number of presentations in the
	// phase; 0 is unknown.
	Begin(phase string, learning bool, planned int) error
	// Look processes a presentation. Cost: O(observed neurons).
	Look(l *Look, out *journal.Listener) error
	// EndPass is called at the end of a pass over the items.
	EndPass(phase string, now neuron.Time, out *journal.Listener) error
	// Recall processes the result for one cue.
	Recall(r *Recalled, out *journal.Listener) error
	// Atoms processes reports of all neurons that learn, with their atoms.
	Atoms(phase string, now neuron.Time, reports []neuron.Report, out *journal.Listener) error
	// Show reports scores, tables and figures.
	Show(e Reporter, out *journal.Listener) error
	// Save returns the state of the measure, and Restore returns to it. After Restore,
	// the measure must give the same results as without the interruption. If Save of the
	// same experiment cannot have returned this state, Restore returns an error and does
	// not panic.
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
func (Base) EndPass(string, neuron.Time, *journal.Listener) error { return nil }

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

// Maker makes a measure of an experiment. Errors are from config.FieldError, with paths
// relative to the measure's section, such as "accuracy.population".
type Maker func(env *Env, m *language.Measure) (Measure, error)

// kinds is the registry of built-in kinds and those from other modules.
var kinds = map[string]Maker{}

// Register adds a kind of measure. Call it before loading a document that uses the kind.
// It panics if the kind has no name or is registered already.
func Register(kind string, maker Maker) {
	if kind == "" || maker == nil || kinds[kind] != nil {
		panic("measure: a kind needs a name of its own and a maker")
	}
	kinds[kind] = maker
}

// kept is a Measure whose state can be stored as JSON. If check is not nil, it reports
// whether a restored state fits the experiment.
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

// of returns the samples of a group of neurons. The samples must be sorted by neuron.
func (g Group) of(samples []neuron.Sample) []neuron.Sample {
	at := func(id neuron.ID) int {
		i, _ := slices.BinarySearchFunc(samples, id, func(s neuron.Sample, id neuron.ID) int { return int(s.Neuron) - int(id) })
		return i
	}
	return samples[at(g.First):at(g.First+neuron.ID(g.Size))]
}
