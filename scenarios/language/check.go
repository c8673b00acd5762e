package language

import (
	"fmt"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/topology"
)

// Validate implements config.Validator. It reports settings that conflict, as far as this
// can be seen without data, graphs and scripts.
func (e *Experiment) Validate() error {
	c := &checker{Experiment: e, phases: make([]string, 0, len(e.Protocol))}
	for i := range e.Protocol {
		name := e.Protocol[i].Name
		c.f.problem(slices.Contains(c.phases, name), fmt.Sprintf("protocol[%d].name", i), "is the name of an earlier phase, too", "scores, tables and events refer to phases by name")
		c.phases = append(c.phases, name)
	}
	c.f.problem(!ValidName(e.Name), "name", "is not made of letters, digits, - and _ alone", "it names a folder")
	c.names()
	c.populations()
	if c.Graph != nil && c.Graph.Population != "" {
		c.f.among("graph.population", c.Graph.Population, "a population", c.Populations.Names())
	}
	c.projections()
	c.reach()
	c.data()
	for i := range e.Protocol {
		c.phase(&e.Protocol[i], fmt.Sprintf("protocol[%d]", i))
	}
	c.batches()
	c.surprises()
	c.doubts()
	c.control()
	c.timeline()
	c.measures()
	c.record()
	c.checkWhere()
	if e.Mode == "free" {
		c.free()
	}
	return c.f.join()
}

// checker is the state of Validate.
type checker struct {
	*Experiment
	f      faults
	phases []string
}

// names checks that names can be written in lists and paths, and that no name has two
// meanings.
func (c *checker) names() {
	for _, section := range []struct {
		at    string
		names []string
	}{{"neurons", c.Neurons.Names()}, {"populations", c.Populations.Names()}, {"inputs", c.Inputs.Names()}, {"data", c.Data.Names()}} {
		for _, name := range section.names {
			at := config.JoinPath(section.at, name)
			c.f.problem(!ValidName(name), at, "has a name that is not made of letters, digits, - and _ alone", "")
			c.f.problem(section.at == "populations" && name == "all", at, "has the name all, which means every population", "use another name")
			c.f.problem(section.at == "populations" && name == "none", at, "has the name none, which means no population", "use another name")
			c.f.problem(section.at == "inputs" && c.Populations.Has(name), at, "has the name of a population", "rename one of them")
		}
	}
	for _, name := range c.Neurons.Names() {
		c.f.problem(!c.usesKind(name), config.JoinPath("neurons", name), "is a kind that no population is of", "leave it out, or use it in populations")
	}
}

func (c *checker) populations() {
	kinds := append(slices.Clone(c.Neurons.Names()), BuiltinKinds()...)
	for name, p := range c.Populations.All() {
		at := config.JoinPath("populations", name)
		c.f.among(at+".neuron", p.Neuron, "a kind of neuron", kinds)
		checkLabels(&c.f, at, p.Size, p.Labels)
		p.Place.check(&c.f, at+".place")
		p.checkEach(&c.f, at, c.Kind(p.Neuron))
		c.groups(p, name, at)
	}
	for name, in := range c.Inputs.All() {
		at := config.JoinPath("inputs", name)
		checkLabels(&c.f, at, in.Size, in.Labels)
		in.Place.check(&c.f, at+".place")
		c.f.problem(in.Size > 0 && in.Width > in.Size, at+".width", "is larger than size", "")
	}
}

// groups checks the groups of a population: neurons with settings of their own.
func (c *checker) groups(p *Population, name, at string) {
	kind := c.Kind(p.Neuron)
	for i := range p.Groups {
		g := &p.Groups[i]
		here := fmt.Sprintf("%s.groups[%d]", at, i)
		if g.Clock != nil {
			synchronous := g.Clock.Kind == "synchronous"
			if synchronous {
				c.f.add(config.FieldError(here+".clock.kind", g.Clock.Kind, "event, periodic or poisson", "neurons of one population are synchronous together"))
			} else {
				g.Clock.check(&c.f, here+".clock")
			}
			c.f.problem(!synchronous && kind != nil && kind.Clock.Kind == "synchronous", here+".clock", "is for neurons with clocks of their own", "set clock.kind of the kind "+p.Neuron)
		}
		if g.Delay != nil {
			c.f.problem(g.Delay.FromGraph, here+".delay", "is graph, which only the projection that reads the file can say", "")
			c.fromNeurons(name, here+".delay", g.Delay.Speed > 0)
		}
		if g.Noise != nil {
			c.f.problem(g.Noise.none() && !c.noisy(name), here+".noise", "does nothing", "say loss, duplicate, jitter or reorder, or leave it out")
			g.Noise.check(&c.f, here+".noise")
			c.fromNeurons(name, here+".noise", false)
		}
	}
}

// noisy reports whether any projection from neurons to a population has noise.
func (c *checker) noisy(name string) bool {
	return slices.ContainsFunc(c.Projections, func(p Projection) bool {
		return p.To == name && c.Populations.Has(p.From) && p.Noise != nil
	})
}

// fromNeurons checks the key at path, which is about spikes from other neurons to a
// population. It reports that the key has no effect if no neurons project to the
// population. If the key depends on distance, it also reports neurons without a place.
func (c *checker) fromNeurons(name, path string, distance bool) {
	received := c.Graph != nil
	for i := range c.Projections {
		p := &c.Projections[i]
		if p.To != name || !c.Populations.Has(p.From) {
			continue
		}
		received = true
		if distance {
			c.placed(p, path)
		}
	}
	c.f.problem(!received, path, "has no effect, because no population sends spikes to "+name, "")
}

func checkLabels(f *faults, at string, size int, labels []string) {
	f.problem(size > 0 && len(labels) > 0 && len(labels) != size, at+".labels", fmt.Sprintf("has %d labels for %d members", len(labels), size), "name all or none")
	seen := map[string]int{}
	for i, l := range labels {
		here := fmt.Sprintf("%s.labels[%d]", at, i)
		f.problem(strings.TrimSpace(l) != l || l == "", here, "is empty, or has blanks around it", "")
		if k, ok := seen[l]; ok {
			f.add(config.FieldProblem(here, fmt.Sprintf("is the label of member %d, too", k), "every member needs a label of its own"))
			return
		}
		seen[l] = i
	}
}

func (p *Place) check(f *faults, at string) {
	f.problem((p.Kind == "none" || p.Kind == "circle") && p.Dims != 2, at+".dims", "has no effect, because kind is "+p.Kind, "it is for random and grid")
	f.problem(p.Kind == "none" && p.Extent != 1, at+".extent", "has no effect, because kind is none", "")
}

func (c *checker) projections() {
	sources := append(slices.Clone(c.Populations.Names()), c.Inputs.Names()...)
	seen := map[string]int{}
	for i := range c.Projections {
		p := &c.Projections[i]
		at := fmt.Sprintf("projections[%d]", i)
		from := c.f.among(at+".from", p.From, "a population or an input", sources)
		if c.Inputs.Has(p.To) {
			c.f.add(config.FieldError(at+".to", p.To, "a population", "it is an input, and inputs receive no spikes"))
		} else if c.f.among(at+".to", p.To, "a population", c.Populations.Names()) && from {
			c.projection(p, at)
		}
		if p.Name != "" {
			c.f.problem(!ValidName(p.Name), at+".name", "is not made of letters, digits, - and _ alone", "")
			if k, ok := seen[p.Name]; ok {
				c.f.add(config.FieldProblem(at+".name", fmt.Sprintf("is the name of projections[%d], too", k), ""))
			}
			seen[p.Name] = i
		}
		if p.Noise != nil {
			c.f.problem(p.Noise.none(), at+".noise", "does nothing", "say loss, duplicate, jitter or reorder, or leave it out")
			p.Noise.check(&c.f, at+".noise")
		}
	}
}

// projection checks a projection whose source and target exist.
func (c *checker) projection(p *Projection, at string) {
	to := c.Populations.Get(p.To)
	if k := c.Kind(to.Neuron); k != nil && !k.HasPort(p.Port) {
		c.f.add(config.FieldError(at+".port", p.Port, "one of "+strings.Join(k.Sources, ", "), fmt.Sprintf("neurons of %s are of the kind %s, which has no other ports", p.To, to.Neuron)))
	}
	if from := c.Populations.Get(p.From); from != nil {
		k := c.Kind(from.Neuron)
		c.f.problem(k != nil && k.Tell == "never", at+".from", "is a population that sends no spikes", fmt.Sprintf("its kind %s has tell: never", from.Neuron))
	}
	within := p.From == p.To
	for _, r := range topology.Rules() {
		c.f.problem(r.Name == p.Rule.Name && r.Within && !within, at+".rule", "is "+r.Name+", which works within one population", "")
	}
	c.f.problem(p.Rule.Autapses && !within, at+".rule.autapses", "has no effect between two groups", "")
	c.f.problem(p.Rule.Autapses && within && p.Rule.Apart, at+".rule.autapses", "has no effect between different blocks", "")
	imported := p.Rule.Name == "imported"
	c.f.problem(p.Weights.FromGraph() && !imported, at+".weights", "is graph, and the rule has none", "rule imported has")
	c.f.problem(p.Delay.FromGraph && !imported, at+".delay", "is graph, and the rule has none", "rule imported has")
	size, n := to.Size, c.sizeOf(p.From)
	c.f.problem(p.Rule.Name == "one_to_one" && size > 0 && n > 0 && size != n, at+".rule", fmt.Sprintf("is one_to_one, but %s has %d members and %s %d", p.From, n, p.To, size), "")
	if p.Rule.Name == "spatial" || p.Delay.Speed > 0 || p.Weights.Kind == "distance" {
		c.placed(p, at)
	}
}

// placed reports ends without a place, for a projection that depends on distance.
func (c *checker) placed(p *Projection, at string) {
	if c.Graph != nil || p.Rule.Graph != "" {
		return // the file may contain places
	}
	for _, name := range []string{p.From, p.To} {
		var place *Place
		section := "populations"
		if q := c.Populations.Get(name); q != nil {
			place = &q.Place
		} else if in := c.Inputs.Get(name); in != nil {
			place, section = &in.Place, "inputs"
		}
		if place != nil && place.Kind == "none" {
			c.f.add(config.FieldError(config.JoinPath(section, name)+".place.kind", place.Kind, "random, grid or circle, because "+at+" goes by distance", ""))
			return
		}
	}
}

// sizeOf returns the size of a population or input as the document states it, 0 if it
// does not.
func (c *checker) sizeOf(name string) int {
	if p := c.Populations.Get(name); p != nil {
		return p.Size
	}
	if in := c.Inputs.Get(name); in != nil {
		return in.Size
	}
	return 0
}

func (z *Noise) none() bool {
	return z.Loss == 0 && z.Duplicate == 0 && z.Jitter == 0 && z.Reorder == 0
}

func (z *Noise) check(f *faults, at string) {
	f.problem(z.Reorder == 0 && z.Hold != 20_000, at+".hold", "has no effect, because reorder is 0%", "")
	f.problem(z.Reorder > 0 && z.Hold == 0, at+".hold", "is 0us, so no spike is held back", "")
}

// reach checks that every input leads somewhere and, if there is a protocol, receives
// data, and that every population receives input or fires by itself. With a graph file it
// checks nothing, because the file may have connections, too.
func (c *checker) reach() {
	if c.Graph != nil {
		return
	}
	sends, receives := map[string]bool{}, map[string]bool{}
	for i := range c.Projections {
		sends[c.Projections[i].From], receives[c.Projections[i].To] = true, true
	}
	fed := c.fed()
	for _, name := range c.Inputs.Names() {
		at := config.JoinPath("inputs", name)
		c.f.problem(!sends[name], at, "is an input that no projection leads from", "add a projection, or leave it out")
		c.f.problem(len(c.Protocol) > 0 && sends[name] && !fed[name], at, "is an input that no source sends its items to", "name it in a source's section to, or leave it and its projections out")
	}
	for name, p := range c.Populations.All() {
		k := c.Kind(p.Neuron)
		alone := k != nil && !k.Learns && k.Clock.Kind != "synchronous"
		c.f.problem(!receives[name] && !alone && k != nil, config.JoinPath("populations", name), "is a population that no projection leads to", "add one, or leave it out")
	}
}

// fed returns the inputs that receive values from a source or a script.
func (c *checker) fed() map[string]bool {
	fed := map[string]bool{}
	for _, s := range c.Data.All() {
		for _, name := range s.To.Names() {
			fed[name] = true
		}
	}
	for i := range c.Protocol {
		if s := c.Protocol[i].Script; s != nil {
			fed[s.Input], fed[s.Context] = true, true
		}
	}
	return fed
}

// data checks the sources. A document without network and protocol may have sources that
// are not used.
func (c *checker) data() {
	if c.Inputs.Len() == 0 && c.Populations.Len() == 0 && len(c.Protocol) == 0 {
		return
	}
	used := map[string]bool{}
	for i := range c.Protocol {
		if ref := c.Protocol[i].data(); ref != nil {
			name, _, _ := strings.Cut(*ref, ".")
			used[name] = true
		}
	}
	for name, s := range c.Data.All() {
		at := config.JoinPath("data", name)
		for _, input := range s.To.Names() {
			c.f.among(config.JoinPath(at+".to", input), input, "an input", c.Inputs.Names())
		}
		c.f.problem(len(c.Protocol) > 0 && !used[name], at, "is a source that no phase uses", "add a phase to protocol, or leave it out")
	}
}

// data returns the key that names the source of a phase, or nil if the phase has none.
func (p *Phase) data() *string {
	switch {
	case p.Present != nil:
		return &p.Present.Data
	case p.Play != nil:
		return &p.Play.Data
	case p.Recall != nil:
		return &p.Recall.Data
	case p.Store != nil:
		return &p.Store.Data
	case p.Script != nil && p.Script.Data != "":
		return &p.Script.Data
	}
	return nil
}
