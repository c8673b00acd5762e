package scenarios

import (
	"math/rand/v2"

	"infomorph/internal/batch"
	"infomorph/neuron"
)

// digitsBatch is the digits task in batch form.
type digitsBatch struct {
	*batch.Population
	train, test []batch.Sparse
	sign        orientation
}

// runBatch learns from batches and shows what came of it.
func (r *digitsRun) runBatch() error {
	b, err := r.newBatch()
	if err != nil {
		return err
	}
	r.batched = b
	rng := neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, passStream)
	var goals, accuracy Series
	for pass := range r.Passes {
		b.Rate = r.Batch.rate(pass, r.Passes)
		goal, err := r.batchPass(rng)
		if err != nil {
			return err
		}
		right := 0.0
		for i, a := range r.batchAnswers() {
			if a.direct == int(r.test.Labels[i]) {
				right++
			}
		}
		x := float64(pass + 1)
		goals.X, goals.Y = append(goals.X, x), append(goals.Y, goal)
		accuracy.X, accuracy.Y = append(accuracy.X, x), append(accuracy.Y, right/float64(r.test.Len()))
		if err := r.journal.Step("train", pass+1, r.Passes); err != nil {
			return err
		}
	}
	if err := r.journal.Figure("passes", Lines{Title: "Test accuracy", X: "passes", Y: "share", Series: []Series{accuracy}}); err != nil {
		return err
	}
	r.journal.Score("goal", goals.Y[len(goals.Y)-1])
	return r.show(r.batchAnswers())
}

func (r *digitsRun) newBatch() (*digitsBatch, error) {
	n := &r.scenario.Neuron
	cfg := r.net.Config(0)
	size := r.train.Size()
	p := &batch.Population{Neurons: digitClasses, Activation: cfg.Activation, Goal: cfg.Goal, Decay: r.Batch.Decay}
	receptive := batch.NewPort(n.ReceptiveBins.bins(), size+1, digitClasses) // and a bias
	receptive.Fit = true
	rng := neuron.NewRand(r.scenario.Seed, neuron.ForWeights, 0)
	for i := range receptive.Weights[:size*digitClasses] {
		receptive.Weights[i] = r.Init * (2*rng.Float64() - 1)
	}
	label := batch.NewPort(n.ContextBins.bins(), digitClasses, digitClasses)
	label.Frozen = true
	for k := range digitClasses {
		label.Weights[k*digitClasses+k] = r.Teacher
	}
	p.Ports = []*batch.Port{receptive, label}
	b := &digitsBatch{Population: p, train: sparseRows(r.train, &r.levels), test: sparseRows(r.test, &r.levels), sign: newOrientation()}
	return b, p.Validate()
}

// batchPass learns from each training image once and returns the mean goal of
// the pass [bit].
func (r *digitsRun) batchPass(rng *rand.Rand) (float64, error) {
	b := r.batched
	order := rng.Perm(len(b.train))
	size := min(r.Batch.Size, len(order))
	x := batch.Rows{Sparse: make([]batch.Sparse, size)}
	c := batch.Rows{Dense: make([]float64, size*digitClasses)}
	sum, batches := 0.0, 0
	for ; len(order) >= size; order = order[size:] { // the rest waits for another pass
		for k := range c.Dense {
			c.Dense[k] = -1
		}
		for i, row := range order[:size] {
			x.Sparse[i] = b.train[row]
			c.Dense[i*digitClasses+int(r.train.Labels[row])] = 1
		}
		theta := b.Forward(size, x, c)
		b.sign.learn(theta, c.Dense)
		goal, err := b.Learn(x, c)
		if err != nil {
			return 0, err
		}
		sum, batches = sum+goal, batches+1
	}
	return sum / float64(batches), nil
}

// batchAnswers reads the test images out without their labels.
func (r *digitsRun) batchAnswers() []answer {
	b := r.batched
	answers := make([]answer, len(b.test))
	const at = 1000
	blank := batch.Rows{Dense: make([]float64, at*digitClasses)}
	for from := 0; from < len(b.test); from += at {
		n := min(at, len(b.test)-from)
		theta := b.Forward(n, batch.Rows{Sparse: b.test[from : from+n]}, blank)
		evidence := b.Sums(neuron.Receptive)
		for i := range n {
			a := &answers[from+i]
			best := b.sign.best(evidence[i*digitClasses : (i+1)*digitClasses])
			copy(a.theta[:], theta[i*digitClasses:])
			a.direct, a.marginal = best, best
		}
	}
	return answers
}

// fields returns the receptive weights of each neuron.
func (b *digitsBatch) fields(size int) [][]float64 {
	fields := newMatrix(digitClasses, size)
	for k := range fields {
		for i := range size {
			fields[k][i] = b.sign[k] * b.Ports[neuron.Receptive].Weights[i*digitClasses+k]
		}
	}
	return fields
}
