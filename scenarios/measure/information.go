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

// knowledge measures the mutual information between each neuron's output and the item's
// features, or its label. It is a plug-in estimate from firing probabilities, and its
// chance level is its bias (see chance.go). A neuron that was not observed, or whose
// firing probability is not finite, has no information.
//
// Scores about features:
//
//   - NAME.found, the number of features that are the best feature of some neuron, with an
//     information of at least threshold times their entropy; also live, at each check.
//   - NAME.success, 1 if all features are found.
//   - NAME.solved_after, items of training until a check first found all features; 0 means
//     never.
//   - NAME.best_information, the information of each neuron about its best feature, mean
//     over neurons [bit].
//
// Scores about the label: NAME.information, mean over neurons [bit], and NAME.largest. If
// there are several phases, the names are NAME.PHASE.found … and so on, and the first
// phase also has the names without PHASE. NAME.no_evidence is the share of neurons that
// were not observed.
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
	Recent   tally // since the last check, during training
	Sampling Sampling
	Done     int // items of training
	InPhase  int // items of the current phase
	Solved   int // items until a check first found all features; 0: never
}

// phaseTally holds the counts of a phase that does not learn.
type phaseTally struct {
	Name string
	tally
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

// Observes implements Measure. Phases that learn are only observed if there are checks in
// them.
func (k *knowledge) Observes(phase string) bool {
	return k.env.has(phase, k.kind()) && (k.checked(phase) || !k.env.learns(phase))
}

// checked reports whether there are checks in a phase that learns.
func (k *knowledge) checked(phase string) bool {
	return k.checks > 0 && (len(k.checkIn) == 0 || slices.Contains(k.checkIn, phase))
}

// Begin implements Measure.
func (k *knowledge) Begin(phase string, learning bool, planned int) error {
	if learning {
		s := &k.state
		s.Recent.reset()
		s.InPhase, s.Sampling = 0, NewSampling(planned, 0)
		if k.checked(phase) {
			s.Sampling = NewSampling(planned, k.checks)
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
	if !s.Sampling.Due(s.InPhase) {
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

// notes stores which features of an item are on. It returns false if the item has none.
func (k *knowledge) notes(it *data.Item) (ok bool) {
	k.on, ok = turnedOn(k.on[:0], it, len(k.features), k.ofLabel)
	return ok
}

// tallyOf returns the counts for a phase that does not learn.
func (k *knowledge) tallyOf(phase string) *tally {
	for i := range k.state.Phases {
		if p := &k.state.Phases[i]; p.Name == phase {
			return &p.tally
		}
	}
	k.state.Phases = append(k.state.Phases, phaseTally{phase, newTally(k.group.Size, len(k.features))})
	return &k.state.Phases[len(k.state.Phases)-1].tally
}

// addAll counts the outputs of neurons for an item.
func (t *tally) addAll(first neuron.ID, samples []neuron.Sample, on []int) {
	t.item(on)
	for i := range samples {
		t.add(int(samples[i].Neuron-first), samples[i].Theta, on)
	}
}

// distinct returns how many different features are the best feature of a neuron that has
// enough information about it.
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
