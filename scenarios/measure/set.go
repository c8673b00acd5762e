package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// Set holds the measures of one experiment in one run. It must not be used by more than
// one goroutine.
type Set struct {
	env      Env
	measures []entry
	atoms    courses
	phase    string
	learning bool
	moments  []moment    // of the graph
	now      neuron.Time // time of the last presentation
}

// entry is a measure and its phases; an empty list means all phases.
type entry struct {
	Measure
	in []string

	asked    string // the phase for which watching is valid
	watching bool   // whether the measure needs the presentations of that phase
}

func (e *entry) sees(phase string) bool { return len(e.in) == 0 || slices.Contains(e.in, phase) }

// watches reports whether the measure needs the presentations of a phase. It calls
// Observes once for each phase.
func (e *entry) watches(phase string) bool {
	if e.asked != phase {
		e.asked, e.watching = phase, e.sees(phase) && e.Observes(phase)
	}
	return e.watching
}

// New makes the measures of an experiment. The error lists every fault, each from
// config.FieldError with its full path in the document, such as "measure[1].in[0]".
func New(env Env) (*Set, error) {
	s := &Set{env: env, atoms: newCourses(&env)}
	var errs []error
	seen := map[string]bool{}
	for i := range env.Experiment.Measure {
		m := &env.Experiment.Measure[i]
		made, err := s.one(m, seen)
		if err != nil {
			errs = append(errs, within(fmt.Sprintf("measure[%d]", i), err)...)
			continue
		}
		s.measures = append(s.measures, entry{Measure: made, in: looksIn(m)})
	}
	for i := range s.measures {
		if r, ok := s.measures[i].Measure.(*regression); ok {
			r.sign = s.signOf(r.spec.Fields)
		}
	}
	return s, errors.Join(errs...)
}

// looksIn returns the phases of a measure; an empty list means all phases.
func looksIn(m *language.Measure) []string {
	if len(m.In) == 0 || m.Information == nil {
		return m.In
	}
	return append(slices.Clone(m.In), m.Information.CheckIn...)
}

// one makes a measure.
func (s *Set) one(m *language.Measure, seen map[string]bool) (Measure, error) {
	var errs []error
	if seen[m.Name] {
		errs = append(errs, config.FieldError("name", m.Name, "a name that no other measure has", ""))
	}
	seen[m.Name] = true
	phases := s.env.phaseNames()
	for k, name := range m.In {
		if !slices.Contains(phases, name) {
			errs = append(errs, unknown(fmt.Sprintf("in[%d]", k), name, "a phase", phases))
		}
	}
	kind := m.Kind()
	if kinds[kind] == nil {
		key := "custom.kind"
		if m.Custom == nil {
			return nil, errors.Join(append(errs, config.FieldProblem("", "does not say what is measured", "add one of accuracy, information, recall, …"))...)
		}
		errs = append(errs, unknown(key, kind, "a kind of measure", slices.Sorted(maps.Keys(kinds))))
		return nil, errors.Join(errs...)
	}
	made, err := kinds[kind](&s.env, m)
	return made, errors.Join(append(errs, err)...)
}

// within adds the path of a section to each of several joined errors.
func within(key string, err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range many.Unwrap() {
			all = append(all, within(key, e)...)
		}
		return all
	}
	return []error{config.Within(key, err)}
}

// Observes reports whether any measure needs the presentations of a phase.
func (s *Set) Observes(phase string) bool {
	for i := range s.measures {
		if s.measures[i].watches(phase) {
			return true
		}
	}
	return false
}

// each calls f for the measures whose phases include phase.
func (s *Set) each(phase string, f func(Measure) error) error {
	for i := range s.measures {
		if m := &s.measures[i]; m.sees(phase) {
			if err := f(m.Measure); err != nil {
				return err
			}
		}
	}
	return nil
}

// Begin starts a phase, which learns or not, with a planned number of presentations; 0 is
// unknown. Do not call it for a phase that a resumed run continues.
func (s *Set) Begin(phase string, learning bool, planned int) error {
	learning = learning || s.frozen(phase)
	s.phase, s.learning = phase, learning
	return s.each(phase, func(m Measure) error { return m.Begin(phase, learning, planned) })
}

// frozen reports whether a phase would learn without control: frozen. Scores then keep
// the names that they have without this control.
func (s *Set) frozen(phase string) bool {
	return s.env.Experiment.Control == "frozen" && s.env.learns(phase)
}

// Look passes a presentation to the measures of its phase. Cost: O(observed neurons ·
// measures). It allocates only memory for results.
func (s *Set) Look(l *Look, out *journal.Listener) error {
	l.Learning = l.Learning || s.frozen(l.Phase)
	s.now = l.End
	for i := range s.measures {
		if m := &s.measures[i]; m.watches(l.Phase) {
			if err := m.Look(l, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// EndPass ends a pass over the items of a phase. A phase without passes counts as one
// pass, which ends with the phase.
func (s *Set) EndPass(phase string, now neuron.Time, out *journal.Listener) error {
	return s.each(phase, func(m Measure) error { return m.EndPass(phase, now, out) })
}

// Recall passes the result for a cue to the measures of its phase.
func (s *Set) Recall(r *Recalled, out *journal.Listener) error {
	return s.each(r.Phase, func(m Measure) error { return m.Recall(r, out) })
}

// Atoms processes reports of all neurons that learn, with their atoms, sorted by neuron.
// It reports the means as live measures [bit]: atoms.NAME over all neurons,
// POPULATION.atoms.NAME over a population. The caller stores the reports themselves.
func (s *Set) Atoms(now neuron.Time, reports []neuron.Report, out *journal.Listener) error {
	if err := s.atoms.add(now, reports, out); err != nil {
		return err
	}
	return s.each(s.phase, func(m Measure) error { return m.Atoms(s.phase, now, reports, out) })
}

// Show reports scores, tables and figures. If the run was stopped early, they are of the
// presentations so far.
func (s *Set) Show(e Reporter, out *journal.Listener) error {
	var errs []error
	names := taken{}
	for i := range s.measures {
		errs = append(errs, s.measures[i].Show(e, names.listener(out, s.env.Experiment.Measure[i].Name)))
	}
	return errors.Join(append(errs, s.atoms.show(names.listener(out, "neurons")), s.showAll(e, names, out))...)
}

// taken holds the names of figures and tables in use, each with a prefix for its kind.
type taken map[string]bool

// listener returns out with one change: if the name of a figure or table is taken, the
// name of the measure is added to it.
func (t taken) listener(out *journal.Listener, measure string) *journal.Listener {
	own := *out
	name := func(kind, n string) string {
		if t[kind+n] {
			n += "-" + measure
		}
		t[kind+n] = true
		return n
	}
	own.Figure = func(n string, f journal.Figure) error { return out.Figure(name("figure ", n), f) }
	own.Table = func(table journal.Table) error {
		table.Name = name("table ", table.Name)
		return out.Table(table)
	}
	return &own
}

// saved is the state of a set.
type saved struct {
	Phase    string
	Learning bool
	Now      neuron.Time
	Moments  []moment
	Atoms    json.RawMessage
	Measures []json.RawMessage // null for a measure without state
}

// Save returns the state of all measures.
func (s *Set) Save() ([]byte, error) {
	all := saved{Phase: s.phase, Learning: s.learning, Now: s.now, Moments: s.moments, Measures: make([]json.RawMessage, len(s.measures))}
	var err error
	if all.Atoms, err = json.Marshal(&s.atoms.state); err != nil {
		return nil, err
	}
	for i := range s.measures {
		state, err := s.measures[i].Save()
		if err != nil {
			return nil, fmt.Errorf("measure %s: %w", s.env.Experiment.Measure[i].Name, err)
		}
		if all.Measures[i], err = json.Marshal(state); err != nil {
			return nil, err
		}
	}
	return json.Marshal(&all)
}

// Restore returns to a state from Save of the same experiment. After an error, only
// Restore may be called on the set.
func (s *Set) Restore(data []byte) error {
	var all saved
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("measure: not a state of measures: %w", err)
	}
	if len(all.Measures) != len(s.measures) {
		return errors.New("measure: the state does not fit the experiment")
	}
	if err := s.atoms.restore(all.Atoms); err != nil {
		return err
	}
	for i, m := range all.Measures {
		var state []byte
		if err := json.Unmarshal(m, &state); err != nil {
			return fmt.Errorf("measure: not a state of measures: %w", err)
		}
		if err := s.measures[i].Restore(state); err != nil {
			return fmt.Errorf("measure %s: %w", s.env.Experiment.Measure[i].Name, err)
		}
	}
	s.phase, s.learning, s.now, s.moments = all.Phase, all.Learning, all.Now, all.Moments
	return nil
}

// placeName joins words to the name of a score, NAME.PHASE.what. It leaves out empty
// words.
func placeName(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ".")
}
