package templates

import (
	"fmt"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// Script is the script section: an experiment whose stimuli, decisions and readouts are
// written in Starlark. The script defines next(ctx), which returns what to present next,
// and may define setup(ctx) and readout(ctx); see docs/scripting.md.
type Script struct {
	File            *string                     `yaml:"file" doc:"File with the script, relative to the scenario's folder." oneof:"source" example:"loop.star"`
	Code            *string                     `yaml:"code" doc:"The script itself." oneof:"source"`
	Parameters      map[string]language.Setting `yaml:"parameters" doc:"Numbers, words, true or false that the script reads as ctx.parameters and a sweep can vary." example:"{rounds: 5}" maxItems:"1000"`
	Patterns        *language.Patterns          `yaml:"patterns" doc:"Patterns that the script can present by name."`
	Channels        int                         `yaml:"channels" doc:"Number of receptive channels that send to all neurons, with weights that learn if receptive_learning says so. 0: each neuron has one channel of its own, with drive as its weight." default:"0" min:"0" max:"1000000"`
	ContextChannels int                         `yaml:"context_channels" doc:"Number of context channels. If there is one for each neuron, each neuron receives its own; otherwise all neurons receive all." default:"0" min:"0" max:"1000000"`
	Drive           float64                     `yaml:"drive" doc:"Receptive weight if each neuron has its own channel." default:"2.3" exclusiveMin:"0" max:"100"`
	Spread          float64                     `yaml:"spread" doc:"Standard deviation of the initial receptive weights if all neurons receive all channels; 0 is 0.8 divided by the square root of their number." default:"0" min:"0" max:"100"`
	ContextDrive    float64                     `yaml:"context_drive" doc:"Initial weight of context channels." default:"1" min:"-100" max:"100"`
	Steps           int64                       `yaml:"steps" doc:"Limit of the steps of the interpreter in one call of the script." default:"10000000" min:"1000" max:"10000000000"`
	Memory          int64                       `yaml:"memory" doc:"Limit of the memory that one call of the script allocates." unit:"MiB" default:"256" min:"1" max:"65536"`

	at config.Pos // of inline code
}

// Place sets the position of inline code in its document, for errors in the script.
func (s *Script) Place(at config.Pos, ok bool) {
	if ok && at.Line > 0 {
		s.at = at
	}
}

func (s *Script) expand(f *Form, e *language.Experiment) error {
	n, channels, err := s.size(f)
	if err != nil {
		return err
	}
	unit := f.Neuron.kind()
	if s.Channels == 0 {
		unit.Output = "teacher"
	}
	e.Neurons.Set("unit", unit)
	f.population(e, "neurons", "unit", n)
	e.Inputs.Set("input", language.Input{Size: channels, Place: f.Network.Place})
	if s.Channels == 0 {
		f.input(e, language.Projection{From: "input", To: "neurons", Port: "r", Rule: language.Rule{Name: "one_to_one"}, Weights: constant(s.Drive)})
	} else {
		f.input(e, language.Projection{From: "input", To: "neurons", Port: "r", Rule: language.Rule{Name: "all_to_all"}, Weights: language.Dist{Dist: topology.Normal(0, orElse(s.Spread, 0.8/sqrt(channels)))}})
	}
	f.among(e, language.Projection{Name: "context", To: "neurons", Port: "c"}, f.Network.Weights/sqrt(n))
	ph := language.Script{File: s.File, Code: s.Code, Parameters: s.Parameters, Input: "input", Population: "neurons", Steps: s.Steps, Memory: s.Memory,
		Name: s.at.File, Line: s.at.Line, Column: s.at.Column}
	if s.ContextChannels > 0 {
		e.Inputs.Set("teachers", language.Input{Size: s.ContextChannels, Place: f.Network.Place})
		rule := "all_to_all"
		if s.ContextChannels == n {
			rule = "one_to_one"
		}
		f.input(e, language.Projection{From: "teachers", To: "neurons", Port: "c", Rule: language.Rule{Name: rule}, Weights: constant(s.ContextDrive)})
		ph.Context = "teachers"
	}
	if s.Patterns != nil {
		src := language.Source{Patterns: s.Patterns}
		src.To.Set("input", language.FieldInto{Field: "pattern", On: 1, Off: -1, Scale: 1})
		e.Data.Set("patterns", src)
		ph.Data = "patterns"
	}
	e.Protocol = []language.Phase{{Name: "script", Script: &ph}}
	e.Measure = append(e.Measure, language.Measure{Name: "atoms", Atoms: &language.AtomsScore{Population: "neurons"}})
	return nil
}

// size returns the number of neurons and of receptive channels.
func (s *Script) size(f *Form) (n, channels int, err error) {
	n = orElse(f.Network.Neurons, 100)
	if p := s.Patterns; p != nil {
		pixels := p.Width * orElse(p.Height, p.Width)
		if s.Channels == 0 && f.Network.Neurons == 0 {
			n = pixels
		}
		if s.Channels == 0 && p.Height == 0 && n%p.Width == 0 {
			p.Height = n / p.Width
			pixels = n
		}
		if pixels != orElse(s.Channels, n) {
			return 0, 0, config.FieldError("script.patterns", pixels, fmt.Sprintf("patterns of %d pixels, one for each channel", orElse(s.Channels, n)), "")
		}
	}
	return n, orElse(s.Channels, n), nil
}
