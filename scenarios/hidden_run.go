package scenarios

import (
	"math/rand/v2"

	"infomorph/internal/batch"
	"infomorph/internal/dataset"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// hiddenState is what a run in batch form must remember from one batch to the
// next, besides the engine's state.
type hiddenState struct {
	Pass, Batch     int    // passes done, and batches of the next one
	Order           stream // as it is before the order of the pass is drawn
	Outputs         stream // of sampled outputs
	Hidden, Readout []byte `json:",omitempty"`
	Sign            orientation
	Course          hiddenCourse
}

// hiddenRun is one run of the hidden-layer task, in batch form.
type hiddenRun struct {
	*hiddenTask
	player
	state           hiddenState
	hidden, readout *batched
	pixels, probes  []batch.Sparse // of training and test
	outputs         *rand.Rand

	label, heard, features batch.Rows
	sparse                 []batch.Sparse
}

func newHiddenRun(t *hiddenTask, e sim.Engine, j Journal) (*hiddenRun, error) {
	r := &hiddenRun{hiddenTask: t, player: newPlayer(e, j, t.net.NumNeurons())}
	r.state = hiddenState{Order: newStream(t.scenario.Seed, passStream), Outputs: newStream(t.scenario.Seed, outputStream), Sign: newOrientation()}
	var err error
	if r.hidden, err = newBatched(e, t.net, 0, t.Neurons); err != nil {
		return nil, err
	}
	if r.readout, err = newBatched(e, t.net, neuron.ID(t.Neurons), digitClasses); err != nil {
		return nil, err
	}
	r.hidden.Decay, r.readout.Decay = t.Decay, t.ReadoutDecay
	r.readout.Ports[neuron.Receptive].Fit = true
	r.pixels, r.probes = sparseRows(t.train, &allLevels), sparseRows(t.test, &allLevels)
	return r, nil
}

// perform goes on from the state to the end.
func (r *hiddenRun) perform() error {
	r.outputs = r.state.Outputs.rand()
	size := min(r.Batch, r.train.Len())
	batches := r.train.Len() / size // the rest waits for another pass
	for s := &r.state; s.Pass < r.Passes; {
		after := *s.Order.pcg
		order := rand.New(&after).Perm(r.train.Len())
		share := r.cooled(s.Pass)
		r.hidden.Rate, r.readout.Rate = share*r.Rate, share*r.ReadoutRate
		for ; s.Batch < batches; s.Batch++ {
			if err := r.journal.Step("train", s.Pass*batches+s.Batch, r.Passes*batches); err != nil {
				return err
			}
			if err := r.learn(order[s.Batch*size:][:size]); err != nil {
				return err
			}
		}
		s.Pass, s.Batch, *s.Order.pcg = s.Pass+1, 0, after
		if err := r.note(); err != nil {
			return err
		}
	}
	if err := r.journal.Step("train", r.Passes*batches, r.Passes*batches); err != nil {
		return err
	}
	if err := install(r.engine, r.net, r.hidden, r.readout); err != nil {
		return err
	}
	return r.show(&r.state.Course)
}

// cooled returns the share of the learning rates that is left in a pass.
func (h *HiddenLayer) cooled(pass int) float64 {
	if h.Passes < 2 {
		return 1
	}
	return 1 + (h.EndRate-1)*float64(pass)/float64(h.Passes-1)
}

// learn takes one step from the training images of some rows.
func (r *hiddenRun) learn(rows []int) error {
	size := len(rows)
	r.sparse = r.sparse[:0]
	r.label.Dense = batch.Sized(r.label.Dense, size*digitClasses)
	clear(r.label.Dense)
	for i, row := range rows {
		r.sparse = append(r.sparse, r.pixels[row])
		r.label.Dense[i*digitClasses+int(r.train.Labels[row])] = 1
	}
	r.present(size, r.sparse, r.label)
	if err := r.hidden.Climb(batch.Rows{Sparse: r.sparse}, r.label, r.heard); err != nil {
		return err
	}
	r.state.Sign.learn(r.readout.Forward(size, r.features, r.label), r.label.Dense)
	return r.readout.Climb(r.features, r.label)
}

// note enters what a pass has come to.
func (r *hiddenRun) note() error {
	c := &r.state.Course
	if err := c.addAtoms(r.hidden); err != nil {
		return err
	}
	c.Accuracy = append(c.Accuracy, r.accuracy())
	return nil
}

// present runs the hidden population on n pictures: once without hearing one
// another, then again with the outputs of the first time, and leaves its
// outputs, and a constant 1, in features.
func (r *hiddenRun) present(n int, pixels []batch.Sparse, label batch.Rows) {
	x := batch.Rows{Sparse: pixels}
	r.heard.Dense = batch.Sized(r.heard.Dense, n*r.Neurons)
	r.sample(r.heard.Dense, r.hidden.Look(n, x, label, batch.Rows{}), r.Neurons)
	theta := r.hidden.Again(neuron.Lateral, x, label, r.heard)
	r.features.Dense = batch.Sized(r.features.Dense, n*(r.Neurons+1))
	r.sample(r.features.Dense, theta, r.Neurons+1)
}

// sample draws ±1 for each firing probability into rows of the given width,
// whose last places, if there are more, are 1.
func (r *hiddenRun) sample(dst, theta []float64, width int) {
	for i := range len(dst) / width {
		row := dst[i*width : (i+1)*width]
		for j := range row {
			row[j] = 1
			if j < r.Neurons && r.outputs.Float64() >= theta[i*r.Neurons+j] {
				row[j] = -1
			}
		}
	}
}

// accuracy reads the test images out without labels.
func (r *hiddenRun) accuracy() float64 {
	right := 0
	const at = 1000
	for from := 0; from < r.test.Len(); from += at {
		n := min(at, r.test.Len()-from)
		r.present(n, r.probes[from:from+n], batch.Rows{})
		r.readout.Look(n, r.features, batch.Rows{})
		evidence := r.readout.Sums(neuron.Receptive)
		for i := range n {
			if r.state.Sign.best(evidence[i*digitClasses:(i+1)*digitClasses]) == int(r.test.Labels[from+i]) {
				right++
			}
		}
	}
	return float64(right) / float64(r.test.Len())
}

// sparseRows returns the pixels that are not 0, and a constant 1 after the
// last.
func sparseRows(set *dataset.Images, levels *[256]float32) []batch.Sparse {
	rows := make([]batch.Sparse, set.Len())
	total := set.Len()
	for _, v := range set.Pixels {
		if levels[v] != 0 {
			total++
		}
	}
	index, value := make([]int32, 0, total), make([]float64, 0, total)
	for i := range rows {
		from := len(index)
		for at, v := range set.Image(i) {
			if levels[v] != 0 {
				index, value = append(index, int32(at)), append(value, float64(levels[v]))
			}
		}
		index, value = append(index, int32(set.Size())), append(value, 1)
		rows[i] = batch.Sparse{Index: index[from:], Value: value[from:]}
	}
	return rows
}

// allLevels keeps every grey value.
var allLevels = (&Digits{}).quantised()

// orientation is −1 for a neuron that fires less for its own digit than for
// others: what a neuron maximises does not tell it which way round to be.
type orientation [digitClasses]float64

func newOrientation() (o orientation) {
	for k := range o {
		o[k] = 1
	}
	return o
}

// learn finds the orientation from the firing probabilities of a batch; label
// is above 0 where the picture is the neuron's own.
func (o *orientation) learn(theta, label []float64) {
	for k := range o {
		var sum, n [2]float64
		for i := k; i < len(theta); i += digitClasses {
			own := 0
			if label[i] > 0 {
				own = 1
			}
			sum[own] += theta[i]
			n[own]++
		}
		o[k] = 1
		if sum[1]*n[0] < sum[0]*n[1] {
			o[k] = -1
		}
	}
}

// best returns the digit with the most evidence.
func (o *orientation) best(evidence []float64) int {
	at := 0
	for k := range o {
		if o[k]*evidence[k] > o[at]*evidence[at] {
			at = k
		}
	}
	return at
}
