package measure

import (
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("recall", newRecall) }

// recall is how well phases of recall give patterns back. A bit for which its
// neuron has no evidence is not recalled, whatever the cue was: it counts as half
// right in the cosine, and as wrong otherwise.
//
// Scores, of each phase, and of the first by the short name NAME.what too:
// NAME.PHASE.mean_cosine between stored and recalled pattern, .exact, the share
// without a wrong bit, .recalled, the share with a cosine of at least the
// criterion, .no_evidence, the share of bits without evidence, .cue_cosine, how
// like the pattern the cues were to begin with. Of phases that recall against age
// (backwards) also .kept, how many are recalled, .latest, how many from the
// newest on without a gap, and beside them what others would keep of the same
// stream from the same cues: .kept_cue, whoever repeats the cue, .kept_buffer, a
// buffer of the patterns that are rehearsed and the newest (.buffer of them) that
// answers with the one most like the cue, .kept_delta, a network of the delta rule
// that sees what the neurons saw, recalling by sign.
//
// Chance is what the same answers score against the patterns of other items of
// the phase, on average: what a network that stores nothing of the item can know
// of it. With one pattern alone it is 0.
type recall struct {
	kept[recallState]
	env       *Env
	name      string
	criterion float64
}

type recallState struct{ Phases []recallPhase }

// recallPhase is what was recalled in a phase.
type recallPhase struct {
	Name     string
	Outcomes []outcome
}

// outcome is what a cue was recalled as.
type outcome struct {
	Item                  int
	Name                  string `json:",omitempty"`
	Stored, Cue, Recalled trits
	Sweeps, Age           int
}

func (o *outcome) cosine() float64 { return o.Stored.cosine(o.Recalled) }

func (o *outcome) wrong() int { return o.Stored.wrong(o.Recalled) }

// blank returns how many bits had no evidence.
func (o *outcome) blank() (n int) {
	for i := range len(o.Recalled) {
		if o.Recalled[i] == '0' {
			n++
		}
	}
	return n
}

func newRecall(env *Env, m *language.Measure) (Measure, error) {
	r := &recall{env: env, name: m.Name, criterion: m.Recall.Criterion}
	r.check = func(s *recallState) bool {
		for i := range s.Phases {
			if r.how(s.Phases[i].Name) == nil || !fitting(s.Phases[i].Outcomes) {
				return false
			}
		}
		return true
	}
	for _, name := range env.among(m.In) {
		if r.how(name) != nil {
			return r, nil
		}
	}
	return r, fault("recall", nil, "a phase of the protocol that recalls")
}

// fitting reports whether there are outcomes, and all are of patterns as long as the
// first.
func fitting(outcomes []outcome) bool {
	for i := range outcomes {
		n := len(outcomes[0].Stored)
		for _, t := range [3]trits{outcomes[i].Stored, outcomes[i].Cue, outcomes[i].Recalled} {
			if len(t) != n || !t.valid() {
				return false
			}
		}
	}
	return len(outcomes) > 0
}

// how returns how a phase recalls, or nil.
func (r *recall) how(phase string) *language.Recall {
	if p := r.env.phase(phase); p != nil {
		return p.Recall
	}
	return nil
}

// Recall implements Measure.
func (r *recall) Recall(got *Recalled, _ *journal.Listener) error {
	s := &r.state
	i := slices.IndexFunc(s.Phases, func(p recallPhase) bool { return p.Name == got.Phase })
	if i < 0 {
		i = len(s.Phases)
		s.Phases = append(s.Phases, recallPhase{Name: got.Phase})
	}
	o := outcome{Item: -1, Stored: signs(got.Stored, nil), Cue: signs(got.Cue, nil), Sweeps: got.Sweeps, Age: got.Age}
	o.Recalled = signs(got.Outputs, func(i int) bool { return i < len(got.Evidence) && got.Evidence[i] })
	if got.Item != nil {
		o.Item, o.Name = got.Item.Index, got.Item.Name
	}
	s.Phases[i].Outcomes = append(s.Phases[i].Outcomes, o)
	return nil
}

// summary is what the outcomes of a phase come to.
type summary struct{ Cosine, Exact, Recalled, Blank, Cue float64 }

func (r *recall) summary(outcomes []outcome) (s summary) {
	n := float64(len(outcomes))
	for i := range outcomes {
		o := &outcomes[i]
		v := o.cosine()
		s.Cosine += v
		s.Cue += o.Stored.cosine(o.Cue)
		if o.wrong() == 0 {
			s.Exact++
		}
		if v >= r.criterion {
			s.Recalled++
		}
		s.Blank += float64(o.blank()) / float64(max(len(o.Stored), 1))
	}
	return summary{s.Cosine / n, s.Exact / n, s.Recalled / n, s.Blank / n, s.Cue / n}
}

// mostPaired bounds the items that each answer is compared with.
const mostPaired = 1000

// others returns the mean over answers and other items of what the answers score
// against those; the cues likewise.
func (r *recall) others(outcomes []outcome) (s summary) {
	n := 0.0
	step := max(1, len(outcomes)/mostPaired)
	for i := range outcomes {
		a := &outcomes[i]
		for k := i % step; k < len(outcomes); k += step {
			b := &outcomes[k]
			if k == i || a.Item >= 0 && a.Item == b.Item || len(a.Stored) != len(b.Stored) {
				continue
			}
			n++
			v := b.Stored.cosine(a.Recalled)
			s.Cosine += v
			if v >= r.criterion {
				s.Recalled++
			}
			if v == 1 {
				s.Exact++
			}
			s.Cue += b.Stored.cosine(a.Cue)
		}
	}
	n = max(n, 1)
	return summary{Cosine: s.Cosine / n, Exact: s.Exact / n, Recalled: s.Recalled / n, Cue: s.Cue / n}
}

// score enters the scores of a phase.
func (r *recall) score(prefix string, got, chance summary, out *journal.Listener) {
	enter(out, prefix+".mean_cosine", got.Cosine, chance.Cosine)
	enter(out, prefix+".exact", got.Exact, chance.Exact)
	enter(out, prefix+".recalled", got.Recalled, chance.Recalled)
	enter(out, prefix+".no_evidence", got.Blank, unknownChance)
	enter(out, prefix+".cue_cosine", got.Cue, chance.Cue)
}

// column implements columner.
func (r *recall) column() (string, func(neuron.ID) float64) { return "wrong", r.wrongOf }

// wrongOf returns the share of bits that a neuron got wrong in the first phase;
// NaN of one that recalls nothing.
func (r *recall) wrongOf(id neuron.ID) float64 {
	if len(r.state.Phases) == 0 {
		return math.NaN()
	}
	p := &r.state.Phases[0]
	g, ok := r.env.Net.Population(r.how(p.Name).Population)
	if !ok || !g.Holds(id) || len(p.Outcomes) == 0 {
		return math.NaN()
	}
	wrong, bit := 0.0, int(id-g.First)
	for i := range p.Outcomes {
		o := &p.Outcomes[i]
		if bit >= len(o.Stored) {
			return math.NaN()
		}
		if o.Stored[bit] != o.Recalled[bit] || o.Stored[bit] == '0' {
			wrong++
		}
	}
	return wrong / float64(len(p.Outcomes))
}
