package language

import (
	"strings"

	"infomorph/internal/config"
)

// Phase is one phase of the protocol.
type Phase struct {
	Name    string   `yaml:"name" doc:"Name of the phase, in scores, tables, progress, and for events." required:"true"`
	Present *Present `yaml:"present" doc:"Present items one after another." oneof:"kind" example:"{data: digits.train, passes: 2}"`
	Play    *Play    `yaml:"play" doc:"Play spike trains in continuous time." oneof:"kind" example:"{data: trains}"`
	Rest    *Rest    `yaml:"rest" doc:"Let time pass without input." oneof:"kind" example:"{duration: 500ms}"`
	Recall  *Recall  `yaml:"recall" doc:"Recall patterns from cues." oneof:"kind" example:"{data: letters, input: pixels, population: memory, cue: flip, fraction: 10%}"`
	Store   *Store   `yaml:"store" doc:"Set the weights of a projection with a classical rule of associative memory, as a baseline." oneof:"kind" example:"{data: letters, input: pixels, projection: context, rule: hebb}"`
	Script  *Script  `yaml:"script" doc:"A Starlark script decides at each step what is presented." oneof:"kind"`
	Save    []string `yaml:"save" doc:"What is saved at the end of the phase, under its name: weights, atoms, picture (of the weights)." enum:"weights,atoms,picture"`
}

// Present is a phase that presents items one by one.
type Present struct {
	Data     string          `yaml:"data" doc:"Source, or a part of it, such as digits.train." required:"true"`
	Items    string          `yaml:"items" doc:"Which items: all, or a list of names and numbers such as A,C,#5-#9." default:"all"`
	Passes   int             `yaml:"passes" doc:"How often each item is presented. For an endless source, see count." default:"1" min:"1" max:"100000000"`
	Count    int             `yaml:"count" doc:"Total number of presentations; 0 computes it from passes. Needed for an endless source." default:"0" min:"0" max:"1000000000"`
	Duration config.Duration `yaml:"duration" doc:"Continue for this simulated time instead; 0us means no such limit." default:"0us" min:"0us" max:"1000h"`
	Order    string          `yaml:"order" doc:"Order of the items within a pass. Items of an endless source come in the order in which they are drawn." default:"shuffled" enum:"shuffled,sequential"`
	Repeat   int             `yaml:"repeat" doc:"How often an item is presented in a row." default:"1" min:"1" max:"100000"`
	Rehearse *Rehearse       `yaml:"rehearse" doc:"Before each presentation, present some of the previous items again, or what the network recalls."`
	Length   config.Duration `yaml:"length" doc:"Length of a presentation; 0us is as short as delays and steps allow, or 12 mean update intervals if neurons have their own clocks." default:"0us" max:"1h"`
	Rounds   int             `yaml:"rounds" doc:"How often neurons exchange spikes before they learn, so that a deep network settles; for phases without steps." default:"1" min:"1" max:"1000"`
	Steps    []Step          `yaml:"steps" doc:"Updates of synchronous neurons within a presentation. Each happens when everything sent before has arrived. Default: all neurons fire as many times as rounds says, then those with a surprise send it, then all learn and are observed." maxItems:"1000"`
	Learn    string          `yaml:"learn" doc:"Which populations learn: all, none, or names." default:"all"`
	Off      []string        `yaml:"off" doc:"Inputs that are off: their channels are 0." maxItems:"1000"`
	Output   string          `yaml:"output" doc:"How outputs are chosen in this phase. own: as the kind of neuron says." default:"own" enum:"own,sampled,teacher,sign"`
	Looks    int             `yaml:"looks" doc:"How often an item is presented before it is scored; its port values are averaged over these presentations. For phases without learning." default:"1" min:"1" max:"1000"`
	Batch    *Batch          `yaml:"batch" doc:"Learn from batches of items with Adam instead of item by item. The neurons are the same: they are taken out of the event engine and put back at the end of the phase."`
}

// Step is one update of synchronous neurons within a presentation.
type Step struct {
	Populations []string `yaml:"populations" doc:"Populations that update. Default: all." maxItems:"1000"`
	Do          []string `yaml:"do" doc:"What they do. fire: choose an output and send it. surprise: send what the context did not predict of the output (only in phases that learn). learn: add a sample to the window and take a learning step. observe: report the sample to measures." required:"true" enum:"fire,surprise,learn,observe" minItems:"1" maxItems:"3"`
}

// Rehearse defines which earlier items are presented again.
type Rehearse struct {
	Count int  `yaml:"count" doc:"Number of items, drawn again each time." required:"true" min:"1" max:"100000"`
	Span  int  `yaml:"span" doc:"Number of items before the present one from which they are drawn; 0 is count plus 30." default:"0" min:"0" max:"1000000"`
	Own   *Own `yaml:"own" doc:"Rehearse what the network itself recalls, in place of previous items. Then nothing outside the network keeps them."`
}

// Own defines how the network recalls what it then rehearses.
type Own struct {
	Input      string `yaml:"input" doc:"Input that receives the cue, whose bits are drawn, and then what was recalled. Other inputs are 0." required:"true"`
	Population string `yaml:"population" doc:"Population that recalls; it has as many neurons as the input has channels." required:"true"`
	Dreaming
}

// Dreaming defines how the network recalls what it rehearses, from cues whose bits are drawn.
type Dreaming struct {
	Dynamics string `yaml:"dynamics" doc:"How neurons recall, as in a recall phase. none: they recall nothing, and the cue itself is rehearsed (a control)." default:"sign" enum:"none,sign,sampled,belief,graded_belief,emphatic_belief"`
	Sweeps   int    `yaml:"sweeps" doc:"Updates per neuron, as in a recall phase." default:"0" min:"0" max:"100000"`
	Settled  bool   `yaml:"settled" doc:"Rehearse only states in which the network has settled: no output changed in the last sweep." default:"false"`
}

// Reach returns from how many items before the present one rehearsal draws.
func (r *Rehearse) Reach() int {
	if r.Own != nil {
		return 0
	}
	if r.Span > 0 {
		return r.Span
	}
	return r.Count + 30
}

// Batch defines how populations learn from batches.
type Batch struct {
	Size     int                     `yaml:"size" doc:"Number of items in a batch; 0 is all of them." default:"1024" min:"0" max:"1000000"`
	Rate     float64                 `yaml:"rate" doc:"Learning rate of Adam." default:"0.01" exclusiveMin:"0" max:"10"`
	EndRate  float64                 `yaml:"end_rate" doc:"Learning rate in the last pass, approached linearly, or without an end (see halfway); negative means no change." default:"-1" max:"10"`
	Halfway  int64                   `yaml:"halfway" doc:"Number of batches after which the rate is halfway to end_rate, and the factor of the inputs to end_drive, however many passes there are. After n batches, 1/(1 + n/halfway) of the way is left. 0: linearly, pass by pass, until the last." default:"0" min:"0" max:"1000000000"`
	Average  config.Fraction         `yaml:"average" doc:"After the phase, neurons have the mean of their weights over about this share of the steps so far, the latest ones, which does not depend on the number of passes. After step t the mean moves by 1/(1 + average·(t−1)) of its distance from the weights. 0%: they keep the last weights." default:"0%" min:"0%" max:"100%"`
	Decay    float64                 `yaml:"decay" doc:"Weight decay, as part of the gradient." default:"0" min:"0" max:"1"`
	Of       config.Named[BatchRate] `yaml:"of" doc:"Populations with their own learning rates." maxItems:"1000"`
	Fit      []string                `yaml:"fit" doc:"Populations whose receptive bins follow the range of each neuron's values in the batch." maxItems:"1000"`
	EndDrive float64                 `yaml:"end_drive" doc:"The values of inputs change linearly during training, or without an end (see halfway); this is the factor in the last pass, relative to the first." default:"1" min:"0" max:"100"`
}

// BatchRate holds the learning rates of one population.
type BatchRate struct {
	Rate  float64 `yaml:"rate" doc:"Learning rate of Adam in the first pass." required:"true" exclusiveMin:"0" max:"10"`
	Decay float64 `yaml:"decay" doc:"Weight decay." default:"0" min:"0" max:"1"`
}

// Play is a phase that plays spike trains.
type Play struct {
	Data   string          `yaml:"data" doc:"Source of spike trains, or a part of it." required:"true"`
	Items  string          `yaml:"items" doc:"Which trains: all, or a list of names and numbers." default:"all"`
	Passes int             `yaml:"passes" doc:"How often each train is played." default:"1" min:"1" max:"1000000"`
	Order  string          `yaml:"order" doc:"Order of the trains within a pass." default:"sequential" enum:"shuffled,sequential"`
	Speed  float64         `yaml:"speed" doc:"Speed: times are divided by this." default:"1" exclusiveMin:"0" max:"1e6"`
	Gap    config.Duration `yaml:"gap" doc:"Pause after each train, with channels at 0." default:"0us" max:"1h"`
	Learn  string          `yaml:"learn" doc:"Which populations learn: all, none, or names." default:"all"`
	Off    []string        `yaml:"off" doc:"Inputs that are off." maxItems:"1000"`
	Every  config.Duration `yaml:"every" doc:"Time between updates of synchronous neurons (fire, learn), and between samples of measures." default:"10ms" exclusiveMin:"0us" max:"1h"`
}

// Rest is a phase without input.
type Rest struct {
	Duration config.Duration `yaml:"duration" doc:"Length of the rest." required:"true" exclusiveMin:"0us" max:"1000h"`
	Output   string          `yaml:"output" doc:"What neurons do during the rest. none: nothing if all update at once; as sampled if neurons have their own clocks. sampled: fire with probability θ. sign: use the sign of the activation." default:"none" enum:"none,sampled,sign"`
	Learn    string          `yaml:"learn" doc:"Which populations continue to learn: all, none, or names." default:"none"`
}

// Recall is a phase that recalls patterns from cues. A cue is presented to an input whose
// channels each drive one neuron, and is then removed or held. The population then
// settles according to its own dynamics.
type Recall struct {
	Data      string `yaml:"data" doc:"Source of the patterns, or a part of it." required:"true"`
	Items     string `yaml:"items" doc:"Which patterns." default:"all"`
	Count     int    `yaml:"count" doc:"Use only this number of patterns from the beginning; 0 is all." default:"0" min:"0"`
	Backwards bool   `yaml:"backwards" doc:"Begin with the last pattern: recall against age." default:"false"`
	Cueing
}

// Cueing defines how a cue is presented and how recall works from it.
type Cueing struct {
	Input      string          `yaml:"input" doc:"Input that receives the cue." required:"true"`
	Population string          `yaml:"population" doc:"Population that recalls; it has as many neurons as the input has channels." required:"true"`
	Follow     string          `yaml:"follow" doc:"Names of other populations that take part, such as hidden ones. In each sweep they update after the recalling population, one after another, with the same dynamics; at the beginning they take the sign of their receptive value. All populations of the recall are synchronous, or all have their own clocks. Default: none." example:"hidden"`
	Cue        string          `yaml:"cue" doc:"clean: the pattern itself. flip: some bits are wrong. occlude: the last bits are off. partial: some bits are known, the others unknown." default:"clean" enum:"clean,flip,occlude,partial"`
	Fraction   config.Fraction `yaml:"fraction" doc:"Share of bits that are wrong, off or unknown." default:"0%" min:"0%" max:"100%"`
	Dynamics   string          `yaml:"dynamics" doc:"sign: each neuron takes the sign of its context. sampled: each neuron draws its output with its firing probability; the last outputs count. belief: graded beliefs, sent as spikes that synapses low-pass filter. graded_belief: beliefs sent as graded values. emphatic_belief: like graded_belief, but a less certain neuron sends a larger value; best with release fading." default:"sign" enum:"sign,sampled,belief,graded_belief,emphatic_belief"`
	Release    string          `yaml:"release" doc:"What happens to the cue after it is sent: released at once, fading, or held on the receptive port." default:"released" enum:"released,fading,held"`
	Sweeps     int             `yaml:"sweeps" doc:"Updates per neuron; 0 is 50 for sign and sampled, 260 for belief, 100 for graded_belief, 200 for emphatic_belief." default:"0" min:"0" max:"100000"`
}

// Store is a phase that sets weights by a classical rule.
type Store struct {
	Data       string `yaml:"data" doc:"Source of the patterns, or a part of it." required:"true"`
	Items      string `yaml:"items" doc:"Which patterns." default:"all"`
	Input      string `yaml:"input" doc:"Input whose field contains the patterns." required:"true"`
	Projection string `yaml:"projection" doc:"Projection from a population to itself, whose weights are set." required:"true"`
	Rule       string `yaml:"rule" doc:"Classical rule." required:"true" enum:"hebb,storkey,pseudo_inverse,perceptron,logistic"`
}

// Followers returns the names of the populations that take part besides the recalling one.
func (c *Cueing) Followers() (names []string) {
	for name := range strings.SplitSeq(c.Follow, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}
