package measure

import (
	"errors"
	"math"

	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("sequence", newSequence) }

// sequence measures how well a population predicts the symbol of an item of a Markov
// chain, in phases in which it does not receive the symbol itself. The population has one
// neuron for each symbol, in order. The prediction is the neuron with the largest firing
// probability. Without evidence (all at ½, or none finite), all symbols are equally
// likely.
//
// Scores of the first phase that does not learn:
//
//   - NAME.accuracy; chance is the share of the most frequent symbol.
//   - NAME.information, I(prediction : symbol) minus its bias (Miller 1955) [bit]; chance
//     is 0.
//   - NAME.loss, the mean of −log2 of the share of the symbol among the odds θ/(1−θ) of
//     all neurons [bit]; chance is the entropy of the symbols.
//   - NAME.entropy_rate, the entropy of a symbol given the symbols before it [bit]. A
//     smaller loss is possible only by luck.
//   - NAME.known, the information divided by the information that the earlier symbols have
//     about a symbol.
//   - NAME.no_evidence, the share of items without evidence.
//
// Other phases have the names NAME.PHASE.what.
type sequence struct {
	kept[sequenceState]
	env   *Env
	name  string
	group Group
	rate  float64 // entropy rate [bit]
	theta []float64
}

type sequenceState struct{ Phases []prediction }

// prediction holds the counts of a phase.
type prediction struct {
	Name  string
	Joint []float64 // counts, by symbol and prediction
	Loss  float64   // Σ [bit]
	Blank float64
}

func newSequence(env *Env, m *language.Measure) (Measure, error) {
	g, err := env.population("sequence.population", m.Sequence.Population)
	s := &sequence{env: env, name: m.Name, group: g, theta: make([]float64, g.Size)}
	set := env.set(m.Sequence.Data)
	if set == nil {
		return s, errors.Join(err, unknown("sequence.data", m.Sequence.Data, "one of data", env.Experiment.Data.Names()))
	}
	var ok bool
	if s.rate, ok = set.EntropyRate(); !ok {
		err = errors.Join(err, fault("sequence.data", m.Sequence.Data, "a chain of symbols (markov)"))
	} else if err == nil && len(set.Labels) != g.Size {
		err = fault("sequence.population", m.Sequence.Population, "a population with one neuron for each symbol")
	}
	s.check = func(st *sequenceState) bool {
		for _, p := range st.Phases {
			if len(p.Joint) != g.Size*g.Size {
				return false
			}
		}
		return true
	}
	return s, err
}

// Observes implements Measure.
func (s *sequence) Observes(phase string) bool {
	return s.env.has(phase, labelsOf) && !s.env.learns(phase)
}

// Look implements Measure.
func (s *sequence) Look(l *Look, _ *journal.Listener) error {
	samples, label, n := s.group.of(l.Samples), l.Item.Label, s.group.Size
	if label < 0 || label >= n || len(samples) == 0 {
		return nil
	}
	clear(s.theta)
	known := false
	for i := range samples {
		if th := samples[i].Theta; finite(th) {
			s.theta[samples[i].Neuron-s.group.First] = th
			known = known || th != 0.5
		}
	}
	p := s.phase(l.Phase)
	p.Loss += loss(s.theta, label, known)
	row := p.Joint[label*n : (label+1)*n]
	most, ties := best(s.theta)
	if !known || ties == 0 {
		p.Blank++
		for k := range row {
			row[k] += 1 / float64(n)
		}
		return nil
	}
	for k, th := range s.theta {
		if th == most {
			row[k] += 1 / float64(ties)
		}
	}
	return nil
}

// loss returns −log2 of the share of a symbol among the odds θ/(1−θ) of all neurons
// [bit], at most 20 bits.
func loss(theta []float64, label int, known bool) float64 {
	if !known {
		return math.Log2(float64(len(theta)))
	}
	const least = 1e-6
	var sum, own float64
	for k, th := range theta {
		th = min(max(th, least), 1-least)
		odds := th / (1 - th)
		if sum += odds; k == label {
			own = odds
		}
	}
	return min(math.Log2(sum/own), 20)
}

func (s *sequence) phase(name string) *prediction {
	for i := range s.state.Phases {
		if s.state.Phases[i].Name == name {
			return &s.state.Phases[i]
		}
	}
	s.state.Phases = append(s.state.Phases, prediction{Name: name, Joint: make([]float64, s.group.Size*s.group.Size)})
	return &s.state.Phases[len(s.state.Phases)-1]
}

// Show implements Measure.
func (s *sequence) Show(_ Reporter, out *journal.Listener) error {
	for i := range s.state.Phases {
		prefix := placeName(s.name, s.state.Phases[i].Name)
		if i == 0 {
			prefix = s.name
		}
		s.score(prefix, &s.state.Phases[i], out)
	}
	return nil
}

func (s *sequence) score(prefix string, p *prediction, out *journal.Listener) {
	n := s.group.Size
	symbols, answers, hit, total := make([]float64, n), make([]float64, n), 0.0, 0.0
	for a := range n {
		for b, v := range p.Joint[a*n : (a+1)*n] {
			symbols[a], answers[b], total = symbols[a]+v, answers[b]+v, total+v
		}
		hit += p.Joint[a*n+a]
	}
	h := entropy(symbols)
	information := h + entropy(answers) - entropy(p.Joint) - bias(total, (used(symbols)-1)*(used(answers)-1), 1)
	enter(out, prefix+".accuracy", hit/total, mostFrequent(symbols))
	enter(out, prefix+".information", information, 0)
	enter(out, prefix+".loss", p.Loss/total, h)
	enter(out, prefix+".entropy_rate", s.rate, unknownChance)
	if predictable := h - s.rate; predictable > 1e-9 {
		enter(out, prefix+".known", information/predictable, 0)
	}
	enter(out, prefix+".no_evidence", p.Blank/total, unknownChance)
}

// used returns the number of counts that are not 0, at least 1.
func used(counts []float64) int {
	n := 0
	for _, v := range counts {
		if v > 0 {
			n++
		}
	}
	return max(n, 1)
}
