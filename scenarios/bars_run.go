package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

// barsState is what a run must remember from one stimulus to the next, besides
// the engine's state.
type barsState struct {
	Done, Tested     int    // stimuli so far
	Frozen           bool   // the test has begun
	Stimuli          stream // for the stimuli to come
	Sampling, Checks sampling
	View             tally
	Atoms            atomsCourse
	Own              neuronCourse // unq_r of each neuron over time
	Solved           int          // stimuli after which a check first found all bars; 0: never
	Pixels, Told     []float32    // what channels and neurons told last
	Recent           []neuron.Spike
}

// barsRun is one run of the bars task.
type barsRun struct {
	*barsTask
	player
	pixels channels
	image  []float32
	on     []bool
	inputs []neuron.Spike
	state  barsState
	final  []float64 // neuron × bar
}

func newBarsRun(t *barsTask, e sim.Engine, j Journal) *barsRun {
	pixels := t.stimuli.width * t.stimuli.height
	return &barsRun{
		barsTask: t, player: newPlayer(e, j, t.net.NumNeurons()), pixels: newChannels(t.net, 0, pixels),
		image: make([]float32, pixels), on: make([]bool, t.stimuli.bars),
		state: barsState{
			Stimuli: newStream(t.scenario.Seed, patternStream), View: *newTally(t.net.NumNeurons(), t.stimuli.bars),
			Sampling: newSampling(t.Stimuli, t.scenario.Record.Atoms), Checks: newSampling(t.Stimuli, t.Checks),
			Own: neuronCourse{Antichain: "{1}"},
		},
	}
}

// restore goes back to a saved state.
func (r *barsRun) restore(saved []byte) error {
	s, view := &r.state, r.state.View
	if err := json.Unmarshal(saved, s); err != nil {
		return fmt.Errorf("bars: not a state of this task: %w", err)
	}
	if s.Done < 0 || s.Done > r.Stimuli || s.Tested < 0 || s.Tested > r.Test || s.Stimuli.pcg == nil || !s.View.like(&view) ||
		len(s.Pixels) != len(r.pixels.last) || len(s.Told) != len(r.told) || s.Own.Values != nil && len(s.Own.Values) != r.neurons {
		return errors.New("bars: the state does not fit the scenario")
	}
	r.pixels.last, r.told, r.ring = s.Pixels, s.Told, s.Recent
	return nil
}

// perform goes on from the state to the end.
func (r *barsRun) perform() error {
	if r.state.Done == 0 {
		if err := r.begin("train"); err != nil {
			return err
		}
	}
	if err := r.train(); err != nil {
		return err
	}
	if err := r.test(); err != nil {
		return err
	}
	return r.show()
}

// phaseNames implements phased.
func (t *barsTask) phaseNames() []string { return []string{"train", "test"} }

// train presents the stimuli and checks now and then what has been learnt.
func (r *barsRun) train() error {
	for s := &r.state; s.Done < r.Stimuli; {
		if err := r.present(neuron.Learn | neuron.Observe); err != nil {
			return err
		}
		s.Done++
		if s.Sampling.due(s.Done) {
			if err := r.sampleAtoms(&s.Atoms); err != nil {
				return err
			}
			s.Own.add(&s.Atoms)
		}
		if s.Checks.due(s.Done) && r.stimuli.bars > 0 {
			if s.Solved == 0 && r.covered(s.View.information()) {
				s.Solved = s.Done
			}
			s.View.reset()
		}
		if err := r.journal.Step("train", s.Done, r.Stimuli); err != nil {
			return err
		}
	}
	return nil
}

// test presents fresh stimuli without learning and measures what neurons know.
func (r *barsRun) test() error {
	s := &r.state
	if !s.Frozen {
		if err := r.begin("test"); err != nil {
			return err
		}
		s.View.reset()
		feed := sim.Feed{Signals: []neuron.Signal{r.set(r.engine.Now(), neuron.SetPlastic, 0)}}
		if err := r.play(r.engine.Now()+1, feed); err != nil {
			return err
		}
		s.Frozen = true
	}
	for s.Tested < r.Test {
		if err := r.present(neuron.Observe); err != nil {
			return err
		}
		s.Tested++
		if err := r.journal.Step("test", s.Tested, r.Test); err != nil {
			return err
		}
	}
	r.final = s.View.information()
	return nil
}

// present shows one stimulus. Neurons without a clock fire as soon as its
// pixels have arrived, as often as there are rounds, then do what last says.
func (r *barsRun) present(last neuron.Flags) error {
	r.stimuli.draw(r.image, r.on, r.state.Stimuli.rand())
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
		r.state.View.add(int(r.samples[i].Neuron), r.samples[i].Theta, r.on)
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
	r.journal.Score("bars.solved_after", float64(r.state.Solved))
	return errors.Join(
		r.journal.Table(table),
		r.journal.Figure("information-matrix", Matrix{Title: "Mutual information in bits", X: "bar", Y: "neuron", Cells: cells}))
}

// neuronCourse is one atom of each neuron over time.
type neuronCourse struct {
	Antichain string
	Seconds   []float64
	Values    [][]float64 // by neuron
}

func (c *neuronCourse) add(a *atomsCourse) {
	c.Seconds = a.Seconds
	if c.Values == nil {
		c.Values = make([][]float64, len(a.last))
	}
	for i := range a.last {
		v := 0.0
		if a.last[i].Atoms != nil {
			v, _ = a.last[i].Atoms.Atom(c.Antichain)
		}
		c.Values[i] = append(c.Values[i], v)
	}
}

func (c *neuronCourse) lines() Lines {
	l := Lines{Title: "What only the picture tells about each neuron", X: "simulated time / s", Y: "unq_r in bits"}
	for i, v := range c.Values {
		l.Series = append(l.Series, Series{Name: fmt.Sprint("neuron ", i), X: c.Seconds, Y: v})
	}
	return l
}

func binaryEntropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -p*math.Log2(p) - (1-p)*math.Log2(1-p)
}
