package measure

import (
	"errors"
	"math"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("selectivity", newSelectivity) }

// selectivity measures how differently neurons fire for items with a label or feature and
// for the others. For each neuron it is the largest over labels or features of
//
//	|d′| = |mean θ with − mean θ without| / √((var with + var without)/2)
//
// (Green and Swets 1966). It is 0 if the neuron fires equally for all items. It is
// limited to 1000, because d′ is infinite for a neuron that always distinguishes them.
//
// Scores: NAME.dprime, mean over neurons. If there are several phases that do not learn,
// each has NAME.PHASE.dprime, and the first also has the short name. NAME.no_evidence is
// the share of neurons that were not observed for every item. Chance is the mean of the
// largest |d′| if outputs did not depend on the items. Then d′ is about normal with
// variance 1/n + 1/m, where n and m are the numbers of items with and without.
type selectivity struct {
	kept[selectivityState]
	env     *Env
	name    string
	group   Group
	names   []string
	ofLabel bool
	on      []int // scratch
}

type selectivityState struct{ Phases []phaseMoments }

// phaseMoments holds the moments of firing probabilities in a phase.
type phaseMoments struct {
	Name string
	tally
	JointSquares []float64 // Σ θ² over items with the feature, by neuron and feature
}

// mostDPrime is the upper limit of d′.
const mostDPrime = 1000

func newSelectivity(env *Env, m *language.Measure) (Measure, error) {
	spec := m.Selectivity
	g, err := env.population("selectivity.population", spec.Population)
	s := &selectivity{env: env, name: m.Name, group: g, ofLabel: spec.About != "features"}
	if s.names = env.names(m.In, s.kind()); len(s.names) == 0 {
		err = errors.Join(err, fault("selectivity.about", spec.About, "phases that present items with such"))
	}
	s.check = func(st *selectivityState) bool {
		for i := range st.Phases {
			if p := &st.Phases[i]; !p.fits(g.Size, len(s.names)) || len(p.JointSquares) != len(p.Joint) {
				return false
			}
		}
		return true
	}
	return s, err
}

func (s *selectivity) kind() func(*data.Set) []string {
	if s.ofLabel {
		return labelsOf
	}
	return featuresOf
}

// Observes implements Measure.
func (s *selectivity) Observes(phase string) bool {
	return s.env.has(phase, s.kind()) && !s.env.learns(phase)
}

// Look implements Measure.
func (s *selectivity) Look(l *Look, _ *journal.Listener) error {
	samples := s.group.of(l.Samples)
	var ok bool
	if s.on, ok = turnedOn(s.on[:0], l.Item, len(s.names), s.ofLabel); !ok || len(samples) == 0 {
		return nil
	}
	p := s.phase(l.Phase)
	p.addAll(s.group.First, samples, s.on)
	n := len(s.names)
	for i := range samples {
		if th := samples[i].Theta; finite(th) {
			for _, k := range s.on {
				p.JointSquares[int(samples[i].Neuron-s.group.First)*n+k] += th * th
			}
		}
	}
	return nil
}

func (s *selectivity) phase(name string) *phaseMoments {
	for i := range s.state.Phases {
		if s.state.Phases[i].Name == name {
			return &s.state.Phases[i]
		}
	}
	t := newTally(s.group.Size, len(s.names))
	s.state.Phases = append(s.state.Phases, phaseMoments{name, t, make([]float64, len(t.Joint))})
	return &s.state.Phases[len(s.state.Phases)-1]
}

// dPrime returns the largest |d′| of neuron i.
func (p *phaseMoments) dPrime(i int) (most float64) {
	if !p.knows(i) {
		return 0
	}
	n := len(p.Present)
	for k, with := range p.Present {
		without := p.Total - with
		if with < 2 || without < 2 {
			continue
		}
		a, b := p.Joint[i*n+k]/with, (p.Fired[i]-p.Joint[i*n+k])/without
		va := max(p.JointSquares[i*n+k]/with-a*a, 0)
		vb := max((p.Squares[i]-p.JointSquares[i*n+k])/without-b*b, 0)
		d := math.Abs(a - b)
		if d < 1e-12 {
			continue
		}
		most = max(most, min(d/math.Sqrt((va+vb)/2), mostDPrime))
	}
	return most
}

// chance returns the mean of the largest |d′| if there is no effect, for a neuron whose
// firing probability varies.
func (p *phaseMoments) chance() float64 {
	var deviations []float64
	for _, with := range p.Present {
		if without := p.Total - with; with >= 2 && without >= 2 {
			deviations = append(deviations, math.Sqrt(1/with+1/without))
		}
	}
	return largestNormal(deviations)
}

// Show implements Measure.
func (s *selectivity) Show(_ Reporter, out *journal.Listener) error {
	for i := range s.state.Phases {
		p := &s.state.Phases[i]
		if i == 0 {
			s.score(s.name, p, out)
		}
		if len(s.state.Phases) > 1 {
			s.score(placeName(s.name, p.Name), p, out)
		}
	}
	return nil
}

func (s *selectivity) score(prefix string, p *phaseMoments, out *journal.Listener) {
	mean, chance, unheard, n := 0.0, 0.0, 0.0, float64(s.group.Size)
	luck := p.chance()
	for i := range s.group.Size {
		v := p.dPrime(i)
		mean += v / n
		if p.shrink(i) > 1e-12 {
			chance += luck / n
		}
		if !p.knows(i) {
			unheard++
		}
	}
	enter(out, prefix+".dprime", mean, chance)
	enter(out, prefix+".no_evidence", unheard/n, unknownChance)
}

// column implements columner.
func (s *selectivity) column() (string, func(neuron.ID) float64) {
	return s.name + ".dprime", func(id neuron.ID) float64 {
		i := int(id - s.group.First)
		if i < 0 || i >= s.group.Size || len(s.state.Phases) == 0 || !s.state.Phases[0].knows(i) {
			return math.NaN()
		}
		v := s.state.Phases[0].dPrime(i)
		return v
	}
}

// turnedOn appends the features of an item that are on, or its label. It returns false if
// the item has none.
func turnedOn(dst []int, it *data.Item, n int, ofLabel bool) ([]int, bool) {
	if ofLabel {
		if it.Label < 0 || it.Label >= n {
			return dst, false
		}
		return append(dst, it.Label), true
	}
	if len(it.Features) != n {
		return dst, false
	}
	for f, v := range it.Features {
		if v > 0 {
			dst = append(dst, f)
		}
	}
	return dst, true
}
