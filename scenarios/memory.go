package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// Memory is the associative_memory section: each neuron stands for one bit;
// while a pattern is presented its bit comes in through R, what the others
// say through C, and it maximises the redundancy of the two, so that later C
// alone restores the bit (Makkeh et al. 2025, fig. 5).
type Memory struct {
	Patterns      Patterns        `yaml:"patterns" doc:"What is stored."`
	Presentations int             `yaml:"presentations" doc:"How often each pattern is presented." default:"30" min:"1" max:"1000000"`
	Order         string          `yaml:"order" doc:"Order of the patterns within a round." default:"shuffled" enum:"shuffled,sequential"`
	Drive         float64         `yaml:"drive" doc:"Receptive weight: how strongly a bit drives its neuron, in sigmoid units. It does not learn." default:"2.3" exclusiveMin:"0" max:"100"`
	Interval      config.Duration `yaml:"interval" doc:"Length of a presentation; 0us is as short as delays allow, or 12 mean update intervals where neurons have their own clocks." default:"0us" max:"1h"`
	Recall        []Recall        `yaml:"recall" doc:"Tests after training; without any, a clean one by sign dynamics and one with 10% of the bits flipped by belief dynamics." maxItems:"100"`
}

// checkSize compares the patterns with the number of neurons.
func (m *Memory) checkSize(neurons int) error {
	p := &m.Patterns
	if p.Height > 0 && neurons > 0 && p.Width*p.Height != neurons {
		return config.FieldError("network.neurons", neurons,
			fmt.Sprintf("%d, one for each of the patterns' %d×%d pixels", p.Width*p.Height, p.Width, p.Height), "or leave it out")
	}
	if p.Height == 0 && neurons > 0 && neurons%p.Width != 0 {
		return config.FieldError("network.neurons", neurons,
			fmt.Sprintf("a multiple of the patterns' width %d", p.Width), "or set associative_memory.patterns.width")
	}
	return nil
}

// size returns width and height of the patterns.
func (m *Memory) size(neurons int) (width, height int) {
	switch {
	case m.Patterns.Height > 0:
		return m.Patterns.Width, m.Patterns.Height
	case neurons > 0:
		return m.Patterns.Width, neurons / m.Patterns.Width
	}
	return m.Patterns.Width, m.Patterns.Width
}

// memoryTask is a Memory that is ready to run.
type memoryTask struct {
	*Memory
	record        Record
	clock         Clock
	seed          uint64
	net           *sim.Network
	width, height int
	patterns      []Pattern
	run           *memoryRun // the run that is on
}

// Streams of the stimulus; the patterns come from stream 0.
const (
	patternStream neuron.ID = iota
	orderStream
	cueStream
)

func newMemoryTask(s *Scenario, files Files) (*memoryTask, error) {
	t := &memoryTask{Memory: s.Memory, record: s.Record, clock: s.Neuron.Clock, seed: s.Seed}
	t.width, t.height = t.size(s.Network.Neurons)
	var err error
	rng := neuron.NewRand(s.Seed, neuron.ForStimulus, patternStream)
	if t.patterns, err = t.Patterns.load(t.width, t.height, files, rng); err != nil {
		return nil, err
	}
	if t.net, err = s.build(t.width*t.height, t.Drive); err != nil {
		return nil, err
	}
	s.Neuron.schedule(t.net.Config(0), int64(len(t.patterns))*int64(t.Presentations))
	if len(t.Recall) == 0 {
		t.Recall = defaultRecall()
	}
	return t, nil
}

// Network implements Task.
func (t *memoryTask) Network() *sim.Network { return t.net }

// asynchronous reports whether neurons update by clocks of their own.
func (t *memoryTask) asynchronous() bool { return t.clock.Kind != "synchronous" }

// Run implements Task.
func (t *memoryTask) Run(e sim.Engine, j Journal) error {
	r := t.newRun(e, j)
	r.state = memoryState{
		Order:    newStream(t.seed, orderStream),
		Sampling: newSampling(t.Presentations*len(t.patterns), t.record.Atoms),
	}
	return r.perform()
}

func (t *memoryTask) newRun(e sim.Engine, j Journal) *memoryRun {
	t.run = &memoryRun{memoryTask: t, player: newPlayer(e, j, t.net.NumNeurons())}
	return t.run
}

// memoryState is what a run must remember from one presentation or recall to
// the next, besides the engine's state.
type memoryState struct {
	Digest   string // of the patterns
	Done     int    // presentations so far
	Round    []int  // what is left of the round
	Order    stream // for the order of the next rounds
	Sampling sampling
	Right    int       // bits that C alone gave right in this round
	Seen     int       // of so many
	Rounds   []float64 // their share, by round
	Atoms    atomsCourse
	Recent   []neuron.Spike // spikes of the last presentations
	Told     []float32
	Cues     stream      // for the cues of the test that is on
	Outcomes [][]outcome // by test, by pattern
}

// Save implements Resumable.
func (t *memoryTask) Save() ([]byte, error) {
	s := t.run.state
	s.Told, s.Digest = t.run.told, t.digest()
	if len(s.Recent) == 0 {
		s.Recent = t.run.recent()
	}
	return json.Marshal(s)
}

// Resume implements Resumable.
func (t *memoryTask) Resume(e sim.Engine, j Journal, saved []byte) error {
	r := t.newRun(e, j)
	if err := json.Unmarshal(saved, &r.state); err != nil {
		return fmt.Errorf("associative memory: not a state of this task: %w", err)
	}
	switch s := &r.state; {
	case s.Digest != t.digest():
		return errors.New("associative memory: the patterns are not those that the run began with")
	case len(s.Told) != len(r.told) || s.Done > t.Presentations*len(t.patterns) || len(s.Outcomes) > len(t.Recall):
		return errors.New("associative memory: the state does not fit the scenario")
	default:
		copy(r.told, s.Told)
		if s.Done < t.Presentations*len(t.patterns) {
			r.ring = append(r.ring, s.Recent...)
			s.Recent = nil
		}
	}
	return r.perform()
}

// digest tells patterns apart.
func (t *memoryTask) digest() string {
	h := sha256.New()
	for _, p := range t.patterns {
		fmt.Fprintf(h, "%q", p.Name)
		for _, v := range p.Pixels {
			fmt.Fprint(h, v > 0)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// memoryRun is one run of the task.
type memoryRun struct {
	*memoryTask
	player
	state   memoryState
	current []float32 // pattern being presented
}

// perform trains and tests, from wherever the state stands, and tells the
// results, also of a run that is stopped.
func (r *memoryRun) perform() error {
	err := r.train()
	if err == nil {
		err = r.recallAll()
	}
	return errors.Join(err, r.showLearning(), r.showRecall())
}

// train presents every pattern in every round.
func (r *memoryRun) train() error {
	s := &r.state
	total := r.Presentations * len(r.patterns)
	for s.Done < total {
		if len(s.Round) == 0 {
			s.Round = r.round(s.Order.rand())
		}
		k := s.Round[0]
		if err := r.present(r.patterns[k].Pixels); err != nil {
			return err
		}
		s.Round = s.Round[1:]
		s.Done++
		if s.Sampling.due(s.Done) {
			if err := r.sampleAtoms(&s.Atoms); err != nil {
				return err
			}
		}
		if len(s.Round) == 0 {
			s.Rounds = append(s.Rounds, float64(s.Right)/float64(max(s.Seen, 1)))
			s.Right, s.Seen = 0, 0
			if err := r.measure("training.predicted", s.Rounds[len(s.Rounds)-1]); err != nil {
				return err
			}
		}
		if s.Done == total {
			s.Recent = r.recent()
		}
		if err := r.journal.Step("train", s.Done, total); err != nil {
			return err
		}
	}
	return nil
}

func (r *memoryRun) round(order *rand.Rand) []int {
	if r.Order == "shuffled" {
		return order.Perm(len(r.patterns))
	}
	all := make([]int, len(r.patterns))
	for i := range all {
		all[i] = i
	}
	return all
}

// present shows one pattern. Neurons without a clock are told to fire as soon
// as their bit has arrived, and to learn once everybody's spike has; others
// update when they do, and are only looked at in the end.
func (r *memoryRun) present(bits []float32) error {
	r.current = bits
	start := r.engine.Now()
	feed := sim.Feed{Inputs: r.inputs(nil, start, bits, 1)}
	arrived := start + r.inputDelay()
	end := arrived + r.net.Longest()
	if !r.asynchronous() {
		feed.Signals = []neuron.Signal{r.tick(arrived, neuron.Fire), r.tick(end, neuron.Learn|neuron.Observe)}
	} else {
		end = max(end, start+12*neuron.Time(r.clock.Interval))
	}
	if r.Interval > 0 {
		end = max(end, start+neuron.Time(r.Interval)-1)
	}
	if r.asynchronous() {
		feed.Signals = []neuron.Signal{r.tick(end, neuron.Observe)}
	}
	if err := r.play(r.after(end), feed); err != nil {
		return err
	}
	r.countPredicted()
	return nil
}

// countPredicted counts the bits that the context alone gave right when the
// neurons were last observed.
func (r *memoryRun) countPredicted() {
	for i := range r.samples {
		s := &r.samples[i]
		r.state.Seen++
		if s.Sum[neuron.Contextual]*float64(r.current[s.Neuron]) > 0 {
			r.state.Right++
		}
	}
}

// after returns the first epoch boundary after t, so that what the task does
// next starts on one.
func (r *memoryRun) after(t neuron.Time) neuron.Time {
	return (t/r.net.Width() + 1) * r.net.Width()
}

func (r *memoryRun) inputDelay() neuron.Time {
	return neuron.Time(r.net.Incoming(0).Delay[0])
}

// inputs appends one spike per channel with the given bits.
func (r *memoryRun) inputs(dst []neuron.Spike, at neuron.Time, bits []float32, scale float32) []neuron.Spike {
	first := neuron.ID(r.net.NumNeurons())
	for i, b := range bits {
		dst = append(dst, neuron.Spike{Time: at, Source: first + neuron.ID(i), Value: b * scale})
	}
	return dst
}

// showLearning tells what training has left behind.
func (r *memoryRun) showLearning() error {
	s := &r.state
	if len(s.Rounds) == 0 {
		return nil
	}
	x := make([]float64, len(s.Rounds))
	for i := range x {
		x[i] = float64(i + 1)
	}
	recent := s.Recent
	if recent == nil {
		recent = r.recent()
	}
	r.journal.Score("training.predicted", s.Rounds[len(s.Rounds)-1])
	s.Atoms.score(r.journal)
	return errors.Join(
		r.journal.Figure("learning-curve", Lines{Title: "Bits that the context alone predicts", X: "presentations per pattern", Y: "share of bits",
			Series: []Series{{Name: "predicted before learning", X: x, Y: s.Rounds}}}),
		r.journal.Figure("atoms", s.Atoms.lines()),
		r.journal.Figure("raster", Raster{Title: "Spikes of the last presentations", Neurons: r.net.NumNeurons(), Spikes: recent}),
		r.showWeights(),
	)
}

func (r *memoryRun) showWeights() error {
	reports, err := r.engine.Report(r.everyone(), neuron.WantWeights)
	if err != nil {
		return err
	}
	net := r.engine.Network()
	n := net.NumNeurons()
	const most = 1000
	if n <= most {
		cells := make([][]float64, n)
		for i := range cells {
			cells[i] = incomingRow(net, &reports[i], neuron.Contextual, 0, n)
		}
		err = r.journal.Figure("weights", Matrix{Title: "Contextual weights after training", X: "from neuron", Y: "to neuron", Cells: cells})
	}
	if r.record.Weights {
		err = errors.Join(err, r.journal.Weights("trained", net, reports))
	}
	return err
}
