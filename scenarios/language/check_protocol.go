package language

import (
	"fmt"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/topology/measure"
)

// phase checks one phase of the protocol.
func (c *checker) phase(p *Phase, at string) {
	c.f.problem(!ValidName(p.Name), at+".name", "is not made of letters, digits, - and _ alone", "")
	kind := p.kind()
	at += "." + kind
	if ref := p.data(); ref != nil {
		name, _, _ := strings.Cut(*ref, ".")
		c.f.among(at+".data", name, "a source of the section data", c.Data.Names())
	}
	switch kind {
	case "present":
		c.present(p.Present, at)
	case "play":
		c.learn(p.Play.Learn, at+".learn")
		c.off(p.Play.Off, at)
	case "rest":
		c.learn(p.Rest.Learn, at+".learn")
	case "recall":
		c.f.among(at+".input", p.Recall.Input, "an input", c.Inputs.Names())
		c.f.among(at+".population", p.Recall.Population, "a population", c.Populations.Names())
		for _, name := range p.Recall.Followers() {
			c.f.among(at+".follow", name, "a population", c.Populations.Names())
		}
	case "store":
		c.f.among(at+".input", p.Store.Input, "an input", c.Inputs.Names())
		c.f.among(at+".projection", p.Store.Projection, "a projection", c.ProjectionNames())
	case "script":
		c.f.among(at+".input", p.Script.Input, "an input", c.Inputs.Names())
		c.f.among(at+".population", p.Script.Population, "a population", c.Populations.Names())
		if p.Script.Context != "" {
			c.f.among(at+".context", p.Script.Context, "an input", c.Inputs.Names())
		}
	}
}

// kind returns the key that determines what a phase does.
func (p *Phase) kind() string {
	switch {
	case p.Present != nil:
		return "present"
	case p.Play != nil:
		return "play"
	case p.Rest != nil:
		return "rest"
	case p.Recall != nil:
		return "recall"
	case p.Store != nil:
		return "store"
	}
	return "script"
}

// learn checks a list of populations that learn.
func (c *checker) learn(list, at string) {
	if list == "all" || list == "none" {
		return
	}
	for _, name := range strings.Split(list, ",") {
		name = strings.TrimSpace(name)
		if !c.f.among(at, name, "all, none, or names of populations", c.Populations.Names()) {
			continue
		}
		k := c.Kind(c.Populations.Get(name).Neuron)
		c.f.problem(k != nil && !k.Learns, at, "names "+name+", whose neurons do not learn", "")
	}
}

func (c *checker) off(inputs []string, at string) {
	for i, name := range inputs {
		c.f.among(fmt.Sprintf("%s.off[%d]", at, i), name, "an input", c.Inputs.Names())
	}
}

func (c *checker) present(p *Present, at string) {
	c.learn(p.Learn, at+".learn")
	c.off(p.Off, at)
	for i, s := range p.Steps {
		for k, name := range s.Populations {
			c.f.among(fmt.Sprintf("%s.steps[%d].populations[%d]", at, i, k), name, "a population", c.Populations.Names())
		}
	}
	if !c.anySynchronous() && c.Populations.Len() > 0 {
		c.f.problem(len(p.Steps) > 0, at+".steps", "is for synchronous neurons, and all have clocks of their own", "leave it out; length says how long an item is presented")
		c.f.problem(p.Rounds > 1, at+".rounds", "is for synchronous neurons, and all have clocks of their own", "")
	}
	c.f.problem(p.Rounds > 1 && len(p.Steps) > 0, at+".rounds", "cannot be used together with steps, which set everything", "leave one of them out")
	if p.Batch != nil {
		c.batch(p, at)
	}
}

func (c *checker) anySynchronous() bool {
	for _, p := range c.Populations.All() {
		if k := c.Kind(p.Neuron); k == nil || k.Clock.Kind == "synchronous" {
			return true
		}
	}
	return false
}

// trained is the name under which weights are saved at the end of the training.
const trained = "trained"

// timeline checks events and faults.
func (c *checker) timeline() {
	saved := map[string]bool{trained: c.Record.Weights}
	for i := range c.Protocol {
		if p := &c.Protocol[i]; slices.Contains(p.Save, "weights") {
			c.f.problem(saved[p.Name], fmt.Sprintf("protocol[%d].save", i), "saves weights under a name that is taken", "by another phase, or by the end of the training ("+trained+", record.weights)")
			saved[p.Name] = true
		}
	}
	for i := range c.Events {
		e := &c.Events[i]
		at := fmt.Sprintf("events[%d]", i)
		if e.Phase != nil {
			c.begins(at+".phase", *e.Phase)
		}
		if e.Noise != nil {
			c.f.problem(e.Noise.Reorder == 0 && e.Noise.Hold != 20_000, at+".noise.hold", "has no effect, because reorder is 0%", "")
		}
		if e.Goal != nil {
			c.eventGoal(e, at)
		}
		if e.Weights != nil {
			c.f.problem(saved[*e.Weights], at+".weights", "has a name under which weights are saved already", "a phase, another event or the end of the training ("+trained+", record.weights) saves them")
			saved[*e.Weights] = true
		}
	}
	for i := range c.Faults {
		if p := c.Faults[i].Phase; p != "" {
			c.begins(fmt.Sprintf("faults[%d].phase", i), p)
		}
	}
}

// begins reports the name of a phase that does not exist. A script can name phases while
// it runs, so nothing is reported if there is a script.
func (c *checker) begins(path, phase string) {
	scripted := func(p Phase) bool { return p.Script != nil }
	if !slices.ContainsFunc(c.Protocol, scripted) {
		c.f.among(path, phase, "a phase of the protocol", c.phases)
	}
}

// eventGoal reports the goal of an event if no neuron of the experiment can have it.
func (c *checker) eventGoal(e *Event, at string) {
	var first []error
	for _, p := range c.Populations.All() {
		k := c.Kind(p.Neuron)
		if k == nil || !k.Learns {
			continue
		}
		errs := e.Goal.check(len(k.Sources))
		if len(errs) == 0 {
			return
		}
		first = errs
	}
	for _, err := range first {
		c.f.add(config.Within(at, err))
	}
}

// measures checks the phases and populations that measures name.
func (c *checker) measures() {
	for i := range c.Experiment.Measure {
		m := &c.Experiment.Measure[i]
		at := fmt.Sprintf("measure[%d]", i)
		for k, name := range m.In {
			c.f.among(fmt.Sprintf("%s.in[%d]", at, k), name, "a phase of the protocol", c.phases)
		}
		for _, p := range m.populations() {
			c.f.among(at+"."+p.key+".population", p.name, "a population", c.Populations.Names())
		}
	}
}

// named is a name and the key that holds it.
type named struct{ key, name string }

// populations returns the populations that a measure uses.
func (m *Measure) populations() []named {
	var all []named
	add := func(key string, on bool, name func() string) {
		if on {
			all = append(all, named{key, name()})
		}
	}
	add("accuracy", m.Accuracy != nil, func() string { return m.Accuracy.Population })
	add("information", m.Information != nil, func() string { return m.Information.Population })
	add("predicted", m.Predicted != nil, func() string { return m.Predicted.Population })
	add("atoms", m.Atoms != nil, func() string { return m.Atoms.Population })
	add("rate", m.Rate != nil, func() string { return m.Rate.Population })
	add("selectivity", m.Selectivity != nil, func() string { return m.Selectivity.Population })
	add("probe", m.Probe != nil, func() string { return m.Probe.Population })
	add("sequence", m.Sequence != nil, func() string { return m.Sequence.Population })
	return all
}

// record checks the section record.
func (c *checker) record() {
	r := &c.Record
	for i, name := range r.Graph {
		at := fmt.Sprintf("record.graph[%d]", i)
		c.f.among(at, name, "a measure of graphs", measure.Names())
		c.f.problem(slices.Contains(r.Graph[:i], name), at, "is listed twice", "")
	}
	c.f.problem(r.Until != 0 && r.Until <= r.From, "record.until", "is not later than from", "")
	c.f.problem(c.Mode != "free" && !r.Inboxes, "record.inboxes", "has no effect, because mode is lockstep", "inboxes are recorded in free runs only")
	for i := range r.Probes {
		c.probe(&r.Probes[i], fmt.Sprintf("record.probes[%d]", i))
	}
}

func (c *checker) probe(p *Probe, at string) {
	for k, name := range p.In {
		c.f.among(fmt.Sprintf("%s.in[%d]", at, k), name, "a phase of the protocol", c.phases)
	}
	if !c.f.among(at+".population", p.Population, "a population", c.Populations.Names()) {
		return
	}
	kind := c.Kind(c.Populations.Get(p.Population).Neuron)
	if kind == nil {
		return
	}
	for k, what := range p.Of {
		here := fmt.Sprintf("%s.of[%d]", at, k)
		c.f.problem(slices.Contains(p.Of[:k], what), here, "is listed twice", "")
		c.f.problem(slices.Contains(portLetters, what) && !kind.HasPort(what), here, "is a port that neurons of "+p.Population+" do not have", "they have "+strings.Join(kind.Sources, ", "))
		c.f.problem(!kind.Learns && slices.Contains([]string{"D", "atoms"}, what), here, "is of neurons that learn, and those of "+p.Population+" do not", "")
		c.f.problem(kind.Gate == nil && what == "chi", here, "is the state of a gate, and neurons of "+p.Population+" have none", "")
	}
}

// free reports settings that mode free does not support.
func (c *checker) free() {
	lockstep := func(on bool, at, why string) {
		c.f.problem(on, at, why, "write mode: lockstep")
	}
	clock := func(k *Clock, at string) {
		if k.Kind == "event" {
			c.f.add(config.FieldError(at+".clock.kind", k.Kind, "another clock, because mode is free", "poisson is the most natural one"))
		}
	}
	const noise = "is for mode lockstep; where neurons run free, spikes take the time they take and none is lost"
	for name, k := range c.Neurons.All() {
		clock(&k.Clock, config.JoinPath("neurons", name))
	}
	for name, p := range c.Populations.All() {
		for i, g := range p.Groups {
			at := fmt.Sprintf("%s.groups[%d]", config.JoinPath("populations", name), i)
			if g.Clock != nil {
				clock(g.Clock, at)
			}
			lockstep(g.Noise != nil, at+".noise", noise)
		}
	}
	for i := range c.Projections {
		lockstep(c.Projections[i].Noise != nil, fmt.Sprintf("projections[%d].noise", i), noise)
	}
	for i := range c.Protocol {
		if p := c.Protocol[i].Present; p != nil && p.Batch != nil {
			c.f.add(config.FieldError("mode", c.Mode, "lockstep, because neurons learn from batches, outside the event engine", ""))
		}
	}
	for i := range c.Events {
		e := &c.Events[i]
		lockstep(e.Lesion != nil || e.Rewire != nil || e.Turnover != nil || e.Delay != nil || e.Noise != nil,
			fmt.Sprintf("events[%d]", i), "changes the structure of the network, which cannot happen where mode is free")
	}
}

// Notes returns remarks for the user about settings that are allowed but may be
// unintended.
func (e *Experiment) Notes() []string {
	var notes []string
	learns := false
	for i := range e.Protocol {
		p := &e.Protocol[i]
		learns = learns || p.Present != nil && p.Present.Learn != "none" || p.Play != nil && p.Play.Learn != "none" || p.Script != nil || p.Store != nil
	}
	if !learns && len(e.Protocol) > 0 {
		notes = append(notes, "no phase of the protocol learns")
	}
	for name, p := range e.Populations.All() {
		k := e.Kind(p.Neuron)
		if k != nil && k.Learns && len(k.Goal) == 0 && p.Each.Len() == 0 {
			notes = append(notes, fmt.Sprintf("neurons of %s have a goal of nothing: rule goal moves no weight of theirs", name))
		}
		if k != nil && k.Learns && k.Clock.Kind != "synchronous" && k.Gate == nil {
			notes = append(notes, fmt.Sprintf("neurons of %s have clocks of their own and no gate: they also learn while their context is in transition", name))
		}
	}
	for i := range e.Expect {
		if at := e.Expect[i].Where; !e.Has(at) {
			notes = append(notes, fmt.Sprintf("expect[%d] is not asked: there is no %s", i, at))
		}
	}
	if r := &e.Record; !r.Spikes && r.Atoms == 0 && (r.Neurons != "all" || r.From != 0 || r.Until != 0) {
		notes = append(notes, "record.neurons, from and until have no effect: neither spikes nor atoms are recorded")
	}
	if e.Validation > 0 {
		notes = append(notes, fmt.Sprintf("%g %% of the train items are held out and presented as test: scores of test are those of a validation", 100*float64(e.Validation)))
	}
	if e.Control != "none" && len(e.Expect) > 0 {
		notes = append(notes, "this is a null control ("+e.Control+"): what the experiment itself is expected to show is not asked of it")
	}
	return notes
}
