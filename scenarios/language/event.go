package language

import (
	"errors"
	"reflect"

	"infomorph/internal/config"
)

// Event is one line of the timeline: when it happens, to which neurons, and what it does.
//
// The kind of an event decides its exact time:
//
//   - Signals (plastic, rate_scale, silent, stuck) arrive at the given time.
//   - Events that need the network to be idle happen at the first epoch boundary at or
//     after the given time: changes of structure, delay, noise and goal, crashes,
//     measures, weights and pictures.
//   - Events that need time of their own happen between two presentations: present, show,
//     recall and checkpoint.
type Event struct {
	At         *config.Duration `yaml:"at" doc:"Once, at this simulated time." oneof:"trigger" min:"0us" max:"1000h"`
	Every      *config.Duration `yaml:"every" doc:"Repeatedly, with this interval; the first time is given by after." oneof:"trigger" exclusiveMin:"0us" max:"1000h"`
	When       *string          `yaml:"when" doc:"Each time that a condition on live measures becomes true, such as training.predicted > 0.9 and time > 2. time is in seconds, phase is the name of the current phase. Operators: < <= > >= == !=, in and not in with a list in brackets, + - * / % **, not, and, or (also ! && ||), abs(x), min(x, y), max(x, y). The condition is evaluated between presentations; comparisons with a measure that has no value yet are false." oneof:"trigger" expr:"true" example:"training.predicted > 0.9"`
	Phase      *string          `yaml:"phase" doc:"When the phase with this name begins." oneof:"trigger" example:"train"`
	After      config.Duration  `yaml:"after" doc:"Earliest simulated time, for every and when." default:"0us" min:"0us" max:"1000h"`
	Until      config.Duration  `yaml:"until" doc:"End of the event, for every and when: it does not happen at this simulated time or later. 0us means no end." default:"0us" min:"0us" max:"1000h"`
	Neurons    string           `yaml:"neurons" doc:"Neurons that are affected: all, or a list of populations, labels and numbers, such as V1,V2:0-9,#20." default:"all"`
	Plastic    *bool            `yaml:"plastic" doc:"Stop (false) or allow (true) learning. It stays stopped from phase to phase." oneof:"action"`
	RateScale  *float64         `yaml:"rate_scale" doc:"Multiply the learning rates by this from now on. It replaces an earlier scale." oneof:"action" min:"0" max:"1e6"`
	Goal       *Goal            `yaml:"goal" doc:"Another goal from now on; the window stays. Atoms that are not named have weight 0." oneof:"action" example:"{unq_r: 1}"`
	Silent     *bool            `yaml:"silent" doc:"Fault: neurons stop sending their output (true), or send it again (false)." oneof:"action"`
	Stuck      *int             `yaml:"stuck" doc:"Fault: the output is stuck at -1 or 1; 0 releases it." oneof:"action" min:"-1" max:"1"`
	Crash      *Crash           `yaml:"crash" doc:"Fault: neurons lose their state and start again." oneof:"action" example:"{down: 100ms}"`
	Lesion     *Lesion          `yaml:"lesion" doc:"Remove neurons, or synapses (dead synapses)." oneof:"action" example:"{fraction: 10%}"`
	Rewire     *Rewire          `yaml:"rewire" doc:"Give synapses other sources. Every in-degree stays the same." oneof:"action" example:"{fraction: 20%}"`
	Turnover   *Turnover        `yaml:"turnover" doc:"Remove synapses that have been weak for a while, and grow others in their place. Each event makes one check, so use it with every." oneof:"action" example:"{threshold: 0.01, for: 500ms}"`
	Delay      *Delay           `yaml:"delay" doc:"Change the delays of the synapses between neurons. Spikes on their way over them are lost." oneof:"action" example:"{uniform: [1ms, 10ms]}"`
	Noise      *Noise           `yaml:"noise" doc:"Noise on spikes between neurons from now on, in place of the noise before." oneof:"action" example:"{loss: 10%}"`
	Present    *string          `yaml:"present" doc:"Present this item once, by name or number, in addition to the protocol. It comes from the data of the current phase." oneof:"action"`
	Show       *Show            `yaml:"show" doc:"Present the values given here once, in addition to the protocol." oneof:"action" example:"{input: pixels, values: [1, -1, 1]}"`
	Recall     *Ask             `yaml:"recall" doc:"Recall once from a cue, in addition to the protocol. The overlap with the pattern is the live measure event.recall; scores of phases do not include it." oneof:"action" example:"{input: pixels, population: memory, data: letters, item: A, cue: flip, fraction: 20%}"`
	Measure    *bool            `yaml:"measure" doc:"Take a sample of the atoms of every neuron." oneof:"action"`
	Weights    *string          `yaml:"weights" doc:"Save the weights under this name, with a number if the event is repeated." oneof:"action"`
	Picture    *string          `yaml:"picture" doc:"Draw the present contextual weights, or the present atoms of every neuron." oneof:"action" enum:"weights,atoms"`
	Checkpoint *bool            `yaml:"checkpoint" doc:"Write a checkpoint, and keep the state of every neuron for crashes that restart from it." oneof:"action"`
}

// Show is an event that presents given values once.
type Show struct {
	Input  string    `yaml:"input" doc:"Input that receives the values; the other inputs are silent." required:"true"`
	Values []float64 `yaml:"values" doc:"A value for each channel." required:"true" min:"-1e6" max:"1e6" maxItems:"100000"`
	Learn  bool      `yaml:"learn" doc:"Whether the populations that learn in the current phase also learn from this presentation." default:"false"`
}

// Ask is one recall, either from an item of the data, whose cue can be damaged, or from a
// cue given as values.
type Ask struct {
	Data   string    `yaml:"data" doc:"Source of the item, or a part of it."`
	Item   string    `yaml:"item" doc:"The item to recall, by name, or by number from #0."`
	Values []float64 `yaml:"values" doc:"The cue itself: a value for each channel, 0 if unknown. If an item is given too, the result is compared with this item." min:"-1" max:"1" maxItems:"100000"`
	Cueing
}

// How returns the recall in the form that a phase has.
func (a *Ask) How() *Recall {
	return &Recall{Data: a.Data, Items: a.Item, Cueing: a.Cueing}
}

// Crash is a crash of neurons.
type Crash struct {
	Down    config.Duration `yaml:"down" doc:"How long neurons are silent before they start again." default:"0us" min:"0us" max:"1000h"`
	Restart string          `yaml:"restart" doc:"State from which they start. nothing: the initial state. checkpoint: the state at the last checkpoint event; the initial state if there was none, or if the structure has changed since." default:"nothing" enum:"nothing,checkpoint"`
}

// Lesion defines which neurons or synapses are removed.
type Lesion struct {
	Of          string           `yaml:"of" doc:"What is removed." default:"neurons" enum:"neurons,synapses"`
	By          string           `yaml:"by" doc:"random: drawn at random. degree, betweenness: the largest first. community: all neurons of the given communities. named: the neurons of the event." default:"random" enum:"random,degree,betweenness,community,named"`
	Count       int              `yaml:"count" doc:"Number to remove; 0 uses the fraction." default:"0" min:"0"`
	Fraction    *config.Fraction `yaml:"fraction" doc:"Share to remove; 0% removes nothing, for comparison." min:"0%" max:"100%"`
	Smallest    bool             `yaml:"smallest" doc:"Begin with the smallest instead of the largest." default:"false"`
	Communities []int            `yaml:"communities" doc:"Communities by number, from 0." min:"0" maxItems:"1000"`
	Projection  string           `yaml:"projection" doc:"Only synapses of this projection, such as context or input. Default: all synapses between neurons."`
}

// Rewire gives synapses new sources.
type Rewire struct {
	Fraction   config.Fraction `yaml:"fraction" doc:"Share of the synapses." required:"true" min:"0%" max:"100%"`
	OutDegrees bool            `yaml:"out_degrees" doc:"Keep out-degrees too: pairs of synapses exchange their sources." default:"false"`
	Weights    string          `yaml:"weights" doc:"Weights of rewired synapses. kept: unchanged. zero: 0." default:"kept" enum:"kept,zero"`
	Projection string          `yaml:"projection" doc:"Only synapses of this projection. Default: all synapses between neurons."`
}

// Turnover is structural plasticity that only depends on what is known at each synapse.
type Turnover struct {
	Threshold  float64         `yaml:"threshold" doc:"A synapse is weak while its |weight| is below this." required:"true" exclusiveMin:"0" max:"1e6"`
	For        config.Duration `yaml:"for" doc:"How long a synapse must have been weak before it is removed." default:"0us" min:"0us" max:"1000h"`
	Regrow     bool            `yaml:"regrow" doc:"Grow a synapse in place of each that is removed, to the same neuron, from a source drawn at random among those that have no synapse to it." default:"true"`
	Weight     float64         `yaml:"weight" doc:"Weight of a new synapse." default:"0" min:"-1e6" max:"1e6"`
	Projection string          `yaml:"projection" doc:"Only synapses of this projection. Default: all synapses between neurons."`
}

// Validate implements config.Validator.
func (l *Lesion) Validate() error {
	switch {
	case l.Count > 0 && l.Fraction != nil:
		return config.FieldProblem("fraction", "is given together with count", "only one of count, fraction is allowed")
	case l.Count == 0 && l.Fraction == nil && l.By != "community" && l.By != "named":
		return config.FieldProblem("", "has neither count nor fraction", "add fraction: 10%, or by: named for the neurons of the event")
	case l.By == "community" && len(l.Communities) == 0:
		return config.FieldError("communities", nil, "numbers of communities, because by is community", "")
	case l.By == "named" && l.Of == "synapses":
		return config.FieldError("of", l.Of, "neurons, because by is named", "")
	}
	return l.idle()
}

// idle reports settings that a lesion of its kind does not look at.
func (l *Lesion) idle() error {
	chosen := l.By == "community" || l.By == "named"
	for _, s := range []struct {
		on       bool
		key, why string
	}{
		{chosen && l.Count > 0, "count", "by is " + l.By},
		{chosen && l.Fraction != nil, "fraction", "by is " + l.By},
		{l.Smallest && (chosen || l.By == "random"), "smallest", "by is " + l.By},
		{l.By != "community" && len(l.Communities) > 0, "communities", "by is " + l.By},
		{l.Of == "neurons" && l.Projection != "", "projection", "of is neurons"},
	} {
		if s.on {
			return config.FieldProblem(s.key, "has no effect, because "+s.why, "")
		}
	}
	return nil
}

// Validate implements config.Validator.
func (a *Ask) Validate() error {
	switch {
	case len(a.Values) == 0 && a.Item == "":
		return config.FieldProblem("", "says neither item nor values", "add data: and item:, or values: with a value for each channel")
	case (a.Item == "") != (a.Data == ""):
		return config.FieldProblem("item", "needs data, and data an item", "")
	case len(a.Values) > 0 && a.Cue != "clean":
		return config.FieldError("cue", a.Cue, "clean, because the values are the cue", "")
	case (a.Cue == "clean") != (a.Fraction == 0):
		return config.FieldError("fraction", float64(a.Fraction), "more than 0% where the cue is damaged, and nothing where it is clean", "")
	}
	return nil
}

// Validate implements config.Validator.
func (e *Event) Validate() error {
	var errs []error
	if (e.At != nil || e.Phase != nil) && (e.After != 0 || e.Until != 0) {
		errs = append(errs, config.FieldProblem(e.trigger(), "stands with after or until, which are for every and when", ""))
	}
	if e.Until != 0 && e.Until <= e.After {
		errs = append(errs, config.FieldError("until", e.Until.String(), "later than after", ""))
	}
	if e.Neurons != "all" && !e.single() {
		errs = append(errs, config.FieldProblem("neurons", "is for plastic, rate_scale, goal, silent, stuck, crash, and lesion by named", ""))
	}
	if e.Weights != nil && !ValidName(*e.Weights) {
		errs = append(errs, config.FieldError("weights", *e.Weights, "letters, digits, - and _", ""))
	}
	if e.Delay != nil && e.Delay.Speed > 0 {
		errs = append(errs, config.FieldProblem("delay", "by distance is for projections only", "write a duration, {uniform: …} or {lognormal: …}"))
	}
	if e.Delay != nil && e.Delay.FromGraph {
		errs = append(errs, config.FieldProblem("delay", "is graph, which only the projection that reads the file can say", ""))
	}
	for _, flag := range []struct {
		key string
		on  *bool
	}{{"measure", e.Measure}, {"checkpoint", e.Checkpoint}} {
		if flag.on != nil && !*flag.on {
			errs = append(errs, config.FieldError(flag.key, false, "true, or no such event", ""))
		}
	}
	return errors.Join(errs...)
}

func (e *Event) trigger() string {
	if e.At != nil {
		return "at"
	}
	return "phase"
}

// single reports whether the event can be limited to some neurons.
func (e *Event) single() bool {
	return e.IsSignal() || e.Goal != nil || e.Crash != nil || e.Lesion != nil && e.Lesion.By == "named"
}

// Action returns the key of the event's action, such as lesion.
func (e *Event) Action() string {
	v := reflect.ValueOf(e).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("oneof") == "action" && !v.Field(i).IsNil() {
			return f.Tag.Get("yaml")
		}
	}
	return ""
}

// IsSignal reports whether the event is broadcast at its exact time.
func (e *Event) IsSignal() bool {
	return e.Plastic != nil || e.RateScale != nil || e.Silent != nil || e.Stuck != nil
}

// IsBetween reports whether the event happens between two presentations.
func (e *Event) IsBetween() bool {
	return e.Present != nil || e.Show != nil || e.Recall != nil || e.Checkpoint != nil
}
