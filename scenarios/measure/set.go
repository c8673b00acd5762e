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

// Set is the measures of one experiment, in one run. It is used by one
// goroutine.
type Set struct {
	env      Env
	measures []entry
	atoms    courses
	phase    string
	learning bool
	moments  []moment    // of the graph
	now      neuron.Time // when something was told last
}

// entry is a measure and the phases in which it looks; no phases are all.
type entry struct {
	Measure
	in []string

	asked    string // the phase that watching is of
	watching bool   // whether the measure looks at its presentations
}

func (e *entry) sees(phase string) bool { return len(e.in) == 0 || slices.Contains(e.in, phase) }

// watches reports whether the measure looks at presentations of a phase. It asks
// once a phase.
func (e *entry) watches(phase string) bool {
	if e.asked != phase {
		e.asked, e.watching = phase, e.sees(phase) && e.Observes(phase)
	}
	return e.watching
}

// New makes the measures of an experiment. The error lists every fault, each by
// config.FieldError with its path from the top of the document, "measure[1].in[0]".
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

// looksIn returns the phases in which a measure looks; none are all.
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

// within ties each of joined errors to a section.
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

// Observes reports whether any measure looks at presentations of a phase.
func (s *Set) Observes(phase string) bool {
	for i := range s.measures {
		if s.measures[i].watches(phase) {
			return true
		}
	}
	return false
}

// each calls f for the measures that see a phase.
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

// Begin says that a phase begins, which learns or not, with so many
// presentations; 0 is unknown. A run that goes on from Save within a phase does
// not begin it again.
func (s *Set) Begin(phase string, learning bool, planned int) error {
	learning = learning || s.frozen(phase)
	s.phase, s.learning = phase, learning
	return s.each(phase, func(m Measure) error { return m.Begin(phase, learning, planned) })
}

// frozen reports whether a phase is there to learn from although nothing learns:
// with control: frozen scores keep the names that they have without it.
func (s *Set) frozen(phase string) bool {
	return s.env.Experiment.Control == "frozen" && s.env.learns(phase)
}

// Look shows a presentation to the measures of its phase. It costs
// O(observed neurons · measures) and allocates nothing but room for results.
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

// EndPass says that a pass over the items of a phase is over, the first is 0. A
// phase that is not divided into passes ends one when it ends.
func (s *Set) EndPass(phase string, pass int, now neuron.Time, out *journal.Listener) error {
	return s.each(phase, func(m Measure) error { return m.EndPass(phase, pass, now, out) })
}

// Recall takes what a cue was recalled as.
func (s *Set) Recall(r *Recalled, out *journal.Listener) error {
	return s.each(r.Phase, func(m Measure) error { return m.Recall(r, out) })
}

// Atoms takes reports of all neurons that learn, with their atoms, by neuron,
// and measures their means: atoms.NAME over all, POPULATION.atoms.NAME over a
// population [bit]. Keeping the reports themselves is the caller's business.
func (s *Set) Atoms(now neuron.Time, reports []neuron.Report, out *journal.Listener) error {
	if err := s.atoms.add(now, reports, out); err != nil {
		return err
	}
	return s.each(s.phase, func(m Measure) error { return m.Atoms(s.phase, now, reports, out) })
}

// Show enters scores, tables and figures, also of a run that was stopped
// half-way: of what it has seen.
func (s *Set) Show(e Reporter, out *journal.Listener) error {
	var errs []error
	names := taken{}
	for i := range s.measures {
		errs = append(errs, s.measures[i].Show(e, names.listener(out, s.env.Experiment.Measure[i].Name)))
	}
	return errors.Join(append(errs, s.atoms.show(names.listener(out, "neurons")), s.showAll(e, names, out))...)
}

// taken holds the names of figures and tables that are there, with a prefix each.
type taken map[string]bool

// listener returns out with figures and tables named after the measure too where
// another one has taken their name.
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
	Measures []json.RawMessage // null: the measure has none
}

// Save returns what measures have counted.
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
		if state != nil {
			if all.Measures[i], err = json.Marshal(state); err != nil {
				return nil, err
			}
		}
	}
	return json.Marshal(&all)
}

// Restore goes back to what Save of the same experiment returned. After an
// error the set is good for another Restore only.
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

// placeName is a score's name from its words: NAME.PHASE.what, without what is empty.
func placeName(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ".")
}
