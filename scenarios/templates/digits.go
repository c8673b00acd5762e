package templates

import (
	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// Digits is the digits section, with one neuron for each class. The neuron sees the
// picture through R. While it learns, it also gets the label through C: whether the
// picture is of its class. It maximises the redundancy of the two, so that R alone
// identifies the class later (Makkeh et al. 2025, fig. 4).
type Digits struct {
	Pictures
	Passes  int       `yaml:"passes" doc:"How often the training images are presented." default:"1" min:"1" max:"10000"`
	Teacher float64   `yaml:"teacher" doc:"Contextual weight of the label: how strongly it drives the neuron while it learns, for activation sum." default:"2" exclusiveMin:"0" max:"100"`
	Init    float64   `yaml:"init" doc:"Initial receptive weights are uniform within ± this." default:"0.1" min:"0" max:"100"`
	Levels  int       `yaml:"levels" doc:"Number of grey levels to which pixels are rounded; fewer levels give fewer spikes. 0 keeps all 256." default:"0" min:"0" max:"256"`
	Batch   *Batching `yaml:"batch" doc:"Learn from batches of images with Adam, outside the event engine, as in the paper, with the same neurons."`
}

// Pictures defines the labelled pictures to learn and to test.
type Pictures struct {
	Data      string         `yaml:"data" doc:"Folder with the four IDX files of MNIST or a similar data set, compressed or not, relative to the scenario's folder. Without it digits are drawn."`
	Checksum  string         `yaml:"checksum" doc:"Expected beginning of the SHA-256 of the uncompressed training images, in hex. Empty: not checked." example:"ba891046"`
	Samples   int            `yaml:"samples" doc:"Number of training images; 0 is 20000 drawn ones, or all in the files." default:"0" min:"0" max:"10000000"`
	Test      int            `yaml:"test" doc:"Number of test images; 0 is 4000 drawn ones, or all in the files." default:"0" min:"0" max:"10000000"`
	Strokes   StrokePictures `yaml:"strokes" doc:"How digits are drawn."`
	Baselines int            `yaml:"baselines" doc:"Number of passes of logistic regression over the same images, for comparison; 0 leaves it out." default:"5" min:"0" max:"1000"`
}

// StrokePictures defines how digits are drawn.
type StrokePictures struct {
	Side  int             `yaml:"side" doc:"Pixels of a side." default:"14" min:"4" max:"256"`
	Flips config.Fraction `yaml:"flips" doc:"Probability with which a pixel is inverted." default:"3%" min:"0%" max:"50%"`
	Shift float64         `yaml:"shift" doc:"Largest shift of a digit in each direction, in fourteenths of a side. From 2 on, a linear readout makes many errors." default:"1.2" min:"0" max:"14"`
}

// Batching defines how a population learns from batches.
type Batching struct {
	Size    int     `yaml:"size" doc:"Number of images in a batch." default:"1024" min:"1" max:"1000000"`
	Rate    float64 `yaml:"rate" doc:"Learning rate of Adam." default:"0.01" exclusiveMin:"0" max:"10"`
	EndRate float64 `yaml:"end_rate" doc:"Learning rate in the last pass, approached linearly; negative means no change." default:"-1" max:"10"`
	Decay   float64 `yaml:"decay" doc:"Weight decay, as part of the gradient." default:"0" min:"0" max:"1"`
}

// digitClasses is the number of digits.
const digitClasses = 10

// source returns the source of data and the number of pixels of a picture. For IDX files
// that number is not known yet, so it is 0.
func (p *Pictures) source() (src language.Source, pixels int) {
	if p.Data != "" {
		src.IDX = &language.IDX{Folder: p.Data, Checksum: p.Checksum, Train: p.Samples, Test: p.Test}
		return src, 0
	}
	src.Strokes = &language.Strokes{Train: orElse(p.Samples, 20000), Test: orElse(p.Test, 4000), Side: p.Strokes.Side, Flips: p.Strokes.Flips, Shift: p.Strokes.Shift}
	return src, p.Strokes.Side * p.Strokes.Side
}

// phases adds the phases train and test.
func (p *Pictures) phases(e *language.Experiment, off []string, train, test language.Present) {
	train.Data, train.Items, train.Order, train.Repeat, train.Rounds, train.Learn, train.Output = "digits.train", "all", "shuffled", 1, 1, "all", "own"
	test.Data, test.Items, test.Passes, test.Order, test.Repeat, test.Rounds, test.Learn, test.Output = "digits.test", "all", 1, "sequential", 1, 1, "none", "own"
	test.Off = off
	e.Protocol = []language.Phase{{Name: "train", Present: &train}, {Name: "test", Present: &test}}
}

// baseline adds logistic regression on the same pictures. Its weights are compared with
// the receptive weights of the population fields; "" means no comparison.
func (p *Pictures) baseline(e *language.Experiment, fields string) {
	if p.Baselines > 0 {
		e.Measure = append(e.Measure, language.Measure{Name: "baseline", Regression: &language.Regression{Of: []string{"pixels"}, Fields: fields, Fit: "train", Test: "test", Passes: p.Baselines}})
	}
}

func (d *Digits) expand(f *Form, e *language.Experiment) {
	unit := f.Neuron.kind()
	unit.Tell = "never"
	if f.Network.Topology.Rule != "none" {
		unit.Tell = "change"
	}
	e.Neurons.Set("unit", unit)
	f.population(e, "neurons", "unit", digitClasses)
	src, _ := d.source()
	src.To.Set("pixels", language.FieldInto{Field: "image", On: 1, Scale: 1, Levels: d.Levels})
	src.To.Set("label", language.FieldInto{Field: "label", On: 1, Off: -1, Scale: 1})
	e.Data.Set("digits", src)
	e.Inputs.Set("pixels", language.Input{Place: f.Network.Place})
	e.Inputs.Set("label", language.Input{Size: digitClasses, Place: f.Network.Place})
	f.input(e, language.Projection{From: "pixels", To: "neurons", Port: "r", Rule: language.Rule{Name: "all_to_all"}, Weights: uniform(d.Init)})
	f.input(e, language.Projection{From: "label", To: "neurons", Port: "c", Rule: language.Rule{Name: "one_to_one"}, Weights: constant(d.Teacher)})
	f.among(e, language.Projection{Name: "lateral", To: "neurons", Port: "c"}, f.Network.Weights/sqrt(digitClasses))
	train := language.Present{Passes: d.Passes, Looks: 1, Steps: []language.Step{{Do: []string{"fire", "learn", "observe"}}}}
	if b := d.Batch; b != nil {
		train.Batch = &language.Batch{Size: b.Size, Rate: b.Rate, EndRate: b.EndRate, Decay: b.Decay, Fit: []string{"neurons"}, EndDrive: 1}
	}
	d.phases(e, []string{"label"}, train, language.Present{Looks: 1, Steps: []language.Step{{Do: []string{"observe"}}}})
	e.Measure = append(e.Measure,
		language.Measure{Name: "accuracy", Accuracy: &language.Accuracy{Population: "neurons", Read: []string{"receptive", "marginal"}, Every: 500}},
		language.Measure{Name: "atoms", Atoms: &language.AtomsScore{Population: "neurons"}})
	d.baseline(e, "neurons")
}
