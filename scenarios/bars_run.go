package scenarios

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

// barsRun is one run of the bars task.
type barsRun struct {
	*barsTask
	player
	rng    *rand.Rand
	pixels channels
	image  []float32
	on     []bool
	inputs []neuron.Spike

	view   *tally
	atoms  atomsCourse
	own    neuronCourse // unq_r of each neuron over time
	solved int          // stimuli after which a check first found all bars; 0: never
	final  []float64    // neuron × bar
}

// train presents the stimuli and checks now and then what has been learnt.
func (r *barsRun) train() error {
	sampling := newSampling(r.Stimuli, r.scenario.Record.Atoms)
	checks := newSampling(r.Stimuli, r.Checks)
	for done := 1; done <= r.Stimuli; done++ {
		if err := r.present(neuron.Learn | neuron.Observe); err != nil {
			return err
		}
		if sampling.due(done) {
			if err := r.sampleAtoms(&r.atoms); err != nil {
				return err
			}
			r.own.add(&r.atoms)
		}
		if checks.due(done) && r.stimuli.bars > 0 {
			if r.solved == 0 && r.covered(r.view.information()) {
				r.solved = done
			}
			r.view.reset()
		}
		if err := r.journal.Step("train", done, r.Stimuli); err != nil {
			return err
		}
	}
	return nil
}

// test presents fresh stimuli without learning and measures what neurons know.
func (r *barsRun) test() error {
	r.view.reset()
	feed := sim.Feed{Signals: []neuron.Signal{r.set(r.engine.Now(), neuron.SetPlastic, 0)}}
	if err := r.play(r.engine.Now()+1, feed); err != nil {
		return err
	}
	for done := 1; done <= r.Test; done++ {
		if err := r.present(neuron.Observe); err != nil {
			return err
		}
		if err := r.journal.Step("test", done, r.Test); err != nil {
			return err
		}
	}
	r.final = r.view.information()
	return nil
}

// present shows one stimulus. Neurons without a clock fire as soon as its
// pixels have arrived, as often as there are rounds, then do what last says.
func (r *barsRun) present(last neuron.Flags) error {
	if r.image == nil {
		r.image, r.on = make([]float32, len(r.pixels.last)), make([]bool, r.stimuli.bars)
	}
	r.stimuli.draw(r.image, r.on, r.rng)
	start := r.engine.Now()
	r.inputs = r.pixels.tell(r.inputs[:0], start, r.image)
	feed := sim.Feed{Inputs: r.inputs}
	at := start + r.arrival
	if r.asynchronous() {
		at = max(at, start+r.presentation())
		last &= neuron.Observe
	} else {
		for range r.Rounds {
			feed.Signals = append(feed.Signals, r.tick(at, neuron.Fire))
			at += r.net.Longest()
		}
	}
	feed.Signals = append(feed.Signals, r.tick(at, last))
	if err := r.play(at+1, feed); err != nil {
		return err
	}
	for i := range r.samples {
		r.view.add(int(r.samples[i].Neuron), r.samples[i].Theta, r.on)
	}
	return nil
}

// covered reports whether each bar has a neuron of its own that knows it, and,
// where there are no more neurons than bars, each neuron a bar of its own.
func (r *barsRun) covered(mi []float64) bool {
	return r.distinct(mi) == r.stimuli.bars
}

// distinct returns how many bars are the best bar of a neuron that knows it.
func (r *barsRun) distinct(mi []float64) int {
	known := make([]bool, r.stimuli.bars)
	count := 0
	for i := range r.net.NumNeurons() {
		best, at := bestBar(mi[i*r.stimuli.bars : (i+1)*r.stimuli.bars])
		if best >= r.Threshold*binaryEntropy(r.stimuli.p) && !known[at] {
			known[at] = true
			count++
		}
	}
	return count
}

func bestBar(row []float64) (best float64, at int) {
	best = math.Inf(-1)
	for k, v := range row {
		if v > best {
			best, at = v, k
		}
	}
	return best, at
}

// scoreBars enters what the test has shown.
func (r *barsRun) scoreBars() error {
	bars := r.stimuli.bars
	found := r.distinct(r.final)
	success, mean := 0.0, 0.0
	if found == bars {
		success = 1
	}
	cells := make([][]float64, r.net.NumNeurons())
	table := Table{Name: "bars", Columns: []string{"neuron", "best_bar", "information"}}
	for i := range cells {
		cells[i] = r.final[i*bars : (i+1)*bars]
		best, at := bestBar(cells[i])
		mean += best / float64(len(cells))
		table.Rows = append(table.Rows, []any{i, at, best})
	}
	r.journal.Score("bars.success", success)
	r.journal.Score("bars.found", float64(found))
	r.journal.Score("bars.best_information", mean)
	r.journal.Score("bars.solved_after", float64(r.solved))
	return errors.Join(
		r.journal.Table(table),
		r.journal.Figure("information-matrix", Matrix{Title: "Mutual information in bits", X: "bar", Y: "neuron", Cells: cells}),
		r.journal.Figure("information", r.own.lines()))
}

// neuronCourse is one atom of each neuron over time.
type neuronCourse struct {
	atom    string
	seconds []float64
	values  [][]float64 // by neuron
}

func (c *neuronCourse) add(a *atomsCourse) {
	c.seconds = a.Seconds
	if c.values == nil {
		c.values = make([][]float64, len(a.last))
	}
	for i := range a.last {
		v := 0.0
		if a.last[i].Atoms != nil {
			v, _ = a.last[i].Atoms.Atom(c.atom)
		}
		c.values[i] = append(c.values[i], v)
	}
}

func (c *neuronCourse) lines() Lines {
	l := Lines{Title: "What only the picture tells about each neuron", X: "simulated time / s", Y: "unq_r in bits"}
	for i, v := range c.values {
		l.Series = append(l.Series, Series{Name: fmt.Sprint("neuron ", i), X: c.seconds, Y: v})
	}
	return l
}

func binaryEntropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -p*math.Log2(p) - (1-p)*math.Log2(1-p)
}
