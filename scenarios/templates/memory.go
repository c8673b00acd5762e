package templates

import (
	"fmt"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// Memory is the associative_memory section. Each neuron represents one bit. While a
// pattern is presented, the neuron receives its bit through R and the outputs of the
// other neurons through C. It maximises the redundancy of the two, so that C alone
// restores the bit later (Makkeh et al. 2025, fig. 5).
type Memory struct {
	Patterns      language.Patterns `yaml:"patterns" doc:"The patterns to store."`
	Presentations int               `yaml:"presentations" doc:"How often each pattern is presented." default:"30" min:"1" max:"1000000"`
	Order         string            `yaml:"order" doc:"Order of the patterns within a pass." default:"shuffled" enum:"shuffled,sequential"`
	Drive         float64           `yaml:"drive" doc:"Receptive weight: how strongly a bit drives its neuron, in the units of the sigmoid. It does not learn." default:"2.3" exclusiveMin:"0" max:"100"`
	Interval      config.Duration   `yaml:"interval" doc:"Length of a presentation; 0us is as short as delays allow, or 12 mean update intervals if neurons have their own clocks." default:"0us" max:"1h"`
	Stored        string            `yaml:"stored" doc:"How patterns are stored. online: by the neurons, while patterns are presented. batch: by the same neurons with Adam on all patterns at once. Others: a classical rule." default:"online" enum:"online,batch,hebb,storkey,pseudo_inverse,perceptron,logistic"`
	Batch         BatchMemory       `yaml:"batch" doc:"Settings for batch learning."`
	Stream        *Stream           `yaml:"stream" doc:"Patterns come as a stream: in their order, each a few times in a row and then never again, instead of in passes."`
	Recall        []Test            `yaml:"recall" doc:"Tests after training. Default: a clean one with sign dynamics and one with 10% of the bits flipped with belief dynamics." maxItems:"100"`
	Phases        []Phase           `yaml:"phases" doc:"The phases in order, in place of one training and then the recall tests." maxItems:"1000"`
}

// BatchMemory holds the settings for learning from batches.
type BatchMemory struct {
	Passes   int     `yaml:"passes" doc:"Number of steps of Adam." default:"1000" min:"1" max:"1000000"`
	Rate     float64 `yaml:"rate" doc:"Learning rate." default:"0.1" exclusiveMin:"0" max:"10"`
	Drive    float64 `yaml:"drive" doc:"Receptive weight at the start." default:"3" exclusiveMin:"0" max:"100"`
	EndDrive float64 `yaml:"end_drive" doc:"Receptive weight at the end; it changes linearly, or without an end (see halfway). If the drive decreases, a neuron that cannot store all patterns loses only one of them instead of all." default:"1" exclusiveMin:"0" max:"100"`
	Halfway  int64   `yaml:"halfway" doc:"Number of steps after which the drive is halfway to end_drive, however many steps there are. After n steps, 1/(1 + n/halfway) of the way is left. 0: linearly until the last step." default:"0" min:"0" max:"1000000000"`
}

// Validate refuses a halfway that has no effect.
func (b *BatchMemory) Validate() error {
	if b.Halfway > 0 && b.EndDrive == b.Drive {
		return config.FieldProblem("halfway", "has no effect, because end_drive is drive", "take it away, or add another end_drive")
	}
	return nil
}

// steps returns how the neurons learn from all patterns at once.
func (b *BatchMemory) steps() *language.Batch {
	return &language.Batch{Rate: b.Rate, EndRate: -1, EndDrive: b.EndDrive / b.Drive, Halfway: b.Halfway}
}

// Stream defines a stream of patterns.
type Stream struct {
	Presentations int                `yaml:"presentations" doc:"How often a pattern is presented in a row." default:"3" min:"1" max:"100000"`
	Rehearsal     int                `yaml:"rehearsal" doc:"Number of previous patterns that are presented again before each presentation of a new one; they are drawn again each time." default:"0" min:"0" max:"100000"`
	Span          int                `yaml:"span" doc:"Number of previous patterns from which they are drawn; 0 is rehearsal plus 30." default:"0" min:"0" max:"1000000"`
	Own           *language.Dreaming `yaml:"own" doc:"Rehearse what the network itself recalls from random cues, in place of previous patterns."`
}

// Validate refuses settings of rehearsal where there is none.
func (s *Stream) Validate() error {
	switch {
	case s.Rehearsal > 0:
		return nil
	case s.Span > 0:
		return config.FieldProblem("span", "has no effect, because nothing is rehearsed", "add rehearsal: 1")
	case s.Own != nil:
		return config.FieldProblem("own", "has no effect, because nothing is rehearsed", "add rehearsal: 1")
	}
	return nil
}

// Test is one test of recall.
type Test struct {
	Name string `yaml:"name" doc:"Name of the test, in scores and tables." required:"true"`
	How
}

// How defines how patterns are recalled.
type How struct {
	Cue       string          `yaml:"cue" doc:"clean: the pattern itself. flip: some bits are wrong. occlude: the last bits are off. partial: some bits are known, the others unknown." default:"clean" enum:"clean,flip,occlude,partial"`
	Fraction  config.Fraction `yaml:"fraction" doc:"Share of bits that are wrong, off or unknown." default:"0%" min:"0%" max:"100%"`
	Dynamics  string          `yaml:"dynamics" doc:"How neurons recall; see recall in the full form." default:"sign" enum:"sign,sampled,belief,graded_belief,emphatic_belief"`
	Release   string          `yaml:"release" doc:"What happens to the cue after it is sent: released at once, fading, or held on the receptive port." default:"released" enum:"released,fading,held"`
	Sweeps    int             `yaml:"sweeps" doc:"Updates per neuron; 0 uses the default of the dynamics." default:"0" min:"0" max:"100000"`
	Count     int             `yaml:"count" doc:"Test only this number of patterns from the beginning; 0 is all." default:"0" min:"0"`
	Backwards bool            `yaml:"backwards" doc:"Begin with the last pattern: recall against age." default:"false"`
}

// Validate implements config.Validator.
func (h *How) Validate() error {
	if h.Cue != "clean" && h.Fraction == 0 {
		return config.FieldError("fraction", nil, "more than 0%, because cue is "+h.Cue, "add fraction: 10%")
	}
	if h.Cue == "clean" && h.Fraction != 0 {
		return config.FieldError("fraction", float64(h.Fraction), "nothing, because cue is clean", "add cue: flip")
	}
	return nil
}

// Phase is one phase of a memory.
type Phase struct {
	Name    string         `yaml:"name" doc:"Name of the phase, in scores, tables, progress, and for events." required:"true"`
	Train   *Train         `yaml:"train" doc:"Present patterns and learn." oneof:"kind" example:"{presentations: 10}"`
	Rest    *language.Rest `yaml:"rest" doc:"Let time pass without patterns." oneof:"kind" example:"{duration: 500ms}"`
	Recall  *How           `yaml:"recall" doc:"Recall patterns from cues; its scores are recall.NAME.mean_overlap and so on." oneof:"kind" example:"{cue: flip, fraction: 10%, dynamics: belief}"`
	Measure *Survey        `yaml:"measure" doc:"Measure what the network has learned, without learning; its score is training.NAME.predicted." oneof:"kind" example:"{weights: true}"`
}

// Train is a phase of learning.
type Train struct {
	Presentations int             `yaml:"presentations" doc:"How often each pattern is presented; 0 uses the value of the section, unless there is a duration." default:"0" min:"0" max:"1000000"`
	Duration      config.Duration `yaml:"duration" doc:"Train for this simulated time instead." default:"0us" min:"0us" max:"1000h"`
	Patterns      string          `yaml:"patterns" doc:"Which patterns: all, or a list of names and numbers such as A,C,#5-#9." default:"all"`
}

// Survey is a phase that measures without learning.
type Survey struct {
	Patterns string `yaml:"patterns" doc:"Which patterns, as for train." default:"all"`
	Atoms    bool   `yaml:"atoms" doc:"Record the decomposition of every neuron." default:"true"`
	Weights  bool   `yaml:"weights" doc:"Save the weights under the name of the phase, and draw them." default:"false"`
}

// Names of the parts of a memory in the full form.
const (
	memoryInput   = "input"
	memoryNeurons = "neurons"
	memoryContext = "context"
	memoryData    = "patterns"
)

// size returns width and height of the patterns, in pixels.
func (m *Memory) size(neurons int) (width, height int, err error) {
	p := &m.Patterns
	width, height = p.Width, orElse(p.Height, p.Width)
	if neurons == 0 {
		return width, height, nil
	}
	if p.Height > 0 && width*height != neurons {
		return 0, 0, config.FieldError("network.neurons", neurons, fmt.Sprintf("%d, one for each of the patterns' %d×%d pixels", width*height, width, height), "or leave it out")
	}
	if neurons%width != 0 {
		return 0, 0, config.FieldError("network.neurons", neurons, fmt.Sprintf("a multiple of the patterns' width %d", width), "or set associative_memory.patterns.width")
	}
	return width, neurons / width, nil
}

func (m *Memory) expand(f *Form, e *language.Experiment) error {
	width, height, err := m.size(f.Network.Neurons)
	if err != nil {
		return err
	}
	n := width * height
	form := f.Neuron
	if m.Stored == "batch" {
		form = form.ForBatches(false)
	}
	unit := form.kind()
	unit.Output = "teacher"
	e.Neurons.Set("unit", unit)
	f.population(e, memoryNeurons, "unit", n)
	e.Inputs.Set(memoryInput, language.Input{Size: n, Width: width, Place: f.Network.Place})
	drive := m.Drive
	if m.Stored == "batch" {
		drive = m.Batch.Drive
	}
	f.input(e, language.Projection{From: memoryInput, To: memoryNeurons, Port: "r", Rule: language.Rule{Name: "one_to_one"}, Weights: constant(drive)})
	f.among(e, language.Projection{Name: memoryContext, To: memoryNeurons, Port: "c"}, f.Network.Weights/sqrt(n))
	if err := checkTests(m.Recall); err != nil {
		return err
	}
	patterns := m.Patterns
	patterns.Width, patterns.Height = width, height
	src := language.Source{Patterns: &patterns}
	src.To.Set(memoryInput, language.FieldInto{Field: "pattern", On: 1, Off: -1, Scale: 1})
	e.Data.Set(memoryData, src)
	if err := m.protocol(e); err != nil {
		return err
	}
	e.Measure = append(e.Measure,
		language.Measure{Name: "training", Predicted: &language.Predicted{Population: memoryNeurons, Port: "c", Of: "r", Learnt: 0.95}},
		language.Measure{Name: "atoms", Atoms: &language.AtomsScore{Population: memoryNeurons}},
		language.Measure{Name: "recall", Recall: &language.RecallScore{Criterion: 0.95}})
	return nil
}

// checkTests reports tests that share a name, or are named train.
func checkTests(tests []Test) error {
	seen := map[string]bool{"train": true}
	for i := range tests {
		if seen[tests[i].Name] {
			return config.FieldError(fmt.Sprintf("associative_memory.recall[%d].name", i), tests[i].Name, "a name that no other test has", "")
		}
		seen[tests[i].Name] = true
	}
	return nil
}

// protocol adds the phases: those of Phases if there are any, else training and recall
// tests.
func (m *Memory) protocol(e *language.Experiment) error {
	if len(m.Phases) > 0 && (len(m.Recall) > 0 || m.Stored != "online" || m.Stream != nil) {
		return config.FieldProblem("associative_memory.phases", "stands beside recall, stored or stream, which are for one training", "write each test as a phase: {name: NAME, recall: {…}}")
	}
	for i := range m.Phases {
		e.Protocol = append(e.Protocol, m.phase(&m.Phases[i]))
	}
	if len(m.Phases) > 0 {
		return nil
	}
	e.Protocol = append(e.Protocol, m.training())
	tests := m.Recall
	if len(tests) == 0 {
		tests = []Test{{Name: "clean", How: How{Cue: "clean", Dynamics: "sign", Release: "released"}},
			{Name: "damaged", How: How{Cue: "flip", Fraction: 0.1, Dynamics: "belief", Release: "released"}}}
	}
	for _, t := range tests {
		e.Protocol = append(e.Protocol, language.Phase{Name: t.Name, Recall: t.How.recall()})
	}
	return nil
}

// training returns the phase that stores the patterns.
func (m *Memory) training() language.Phase {
	ph := language.Phase{Name: "train"}
	switch m.Stored {
	case "online":
		ph.Present = m.present(m.Presentations, "all")
		if s := m.Stream; s != nil {
			ph.Present.Passes, ph.Present.Order, ph.Present.Repeat = 1, "sequential", s.Presentations
			if s.Rehearsal > 0 {
				ph.Present.Rehearse = &language.Rehearse{Count: s.Rehearsal, Span: s.Span}
				if s.Own != nil {
					ph.Present.Rehearse.Own = &language.Own{Input: memoryInput, Population: memoryNeurons, Dreaming: *s.Own}
				}
			}
		}
	case "batch":
		ph.Present = m.present(m.Batch.Passes, "all")
		ph.Present.Order = "shuffled"
		ph.Present.Batch = m.Batch.steps()
	default:
		ph.Store = &language.Store{Data: memoryData, Items: "all", Input: memoryInput, Projection: memoryContext, Rule: m.Stored}
	}
	return ph
}

func (m *Memory) present(passes int, items string) *language.Present {
	return &language.Present{Data: memoryData, Items: items, Passes: passes, Order: m.Order, Repeat: 1, Length: m.Interval, Rounds: 1,
		Learn: "all", Output: "own", Looks: 1}
}

// phase converts a phase to the full form.
func (m *Memory) phase(p *Phase) language.Phase {
	out := language.Phase{Name: p.Name, Rest: p.Rest}
	switch {
	case p.Train != nil:
		passes := orElse(p.Train.Presentations, m.Presentations)
		if p.Train.Duration > 0 {
			passes = 1
		}
		out.Present = m.present(passes, p.Train.Patterns)
		out.Present.Duration = p.Train.Duration
	case p.Recall != nil:
		out.Recall = p.Recall.recall()
	case p.Measure != nil:
		out.Present = m.present(1, p.Measure.Patterns)
		out.Present.Order, out.Present.Learn = "sequential", "none"
		if p.Measure.Atoms {
			out.Save = append(out.Save, "atoms")
		}
		if p.Measure.Weights {
			out.Save = append(out.Save, "weights", "picture")
		}
	}
	return out
}

func (h *How) recall() *language.Recall {
	return &language.Recall{Data: memoryData, Items: "all", Count: h.Count, Backwards: h.Backwards, Cueing: language.Cueing{
		Input: memoryInput, Population: memoryNeurons, Cue: h.Cue, Fraction: h.Fraction, Dynamics: h.Dynamics, Release: h.Release, Sweeps: h.Sweeps}}
}
