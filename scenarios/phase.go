package scenarios

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// Phase is one phase of an associative memory. Phases follow one another; the
// short form of the section is one phase of training and then its tests.
type Phase struct {
	Name    string   `yaml:"name" doc:"Name of the phase, in scores, tables, progress, and for events." required:"true"`
	Train   *Train   `yaml:"train" doc:"Present patterns, and learn." oneof:"kind" example:"{presentations: 10}"`
	Rest    *Rest    `yaml:"rest" doc:"Let time pass without patterns." oneof:"kind" example:"{duration: 500ms}"`
	Recall  *Test    `yaml:"recall" doc:"Recall patterns from cues; its scores are recall.NAME.mean_cosine and so on." oneof:"kind" example:"{cue: flip, fraction: 10%, dynamics: belief}"`
	Measure *Measure `yaml:"measure" doc:"Measure what is known, without learning; its scores are measure.NAME.predicted and so on." oneof:"kind" example:"{weights: true}"`
}

// Train is a phase of learning.
type Train struct {
	Presentations int             `yaml:"presentations" doc:"How often each pattern is presented; 0 takes that of the section, unless there is a duration." default:"0" min:"0" max:"1000000"`
	Duration      config.Duration `yaml:"duration" doc:"Train for this simulated time instead." default:"0us" min:"0us" max:"1000h"`
	Patterns      string          `yaml:"patterns" doc:"Which patterns: all, or a list of names and numbers from 0 on such as A,C,5-9." default:"all"`
}

// Rest is a phase without patterns.
type Rest struct {
	Duration config.Duration `yaml:"duration" doc:"How long." required:"true" exclusiveMin:"0us" max:"1000h"`
	Dynamics string          `yaml:"dynamics" doc:"What neurons do meanwhile. none: nothing, where all update at once; with clocks of their own, as sampled. sampled: fire with the probability that their context gives. sign: take the sign of it." default:"none" enum:"none,sampled,sign"`
	Plastic  bool            `yaml:"plastic" doc:"Go on learning from what neurons say." default:"false"`
}

// Measure is a phase that looks without changing anything.
type Measure struct {
	Patterns  string `yaml:"patterns" doc:"Which patterns, as for train." default:"all"`
	Predicted bool   `yaml:"predicted" doc:"Present each pattern once, without learning, and count the bits that the context alone gives right." default:"true"`
	Atoms     bool   `yaml:"atoms" doc:"The decomposition of every neuron." default:"true"`
	Weights   bool   `yaml:"weights" doc:"Keep the weights under the name of the phase, and draw them." default:"false"`
}

// Validate implements config.Validator.
func (p *Phase) Validate() error {
	if !validName(p.Name) {
		return config.FieldError("name", p.Name, "letters, digits, - and _", "")
	}
	return nil
}

// Validate implements config.Validator.
func (t *Train) Validate() error {
	if t.Presentations > 0 && t.Duration > 0 {
		return config.FieldProblem("duration", "stands beside presentations", "only one of presentations, duration is allowed")
	}
	return nil
}

// checkNames reports phases and tests whose names are not their own, and short
// and long form together.
func (m *Memory) checkNames() error {
	if len(m.Phases) > 0 && len(m.Recall) > 0 {
		return config.FieldProblem("recall", "stands beside phases", "write each test as a phase: {name: NAME, recall: {…}}")
	}
	if err := checkTests(m.Recall); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range m.Phases {
		if seen[m.Phases[i].Name] {
			return config.FieldError(fmt.Sprintf("phases[%d].name", i), m.Phases[i].Name, "a name that no other phase has", "")
		}
		seen[m.Phases[i].Name] = true
	}
	return nil
}

// phases returns the phases in either form.
func (m *Memory) phases() []Phase {
	if len(m.Phases) > 0 {
		return m.Phases
	}
	tests := m.Recall
	if len(tests) == 0 {
		tests = defaultRecall()
	}
	all := []Phase{{Name: "train", Train: &Train{Patterns: "all"}}}
	for i := range tests {
		all = append(all, Phase{Name: tests[i].Name, Recall: &tests[i].Test})
	}
	return all
}

// kind names what a phase is.
func (p *Phase) kind() string {
	switch {
	case p.Train != nil:
		return "train"
	case p.Rest != nil:
		return "rest"
	case p.Recall != nil:
		return "recall"
	}
	return "measure"
}

// label names a phase where it stands among others.
func (p *Phase) label() string {
	if kind := p.kind(); kind != p.Name {
		return kind + " " + p.Name
	}
	return p.Name
}

// chosen returns the patterns that a phase names, as numbers.
func (t *memoryTask) chosen(list string) ([]int, error) {
	var chosen []int
	if list == "all" {
		for k := range t.patterns {
			chosen = append(chosen, k)
		}
		return chosen, nil
	}
	for _, part := range strings.Split(list, ",") {
		part = strings.TrimSpace(part)
		if k, ok := t.named(part); ok {
			chosen = append(chosen, k)
			continue
		}
		spans, err := parseSpans(part)
		if err != nil || part == "all" || int(spans[0].Last) > len(t.patterns) {
			return nil, fmt.Errorf("there is no pattern %q", part)
		}
		for k := spans[0].First; k < spans[0].Last; k++ {
			chosen = append(chosen, int(k))
		}
	}
	return chosen, nil
}

// named returns the number of a pattern by its number, from 0 on, or else by
// its name.
func (t *memoryTask) named(name string) (int, bool) {
	if k, err := strconv.Atoi(name); err == nil {
		return k, k >= 0 && k < len(t.patterns)
	}
	for k := range t.patterns {
		if t.patterns[k].Name == name {
			return k, true
		}
	}
	return 0, false
}

// memoryPhase is a phase that is ready to be played.
type memoryPhase struct {
	*Phase
	chosen []int // patterns, by number
	total  int   // presentations, where they are counted
	tests  int   // phases of recall before this one
}

// prepare readies the phases; each names patterns that exist.
func (t *memoryTask) prepare() error {
	tests := 0
	phases := t.Memory.phases()
	for i := range phases {
		p := memoryPhase{Phase: &phases[i], tests: tests}
		list, key := "all", ""
		switch {
		case p.Train != nil:
			list, key = p.Train.Patterns, "train"
		case p.Measure != nil:
			list, key = p.Measure.Patterns, "measure"
		case p.Recall != nil:
			tests++
		}
		var err error
		if p.chosen, err = t.chosen(list); err != nil {
			return config.FieldError(fmt.Sprintf("associative_memory.phases[%d].%s.patterns", i, key), list,
				fmt.Sprintf("all, or names of patterns and numbers from 0 to %d", len(t.patterns)-1), "")
		}
		if p.Train != nil && p.Train.Duration == 0 {
			p.total = len(p.chosen) * orElse(p.Train.Presentations, t.Presentations)
		}
		t.phases = append(t.phases, p)
	}
	return nil
}

// planned returns the presentations of all training, those of a given duration
// by estimate.
func (t *memoryTask) planned() int {
	n := 0
	for i := range t.phases {
		n += t.phases[i].total
		if tr := t.phases[i].Train; tr != nil && tr.Duration > 0 {
			n += int(neuron.Time(tr.Duration)/t.presentationTime(t.net, neuron.Time(t.Interval))) + 1
		}
	}
	return n
}

// playPhases plays what is left of the phases.
func (r *memoryRun) playPhases() error {
	for s := &r.state; s.Phase < len(r.phases); s.Phase++ {
		p := &r.phases[s.Phase]
		if !s.Entered {
			if err := r.begin(p.Name); err != nil {
				return err
			}
			s.Entered, s.Done, s.Began, s.Round = true, 0, r.engine.Now(), nil
		}
		var err error
		switch {
		case p.Train != nil:
			err = r.train(p)
		case p.Rest != nil:
			err = r.rest(p)
		case p.Recall != nil:
			err = r.recall(p)
		default:
			err = r.survey(p)
		}
		if err != nil {
			return err
		}
		s.Entered = false
	}
	return nil
}

// mode is what neurons were told to do; the zero mode is what they do from the
// start.
type mode struct {
	Told, Plastic bool
	Dynamics      neuron.Dynamics
}

// free is the mode of neurons that were told something else.
var free = mode{Told: true, Dynamics: 255}

// teach tells neurons whether to learn and what to follow, unless they do so.
func (r *memoryRun) teach(at neuron.Time, plastic bool, dynamics neuron.Dynamics) []neuron.Signal {
	want := mode{true, plastic, dynamics}
	from := r.net.Config(0)
	if now := r.state.Mode; now == want || !now.Told && plastic == from.Plastic && dynamics == from.Dynamics {
		return nil
	}
	r.state.Mode = want
	return []neuron.Signal{r.set(at, neuron.SetPlastic, number(plastic)), r.set(at, neuron.SetDynamics, float64(dynamics))}
}

// train presents the chosen patterns, round by round.
func (r *memoryRun) train(p *memoryPhase) error {
	s := &r.state
	for {
		done, total := s.Done, p.total
		if d := neuron.Time(p.Train.Duration); d > 0 {
			done, total = int((r.engine.Now()-s.Began)/neuron.Millisecond), int(d/neuron.Millisecond)
		}
		if done >= total {
			return nil
		}
		if len(s.Round) == 0 {
			s.Round = r.round(p.chosen)
		}
		if err := r.present(r.patterns[s.Round[0]].Pixels, true); err != nil {
			return err
		}
		s.Round = s.Round[1:]
		s.Done++
		s.Trained++
		if err := r.afterPresentation(p); err != nil {
			return err
		}
		if d := neuron.Time(p.Train.Duration); d > 0 {
			done = min(int((r.engine.Now()-s.Began)/neuron.Millisecond), total)
		} else {
			done++
		}
		if done == total {
			s.Recent = r.recent()
		}
		if err := r.journal.Step(p.label(), done, total); err != nil {
			return err
		}
	}
}

// afterPresentation samples and counts what is due.
func (r *memoryRun) afterPresentation(p *memoryPhase) error {
	s := &r.state
	r.countPredicted()
	if s.Sampling.due(s.Trained) {
		if err := r.sampleAtoms(&s.Atoms); err != nil {
			return err
		}
	}
	if len(s.Round) == 0 {
		s.Rounds = append(s.Rounds, float64(s.Right)/float64(max(s.Seen, 1)))
		for i := range s.Learners {
			s.Learners[i].close(len(s.Rounds))
		}
		s.recount()
		return r.measure("training.predicted", s.Rounds[len(s.Rounds)-1])
	}
	return nil
}

// restPart is how much of a rest is played at once, in sweeps.
const restPart = 10

// rest is a phase of rest.
func (r *memoryRun) rest(p *memoryPhase) error {
	s := &r.state
	ends := s.Began + neuron.Time(p.Rest.Duration)
	for r.engine.Now() < ends {
		if err := r.idle(p.Rest, ends, s.Done == 0); err != nil {
			return err
		}
		s.Done++
		if err := r.journal.Step(p.label(), int((r.engine.Now()-s.Began)/neuron.Millisecond), int(neuron.Time(p.Rest.Duration)/neuron.Millisecond)); err != nil {
			return err
		}
	}
	return nil
}

// idle lets some time pass, up to ends, with the channels off.
func (r *memoryRun) idle(rest *Rest, ends neuron.Time, first bool) error {
	now := r.engine.Now()
	feed := sim.Feed{}
	if first {
		dynamics := neuron.Sampled
		if rest.Dynamics == "sign" {
			dynamics = neuron.Sign
		}
		feed.Inputs = r.inputs(nil, now, make([]float32, r.net.NumChannels()), 1)
		feed.Signals = append(feed.Signals, r.set(now, neuron.SetPlastic, number(rest.Plastic)), r.set(now, neuron.SetDynamics, float64(dynamics)))
		r.state.Mode = free
	}
	until := min(r.after(now+restPart*r.sweep()-1), ends)
	if rest.Dynamics != "none" && !r.asynchronous() {
		for at := now + r.inputDelay(); at < until; at += r.sweep() {
			feed.Signals = append(feed.Signals, r.tick(at, neuron.Fire|neuron.Learn))
		}
	}
	return r.play(until, feed)
}

// survey measures without learning.
func (r *memoryRun) survey(p *memoryPhase) error {
	s := &r.state
	for p.Measure.Predicted && s.Done < len(p.chosen) {
		if s.Done == 0 {
			s.recount()
		}
		if err := r.present(r.patterns[p.chosen[s.Done]].Pixels, false); err != nil {
			return err
		}
		r.countPredicted()
		s.Done++
		if s.Done == len(p.chosen) {
			r.keep(p, "predicted", float64(s.Right)/float64(max(s.Seen, 1)))
			s.recount()
		}
		if err := r.journal.Step(p.label(), s.Done, len(p.chosen)); err != nil {
			return err
		}
	}
	var err error
	if p.Measure.Atoms {
		err = r.sampleAtoms(&s.Atoms)
		for q := range quantities {
			r.keep(p, quantities[q].name, s.Atoms.Mean[q][len(s.Atoms.Mean[q])-1])
		}
	}
	if p.Measure.Weights {
		err = errors.Join(err, r.showWeights(p.Name, "Contextual weights in "+p.Name))
	}
	return err
}

// keep holds a score of a measuring phase until the end of the run.
func (r *memoryRun) keep(p *memoryPhase, name string, v float64) {
	r.state.Measured = append(r.state.Measured, measured{"measure." + p.Name + "." + name, v})
}

// measured is a score that a phase has found.
type measured struct {
	Name  string
	Value float64
}

// phaseNames implements phased.
func (t *memoryTask) phaseNames() []string {
	var names []string
	for i := range t.phases {
		names = append(names, t.phases[i].Name)
	}
	return names
}

// presentNow implements presenter.
func (t *memoryTask) presentNow(name string) error {
	k, ok := t.named(name)
	if !ok {
		return fmt.Errorf("there is no pattern %q", name)
	}
	return t.run.present(t.patterns[k].Pixels, true)
}
