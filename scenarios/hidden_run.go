package scenarios

import (
	"math/rand/v2"

	"infomorph/internal/batch"
	"infomorph/neuron"
)

// hiddenRun is one run of the hidden-layer task, in batch form.
type hiddenRun struct {
	*hiddenTask
	hidden, readout *batch.Population
	pixels, probes  []batch.Sparse // of training and test
	rng             *rand.Rand     // of order and outputs

	label, heard, features batch.Rows
	sparse                 []batch.Sparse
	sign                   orientation
}

func newHiddenRun(t *hiddenTask) (*hiddenRun, error) {
	r := &hiddenRun{hiddenTask: t, rng: neuron.NewRand(t.scenario.Seed, neuron.ForStimulus, passStream)}
	r.hidden = t.population(0, t.Neurons, []int{t.train.Size(), digitClasses, t.Neurons}, []int{t.Neurons + digitClasses, t.Neurons + digitClasses + t.train.Size(), 0})
	r.hidden.Ports[neuron.Receptive].Fit, r.hidden.Rate, r.hidden.Decay = false, t.Rate, t.Decay
	r.readout = t.population(t.Neurons, digitClasses, []int{t.Neurons, digitClasses}, []int{0, t.Neurons + digitClasses + t.train.Size()})
	r.readout.Ports[neuron.Receptive].Fit, r.readout.Ports[neuron.Contextual].Frozen = true, true
	r.readout.Rate, r.readout.Decay = t.ReadoutRate, t.ReadoutDecay
	plain := &digitsTask{levels: (&Digits{}).quantised()}
	r.pixels, r.probes = plain.sparse(t.train), plain.sparse(t.test)
	r.sign = newOrientation()
	if err := r.hidden.Validate(); err != nil {
		return nil, err
	}
	return r, r.readout.Validate()
}

// population takes neurons first … first+n−1 out of the network; each port has
// inputs[k] sources from id from[k] on, and a bias after those of R.
func (t *hiddenTask) population(first, n int, inputs, from []int) *batch.Population {
	cfg := t.net.Config(neuron.ID(first))
	pop := &batch.Population{Neurons: n, Activation: cfg.Activation, Goal: cfg.Goal}
	for k, size := range inputs {
		rows := size
		if k == 0 {
			rows++
		}
		pop.Ports = append(pop.Ports, batch.NewPort(cfg.Ports[k].Bins, rows, n))
	}
	for j := range n {
		in := t.net.Incoming(neuron.ID(first + j))
		for s, port := range in.Port {
			pop.Ports[port].Weights[(int(in.Source[s])-from[port])*n+j] = float64(in.Weight[s])
		}
	}
	for k, port := range pop.Ports {
		if neuron.Port(k) == neuron.Lateral {
			port.Mask = make([]float64, len(port.Weights))
			for i, w := range port.Weights {
				if w != 0 {
					port.Mask[i] = 1
				}
			}
		}
	}
	return pop
}

// present runs the hidden population on n pictures: once without hearing one
// another, then again with the outputs of the first time, and leaves its
// outputs, and a constant 1, in features.
func (r *hiddenRun) present(n int, pixels []batch.Sparse) {
	r.heard.Dense = sized(r.heard.Dense, n*r.Neurons)
	clear(r.heard.Dense)
	x := batch.Rows{Sparse: pixels}
	r.sample(r.heard.Dense, r.hidden.Forward(n, x, r.label, r.heard), r.Neurons)
	theta := r.hidden.Again(neuron.Lateral, r.heard)
	r.features.Dense = sized(r.features.Dense, n*(r.Neurons+1))
	r.sample(r.features.Dense, theta, r.Neurons+1)
}

// sized returns a slice of length n, v itself where it is large enough.
func sized(v []float64, n int) []float64 {
	if cap(v) < n {
		return make([]float64, n)
	}
	return v[:n]
}

// sample draws ±1 for each firing probability into rows of the given width,
// whose last places, if there are more, are 1.
func (r *hiddenRun) sample(dst, theta []float64, width int) {
	for i := range len(dst) / width {
		row := dst[i*width : (i+1)*width]
		for j := range row {
			row[j] = 1
			if j < r.Neurons && r.rng.Float64() >= theta[i*r.Neurons+j] {
				row[j] = -1
			}
		}
	}
}

// pass learns from every training image once and returns the mean goal of
// hidden neurons [bit].
func (r *hiddenRun) pass() (float64, error) {
	order := r.rng.Perm(r.train.Len())
	size := min(r.Batch, len(order))
	sum, batches := 0.0, 0
	for ; len(order) >= size; order = order[size:] {
		r.sparse = r.sparse[:0]
		r.label.Dense = sized(r.label.Dense, size*digitClasses)
		clear(r.label.Dense)
		for i, row := range order[:size] {
			r.sparse = append(r.sparse, r.pixels[row])
			r.label.Dense[i*digitClasses+int(r.train.Labels[row])] = 1
		}
		r.present(size, r.sparse)
		goal, err := r.hidden.Learn(batch.Rows{Sparse: r.sparse}, r.label, r.heard)
		if err != nil {
			return 0, err
		}
		r.sign.learn(r.readout.Forward(size, r.features, r.label), r.label.Dense)
		if _, err := r.readout.Learn(r.features, r.label); err != nil {
			return 0, err
		}
		sum, batches = sum+goal, batches+1
	}
	return sum / float64(batches), nil
}

// accuracy reads the test images out without labels.
func (r *hiddenRun) accuracy() float64 {
	right := 0
	const at = 1000
	for from := 0; from < r.test.Len(); from += at {
		n := min(at, r.test.Len()-from)
		r.label.Dense = sized(r.label.Dense, n*digitClasses)
		clear(r.label.Dense)
		r.present(n, r.probes[from:from+n])
		r.readout.Forward(n, r.features, r.label)
		evidence := r.readout.Sums(neuron.Receptive)
		for i := range n {
			if r.sign.best(evidence[i*digitClasses:(i+1)*digitClasses]) == int(r.test.Labels[from+i]) {
				right++
			}
		}
	}
	return float64(right) / float64(r.test.Len())
}

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
