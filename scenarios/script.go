package scenarios

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"infomorph/internal/config"
	"infomorph/internal/script"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/topology"
)

// Script is the script section: a task whose stimuli, decisions and readouts
// are written in Starlark. The script defines next(ctx), which returns what
// comes next, and may define setup(ctx) and readout(ctx); see docs/scripting.md.
type Script struct {
	File            *string            `yaml:"file" doc:"File with the script, relative to the scenario's folder." oneof:"source" example:"loop.star"`
	Code            *string            `yaml:"code" doc:"The script itself." oneof:"source"`
	Parameters      map[string]Setting `yaml:"parameters" doc:"Numbers, words, true or false that the script reads as ctx.parameters and a sweep can vary." example:"{rounds: 5}" maxItems:"1000"`
	Patterns        *Patterns          `yaml:"patterns" doc:"Patterns that the script can present by name."`
	Channels        int                `yaml:"channels" doc:"Receptive channels, which all neurons hear with weights that learn if receptive_learning does; 0 is one channel of its own for each neuron, with a weight of drive." default:"0" min:"0" max:"1000000"`
	ContextChannels int                `yaml:"context_channels" doc:"Channels that are heard as context: one for each neuron if there are as many, else by all." default:"0" min:"0" max:"1000000"`
	Drive           float64            `yaml:"drive" doc:"Receptive weight where each neuron has its own channel." default:"2.3" exclusiveMin:"0" max:"100"`
	Spread          float64            `yaml:"spread" doc:"Standard deviation of the initial receptive weights where all neurons hear all channels; 0 is 0.8 over the square root of their number." default:"0" min:"0" max:"100"`
	ContextDrive    float64            `yaml:"context_drive" doc:"Initial weight of context channels." default:"1" min:"-100" max:"100"`
	Steps           int64              `yaml:"steps" doc:"Bound on the steps of the interpreter in one call of the script." default:"10000000" min:"1000" max:"10000000000"`
	Memory          int64              `yaml:"memory" doc:"Bound on what one call of the script makes." unit:"MiB" default:"256" min:"1" max:"65536"`
}

// Setting is a parameter of a script: a number, a word, true or false.
type Setting struct{ value any } // int64, float64, string or bool

// UnmarshalConfig implements config.Unmarshaler.
func (p *Setting) UnmarshalConfig(v config.Value) error {
	switch v.Kind() {
	case config.Int:
		var n int64
		err := v.Decode(&n)
		p.value = n
		return err
	case config.Float:
		var f float64
		err := v.Decode(&f)
		p.value = f
		return err
	case config.Bool:
		var b bool
		err := v.Decode(&b)
		p.value = b
		return err
	case config.String:
		p.value = v.Text()
		return nil
	}
	return v.Fault("a number, a word, true or false", "")
}

// MarshalConfig implements config.Marshaler.
func (p Setting) MarshalConfig() any { return p.value }

// DescribeConfig implements config.Describer.
func (Setting) DescribeConfig() config.Description {
	return config.Description{Type: "value", Expected: "a number, a word, true or false",
		Schema: map[string]any{"type": []string{"number", "string", "boolean"}}}
}

// scriptTask is a Script that is ready to run.
type scriptTask struct {
	*memoryTask // its network, patterns and presentations
	script      *Script
	source      script.Source
	run         *scriptRun
}

// inlineName names scripts that stand in a scenario whose file is not known.
const inlineName = "script"

func newScriptTask(s *Scenario, files Files) (*scriptTask, error) {
	sc := s.Script
	t := &scriptTask{script: sc, memoryTask: &memoryTask{
		Memory: &Memory{Presentations: 1, Drive: sc.Drive}, record: s.Record, clock: s.Neuron.Clock, seed: s.Seed}}
	if err := t.readSource(s, files); err != nil {
		return nil, err
	}
	defined, err := script.Check(t.source, scriptNames)
	var wrong *script.Error
	if errors.As(err, &wrong) {
		err = &config.Errors{List: []*config.Error{{Pos: config.Pos{File: wrong.File, Line: wrong.Line, Column: wrong.Column}, Problem: wrong.Msg}}}
	}
	if err == nil && !slices.Contains(defined, "next") {
		err = config.FieldProblem("script", "the script defines no function next", "add: def next(ctx): …, which returns what comes next, or None")
	}
	if err != nil {
		return nil, err
	}
	n := orElse(s.Network.Neurons, 100)
	if sc.Patterns != nil {
		t.Patterns = *sc.Patterns
		t.width, t.height = t.size(s.Network.Neurons)
		if t.patterns, err = t.Patterns.load("script.patterns", t.width, t.height, files, neuron.NewRand(s.Seed, neuron.ForStimulus, patternStream)); err != nil {
			return nil, err
		}
		if sc.Channels == 0 {
			n = t.width * t.height
		}
	}
	if size := t.width * t.height; size > 0 && size != orElse(sc.Channels, n) {
		return nil, config.FieldError("script.patterns", size, fmt.Sprintf("patterns of %d pixels, one for each channel", orElse(sc.Channels, n)), "")
	}
	t.net, err = t.build(s, n, files)
	return t, err
}

// readSource reads the script, and where it stands.
func (t *scriptTask) readSource(s *Scenario, files Files) error {
	if t.script.Code != nil {
		t.source = script.Source{File: inlineName, Text: *t.script.Code}
		if s.doc != nil {
			if pos, ok := s.doc.TextPos("script.code"); ok && pos.Line > 0 {
				t.source = script.Source{File: pos.File, Text: *t.script.Code, Line: pos.Line, Column: pos.Column}
			}
		}
		return nil
	}
	f, err := files.Open(*t.script.File)
	if err != nil {
		return fileProblem("script.file", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, script.MaxSource+1))
	if err != nil {
		return fileProblem("script.file", err)
	}
	t.source = script.Source{File: *t.script.File, Text: string(text)}
	return nil
}

// own reports whether each neuron has a receptive channel of its own.
func (t *scriptTask) own() bool { return t.script.Channels == 0 }

// build makes the network of n neurons.
func (t *scriptTask) build(s *Scenario, n int, files Files) (*sim.Network, error) {
	among, err := s.Network.Topology.rule(files)
	if err != nil {
		return nil, err
	}
	sc, delay := t.script, topology.Constant(float64(s.Network.InputDelay))
	reach := s.Network.Weights / sqrt(n)
	input := topology.Projection{Name: "input", From: "input", To: "neurons", Port: neuron.Receptive, Rule: topology.Rule{Name: "one_to_one"},
		Weights: topology.Constant(sc.Drive), Delays: delay}
	if !t.own() {
		spread := sc.Spread
		if spread == 0 {
			spread = 0.8 / sqrt(sc.Channels)
		}
		input.Rule.Name, input.Weights = "all_to_all", topology.Normal(0, spread)
	}
	desc := topology.Network{
		Populations: []topology.Population{{Name: "neurons", Size: n}},
		Channels:    []topology.Population{{Name: "input", Size: orElse(sc.Channels, n)}},
		Projections: []topology.Projection{input,
			{Name: "context", From: "neurons", To: "neurons", Port: neuron.Contextual, Rule: among,
				Weights: topology.Uniform(-reach, reach), Delays: s.Network.Delay.dist()}},
	}
	if sc.ContextChannels > 0 {
		rule := topology.Rule{Name: "all_to_all"}
		if sc.ContextChannels == n {
			rule.Name = "one_to_one"
		}
		desc.Channels = append(desc.Channels, topology.Population{Name: "teachers", Size: sc.ContextChannels})
		desc.Projections = append(desc.Projections, topology.Projection{Name: "teachers", From: "teachers", To: "neurons", Port: neuron.Contextual,
			Rule: rule, Weights: topology.Constant(sc.ContextDrive), Delays: delay})
	}
	cfg, err := s.Neuron.config()
	if err != nil {
		return nil, err
	}
	if !t.own() {
		cfg.Dynamics = neuron.Sampled
	}
	return s.assemble(&desc, func(neuron.ID) *neuron.Config { return cfg })
}

// Run implements Task.
func (t *scriptTask) Run(e sim.Engine, j Journal) error {
	r := t.newRun(e, j)
	if err := r.load(); err != nil {
		return err
	}
	return r.perform()
}

func (t *scriptTask) newRun(e sim.Engine, j Journal) *scriptRun {
	t.run = &scriptRun{task: t, memoryRun: t.memoryTask.newRun(e, j)}
	t.run.kept = scriptState{Random: newStream(t.seed, scriptStream), Measures: map[string]float64{}}
	return t.run
}
