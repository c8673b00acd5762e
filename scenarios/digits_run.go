package scenarios

import (
	"infomorph/internal/dataset"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/pid"
)

// digitsRun is one run of the digits task.
type digitsRun struct {
	*digitsTask
	player
	pixels, label channels
	feed          sim.Feed
	image         []float32
	bits          []float32

	atoms   atomsCourse
	course  neuronCourse  // what R and C tell about each neuron together
	curve   accuracyCurve // of images before they are learnt from
	readout marginal
	batched *digitsBatch // the batch form; nil: online
}

func newDigitsRun(t *digitsTask, e sim.Engine, j Journal) *digitsRun {
	return &digitsRun{
		digitsTask: t, player: newPlayer(e, j, t.net.NumNeurons()),
		pixels: newChannels(t.net, 0, t.train.Size()), label: newChannels(t.net, t.train.Size(), digitClasses),
		image: make([]float32, t.train.Size()), bits: make([]float32, digitClasses),
		course: neuronCourse{atom: "{1}{2}"}, readout: newMarginal(t.scenario.Neuron.ReceptiveBins.bins()),
	}
}

// chunk is how many images are fed at a time.
const chunk = 50

// learn presents the training images in random order, pass by pass.
func (r *digitsRun) learn() error {
	order := neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, passStream)
	total := r.train.Len() * r.Passes
	sampling := newSampling((total+chunk-1)/chunk, r.scenario.Record.Atoms)
	done, fed := 0, 0
	for range r.Passes {
		rows := order.Perm(r.train.Len())
		for len(rows) > 0 {
			n := min(chunk, len(rows))
			if err := r.presentAll(r.train, rows[:n], neuron.Fire|neuron.Learn|neuron.Observe); err != nil {
				return err
			}
			r.watch(rows[:n], done > total/2)
			rows, done, fed = rows[n:], done+n, fed+1
			if sampling.due(fed) {
				if err := r.sampleAtoms(&r.atoms); err != nil {
					return err
				}
				r.course.add(&r.atoms)
			}
			if err := r.journal.Step("train", done, total); err != nil {
				return err
			}
		}
	}
	return nil
}

// watch notes what neurons said to training images: their prediction before
// they learnt from each, and late in the training the marginal readout.
func (r *digitsRun) watch(rows []int, late bool) {
	for i, row := range rows {
		said := r.samples[i*digitClasses : (i+1)*digitClasses]
		r.curve.add(argmax(said, byReceptive) == int(r.train.Labels[row]))
		if late {
			for k := range said {
				r.readout.add(k, said[k].Sum[neuron.Receptive], said[k].Theta)
			}
		}
	}
}

// presentAll shows images one after another, an epoch each: what the next one
// changes is on its way while neurons update on the one before. The label is
// told while neurons learn, else all label channels are 0.
func (r *digitsRun) presentAll(set *dataset.Images, rows []int, do neuron.Flags) error {
	delay := r.net.Longest()
	at := r.engine.Now()
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

// answer is what the neurons made of one test image.
type answer struct {
	direct, marginal int
	theta            [digitClasses]float64
}

// examine shows the test images without label or learning.
func (r *digitsRun) examine() ([]answer, error) {
	answers := make([]answer, 0, r.test.Len())
	for at := 0; at < r.test.Len(); at += chunk {
		rows := make([]int, min(chunk, r.test.Len()-at))
		for i := range rows {
			rows[i] = at + i
		}
		if err := r.presentAll(r.test, rows, neuron.Observe); err != nil {
			return nil, err
		}
		for i := range rows {
			answers = append(answers, r.answer(r.samples[i*digitClasses:(i+1)*digitClasses]))
		}
		if err := r.journal.Step("test", len(answers), r.test.Len()); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

func (r *digitsRun) answer(said []neuron.Sample) answer {
	a := answer{
		direct:   argmax(said, byReceptive),
		marginal: argmax(said, func(s *neuron.Sample) float64 { return r.readout.rate(int(s.Neuron), s.Sum[neuron.Receptive]) }),
	}
	for k := range said {
		a.theta[k] = said[k].Theta
	}
	return a
}

// byReceptive is the readout P(Y|r,0): it grows with R.
func byReceptive(s *neuron.Sample) float64 { return s.Sum[neuron.Receptive] }

func argmax(said []neuron.Sample, of func(*neuron.Sample) float64) int {
	best, at := of(&said[0]), 0
	for k := range said[1:] {
		if v := of(&said[k+1]); v > best {
			best, at = v, k+1
		}
	}
	return at
}

// marginal is the readout P(Y|r), averaged over the contexts that came with r,
// as a table over bins of R for each neuron. Between the middles of bins it is
// interpolated, beyond them and in empty bins the nearest known bin counts.
type marginal struct {
	bins pid.Bins
	sum  [digitClasses][]float64 // Σ θ
	n    [digitClasses][]float64
}

func newMarginal(b pid.Bins) marginal {
	m := marginal{bins: b}
	for k := range m.sum {
		m.sum[k], m.n[k] = make([]float64, b.N), make([]float64, b.N)
	}
	return m
}

func (m *marginal) add(k int, r, theta float64) {
	b := m.bins.Index(r)
	m.sum[k][b] += theta
	m.n[k][b]++
}

func (m *marginal) rate(k int, r float64) float64 {
	width := (m.bins.Hi - m.bins.Lo) / float64(m.bins.N)
	x := min(max((r-m.bins.Lo)/width-0.5, 0), float64(m.bins.N-1))
	i := int(x)
	f := x - float64(i)
	return (1-f)*m.at(k, i) + f*m.at(k, min(i+1, m.bins.N-1))
}

// at returns P(Y=1) in bin i or the nearest bin that is not empty.
func (m *marginal) at(k, i int) float64 {
	for d := range m.bins.N {
		for _, j := range [2]int{i - d, i + d} {
			if j >= 0 && j < m.bins.N && m.n[k][j] > 0 {
				return m.sum[k][j] / m.n[k][j]
			}
		}
	}
	return 0.5
}

// accuracyCurve is the share of right predictions over blocks of images.
type accuracyCurve struct {
	x, y        []float64
	seen, right int
	total       int
}

// curveBlock is the number of images per point of the curve.
const curveBlock = 500

func (c *accuracyCurve) add(right bool) {
	c.seen++
	c.total++
	if right {
		c.right++
	}
	if c.seen == curveBlock {
		c.x, c.y = append(c.x, float64(c.total)), append(c.y, float64(c.right)/curveBlock)
		c.seen, c.right = 0, 0
	}
}
