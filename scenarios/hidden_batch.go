package scenarios

import (
	"errors"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/batch"
	"infomorph/internal/dataset"
	"infomorph/neuron"
)

// hiddenBatch is what the batch form of the hidden-layer task needs besides
// the run.
type hiddenBatch struct {
	*hiddenRun
	hidden, readout *batched
	shown, probes   []batch.Sparse // images of training and test
	outputs         *rand.Rand

	label, heard, features batch.Rows
	sparse                 []batch.Sparse
}

func newHiddenBatch(r *hiddenRun) (*hiddenBatch, error) {
	b := &hiddenBatch{hiddenRun: r, heard: batch.Rows{Signs: true}, features: batch.Rows{Signs: true}, shown: sparseRows(r.train, &allLevels, true), probes: sparseRows(r.test, &allLevels, true), outputs: r.state.Outputs.rand()}
	hidden := span{0, neuron.ID(r.Neurons)}
	var err error
	if b.hidden, err = newBatched(r.engine, 0, r.Neurons, r.pixels.span(), r.label.span(), hidden); err != nil {
		return nil, err
	}
	if b.readout, err = newBatched(r.engine, hidden.Last, digitClasses, hidden, r.teacher.span()); err != nil {
		return nil, err
	}
	b.hidden.Decay, b.readout.Decay = r.Decay, r.ReadoutDecay
	b.readout.Ports[neuron.Receptive].Fit = true
	if s := &r.state; s.Hidden != nil {
		err = errors.Join(b.hidden.UnmarshalBinary(s.Hidden), b.readout.UnmarshalBinary(s.Readout))
		s.Hidden, s.Readout = nil, nil
	}
	return b, err
}

// learnInBatches learns pass by pass from batches, and brings what came of it
// into the neurons of the engine.
func (r *hiddenRun) learnInBatches() error {
	s := &r.state
	if s.Installed {
		return nil
	}
	b, err := newHiddenBatch(r)
	if err != nil {
		return err
	}
	r.batches = b
	size := min(r.Batch, r.train.Len())
	batches := r.train.Len() / size // the rest waits for another pass
	for s.Pass < r.Passes {
		after := *s.Order.pcg
		order := rand.New(&after).Perm(r.train.Len())
		share := r.cooled(s.Pass)
		b.hidden.Rate, b.readout.Rate = share*r.Rate, share*r.ReadoutRate
		for ; s.Done < batches; s.Done++ {
			if err := r.journal.Step("train", s.Pass*batches+s.Done, r.Passes*batches); err != nil {
				return err
			}
			if err := b.learn(order[s.Done*size:][:size]); err != nil {
				return err
			}
		}
		s.Pass, s.Done, *s.Order.pcg = s.Pass+1, 0, after
		if err := b.note(); err != nil {
			return err
		}
	}
	s.Installed = true
	if err := install(r.engine, b.hidden, b.readout); err != nil {
		return err
	}
	return r.journal.Step("train", r.Passes*batches, r.Passes*batches)
}

// cooled returns the share of the learning rates that is left in a pass.
func (h *HiddenLayer) cooled(pass int) float64 {
	if h.Passes < 2 {
		return 1
	}
	return 1 + (h.EndRate-1)*float64(pass)/float64(h.Passes-1)
}

// learn takes one step from the training images of some rows.
func (b *hiddenBatch) learn(rows []int) error {
	size := len(rows)
	b.sparse = b.sparse[:0]
	b.label.Dense = batch.Sized(b.label.Dense, size*digitClasses)
	clear(b.label.Dense)
	for i, row := range rows {
		b.sparse = append(b.sparse, b.shown[row])
		b.label.Dense[i*digitClasses+int(b.train.Labels[row])] = 1
	}
	b.present(size, b.sparse, b.label)
	if err := b.hidden.Climb(batch.Rows{Sparse: b.sparse}, b.label, b.heard); err != nil {
		return err
	}
	b.state.Sign.learn(b.readout.Forward(size, b.features, b.label), b.label.Dense)
	return b.readout.Climb(b.features, b.label)
}

// note enters what a pass has come to.
func (b *hiddenBatch) note() error {
	reports, err := b.hidden.reports(b.state.Pass * len(b.shown))
	if err != nil {
		return err
	}
	c := &b.state.Course
	c.addMean(reports)
	c.Accuracy = append(c.Accuracy, b.accuracy())
	return b.keepAtoms(reports)
}

// present runs the hidden population on n pictures: once without hearing one
// another, then again with the outputs of the first time, and leaves its
// outputs, and a constant 1, in features.
func (b *hiddenBatch) present(n int, pixels []batch.Sparse, label batch.Rows) {
	x := batch.Rows{Sparse: pixels}
	b.heard.Dense = batch.Sized(b.heard.Dense, n*b.Neurons)
	b.sample(b.heard.Dense, b.hidden.Look(n, x, label, batch.Rows{}), b.Neurons)
	theta := b.hidden.Again(neuron.Lateral, x, label, b.heard)
	b.features.Dense = batch.Sized(b.features.Dense, n*(b.Neurons+1))
	b.sample(b.features.Dense, theta, b.Neurons+1)
}

// sample draws ±1 for each firing probability into rows of the given width,
// whose last places, if there are more, are 1.
func (b *hiddenBatch) sample(dst, theta []float64, width int) {
	for i := range len(dst) / width {
		row := dst[i*width : (i+1)*width]
		for j := range row {
			row[j] = 1
			if j < b.Neurons && b.outputs.Float64() >= theta[i*b.Neurons+j] {
				row[j] = -1
			}
		}
	}
}

// accuracy reads the test images out without labels.
func (b *hiddenBatch) accuracy() float64 {
	right := 0
	const at = 1000
	var evidence []float64
	for from := 0; from < b.test.Len(); from += at {
		n := min(at, b.test.Len()-from)
		evidence = batch.Sized(evidence, n*digitClasses)
		clear(evidence)
		for range b.Looks {
			b.present(n, b.probes[from:from+n], batch.Rows{})
			b.readout.Look(n, b.features, batch.Rows{})
			floats.Add(evidence, b.readout.Sums(neuron.Receptive))
		}
		for i := range n {
			if b.state.Sign.best(evidence[i*digitClasses:(i+1)*digitClasses]) == int(b.test.Labels[from+i]) {
				right++
			}
		}
	}
	return float64(right) / float64(b.test.Len())
}

// sparseRows returns the pixels that are not 0, and after the last a constant
// 1 for a bias.
func sparseRows(set *dataset.Images, levels *[256]float32, bias bool) []batch.Sparse {
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
		if bias {
			index, value = append(index, int32(set.Size())), append(value, 1)
		}
		rows[i] = batch.Sparse{Index: index[from:], Value: value[from:]}
	}
	return rows
}

// allLevels keeps every grey value.
var allLevels = (&Digits{}).quantised()
