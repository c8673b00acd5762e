package scenarios

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/dataset"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// hiddenState is what a run must remember from one step to the next, besides
// the engine's state.
type hiddenState struct {
	Digest          string // of the images
	Pass, Done      int    // passes done, and batches or images of the next one
	Order           stream // as it is before the order of the pass is drawn
	Outputs         stream // of outputs sampled in batches
	Hidden, Readout []byte `json:",omitempty"` // populations that learn from batches
	Installed       bool   // they have gone back into the engine
	Fed             int    // chunks presented
	Sampling        sampling
	Sign            orientation
	Course          hiddenCourse
	Curve           accuracyCurve
	Block           accuracyCurve // since the last sample of atoms
	Answers         []int         // to test images so far
	Pixels, Label   []float32     // what channels told last
	Teacher, Told   []float32
}

// hiddenRun is one run of the hidden-layer task.
type hiddenRun struct {
	*hiddenTask
	player
	pixels, label, teacher channels
	feed                   sim.Feed
	image, bits, signs     []float32
	shown                  neuron.Time // when the readout answered the first of the last images
	state                  hiddenState
	batches                *hiddenBatch // nil: online, or not begun
}

func newHiddenRun(t *hiddenTask, e sim.Engine, j Journal) *hiddenRun {
	size := t.train.Size()
	return &hiddenRun{
		hiddenTask: t, player: newPlayer(e, j, t.net.NumNeurons()),
		pixels: newChannels(t.net, 0, size), label: newChannels(t.net, size, digitClasses), teacher: newChannels(t.net, size+digitClasses, digitClasses),
		image: make([]float32, size), bits: make([]float32, digitClasses), signs: make([]float32, digitClasses),
		state: hiddenState{
			Order: newStream(t.scenario.Seed, passStream), Outputs: newStream(t.scenario.Seed, outputStream),
			Sampling: newSampling((t.train.Len()*t.Passes+chunk-1)/chunk, max(1, t.scenario.Record.Atoms)),
		},
	}
}

// perform goes on from the state to the end.
func (r *hiddenRun) perform() error {
	train := r.learnInBatches
	if r.Online != nil {
		train = r.learn
	}
	if err := train(); err != nil {
		return err
	}
	if err := r.examine(); err != nil {
		return err
	}
	return r.show()
}

func (r *hiddenRun) save() ([]byte, error) {
	s := r.state
	s.Digest, s.Pixels, s.Label, s.Teacher, s.Told = digest(r.train, r.test), r.pixels.last, r.label.last, r.teacher.last, r.told
	if r.batches != nil && !s.Installed {
		var err1, err2 error
		s.Hidden, err1 = r.batches.hidden.AppendBinary(nil)
		s.Readout, err2 = r.batches.readout.AppendBinary(nil)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
	}
	return json.Marshal(s)
}

func (r *hiddenRun) restore(saved []byte) error {
	r.state = hiddenState{}
	s := &r.state
	if err := json.Unmarshal(saved, s); err != nil {
		return fmt.Errorf("hidden layer: not a state of this task: %w", err)
	}
	switch {
	case s.Digest != digest(r.train, r.test):
		return errors.New("hidden layer: the images are not those that the run began with")
	case s.Pass < 0 || s.Pass > r.Passes || s.Done < 0 || s.Done > r.train.Len() || s.Order.pcg == nil || s.Outputs.pcg == nil,
		!s.Course.valid() || len(s.Answers) > r.test.Len(),
		len(s.Pixels) != r.train.Size() || len(s.Label) != digitClasses || len(s.Teacher) != digitClasses || len(s.Told) != len(r.told),
		r.Online == nil && !s.Installed && (s.Hidden == nil || s.Readout == nil):
		return errors.New("hidden layer: the state does not fit the scenario")
	}
	r.pixels.last, r.label.last, r.teacher.last, r.told = s.Pixels, s.Label, s.Teacher, s.Told
	return nil
}

// learn presents the training images one after another, pass by pass.
func (r *hiddenRun) learn() error {
	total := r.train.Len() * r.Passes
	for s := &r.state; s.Pass < r.Passes; {
		after := *s.Order.pcg
		rows := rand.New(&after).Perm(r.train.Len())
		for s.Done < len(rows) {
			n := min(chunk, len(rows)-s.Done)
			some := rows[s.Done : s.Done+n]
			if err := r.presentAll(r.train, some, true); err != nil {
				return err
			}
			r.watch(some)
			s.Done, s.Fed = s.Done+n, s.Fed+1
			if err := r.sample(s.Pass*len(rows) + s.Done); err != nil {
				return err
			}
			done := s.Pass*len(rows) + s.Done
			if s.Done == len(rows) {
				s.Pass, s.Done, *s.Order.pcg = s.Pass+1, 0, after
			}
			if err := r.journal.Step("train", done, total); err != nil {
				return err
			}
			if s.Done == 0 {
				break
			}
		}
	}
	return nil
}

// watch notes what the readout said to training images before it learnt from
// each.
func (r *hiddenRun) watch(rows []int) {
	s := &r.state
	for i, said := range r.said(len(rows)) {
		label := int(r.train.Labels[rows[i]])
		right := s.Sign.best(said.evidence[:]) == label
		s.Curve.add(right)
		s.Block.add(right)
	}
}

// sample asks the hidden neurons for their atoms when that is due.
func (r *hiddenRun) sample(images int) error {
	s := &r.state
	if !s.Sampling.due(s.Fed) {
		return nil
	}
	reports, err := r.engine.Report(r.everyone()[:r.Neurons], neuron.WantAtoms)
	if err != nil {
		return err
	}
	c := &s.Course
	c.addMean(reports)
	c.X, c.Accuracy = append(c.X, float64(images)), append(c.Accuracy, float64(s.Block.Hits)/float64(max(s.Block.Total, 1)))
	s.Block = accuracyCurve{}
	return r.keepAtoms(reports)
}

// keepAtoms keeps the decompositions of hidden neurons, if they are wanted.
func (r *hiddenRun) keepAtoms(reports []neuron.Report) error {
	if r.scenario.Record.Atoms == 0 {
		return nil
	}
	return r.journal.Atoms(r.engine.Now(), reports)
}

// presentAll shows images one after another. Of each, its pixels and its label
// reach the hidden neurons at the same time; those update at once, hear what
// the others made of it, and update again; then the readout, which has heard
// the second answers, updates. By then the next image is on its way. The label
// is told while neurons learn, else all label channels are 0.
func (r *hiddenRun) presentAll(set *dataset.Images, rows []int, learn bool) error {
	delay := r.net.Longest()
	at := r.engine.Now()
	r.shown = at + 3*delay
	hidden, readout := neuron.Fire, neuron.Observe
	if learn {
		hidden, readout = hidden|neuron.Learn, readout|neuron.Fire|neuron.Learn
	}
	r.feed.Inputs, r.feed.Signals = r.feed.Inputs[:0], r.feed.Signals[:0]
	first := neuron.ID(r.Neurons)
	for _, row := range rows {
		for i, v := range set.Image(row) {
			r.image[i] = allLevels[v]
		}
		clear(r.bits)
		clear(r.signs)
		if learn {
			for k := range r.signs {
				r.signs[k] = -1
			}
			r.bits[set.Labels[row]], r.signs[set.Labels[row]] = 1, 1
		}
		r.feed.Inputs = r.teacher.tell(r.label.tell(r.pixels.tell(r.feed.Inputs, at, r.image), at, r.bits), at, r.signs)
		r.feed.Signals = append(r.feed.Signals,
			neuron.Signal{Time: at + delay, Kind: neuron.Tick, Flags: neuron.Fire, Last: first},
			neuron.Signal{Time: at + 2*delay, Kind: neuron.Tick, Flags: hidden, Last: first},
			neuron.Signal{Time: at + 3*delay, Kind: neuron.Tick, Flags: readout, First: first, Last: neuron.ID(r.neurons)})
		at += r.spacing()
	}
	slices.SortStableFunc(r.feed.Signals, func(a, b neuron.Signal) int { return cmp.Compare(a.Time, b.Time) })
	until := at - r.spacing() + 3*delay
	return r.play((until/r.net.Width()+1)*r.net.Width(), r.feed)
}

// spacing is the time from one image to the next: its label must not arrive
// before the readout has learnt from the one before.
func (r *hiddenRun) spacing() neuron.Time {
	return 3*r.net.Longest() - neuron.Time(r.scenario.Network.InputDelay) + neuron.Microsecond
}

// said returns what the readout said to the last n images.
func (r *hiddenRun) said(n int) []said {
	return sayings(r.samples, n, r.shown, r.spacing(), neuron.ID(r.Neurons))
}

// examine shows the test images without label or learning, each as often as
// it is to be looked at, one time after the other.
func (r *hiddenRun) examine() error {
	s := &r.state
	for len(s.Answers) < r.test.Len() {
		images := min(chunk, r.test.Len()-len(s.Answers))
		var rows []int
		for i := range images * r.Looks {
			rows = append(rows, len(s.Answers)+i/r.Looks)
		}
		if err := r.presentAll(r.test, rows, false); err != nil {
			return err
		}
		looks := r.said(len(rows))
		for ; len(looks) > 0; looks = looks[r.Looks:] {
			var evidence [digitClasses]float64
			for _, look := range looks[:r.Looks] {
				floats.Add(evidence[:], look.evidence[:])
			}
			s.Answers = append(s.Answers, s.Sign.best(evidence[:]))
		}
		if err := r.journal.Step("test", len(s.Answers), r.test.Len()); err != nil {
			return err
		}
	}
	return nil
}
