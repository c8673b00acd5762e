package templates

import (
	"infomorph/internal/config"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// Bars is the bars section. Every neuron sees the whole picture through R and receives
// the outputs of the other neurons through C. Each maximises the information that only R
// has, so the neurons divide the independent features among themselves (Makkeh et al.
// 2025, fig. 3; Földiák 1990 for crossing bars).
type Bars struct {
	Source    string          `yaml:"source" doc:"horizontal: each row is on or off independently. crossing: rows and columns, combined by OR. patches: pieces of grey images." default:"horizontal" enum:"horizontal,crossing,patches"`
	Bars      int             `yaml:"bars" doc:"Number of independent bars; half of crossing bars are rows. For patches: the side of a piece." default:"8" min:"2" max:"256"`
	Width     int             `yaml:"width" doc:"Pixels along a horizontal bar; 0 is the number of bars." default:"0" min:"0" max:"1024"`
	P         float64         `yaml:"p" doc:"Probability of each bar; 0 means 1/2 for horizontal bars and 1/rows for crossing bars." default:"0" min:"0" exclusiveMax:"1"`
	Flips     config.Fraction `yaml:"flips" doc:"Probability with which each pixel is flipped." default:"0%" min:"0%" max:"50%"`
	Path      string          `yaml:"path" doc:"Folder of pictures, for patches; relative to the scenario's folder."`
	Stimuli   int             `yaml:"stimuli" doc:"Number of stimuli in training." default:"8000" min:"1" max:"100000000"`
	Test      int             `yaml:"test" doc:"Number of stimuli in the test after training, without learning." default:"1000" min:"1" max:"10000000"`
	Checks    int             `yaml:"checks" doc:"Number of tests during training, to find out when the bars are learned. Each uses the latest stimuli." default:"40" min:"1" max:"10000"`
	Init      float64         `yaml:"init" doc:"Standard deviation of the initial receptive weights; 0 is 0.8 divided by the square root of the number of pixels." default:"0" min:"0" max:"100"`
	Rounds    int             `yaml:"rounds" doc:"How often neurons exchange spikes before they learn from a stimulus." default:"1" min:"1" max:"100"`
	Interval  config.Duration `yaml:"interval" doc:"Length of a presentation if neurons have their own clocks; 0us is 10 mean update intervals." default:"0us" max:"1h"`
	Threshold float64         `yaml:"threshold" doc:"Smallest mutual information with its best bar at which a neuron counts as having learned this bar, as a share of the entropy of the bar." default:"0.8" exclusiveMin:"0" max:"1"`
}

// Validate implements config.Validator.
func (b *Bars) Validate() error {
	switch {
	case b.Source == "crossing" && b.Bars%2 != 0:
		return config.FieldError("bars", b.Bars, "an even number, because half of the crossing bars are columns", "")
	case b.Source == "patches" && b.Path == "":
		return config.FieldError("path", nil, "a folder of pictures, because source is patches", "")
	}
	return nil
}

// source returns the source of data and the number of pixels of a picture.
func (b *Bars) source() (src language.Source, pixels int) {
	switch b.Source {
	case "horizontal":
		src.Bars = &language.Bars{Rows: b.Bars, Width: b.Width, P: b.P, Flips: b.Flips}
		pixels = b.Bars * orElse(b.Width, b.Bars)
	case "crossing":
		src.Bars = &language.Bars{Rows: b.Bars / 2, Columns: b.Bars / 2, P: b.P, Flips: b.Flips}
		pixels = b.Bars / 2 * (b.Bars / 2)
	default:
		src.Patches = &language.Patches{Folder: b.Path, Side: b.Bars}
		pixels = b.Bars * b.Bars
	}
	src.To.Set("pixels", language.FieldInto{Field: "image", On: 1, Off: -1, Scale: 1})
	return src, pixels
}

func (b *Bars) expand(f *Form, e *language.Experiment) {
	n := orElse(f.Network.Neurons, b.Bars)
	src, pixels := b.source()
	e.Neurons.Set("unit", f.Neuron.kind())
	f.population(e, "neurons", "unit", n)
	e.Inputs.Set("pixels", language.Input{Size: pixels, Place: f.Network.Place})
	spread := orElse(b.Init, 0.8/sqrt(pixels))
	f.input(e, language.Projection{From: "pixels", To: "neurons", Port: "r", Rule: language.Rule{Name: "all_to_all"}, Weights: language.Dist{Dist: topology.Normal(0, spread)}})
	f.among(e, language.Projection{Name: "context", To: "neurons", Port: "c"}, f.Network.Weights/sqrt(n))
	e.Data.Set("pictures", src)
	length := b.Interval
	if length == 0 && f.Neuron.Clock.Kind != "synchronous" {
		length = 10 * f.Neuron.Clock.Interval
	}
	show := language.Present{Data: "pictures", Items: "all", Passes: 1, Order: "shuffled", Repeat: 1, Length: length, Rounds: b.Rounds, Learn: "all", Output: "own", Looks: 1}
	train, test := show, show
	train.Count = b.Stimuli
	test.Count, test.Learn = b.Test, "none"
	e.Protocol = []language.Phase{{Name: "train", Present: &train}, {Name: "test", Present: &test}}
	e.Measure = append(e.Measure, language.Measure{Name: "atoms", Atoms: &language.AtomsScore{Population: "neurons"}})
	if src.Bars != nil {
		e.Measure = append(e.Measure, language.Measure{Name: "bars", In: []string{"test"},
			Information: &language.Information{Population: "neurons", About: "features", Threshold: b.Threshold, Checks: b.Checks, CheckIn: []string{"train"}}})
	}
}
