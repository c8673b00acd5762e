package measure

import (
	"math"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("rate", newRate) }

// rate measures the share of presentations in which neurons had the output +1 when they
// were last observed.
//
// Scores: NAME.PHASE.mean, .min and .max over the observed neurons, and NAME.mean … of
// the first phase that does not learn, or of the first phase if all learn. A rate has no
// chance level.
type rate struct {
	kept[rateState]
	env   *Env
	name  string
	group Group
}

type rateState struct{ Phases []phaseRate }

// phaseRate counts the outputs of neurons in a phase.
type phaseRate struct {
	Name     string
	On, Seen []float64 // On: presentations with output +1, Seen: all presentations; by neuron
}

func newRate(env *Env, m *language.Measure) (Measure, error) {
	g, err := env.population("rate.population", m.Rate.Population)
	r := &rate{env: env, name: m.Name, group: g}
	r.check = func(s *rateState) bool {
		for _, p := range s.Phases {
			if len(p.On) != g.Size || len(p.Seen) != g.Size {
				return false
			}
		}
		return true
	}
	return r, err
}

// Observes implements Measure.
func (r *rate) Observes(string) bool { return true }

// Look implements Measure.
func (r *rate) Look(l *Look, _ *journal.Listener) error {
	samples := r.group.of(l.Samples)
	if len(samples) == 0 {
		return nil
	}
	p := r.phase(l.Phase)
	for i := range samples {
		k := samples[i].Neuron - r.group.First
		p.Seen[k]++
		if samples[i].Output > 0 {
			p.On[k]++
		}
	}
	return nil
}

func (r *rate) phase(name string) *phaseRate {
	for i := range r.state.Phases {
		if r.state.Phases[i].Name == name {
			return &r.state.Phases[i]
		}
	}
	r.state.Phases = append(r.state.Phases, phaseRate{name, make([]float64, r.group.Size), make([]float64, r.group.Size)})
	return &r.state.Phases[len(r.state.Phases)-1]
}

// main returns the phase whose scores have the short name, or nil.
func (r *rate) main() *phaseRate {
	for i := range r.state.Phases {
		if !r.env.learns(r.state.Phases[i].Name) {
			return &r.state.Phases[i]
		}
	}
	if len(r.state.Phases) > 0 {
		return &r.state.Phases[0]
	}
	return nil
}

// Show implements Measure.
func (r *rate) Show(_ Reporter, out *journal.Listener) error {
	for i := range r.state.Phases {
		p := &r.state.Phases[i]
		r.score(placeName(r.name, p.Name), p, out)
		if p == r.main() {
			r.score(r.name, p, out)
		}
	}
	return nil
}

func (r *rate) score(prefix string, p *phaseRate, out *journal.Listener) {
	mean, n, least, most := 0.0, 0.0, math.Inf(1), math.Inf(-1)
	for k, seen := range p.Seen {
		if seen > 0 {
			v := p.On[k] / seen
			mean, n, least, most = mean+v, n+1, min(least, v), max(most, v)
		}
	}
	enter(out, prefix+".mean", mean/n, unknownChance)
	enter(out, prefix+".min", least, unknownChance)
	enter(out, prefix+".max", most, unknownChance)
}

// column implements columner.
func (r *rate) column() (string, func(neuron.ID) float64) {
	p := r.main()
	return r.name, func(id neuron.ID) float64 {
		k := int(id - r.group.First)
		if p == nil || k < 0 || k >= r.group.Size || p.Seen[k] == 0 {
			return math.NaN()
		}
		return p.On[k] / p.Seen[k]
	}
}
