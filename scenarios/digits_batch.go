package scenarios

import (
	"math/rand/v2"

	"infomorph/internal/batch"
	"infomorph/neuron"
	"infomorph/pid"
)

// digitsBatch is what the batch form needs besides the run.
type digitsBatch struct {
	*digitsRun
	train, test []batch.Sparse
	x, label    batch.Rows
}

// learnInBatches learns pass by pass from batches, and brings what came of it
// into the neurons of the engine.
func (r *digitsRun) learnInBatches() error {
	s := &r.state
	if s.Installed {
		return nil
	}
	b, err := r.newBatch()
	if err != nil {
		return err
	}
	size := min(r.Batch.Size, r.train.Len())
	batches := r.train.Len() / size // the rest waits for another pass
	for s.Pass < r.Passes {
		r.batched.Rate = r.Batch.rate(s.Pass, r.Passes)
		after := *s.Order.pcg
		order := rand.New(&after).Perm(r.train.Len())
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
	s.Installed, s.Batched = true, nil
	if err := install(r.engine, r.batched); err != nil {
		return err
	}
	return r.journal.Step("train", r.Passes*batches, r.Passes*batches)
}

func (r *digitsRun) newBatch() (*digitsBatch, error) {
	var err error
	if r.batched, err = newBatched(r.engine, 0, digitClasses, r.pixels.span(), r.label.span()); err != nil {
		return nil, err
	}
	r.batched.Decay = r.Batch.Decay
	r.batched.Ports[neuron.Receptive].Fit = true
	if saved := r.state.Batched; saved != nil {
		err = r.batched.UnmarshalBinary(saved)
	}
	bias := r.scenario.Neuron.Receptive.Bias
	return &digitsBatch{digitsRun: r, train: sparseRows(r.train, &r.levels, bias), test: sparseRows(r.test, &r.levels, bias)}, err
}

// learn takes one step from the training images of some rows.
func (b *digitsBatch) learn(rows []int) error {
	b.x.Sparse = b.x.Sparse[:0]
	b.label.Dense = batch.Sized(b.label.Dense, len(rows)*digitClasses)
	for k := range b.label.Dense {
		b.label.Dense[k] = -1
	}
	for i, row := range rows {
		b.x.Sparse = append(b.x.Sparse, b.train[row])
		b.label.Dense[i*digitClasses+int(b.digitsRun.train.Labels[row])] = 1
	}
	s := &b.state
	theta := b.batched.Forward(len(rows), b.x, b.label)
	s.Sign.learn(theta, b.label.Dense)
	if s.Pass == b.Passes-1 {
		b.mark(theta, s.Done == 0)
	}
	return b.batched.Climb(b.x, b.label)
}

// mark adds a batch of the last pass to the marginal readout, whose bins
// reach twice as far as the values of the first.
func (b *digitsBatch) mark(theta []float64, first bool) {
	r := b.batched.Sums(neuron.Receptive)
	if first {
		reach := 1e-9
		for _, v := range r {
			reach = max(reach, 2*v, -2*v)
		}
		b.state.Readout = newMarginal(pid.Bins{Lo: -reach, Hi: reach, N: marginalBins})
	}
	for i, v := range r {
		b.state.Readout.add(i%digitClasses, v, theta[i])
	}
}

// marginalBins is how finely the marginal readout of the batch form resolves R.
const marginalBins = 80

// note enters what a pass has come to: the decomposition over its last batch,
// and the test images read out without their labels.
func (b *digitsBatch) note() error {
	reports, err := b.batched.reports(b.state.Pass * len(b.train))
	if err != nil {
		return err
	}
	goal := 0.0
	for k := range reports {
		goal += reports[k].Goal / digitClasses
	}
	s := &b.state
	s.Goals = append(s.Goals, goal)
	s.Accuracy = append(s.Accuracy, b.accuracy())
	s.Atoms.add(b.engine.Now(), reports)
	s.Course.add(float64(s.Pass), reports)
	if b.scenario.Record.Atoms == 0 {
		return nil
	}
	return b.journal.Atoms(b.engine.Now(), reports)
}

func (b *digitsBatch) accuracy() float64 {
	const at = 1000
	right := 0
	labels := b.digitsRun.test.Labels
	for from := 0; from < len(b.test); from += at {
		n := min(at, len(b.test)-from)
		b.batched.Look(n, batch.Rows{Sparse: b.test[from : from+n]}, batch.Rows{})
		evidence := b.batched.Sums(neuron.Receptive)
		for i := range n {
			if b.state.Sign.best(evidence[i*digitClasses:(i+1)*digitClasses]) == int(labels[from+i]) {
				right++
			}
		}
	}
	return float64(right) / float64(len(b.test))
}
