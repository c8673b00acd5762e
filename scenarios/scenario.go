package scenarios

import (
	"errors"
	"fmt"
	"infomorph/internal/footprint"
	"io"

	"infomorph/internal/config"
)

// APIVersion is the version of the scenario language that this package reads.
const APIVersion = "infomorph/v1"

// Scenario is one experiment: a network, its neurons, a task, what to record
// and what to expect. Exactly one task section is present.
type Scenario struct {
	// Room is the memory that its networks must fit into; zero: nobody asked.
	Room        footprint.Room `yaml:"-"`
	APIVersion  string         `yaml:"apiVersion" doc:"Version of the scenario language." required:"true" enum:"infomorph/v1"`
	Name        string         `yaml:"name" doc:"Name of the scenario; also the folder of its results." required:"true"`
	Description string         `yaml:"description" doc:"What the scenario shows, for people."`
	Seed        uint64         `yaml:"seed" doc:"Seed of every random stream of the run." default:"1"`
	Mode        string         `yaml:"mode" doc:"How the network runs. lockstep: in epochs, the same bytes from the same seed. free: without barriers, every neuron as fast as it comes, in whatever order; what reaches each is recorded, for infomorph replay and audit." default:"lockstep" enum:"lockstep,free"`
	Network     Network        `yaml:"network" doc:"Neurons, synapses and what happens to spikes on their way."`
	Neuron      Neuron         `yaml:"neuron" doc:"What every neuron is: ports, activation, goal, window, learning."`
	Memory      *Memory        `yaml:"associative_memory" doc:"Task: learn patterns online and recall them from damaged cues." oneof:"task"`
	Bars        *Bars          `yaml:"bars" doc:"Task: learn independent features online, one per neuron." oneof:"task"`
	Digits      *Digits        `yaml:"digits" doc:"Task: learn to tell digits apart online, one neuron per digit." oneof:"task"`
	Capacity    *Capacity      `yaml:"capacity" doc:"Task: measure how many random patterns an associative memory holds." oneof:"task"`
	Hidden      *HiddenLayer   `yaml:"hidden_layer" doc:"Task: learn digits with a hidden population of three-source neurons and a readout." oneof:"task"`
	Script      *Script        `yaml:"script" doc:"Task: what a Starlark script presents, decides and reads out." oneof:"task"`
	Events      []Event        `yaml:"events" doc:"What happens when, besides the task: faults, freezing, other learning rates." maxItems:"1000"`
	Faults      []Fault        `yaml:"faults" doc:"What is broken from a time on." maxItems:"1000"`
	Record      Record         `yaml:"record" doc:"What goes into the result folder."`
	Expect      []Expect       `yaml:"expect" doc:"What the scores, and measures over time, must show; a run that misses one ends with exit code 3." maxItems:"1000"`
	Study       *Study         `yaml:"study" doc:"Run the task again and again with other settings, and show a score against them."`
	Sweep       *Sweep         `yaml:"sweep" doc:"Settings and seeds that infomorph sweep varies."`

	doc *config.Document // where settings stand, for errors that show later
}

// Record says what is recorded besides the summary.
type Record struct {
	Spikes  bool `yaml:"spikes" doc:"Every spike, as time, neuron and value." default:"true"`
	Atoms   int  `yaml:"atoms" doc:"The atoms of every neuron, this many times over the training." default:"40" min:"0" max:"100000"`
	Weights bool `yaml:"weights" doc:"Weights after training." default:"true"`

	Neurons string          `yaml:"neurons" doc:"Neurons whose spikes and atoms are kept: all, or a list such as 0-9,20. Scores and pictures are of all." default:"all"`
	From    config.Duration `yaml:"from" doc:"Keep spikes and atoms from this simulated time on." default:"0us" min:"0us" max:"100000h"`
	Until   config.Duration `yaml:"until" doc:"And before this one; 0us is to the end." default:"0us" min:"0us" max:"100000h"`

	Inboxes bool `yaml:"inboxes" doc:"What reaches each neuron, in order, where mode is free; without it the run cannot be replayed or audited." default:"true"`

	Graph []string `yaml:"graph" doc:"Measures of the graph among the neurons, such as in_degree, clustering and betweenness (infomorph topology measure lists them): as scores graph.NAME and, in memories, beside what each neuron has learnt in the table neurons." maxItems:"50" example:"[in_degree, clustering]"`
}

// Validate implements config.Validator.
func (s *Scenario) Validate() error {
	errs := []error{s.Record.checkGraph(), s.Record.check()}
	if !validName(s.Name) {
		errs = append(errs, config.FieldError("name", s.Name, "letters, digits, - and _ (it names a folder)", ""))
	}
	for i := range s.Expect {
		errs = append(errs, s.Expect[i].checkRecorded(i, s.Record.Atoms))
	}
	if s.Memory != nil {
		errs = append(errs, s.Memory.checkSize(s.Network.Neurons))
	}
	errs = append(errs, s.checkDial())
	if s.Mode == ModeFree {
		errs = append(errs, s.checkFree())
	}
	return errors.Join(errs...)
}

// ModeFree is the mode of networks that run free.
const ModeFree = "free"

// checkFree returns an error for what cannot run free.
func (s *Scenario) checkFree() error {
	var errs []error
	if s.Hidden != nil || s.Digits != nil && s.Digits.Batch != nil {
		errs = append(errs, config.FieldError("mode", s.Mode, "lockstep, because the task learns from batches, outside the event engine", ""))
	}
	if s.Study != nil {
		errs = append(errs, config.FieldError("mode", s.Mode, "lockstep, because the trials of a study are not recorded", ""))
	}
	if s.Capacity != nil && s.Neuron.changes() {
		errs = append(errs, config.FieldError("mode", s.Mode, "lockstep, because every trial stretches the schedules of learning and homeostasis to its own length, which a recording does not hold", "without neuron.learning.end_rate and the like it can run free"))
	}
	if s.Neuron.Clock.Kind == "event" {
		errs = append(errs, config.FieldError("neuron.clock.kind", s.Neuron.Clock.Kind, "another clock, because mode is free", "poisson is the most natural one"))
	}
	for i, g := range s.Network.Groups {
		if g.Clock != nil && g.Clock.Kind == "event" {
			errs = append(errs, config.FieldError(fmt.Sprintf("network.groups[%d].clock.kind", i), g.Clock.Kind, "another clock, because mode is free", ""))
		}
	}
	for i := range s.Events {
		if e := &s.Events[i]; e.Lesion != nil || e.Rewire != nil || e.Turnover != nil || e.Delay != nil || e.Noise != nil {
			errs = append(errs, config.FieldProblem(fmt.Sprintf("events[%d]", i), "changes the structure of the network, which cannot happen where mode is free", ""))
		}
	}
	if s.noisy() {
		errs = append(errs, config.FieldProblem("network.noise", "is for mode lockstep; where neurons run free, spikes take the time they take and none is lost", ""))
	}
	return errors.Join(errs...)
}

// Sources returns into how many sources the neurons whose atoms are recorded
// divide their input.
func (s *Scenario) Sources() int {
	if s.Hidden != nil {
		return 3
	}
	return 2
}

func validName(s string) bool {
	if s == "" || len(s) > 100 {
		return false
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return true
}

// Load reads a scenario; file names it in errors, and sets are assignments
// such as "seed=3" that take precedence over the file. The error lists every
// fault with its position.
func Load(file string, r io.Reader, sets ...string) (*Scenario, error) {
	data, err := config.ReadAll(file, r)
	if err != nil {
		return nil, err
	}
	doc, err := config.Parse(file, data)
	if err != nil {
		return nil, err
	}
	if err := doc.Set(sets...); err != nil {
		return nil, err
	}
	if err := underlayPreset(doc); err != nil {
		return nil, err
	}
	s := Scenario{doc: doc}
	if err := doc.Decode(&s, config.APIVersion(APIVersion), config.CheckExpr(checkCondition)); err != nil {
		return nil, err
	}
	return &s, nil
}

// place gives an error about a setting its position in the file.
func (s *Scenario) place(err error) error {
	if s.doc == nil {
		return err
	}
	return s.doc.Place(err)
}

// fileProblem is the error of a setting that names a file which cannot be used.
func fileProblem(key string, err error) error {
	return config.FieldProblem(key, err.Error(), "")
}
