package measure

import (
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("recall", newRecall) }

// recall measures how well phases of recall restore patterns. A bit without evidence is
// not recalled, even if it was in the cue: it counts as half right in the overlap, and as
// wrong in all other scores. The overlap m is the mean product of the bits of
// two patterns, where a bit without evidence is 0. For patterns of ±1 it is their cosine.
//
// Scores of each phase; for the first also by the short name NAME.what:
//
//   - NAME.PHASE.mean_overlap: overlap m of stored and recalled pattern.
//   - .beyond_chance: (overlap − chance) / (1 − chance), 0 where chance is 1.
//   - .exact: share of patterns without a wrong bit.
//   - .recalled: share of patterns with an overlap of at least the criterion.
//   - .no_evidence: share of bits without evidence.
//   - .cue_overlap: overlap m of stored pattern and cue.
//
// Phases that recall against age (backwards) also have these scores:
//
//   - .kept: number of patterns that are recalled.
//   - .latest: number of them from the newest on without a gap.
//   - .kept_cue: number kept by a network that only repeats the cue.
//   - .kept_buffer: number kept by a buffer of the newest pattern and those that rehearsal
//     draws from (.buffer patterns), which answers with the pattern most similar to the
//     cue.
//   - .kept_delta: number kept by a network of the delta rule that sees the same stream as
//     the neurons and recalls by sign.
//   - .kept_delta_surprise: the same if its weights follow surprises (see deltaInputs).
//
// Chance is the mean score of the same answers against the patterns of other items of the
// phase. It is what a network can reach that stores nothing of the item. With only one
// pattern it is 0.
type recall struct {
	kept[recallState]
	env       *Env
	name      string
	criterion float64
}

type recallState struct{ Phases []recallPhase }

// recallPhase holds the results of a phase.
type recallPhase struct {
	Name     string
	Outcomes []outcome
}

// outcome is the result for one cue.
type outcome struct {
	Item                  int
	Name                  string `json:",omitempty"`
	Stored, Cue, Recalled trits
	Sweeps, Age           int
}

func (o *outcome) overlap() float64 { return o.Stored.overlap(o.Recalled) }

func (o *outcome) wrong() int { return o.Stored.wrong(o.Recalled) }

// blank returns the number of bits without evidence.
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

// fitting reports whether there are outcomes, and all their patterns have the same
// length.
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

// how returns the recall section of a phase, or nil.
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

// summary holds the mean scores of a phase.
type summary struct{ Overlap, Exact, Recalled, Blank, Cue float64 }

func (r *recall) summary(outcomes []outcome) (s summary) {
	n := float64(len(outcomes))
	for i := range outcomes {
		o := &outcomes[i]
		v := o.overlap()
		s.Overlap += v
		s.Cue += o.Stored.overlap(o.Cue)
		if o.wrong() == 0 {
			s.Exact++
		}
		if v >= r.criterion {
			s.Recalled++
		}
		s.Blank += float64(o.blank()) / float64(max(len(o.Stored), 1))
	}
	return summary{s.Overlap / n, s.Exact / n, s.Recalled / n, s.Blank / n, s.Cue / n}
}

// mostPaired limits the items with which each answer is compared.
const mostPaired = 1000

// others returns the mean scores of the answers, and of the cues, against the patterns of
// other items.
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
			v := b.Stored.overlap(a.Recalled)
			s.Overlap += v
			if v >= r.criterion {
				s.Recalled++
			}
			if v == 1 {
				s.Exact++
			}
			s.Cue += b.Stored.overlap(a.Cue)
		}
	}
	n = max(n, 1)
	return summary{Overlap: s.Overlap / n, Exact: s.Exact / n, Recalled: s.Recalled / n, Cue: s.Cue / n}
}

// beyond returns which share of the overlap that chance does not give was reached.
func beyond(overlap, chance float64) float64 {
	if 1-chance < 1e-9 { // all patterns are the same
		return 0
	}
	return (overlap - chance) / (1 - chance)
}

// score reports the scores of a phase.
func (r *recall) score(prefix string, got, chance summary, out *journal.Listener) {
	enter(out, prefix+".mean_overlap", got.Overlap, chance.Overlap)
	enter(out, prefix+".beyond_chance", beyond(got.Overlap, chance.Overlap), 0)
	enter(out, prefix+".exact", got.Exact, chance.Exact)
	enter(out, prefix+".recalled", got.Recalled, chance.Recalled)
	enter(out, prefix+".no_evidence", got.Blank, unknownChance)
	enter(out, prefix+".cue_overlap", got.Cue, chance.Cue)
}

// column implements columner.
func (r *recall) column() (string, func(neuron.ID) float64) { return "wrong", r.wrongOf }

// wrongOf returns the share of bits that a neuron had wrong in the first phase. It is NaN
// for a neuron that takes no part in recall.
func (r *recall) wrongOf(id neuron.ID) float64 {
	if len(r.state.Phases) == 0 {
		return math.NaN()
	}
	p := &r.state.Phases[0]
	g, ok := r.env.Net.Population(r.how(p.Name).Population)
	if !ok || !g.Holds(id) {
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
