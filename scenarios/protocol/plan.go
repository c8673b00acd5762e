package protocol

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
	"infomorph/scenarios/network"
)

// Plan is an experiment that is ready to run. It is a description: it holds no state of
// any run.
type Plan struct {
	Experiment *language.Experiment
	Data       *data.Collection
	Net        *network.Network

	phases  []phase
	events  []timedEvent
	planned int           // presentations of phases that learn
	probed  [][]neuron.ID // by probe
}

// Prepare reads the data of an experiment and builds its network. Its errors are faults
// of the document, by key (config.FieldError).
func Prepare(exp *language.Experiment, files data.Files) (*Plan, error) {
	p := &Plan{Experiment: exp}
	var err error
	if p.Data, err = data.Load(exp, files); err != nil {
		return nil, err
	}
	if p.Net, err = network.Build(exp, p.Data, files); err != nil {
		return nil, err
	}
	if _, err := measure.New(p.env()); err != nil {
		return nil, err
	}
	var errs []error
	for i := range exp.Protocol {
		ph, err := p.phase(i, files)
		if err != nil {
			errs = append(errs, config.Within(fmt.Sprintf("protocol[%d]", i), err))
		}
		p.phases = append(p.phases, ph)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for i := range exp.Record.Probes {
		q := &exp.Record.Probes[i]
		ids, _ := p.Net.SelectIn(q.Population, q.Neurons) // the network has refused wrong lists
		p.probed = append(p.probed, ids)
	}
	if err := p.readyEvents(); err != nil {
		return nil, err
	}
	if err := p.checkLive(); err != nil {
		return nil, err
	}
	if err := p.checkExams(); err != nil {
		return nil, err
	}
	p.Net.Schedule(p.updates)
	for i := range p.phases {
		if ph := &p.phases[i]; ph.learning() {
			p.planned += ph.presentations(p)
		}
	}
	return p, nil
}

func (p *Plan) env() measure.Env {
	return measure.Env{Experiment: p.Experiment, Net: p.Net, Data: p.Data}
}

// Network returns the network to run.
func (p *Plan) Network() *sim.Network { return p.Net.Sim }

// Notes returns remarks about settings that are allowed but may be unintended, in the
// document, the files of the network, and the data.
func (p *Plan) Notes() []string {
	notes := slices.Concat(p.Experiment.Notes(), p.Net.Notes, p.faultNotes())
	for _, set := range p.Data.Sets() {
		for _, note := range set.Notes {
			notes = append(notes, "data."+set.Name+": "+note)
		}
	}
	return notes
}

// phase is a phase of the protocol, ready to run.
type phase struct {
	*language.Phase
	index  int
	part   *data.Part
	chosen []int  // items, if the phase selects some; nil: all
	per    int    // presentations of a pass; 0: infinite source
	total  int    // presentations in all; 0: not known in advance
	steps  []step // of synchronous populations
	learns []bool // by population
	off    []string
	script *scriptPlan

	dreaming cueing // how the network recalls what it rehearses
}

// step is one update of synchronous neurons.
type step struct {
	targets []target
	tells   bool // some population has outputs that others may receive
}

// target defines what the neurons First ≤ id < Last do in a step.
type target struct {
	first, last neuron.ID
	flags       neuron.Flags
}

// phase prepares phase i.
func (p *Plan) phase(i int, files data.Files) (phase, error) {
	ph := phase{Phase: &p.Experiment.Protocol[i], index: i}
	var ref, items, learn, at string
	switch {
	case ph.Present != nil:
		ref, items, learn, at, ph.off = ph.Present.Data, ph.Present.Items, ph.Present.Learn, "present", ph.Present.Off
	case ph.Play != nil:
		ref, items, learn, at, ph.off = ph.Play.Data, ph.Play.Items, ph.Play.Learn, "play", ph.Play.Off
	case ph.Recall != nil:
		ref, items, learn, at = ph.Recall.Data, ph.Recall.Items, "none", "recall"
	case ph.Store != nil:
		ref, items, learn, at = ph.Store.Data, ph.Store.Items, "none", "store"
	case ph.Rest != nil:
		learn, at = ph.Rest.Learn, "rest"
	default:
		ref, items, learn, at = ph.Script.Data, "all", "all", "script"
	}
	var err error
	if ref != "" {
		if ph.part, err = p.Data.Part(ref); err != nil {
			return ph, config.Within(at, config.FieldProblem("data", err.Error(), ""))
		}
		if err := ph.choose(items); err != nil {
			return ph, config.Within(at, err)
		}
	}
	ph.learns = p.learners(learn)
	return ph, config.Within(at, p.finish(&ph, files))
}

// finish prepares what is specific to a kind of phase.
func (p *Plan) finish(ph *phase, files data.Files) error {
	switch {
	case ph.Present != nil:
		if err := ph.count(); err != nil {
			return err
		}
		if err := ph.checkBatch(); err != nil {
			return err
		}
		if err := p.readyDreams(ph); err != nil {
			return err
		}
		return p.laySteps(ph)
	case ph.Play != nil:
		ph.total = ph.per * ph.Play.Passes
		return p.checkPlay(ph)
	case ph.Recall != nil:
		return p.checkRecall(ph)
	case ph.Store != nil:
		return p.checkStore(ph)
	case ph.Script != nil:
		return p.readyScript(ph, files)
	}
	return nil
}

// choose selects the items of the phase.
func (ph *phase) choose(items string) error {
	ph.per = ph.part.Len()
	if items == "all" {
		return nil
	}
	if ph.per == 0 {
		return config.FieldError("items", items, "all, because the source has no end", "")
	}
	chosen, err := ph.part.Select(items)
	if err != nil {
		return config.FieldProblem("items", err.Error(), "")
	}
	ph.chosen, ph.per = chosen, len(chosen)
	return nil
}

// count computes the number of presentations.
func (ph *phase) count() error {
	pr := ph.Present
	switch {
	case pr.Count > 0 && pr.Passes > 1, pr.Count > 0 && pr.Duration > 0:
		return config.FieldProblem("count", "is given together with passes or duration", "only one of passes, count, duration is allowed")
	case pr.Duration > 0: // the number is not known in advance
	case pr.Count > 0:
		ph.total = pr.Count
	case ph.per == 0:
		return config.FieldError("count", nil, "how many presentations, because the source has no end", "add count: 1000")
	default:
		ph.total = ph.per * pr.Passes
	}
	if pr.Rehearse != nil && pr.Order == "shuffled" && pr.Passes > 1 {
		return config.FieldError("rehearse", nil, "one pass, because items are rehearsed in the order in which they came", "")
	}
	return nil
}

// learners returns for each population whether it learns.
func (p *Plan) learners(list string) []bool {
	learns := make([]bool, len(p.Net.Populations))
	names := strings.Split(list, ",")
	for i, g := range p.Net.Populations {
		learns[i] = list == "all" || slices.ContainsFunc(names, func(n string) bool { return strings.TrimSpace(n) == g.Name })
		learns[i] = learns[i] && p.Net.Kind(g.Name).Learns && p.Experiment.Control != "frozen"
	}
	return learns
}

// learning reports whether any population learns from the items of the phase.
func (ph *phase) learning() bool {
	return (ph.Present != nil || ph.Play != nil) && slices.Contains(ph.learns, true)
}

// laySteps converts the steps of a phase to targets.
func (p *Plan) laySteps(ph *phase) error {
	steps := ph.Present.Steps
	if len(steps) == 0 {
		ph.steps = p.defaultSteps(ph)
		return nil
	}
	for i := range steps {
		s, err := p.layStep(ph, &steps[i])
		if err != nil {
			return config.Within(fmt.Sprintf("steps[%d]", i), err)
		}
		ph.steps = append(ph.steps, s)
	}
	return nil
}

// defaultSteps returns one step of firing for each round of the phase, one in which
// surprises are sent if there are any, and one in which all learn and are observed.
func (p *Plan) defaultSteps(ph *phase) (all []step) {
	rounds := 1
	if ph.Present != nil {
		rounds = ph.Present.Rounds
	}
	dos := slices.Repeat([][]string{{"fire"}}, rounds)
	if p.surprising(ph) {
		dos = append(dos, []string{"surprise"})
	}
	for _, do := range append(dos, []string{"learn", "observe"}) {
		if s, _ := p.layStep(ph, &language.Step{Do: do}); len(s.targets) > 0 { // it names no population, so there is no error
			all = append(all, s)
		}
	}
	return all
}

var stepFlags = map[string]neuron.Flags{"fire": neuron.Fire, "learn": neuron.Learn, "observe": neuron.Observe, "surprise": neuron.Surprise}

func (p *Plan) layStep(ph *phase, s *language.Step) (step, error) {
	var flags neuron.Flags
	for _, do := range s.Do {
		flags |= stepFlags[do]
	}
	if !p.surprising(ph) {
		flags &^= neuron.Surprise
	}
	for i, name := range s.Populations {
		if !p.Net.Synchronous(name) {
			return step{}, config.FieldError(fmt.Sprintf("populations[%d]", i), name, "a population of synchronous neurons, because the protocol tells these when to update", "")
		}
	}
	var out step
	for i, g := range p.Net.Populations {
		if len(s.Populations) > 0 && !slices.Contains(s.Populations, g.Name) || !p.Net.Synchronous(g.Name) {
			continue
		}
		f := flags
		if !ph.learns[i] {
			f &^= neuron.Learn
		}
		if f != 0 {
			out.add(target{g.First, g.Last, f})
		}
		out.tells = out.tells || p.sends(g.Name, f)
	}
	return out, nil
}

// sends reports whether neurons of a population send a spike in an update.
func (p *Plan) sends(population string, do neuron.Flags) bool {
	return p.Net.Kind(population).Tell != "never" && (do&neuron.Fire != 0 || do&neuron.Surprise != 0 && p.Experiment.Surprises(population))
}

// surprising reports whether neurons send their surprise in a phase.
func (p *Plan) surprising(ph *phase) bool {
	return (ph.learning() || ph.Script != nil) && slices.ContainsFunc(p.Net.Populations, func(g network.Group) bool { return p.Experiment.Surprises(g.Name) })
}

// add appends a target. It merges the target with the previous one if possible.
func (s *step) add(t target) {
	if n := len(s.targets); n > 0 && s.targets[n-1].last == t.first && s.targets[n-1].flags == t.flags {
		s.targets[n-1].last = t.last
		return
	}
	s.targets = append(s.targets, t)
}

// updates returns how often, approximately, a neuron of a population learns in total.
func (p *Plan) updates(population string) int64 {
	at := slices.IndexFunc(p.Net.Populations, func(g network.Group) bool { return g.Name == population })
	var n int64
	for i := range p.phases {
		ph := &p.phases[i]
		if at < 0 || !ph.learning() || !ph.learns[at] || ph.Present != nil && ph.Present.Batch != nil {
			continue
		}
		n += int64(ph.presentations(p)) * ph.perPresentation(p, at)
	}
	return n
}

// perPresentation returns how often, approximately, a neuron learns in one presentation.
func (ph *phase) perPresentation(p *Plan, population int) int64 {
	g := p.Net.Populations[population]
	kind := p.Net.Kind(g.Name)
	if ph.Present != nil && p.Net.Synchronous(g.Name) {
		n := int64(0)
		for _, s := range ph.steps {
			for _, t := range s.targets {
				if t.first <= g.First && g.Last <= t.last && t.flags&neuron.Learn != 0 {
					n++
				}
			}
		}
		return n
	}
	if kind.Gate != nil && kind.Gate.Once {
		return 1
	}
	return max(1, int64(ph.least(p)/neuron.Time(kind.Clock.Interval)))
}

// presentations returns the number of presentations of a phase. For a phase with a given
// duration it is an estimate.
func (ph *phase) presentations(p *Plan) int {
	if ph.Present == nil {
		return ph.total
	}
	n := ph.total
	if d := neuron.Time(ph.Present.Duration); d > 0 {
		n = int(d/max(ph.least(p), 1)) + 1
	}
	per := ph.Present.Repeat
	if r := ph.Present.Rehearse; r != nil {
		per *= 1 + r.Count
	}
	return n * per
}

// least returns the approximate length of a presentation.
func (ph *phase) least(p *Plan) neuron.Time {
	if ph.Play != nil {
		return neuron.Time(ph.Play.Every)
	}
	if l := neuron.Time(ph.Present.Length); l > 0 {
		return l
	}
	if slowest := p.slowest(); slowest > 0 {
		return 12 * slowest
	}
	return neuron.Time(len(ph.steps)) * p.Net.Sim.Longest()
}

// slowest returns the longest mean interval among the clocks of populations, 0 if all
// populations are synchronous.
func (p *Plan) slowest() neuron.Time {
	var slowest neuron.Time
	for _, g := range p.Net.Populations {
		if !p.Net.Synchronous(g.Name) {
			slowest = max(slowest, neuron.Time(p.Net.Kind(g.Name).Clock.Interval))
		}
	}
	return slowest
}
