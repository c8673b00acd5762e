package scenarios

import (
	"math/rand/v2"

	"infomorph/internal/dataset"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/pid"
)

// digitsState is what a run must remember from one step to the next, besides
// the engine's state.
type digitsState struct {
	Digest    string // of the images
	Pass      int    // passes done
	Done      int    // images, or batches, of the next one
	Order     stream // as it is before the order of the pass is drawn
	Fed       int    // chunks so far
	Sampling  sampling
	Atoms     atomsCourse
	Course    labelCourse
	Curve     accuracyCurve // of images before they are learnt from
	Readout   marginal
	Sign      orientation
	Goals     []float64 `json:",omitempty"` // by pass, in batches
	Accuracy  []float64 `json:",omitempty"`
	Batched   []byte    `json:",omitempty"` // population that learns from batches
	Installed bool      // it has gone back into the engine
	Answers   []answer  // to test images so far
	Pixels    []float32 // what channels told last
	Label     []float32
	Told      []float32
}

// digitsRun is one run of the digits task.
type digitsRun struct {
	*digitsTask
	player
	pixels, label channels
	feed          sim.Feed
	image         []float32
	bits          []float32
	shown         neuron.Time // when neurons looked at the first of the last images
	state         digitsState
	batched       *batched // that learn from batches; nil: online
}

func newDigitsRun(t *digitsTask, e sim.Engine, j Journal) *digitsRun {
	r := &digitsRun{
		digitsTask: t, player: newPlayer(e, j, t.net.NumNeurons()),
		pixels: newChannels(t.net, 0, t.train.Size()), label: newChannels(t.net, t.train.Size(), digitClasses),
		image: make([]float32, t.train.Size()), bits: make([]float32, digitClasses),
	}
	r.state = digitsState{
		Order: newStream(t.scenario.Seed, passStream), Readout: newMarginal(t.scenario.Neuron.ReceptiveBins.bins()),
		Sampling: newSampling((t.train.Len()*t.Passes+chunk-1)/chunk, t.scenario.Record.Atoms),
	}
	return r
}

// perform goes on from the state to the end.
func (r *digitsRun) perform() error {
	train := r.learn
	if r.Batch != nil {
		train = r.learnInBatches
	}
	if err := train(); err != nil {
		return err
	}
	if err := r.examine(); err != nil {
		return err
	}
	return r.show()
}

// chunk is how many images are fed at a time.
const chunk = 50

// phaseNames implements phased.
func (t *digitsTask) phaseNames() []string { return []string{"train", "test"} }

// learn presents the training images in random order, pass by pass.
func (r *digitsRun) learn() error {
	total := r.train.Len() * r.Passes
	if r.state.Pass == 0 && r.state.Done == 0 {
		if err := r.begin("train"); err != nil {
			return err
		}
	}
	for s := &r.state; s.Pass < r.Passes; {
		after := *s.Order.pcg
		rows := rand.New(&after).Perm(r.train.Len())
		for s.Done < len(rows) {
			n := min(chunk, len(rows)-s.Done)
			some := rows[s.Done : s.Done+n]
			if err := r.presentAll(r.train, some, neuron.Fire|neuron.Learn|neuron.Observe); err != nil {
				return err
			}
			r.watch(some, s.Pass*len(rows)+s.Done > total/2)
			s.Done, s.Fed = s.Done+n, s.Fed+1
			if err := r.sample(); err != nil {
				return err
			}
			if s.Done == len(rows) {
				s.Pass, s.Done, *s.Order.pcg = s.Pass+1, 0, after
			}
			if err := r.journal.Step("train", s.Pass*len(rows)+s.Done, total); err != nil {
				return err
			}
			if s.Done == 0 {
				break
			}
		}
	}
	return nil
}

// sample asks neurons for their atoms when that is due.
func (r *digitsRun) sample() error {
	s := &r.state
	if !s.Sampling.due(s.Fed) {
		return nil
	}
	if err := r.sampleAtoms(&s.Atoms); err != nil {
		return err
	}
	s.Course.add(float64(r.engine.Now())/float64(neuron.Second), s.Atoms.last)
	return nil
}

// watch notes what neurons said to training images: their prediction before
// they learnt from each, and late in the training the marginal readout and
// which way round they are.
func (r *digitsRun) watch(rows []int, late bool) {
	s := &r.state
	for i, said := range r.said(len(rows)) {
		label := int(r.train.Labels[rows[i]])
		s.Curve.add(s.Sign.best(said.evidence[:]) == label)
		if !late {
			continue
		}
		for k := range digitClasses {
			s.Readout.add(k, said.evidence[k], said.theta[k])
			s.Sign.add(k, k == label, said.theta[k])
		}
	}
}

// said is what the neurons made of one image.
type said struct{ evidence, theta [digitClasses]float64 }

// said returns what neurons said to the last n images.
func (r *digitsRun) said(n int) []said {
	return sayings(r.samples, n, r.shown, r.net.Longest(), 0)
}

// sayings sorts samples of neurons from id first on by image; they looked at
// the first image at time from, and at others that far apart. A neuron that is
// no longer there says nothing.
func sayings(samples []neuron.Sample, images int, from, apart neuron.Time, first neuron.ID) []said {
	all := make([]said, images)
	for i := range samples {
		x := &samples[i]
		at, k := int((x.Time-from)/apart), x.Neuron-first
		all[at].evidence[k], all[at].theta[k] = x.Sum[neuron.Receptive], x.Theta
	}
	return all
}

// presentAll shows images one after another, an epoch each: what the next one
// changes is on its way while neurons update on the one before. The label is
// told while neurons learn, else all label channels are 0.
func (r *digitsRun) presentAll(set *dataset.Images, rows []int, do neuron.Flags) error {
	delay := r.net.Longest()
	at := r.engine.Now()
	r.shown = at + delay
	r.feed.Inputs, r.feed.Signals = r.feed.Inputs[:0], r.feed.Signals[:0]
	for _, row := range rows {
		for i, v := range set.Image(row) {
			r.image[i] = r.levels[v]
		}
		clear(r.bits)
		if do&neuron.Learn != 0 {
			for k := range r.bits {
				r.bits[k] = -1
			}
			r.bits[set.Labels[row]] = 1
		}
		r.feed.Inputs = r.label.tell(r.pixels.tell(r.feed.Inputs, at, r.image), at, r.bits)
		at += delay
		r.feed.Signals = append(r.feed.Signals, r.tick(at, do))
	}
	return r.play(r.after(at), r.feed)
}

// after returns the first epoch boundary after t.
func (r *digitsRun) after(t neuron.Time) neuron.Time { return (t/r.net.Width() + 1) * r.net.Width() }

// answer is what the neurons answered to one test image.
type answer struct {
	Direct, Marginal int
	Theta            [digitClasses]float64
}

// examine shows the test images without label or learning.
func (r *digitsRun) examine() error {
	s := &r.state
	if len(s.Answers) == 0 {
		if err := r.begin("test"); err != nil {
			return err
		}
	}
	for len(s.Answers) < r.test.Len() {
		rows := make([]int, min(chunk, r.test.Len()-len(s.Answers)))
		for i := range rows {
			rows[i] = len(s.Answers) + i
		}
		if err := r.presentAll(r.test, rows, neuron.Observe); err != nil {
			return err
		}
		for _, a := range r.said(len(rows)) {
			s.Answers = append(s.Answers, r.answer(&a))
		}
		if err := r.journal.Step("test", len(s.Answers), r.test.Len()); err != nil {
			return err
		}
	}
	return nil
}

// answer reads neurons out: by P(Y|r,0), which grows with R, and by P(Y|r).
func (r *digitsRun) answer(a *said) answer {
	var rates [digitClasses]float64
	for k := range rates {
		rates[k] = r.state.Readout.rate(k, a.evidence[k]) - 0.5
	}
	return answer{Direct: r.state.Sign.best(a.evidence[:]), Marginal: r.state.Sign.best(rates[:]), Theta: a.theta}
}

// marginal is the readout P(Y|r), averaged over the contexts that came with r,
// as a table over bins of R for each neuron. Between the middles of bins it is
// interpolated, beyond them and in empty bins the nearest known bin counts.
type marginal struct {
	Bins pid.Bins
	Sum  [digitClasses][]float64 // Σ θ
	N    [digitClasses][]float64
}

func newMarginal(b pid.Bins) marginal {
	m := marginal{Bins: b}
	for k := range m.Sum {
		m.Sum[k], m.N[k] = make([]float64, b.N), make([]float64, b.N)
	}
	return m
}

func (m *marginal) add(k int, r, theta float64) {
	b := m.Bins.Index(r)
	m.Sum[k][b] += theta
	m.N[k][b]++
}

func (m *marginal) rate(k int, r float64) float64 {
	width := (m.Bins.Hi - m.Bins.Lo) / float64(m.Bins.N)
	x := min(max((r-m.Bins.Lo)/width-0.5, 0), float64(m.Bins.N-1))
	i := int(x)
	f := x - float64(i)
	return (1-f)*m.at(k, i) + f*m.at(k, min(i+1, m.Bins.N-1))
}

// at returns P(Y=1) in bin i or the nearest bin that is not empty.
func (m *marginal) at(k, i int) float64 {
	for d := range m.Bins.N {
		for _, j := range [2]int{i - d, i + d} {
			if j >= 0 && j < m.Bins.N && m.N[k][j] > 0 {
				return m.Sum[k][j] / m.N[k][j]
			}
		}
	}
	return 0.5
}

// valid reports whether a table that was read has a value for each bin.
func (m *marginal) valid() bool {
	for k := range m.Sum {
		if len(m.Sum[k]) != m.Bins.N || len(m.N[k]) != m.Bins.N {
			return false
		}
	}
	return m.Bins.Validate() == nil
}

// orientation knows how each neuron fires for its own digit and for others:
// what a neuron maximises does not tell it which way round to be, so one that
// fires less for its own is read the other way. Each knows that from its
// label.
type orientation struct {
	Theta, N [digitClasses][2]float64 // sum of θ and images: others, own
}

func (o *orientation) add(k int, own bool, theta float64) {
	side := 0
	if own {
		side = 1
	}
	o.Theta[k][side] += theta
	o.N[k][side]++
}

// sign is −1 for a neuron that fires less for its own digit than for others.
func (o *orientation) sign(k int) float64 {
	if o.Theta[k][1]*o.N[k][0] < o.Theta[k][0]*o.N[k][1] {
		return -1
	}
	return 1
}

// learn finds the orientation from the firing probabilities of a batch alone;
// label is above 0 where the picture is the neuron's own.
func (o *orientation) learn(theta, label []float64) {
	*o = orientation{}
	for i, th := range theta {
		o.add(i%digitClasses, label[i] > 0, th)
	}
}

// best returns the digit with the most evidence.
func (o *orientation) best(evidence []float64) int {
	most, at := o.sign(0)*evidence[0], 0
	for k := range digitClasses {
		if e := o.sign(k) * evidence[k]; e > most {
			most, at = e, k
		}
	}
	return at
}

// accuracyCurve is the share of right predictions over blocks of images.
type accuracyCurve struct {
	X, Y        []float64
	Seen, Right int // of the block
	Total, Hits int // of all
}

// curveBlock is the number of images per point of the curve.
const curveBlock = 500

func (c *accuracyCurve) add(right bool) {
	c.Seen++
	c.Total++
	if right {
		c.Right++
		c.Hits++
	}
	if c.Seen == curveBlock {
		c.X, c.Y = append(c.X, float64(c.Total)), append(c.Y, float64(c.Right)/curveBlock)
		c.Seen, c.Right = 0, 0
	}
}
