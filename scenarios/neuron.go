package scenarios

import (
	"math"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/pid"
)

// Neuron is the neuron section.
type Neuron struct {
	Activation    string   `yaml:"activation" doc:"How the ports drive the output." default:"sum" enum:"sum,modulatory,kay_phillips"`
	Goal          Goal     `yaml:"goal" doc:"How much the neuron wants of each atom."`
	Window        int      `yaml:"window" doc:"Samples the neuron remembers and estimates its decomposition from." default:"64" min:"1" max:"1000000"`
	ContextBins   Bins     `yaml:"context_bins" doc:"Bins of the contextual value. The receptive value has two: its sign."`
	Learning      Learning `yaml:"learning" doc:"How weights move along the gradient of the goal."`
	Prior         Prior    `yaml:"prior" doc:"Permanent pseudo-samples; without them a neuron whose bit is constant in the window learns nothing."`
	Clock         Clock    `yaml:"clock" doc:"When neurons update."`
	Gate          Gate     `yaml:"gate" doc:"Novelty gate: no learning while the context is in transition. Needed with clocks of their own."`
	StabilityNorm float64  `yaml:"stability_norm" doc:"Hold the weights where the contextual norm exceeds this and the context alone gives the bit with a margin of one norm; 0 is off." default:"0" min:"0" max:"1000"`
}

// Goal is Γ, the weight of each atom in what a neuron maximises.
type Goal struct {
	UnqR float64 `yaml:"unq_r" doc:"Unique information of the receptive input." default:"0" min:"-100" max:"100"`
	UnqC float64 `yaml:"unq_c" doc:"Unique information of the contextual input." default:"0" min:"-100" max:"100"`
	Red  float64 `yaml:"red" doc:"Redundant information." default:"1" min:"-100" max:"100"`
	Syn  float64 `yaml:"syn" doc:"Synergistic information." default:"0" min:"-100" max:"100"`
	HRes float64 `yaml:"h_res" doc:"Residual entropy." default:"0" min:"-100" max:"100"`
}

func (g Goal) goal() (pid.Goal, error) {
	return pid.NewGoal(2, map[string]float64{"unq_r": g.UnqR, "unq_c": g.UnqC, "red": g.Red, "syn": g.Syn}, g.HRes)
}

// Bins divides a range evenly.
type Bins struct {
	Number int     `yaml:"number" doc:"Number of bins." default:"60" min:"1" max:"4096"`
	Range  float64 `yaml:"range" doc:"They cover ± this; values outside count to the end bins." default:"20" exclusiveMin:"0" max:"1e6"`
}

// Learning is how weights move.
type Learning struct {
	Rate    float64 `yaml:"rate" doc:"Learning rate; the step is rate over fan-in." default:"5" min:"0" max:"1000"`
	EndRate float64 `yaml:"end_rate" doc:"Rate at the end of training, approached linearly; negative means no change." default:"-1" max:"1000"`
	Clip    float64 `yaml:"clip" doc:"Weights stay within ± this; 0 is no bound." default:"0" min:"0" max:"1e6"`
}

// Prior is what a neuron believes before it has seen anything.
type Prior struct {
	Mass  float64 `yaml:"mass" doc:"Pseudo-samples per receptive bin; 0 is no prior." default:"2" min:"0" max:"1000"`
	Sigma float64 `yaml:"sigma" doc:"Their standard deviation over the contextual value." default:"2" exclusiveMin:"0" max:"1000"`
}

// Clock is when neurons update.
type Clock struct {
	Kind     string          `yaml:"kind" doc:"synchronous: all at once, told by the task. event: whenever a spike arrives. periodic: every interval, each neuron with its own phase. poisson: at random, interval apart on average." default:"synchronous" enum:"synchronous,event,periodic,poisson"`
	Interval config.Duration `yaml:"interval" doc:"Mean time between two updates of a neuron." default:"10ms" exclusiveMin:"0us" max:"1h"`
}

// Gate is the novelty gate.
type Gate struct {
	Threshold float64 `yaml:"threshold" doc:"Learn only while the recent share of context spikes that bring news is below this; 0 is no gate." default:"0" min:"0" max:"1"`
	Tau       float64 `yaml:"tau" doc:"Memory of the gate, in context spikes per fan-in." default:"0.5" exclusiveMin:"0" max:"100"`
}

var clockKinds = map[string]neuron.ClockKind{
	"synchronous": neuron.Ticked, "event": neuron.OnEvent, "periodic": neuron.Periodic, "poisson": neuron.Poisson,
}

// config returns the neuron's configuration; outputs follow the teacher.
func (n *Neuron) config() (*neuron.Config, error) {
	goal, err := n.Goal.goal()
	if err != nil {
		return nil, err
	}
	kind, err := neuron.ParseActivation(n.Activation)
	if err != nil {
		return nil, err
	}
	c := &neuron.Config{
		Sources: 2, Activation: neuron.DefaultActivation(kind), Goal: goal, Window: n.Window, Plastic: true,
		Dynamics: neuron.Teacher, Tell: neuron.TellAlways,
		Clock:         neuron.Clock{Kind: clockKinds[n.Clock.Kind], Interval: neuron.Time(n.Clock.Interval)},
		Prior:         neuron.Prior{Mass: n.Prior.Mass, Sigma: n.Prior.Sigma},
		Gate:          neuron.Gate{Threshold: n.Gate.Threshold, TauFraction: n.Gate.Tau},
		StabilityNorm: n.StabilityNorm,
		Belief:        neuron.DefaultBelief(),
	}
	c.Ports[neuron.Receptive] = neuron.PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	c.Ports[neuron.Contextual] = neuron.PortConfig{
		Bins: pid.Bins{Lo: -n.ContextBins.Range, Hi: n.ContextBins.Range, N: n.ContextBins.Number},
		Rule: neuron.GoalGradient, Rate: neuron.Constant(n.Learning.Rate), Clip: n.Learning.Clip,
	}
	if err := c.Validate(); err != nil {
		return nil, config.FieldProblem("neuron", err.Error(), "")
	}
	return c, nil
}

// decay makes the rate fall to end_rate over the given learning updates.
func (l Learning) decay(c *neuron.Config, updates int64) {
	if l.EndRate >= 0 {
		c.Ports[neuron.Contextual].Rate = neuron.Schedule{Start: l.Rate, End: l.EndRate, To: updates}
	}
}

func sqrt(n int) float64 { return math.Sqrt(float64(max(n, 1))) }
