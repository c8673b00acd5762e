package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/dataset"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/topology"
)

// Digits is the digits section: one neuron per class sees the picture through
// R and, while it learns, whether the picture is of its class through C; it
// maximises the redundancy of the two, so that later R alone tells the class
// (Makkeh et al. 2025, fig. 4).
type Digits struct {
	Pictures
	Passes    int       `yaml:"passes" doc:"How often the training images are presented." default:"1" min:"1" max:"10000"`
	Teacher   float64   `yaml:"teacher" doc:"Contextual weight of the label: how strongly it drives the neuron while it learns, for activation sum." default:"2" exclusiveMin:"0" max:"100"`
	Init      float64   `yaml:"init" doc:"Initial receptive weights are uniform within ± this." default:"0.1" min:"0" max:"100"`
	Levels    int       `yaml:"levels" doc:"Grey levels that pixels are rounded to; fewer levels are fewer spikes. 0 keeps all 256." default:"0" min:"0" max:"256"`
	Baselines int       `yaml:"baselines" doc:"Passes of logistic regression over the same images, for comparison; 0 leaves it out." default:"5" min:"0" max:"1000"`
	Batch     *Batching `yaml:"batch" doc:"Learn from batches of images with Adam, outside the event engine: the form of the paper, on the same neurons."`
}

// Pictures says which labelled pictures are learnt and tested.
type Pictures struct {
	Data     string  `yaml:"data" doc:"Folder with the four IDX files of MNIST or its kin, compressed or not, relative to the scenario's folder; without it digits are drawn."`
	Checksum string  `yaml:"checksum" doc:"What the SHA-256 of the uncompressed training images must begin with, in hex; nothing is not checked." example:"ba891046"`
	Samples  int     `yaml:"samples" doc:"Training images; 0 is 20000 drawn ones, or all of the files." default:"0" min:"0" max:"10000000"`
	Test     int     `yaml:"test" doc:"Test images; 0 is 4000 drawn ones, or all of the files." default:"0" min:"0" max:"10000000"`
	Strokes  Strokes `yaml:"strokes" doc:"How digits are drawn."`
}

// Batching is how a population learns from batches.
type Batching struct {
	Size    int     `yaml:"size" doc:"Images of a batch." default:"1024" min:"1" max:"1000000"`
	Rate    float64 `yaml:"rate" doc:"Learning rate of Adam." default:"0.01" exclusiveMin:"0" max:"10"`
	EndRate float64 `yaml:"end_rate" doc:"Learning rate in the last pass, approached linearly; negative means no change." default:"-1" max:"10"`
	Decay   float64 `yaml:"decay" doc:"Weight decay, as part of the gradient." default:"0" min:"0" max:"1"`
}

// rate returns the learning rate in a pass.
func (b *Batching) rate(pass, passes int) float64 {
	if b.EndRate < 0 || passes < 2 {
		return b.Rate
	}
	return b.Rate + (b.EndRate-b.Rate)*float64(pass)/float64(passes-1)
}

// Strokes is how digits are drawn.
type Strokes struct {
	Side  int             `yaml:"side" doc:"Pixels of a side." default:"14" min:"4" max:"256"`
	Flips config.Fraction `yaml:"flips" doc:"Probability with which a pixel is inverted." default:"3%" min:"0%" max:"50%"`
}

// Names of the files of MNIST; each may also end in .gz.
const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// Drawn digits where the scenario does not say how many.
const (
	drawnSamples = 20000
	drawnTest    = 4000
)

// load returns the images to learn from and to be tested on.
func (d *Pictures) load(section string, seed uint64, files Files) (train, test *dataset.Images, err error) {
	if d.Data == "" {
		s := dataset.DefaultStrokes()
		s.Side, s.Flips = d.Strokes.Side, float64(d.Strokes.Flips)
		scale := float64(s.Side) / 14
		s.Shift, s.Pen = s.Shift*scale, s.Pen*scale
		train = s.Draw(orElse(d.Samples, drawnSamples), neuron.NewRand(seed, neuron.ForStimulus, trainStream))
		test = s.Draw(orElse(d.Test, drawnTest), neuron.NewRand(seed, neuron.ForStimulus, testStream))
		return train, test, nil
	}
	if train, err = d.read(trainImages, trainLabels, d.Checksum, files); err == nil {
		test, err = d.read(testImages, testLabels, "", files)
	}
	if err != nil {
		hint := ""
		if errors.Is(err, fs.ErrNotExist) {
			hint = "the folder needs " + strings.Join([]string{trainImages, trainLabels, testImages, testLabels}, ", ") + ", each as it is or with .gz"
		}
		return nil, nil, config.FieldProblem(section+".data", err.Error(), hint)
	}
	if train.Size() != test.Size() {
		return nil, nil, config.FieldProblem(section+".data", "training and test images differ in size", "")
	}
	return train.First(d.Samples), test.First(d.Test), nil
}

func orElse(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// read reads a file of images with its labels.
func (d *Pictures) read(images, labels, checksum string, files Files) (*dataset.Images, error) {
	x, err := d.readIDX(images, dataset.ReadIDXImages, files)
	if err != nil {
		return nil, err
	}
	if len(checksum) > len(x.SHA256) || x.SHA256[:len(checksum)] != checksum {
		return nil, fmt.Errorf("the SHA-256 of %s is %s, but checksum says %s…", images, x.SHA256, checksum)
	}
	y, err := d.readIDX(labels, dataset.ReadIDXLabels, files)
	if err != nil {
		return nil, err
	}
	return dataset.Join(x, y, images, labels, digitClasses)
}

const digitClasses = 10

// idxReader is dataset.ReadIDXImages or ReadIDXLabels.
type idxReader func(name string, r io.Reader) (*dataset.Block, error)

// readIDX reads a file by its name, with a point instead of the last minus
// (copies of Kaggle), or with .gz after it.
func (d *Pictures) readIDX(name string, read idxReader, files Files) (*dataset.Block, error) {
	var missing error
	for _, variant := range []string{name, strings.Replace(name, "-idx", ".idx", 1)} {
		for _, packed := range []string{"", ".gz"} {
			full := path.Join(d.Data, variant+packed)
			f, err := files.Open(full)
			if err != nil {
				if missing == nil {
					missing = err
				}
				continue
			}
			defer f.Close()
			return read(full, f)
		}
	}
	return nil, missing
}

// Streams of the stimulus, apart from those of other tasks.
const (
	trainStream neuron.ID = 100 + iota
	testStream
	passStream
	baselineStream
	outputStream
)

// digitsTask is a Digits that is ready to run.
type digitsTask struct {
	*Digits
	scenario    *Scenario
	train, test *dataset.Images
	net         *sim.Network
	levels      [256]float32 // what a channel tells for each grey value
	run         *digitsRun   // the run that is on
}

func newDigitsTask(s *Scenario, files Files) (*digitsTask, error) {
	t := &digitsTask{Digits: s.Digits, scenario: s, levels: s.Digits.quantised()}
	var err error
	if t.train, t.test, err = t.load("digits", s.Seed, files); err != nil {
		return nil, err
	}
	if s.Neuron.Clock.Kind != "synchronous" {
		return nil, config.FieldError("neuron.clock.kind", s.Neuron.Clock.Kind, "synchronous, because the digits task tells neurons when to update", "")
	}
	cfg, err := s.Neuron.config()
	if err != nil {
		return nil, err
	}
	cfg.Dynamics, cfg.Tell = neuron.Sampled, neuron.TellNever
	if s.Network.Topology.Rule != "none" {
		cfg.Tell = neuron.TellChange
	}
	s.Neuron.schedule(cfg, int64(t.train.Len())*int64(t.Passes))
	desc, err := t.describe(files)
	if err != nil {
		return nil, err
	}
	t.net, err = s.assemble(desc, func(neuron.ID) *neuron.Config { return cfg })
	return t, err
}

// quantised returns the value in [0, 1] that stands for each grey value.
func (d *Digits) quantised() (levels [256]float32) {
	for v := range levels {
		x := float32(v) / 255
		if n := d.Levels; n > 1 && n < 256 {
			x = float32(int(x*float32(n-1)+0.5)) / float32(n-1)
		}
		levels[v] = x
	}
	return levels
}

// describe lays out the network: pixels to every neuron's R, a label channel
// to each neuron's C. Neurons do not hear one another, unless the topology joins
// them: then C also holds what others said to the picture before.
func (t *digitsTask) describe(files Files) (*topology.Network, error) {
	s := t.scenario
	delay := topology.Constant(float64(s.Network.InputDelay))
	reach := s.Network.Weights / sqrt(digitClasses)
	neurons, lateral, err := s.between(topology.Population{Name: "neurons", Size: digitClasses}, "lateral", neuron.Contextual, topology.Uniform(-reach, reach), files)
	return &topology.Network{
		Populations: []topology.Population{neurons},
		Channels:    []topology.Population{{Name: "pixels", Size: t.train.Size()}, {Name: "label", Size: digitClasses}},
		Projections: append([]topology.Projection{
			{Name: "pixels", From: "pixels", To: "neurons", Port: neuron.Receptive, Rule: topology.Rule{Name: "all_to_all"},
				Weights: topology.Uniform(-t.Init, t.Init), Delays: delay},
			{Name: "label", From: "label", To: "neurons", Port: neuron.Contextual, Rule: topology.Rule{Name: "one_to_one"},
				Weights: topology.Constant(t.Teacher), Delays: delay},
		}, lateral...),
	}, err
}

// Network implements Task.
func (t *digitsTask) Network() *sim.Network { return t.net }

// Run implements Task.
func (t *digitsTask) Run(e sim.Engine, j Journal) error {
	t.run = newDigitsRun(t, e, j)
	return t.run.perform()
}

// Save implements Resumable.
func (t *digitsTask) Save() ([]byte, error) {
	r := t.run
	s := r.state
	s.Digest, s.Pixels, s.Label, s.Told = digest(t.train, t.test), r.pixels.last, r.label.last, r.told
	if r.batched != nil && !s.Installed {
		var err error
		if s.Batched, err = r.batched.AppendBinary(nil); err != nil {
			return nil, err
		}
	}
	return json.Marshal(s)
}

// Resume implements Resumable.
func (t *digitsTask) Resume(e sim.Engine, j Journal, saved []byte) error {
	t.run = newDigitsRun(t, e, j)
	s := &t.run.state
	*s = digitsState{}
	if err := json.Unmarshal(saved, s); err != nil {
		return fmt.Errorf("digits: not a state of this task: %w", err)
	}
	switch {
	case s.Digest != digest(t.train, t.test):
		return errors.New("digits: the images are not those that the run began with")
	case s.Pass < 0 || s.Pass > t.Passes || s.Done < 0 || s.Done > t.train.Len() || s.Order.pcg == nil || len(s.Answers) > t.test.Len(),
		len(s.Pixels) != t.train.Size() || len(s.Label) != digitClasses || len(s.Told) != digitClasses,
		!s.Readout.valid() || t.Batch != nil && !s.Installed && s.Batched == nil:
		return errors.New("digits: the state does not fit the scenario")
	}
	t.run.pixels.last, t.run.label.last, t.run.told = s.Pixels, s.Label, s.Told
	return t.run.perform()
}

// digest tells sets of images apart.
func digest(sets ...*dataset.Images) string {
	h := sha256.New()
	for _, s := range sets {
		h.Write(s.Pixels)
		h.Write(s.Labels)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
