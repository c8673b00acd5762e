package language

import (
	"slices"

	"infomorph/internal/config"
)

// doubts reports doubt that no recall uses.
func (c *checker) doubts() {
	used := map[string]bool{} // by kind
	for name, pop := range c.Populations.All() {
		used[pop.Neuron] = used[pop.Neuron] || c.canDoubt(name)
	}
	for name, pop := range c.Populations.All() {
		at, k := config.JoinPath("neurons", pop.Neuron)+".doubt", c.Kind(pop.Neuron)
		each := pop.Each.Has("doubt")
		if each {
			at = config.JoinPath("populations", name) + ".each.doubt"
		}
		c.f.problem((each || k != nil && k.Doubt > 0) && !used[pop.Neuron], at,
			"has no effect, because nothing recalls with the emphatic beliefs of these neurons", "recall with dynamics: emphatic_belief")
	}
}

// canDoubt reports whether a population can recall with emphatic beliefs. A script can
// always make it do so.
func (e *Experiment) canDoubt(population string) bool {
	return slices.ContainsFunc(e.Protocol, func(p Phase) bool {
		return p.Script != nil || p.Recall != nil && p.Recall.emphatic(population)
	}) || slices.ContainsFunc(e.Events, func(ev Event) bool { return ev.Recall != nil && ev.Recall.emphatic(population) })
}

// emphatic reports whether a population takes part in this recall with emphatic beliefs.
func (c *Cueing) emphatic(population string) bool {
	return c.Dynamics == "emphatic_belief" && (c.Population == population || slices.Contains(c.Followers(), population))
}
