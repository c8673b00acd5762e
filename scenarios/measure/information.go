package measure

import (
	"errors"
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("information", newKnowledge) }

// knowledge is the mutual information between each neuron's output and the
// item's features, or its label, from firing probabilities: a plug-in estimate,
// whose bias is its chance level (see chance.go). A neuron that was not heard, or
// whose firing probability is not finite, knows nothing.
//
// Scores, about features: NAME.found, how many features are the best one of a
// neuron that knows a share of its entropy of at least threshold; NAME.success, 1
// if all are; NAME.solved_after, items of training after which all were first
// found, 0 never; NAME.best_information, of each neuron with its best feature,
// mean over neurons [bit]. About the label: NAME.information, mean over neurons
// [bit], and NAME.largest. With several phases they are NAME.PHASE.found …, and
// the first also goes by the short name. NAME.no_evidence is the share of neurons
// that were not heard. Live: NAME.found at each check.
type knowledge struct {
	kept[knowledgeState]
	env       *Env
	name      string
	group     Group
	features  []string // or labels
	ofLabel   bool
	threshold float64
	checks    int
	checkIn   []string
	on        []int     // scratch
	row       []float64 // scratch
}

type knowledgeState struct {
	Phases   []phaseTally
	Recent   tally // since the last check, in training
	Sampling sampling
	Done     int // items of training
	InPhase  int // of the phase that is on
	Solved   int // items after which a check first found all; 0: never
}

// phaseTally is what was counted in a phase that does not learn.
type phaseTally struct {
	Name string
	tally
}

// sampling spreads a number of samples evenly over a number of steps.
type sampling struct{ Steps, Samples, Taken int }

// due reports whether a sample is to be taken after step done.
func (s *sampling) due(done int) bool {
	if s.Taken < s.Samples && done*s.Samples >= (s.Taken+1)*s.Steps {
		s.Taken++
		return true
	}
	return false
}

func newKnowledge(env *Env, m *language.Measure) (Measure, error) {
	spec := m.Information
	g, err := env.population("information.population", spec.Population)
	k := &knowledge{env: env, name: m.Name, group: g, ofLabel: spec.About != "features", threshold: spec.Threshold, checks: spec.Checks, checkIn: spec.CheckIn}
	if k.features = env.names(m.In, k.kind()); len(k.features) == 0 {
		what := map[bool]string{true: "label", false: "features"}[k.ofLabel]
		err = errors.Join(err, fault("information.about", spec.About, "phases that present items with "+what))
	}
	for i, name := range spec.CheckIn {
		if phases := env.phaseNames(); !slices.Contains(phases, name) {
			err = errors.Join(err, unknown(in("information.check_in", i), name, "a phase", phases))
		}
	}
	k.state.Recent = newTally(g.Size, len(k.features))
	k.check = func(s *knowledgeState) bool {
		for i := range s.Phases {
			if !s.Phases[i].fits(g.Size, len(k.features)) {
				return false
			}
		}
		return s.Recent.fits(g.Size, len(k.features))
	}
	return k, err
}

func (k *knowledge) kind() func(*data.Set) []string {
	if k.ofLabel {
		return labelsOf
	}
	return featuresOf
}

// Observes implements Measure. Where nothing is checked on the way, what neurons
// do while they learn is not looked at.
func (k *knowledge) Observes(phase string) bool {
	return k.env.has(phase, k.kind()) && (k.checked(phase) || !k.env.learns(phase))
}

// checked reports whether a phase that learns is checked on the way.
func (k *knowledge) checked(phase string) bool {
	return k.checks > 0 && (len(k.checkIn) == 0 || slices.Contains(k.checkIn, phase))
}

// Begin implements Measure.
func (k *knowledge) Begin(phase string, learning bool, planned int) error {
	if learning {
		s := &k.state
		s.Recent.reset()
		s.InPhase, s.Sampling = 0, sampling{Steps: planned}
		if k.checked(phase) {
			s.Sampling.Samples = min(k.checks, planned)
		}
	}
	return nil
}

// Look implements Measure.
func (k *knowledge) Look(l *Look, out *journal.Listener) error {
	samples := k.group.of(l.Samples)
	if len(samples) == 0 || !k.notes(l.Item) {
		return nil
	}
	s := &k.state
	if !l.Learning {
		k.tallyOf(l.Phase).addAll(k.group.First, samples, k.on)
		return nil
	}
	s.Recent.addAll(k.group.First, samples, k.on)
	s.Done, s.InPhase = s.Done+1, s.InPhase+1
	if !s.Sampling.due(s.InPhase) {
		return nil
	}
	found := k.distinct(&s.Recent)
	if s.Solved == 0 && found == len(k.features) {
		s.Solved = s.Done
	}
	s.Recent.reset()
	if k.ofLabel {
		return nil
	}
	return out.Measure(l.End, k.name+".found", float64(found))
}

// notes notes which features of an item are on; false: it has none.
func (k *knowledge) notes(it *data.Item) (ok bool) {
	k.on, ok = turnedOn(k.on[:0], it, len(k.features), k.ofLabel)
	return ok
}

// tallyOf returns what looks of a phase that does not learn are counted in.
func (k *knowledge) tallyOf(phase string) *tally {
	for i := range k.state.Phases {
		if p := &k.state.Phases[i]; p.Name == phase {
			return &p.tally
		}
	}
	k.state.Phases = append(k.state.Phases, phaseTally{phase, newTally(k.group.Size, len(k.features))})
	return &k.state.Phases[len(k.state.Phases)-1].tally
}

// addAll counts what neurons made of an item.
func (t *tally) addAll(first neuron.ID, samples []neuron.Sample, on []int) {
	t.item(on)
	for i := range samples {
		t.add(int(samples[i].Neuron-first), samples[i].Theta, on)
	}
}

// distinct returns how many features are the best one of a neuron that knows it.
func (k *knowledge) distinct(t *tally) int {
	known, count := make([]bool, len(k.features)), 0
	for i := range k.group.Size {
		k.row = t.about(k.row[:0], i)
		most, at := bestOf(k.row)
		h := binaryEntropy(t.Present[at] / max(t.Total, 1))
		if h > 0 && most >= k.threshold*h && !known[at] {
			known[at] = true
			count++
		}
	}
	return count
}

func bestOf(row []float64) (best float64, at int) {
	best = math.Inf(-1)
	for k, v := range row {
		if v > best {
			best, at = v, k
		}
	}
	return best, at
}
