package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

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
	Phases        []Phase         `yaml:"phases" doc:"What happens, one phase after another, instead of one training and then the tests of recall." maxItems:"1000"`
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
	phases        []memoryPhase
	run           *memoryRun // the run that is on

	delayOf *sim.Network // that the delay below was found for
	delay   neuron.Time
}

// Streams of the stimulus; the patterns come from stream 0.
const (
	patternStream neuron.ID = iota
	orderStream
	cueStream
)

// scriptStream lies behind the streams of cues, of which each test has one.
const scriptStream neuron.ID = 1 << 20

func newMemoryTask(s *Scenario, files Files) (*memoryTask, error) {
	t := &memoryTask{Memory: s.Memory, record: s.Record, clock: s.Neuron.Clock, seed: s.Seed}
	t.width, t.height = t.size(s.Network.Neurons)
	var err error
	rng := neuron.NewRand(s.Seed, neuron.ForStimulus, patternStream)
	if t.patterns, err = t.Patterns.load("associative_memory.patterns", t.width, t.height, files, rng); err != nil {
		return nil, err
	}
	if t.net, err = s.build(t.width*t.height, t.Drive, files); err != nil {
		return nil, err
	}
	if err := t.prepare(); err != nil {
		return nil, err
	}
	s.Neuron.scheduleAll(t.net, int64(t.planned()))
	return t, nil
}

// Network implements Task.
func (t *memoryTask) Network() *sim.Network { return t.net }

// asynchronous reports whether neurons update by clocks of their own.
func (t *memoryTask) asynchronous() bool { return t.clock.Kind != "synchronous" }

// Run implements Task.
func (t *memoryTask) Run(e sim.Engine, j Journal) error {
	r := t.newRun(e, j)
	r.state.Sampling = newSampling(t.planned(), t.record.Atoms)
	return r.perform()
}

func (t *memoryTask) newRun(e sim.Engine, j Journal) *memoryRun {
	t.run = &memoryRun{memoryTask: t, player: newPlayer(e, j, t.net.NumNeurons())}
	t.run.state = memoryState{Order: newStream(t.seed, orderStream), Learners: make([]learner, t.net.NumNeurons())}
	return t.run
}

// memoryState is what a run must remember from one presentation or recall to
// the next, besides the engine's state.
type memoryState struct {
	Digest   string      // of the patterns
	Phase    int         // the phase that is on
	Entered  bool        // whether it has begun
	Began    neuron.Time // when
	Done     int         // its presentations so far
	Trained  int         // presentations of all training so far
	Mode     mode        // what neurons are set to
	Round    []int       // what is left of the round
	Order    stream      // for the order of the next rounds
	Sampling sampling
	Right    int       // bits that C alone gave right in this round
	Seen     int       // of so many
	Rounds   []float64 // their share, by round
	Learners []learner // by neuron
	Atoms    atomsCourse
	Recent   []neuron.Spike // spikes of the last presentations of training
	Ring     []neuron.Spike // and of whatever came last
	Told     []float32
	Cues     stream      // for the cues of the test that is on
	Outcomes [][]outcome // by phase of recall, by pattern
	Measured []measured
}

// Save implements Resumable.
func (t *memoryTask) Save() ([]byte, error) {
	s := t.run.state
	s.Told, s.Digest, s.Ring = t.run.told, t.digest(), t.run.recent()
	return json.Marshal(s)
}

// Resume implements Resumable.
func (t *memoryTask) Resume(e sim.Engine, j Journal, saved []byte) error {
	r := t.newRun(e, j)
	if err := r.restore(saved); err != nil {
		return err
	}
	return r.perform()
}

// restore brings the run to where it was when it was saved.
func (r *memoryRun) restore(saved []byte) error {
	if err := json.Unmarshal(saved, &r.state); err != nil {
		return fmt.Errorf("associative memory: not a state of this task: %w", err)
	}
	switch s := &r.state; {
	case s.Digest != r.digest():
		return errors.New("associative memory: the patterns are not those that the run began with")
	case len(s.Told) != len(r.told) || s.Phase < 0 || s.Phase > len(r.phases) || !within(s.Round, len(r.patterns)) || len(s.Outcomes) > len(r.phases):
		return errors.New("associative memory: the state does not fit the scenario")
	case len(s.Learners) != len(r.told):
		return errors.New("associative memory: the state does not fit the scenario")
	default:
		copy(r.told, s.Told)
		r.ring, s.Ring = s.Ring, nil
	}
	return nil
}

// within reports whether all numbers are from 0 to n−1.
func within(numbers []int, n int) bool {
	for _, k := range numbers {
		if k < 0 || k >= n {
			return false
		}
	}
	return true
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

// perform plays the phases, from wherever the state stands, and tells the
// results, also of a run that is stopped.
func (r *memoryRun) perform() error {
	err := r.playPhases()
	return errors.Join(err, r.showLearning(), r.showRecall(), r.showNeurons())
}

// network returns the network as it is now.
func (r *memoryRun) network() *sim.Network { return r.engine.Network() }

// round returns the chosen patterns in the order of the next round.
func (r *memoryRun) round(chosen []int) []int {
	if r.Order == "sequential" {
		return slices.Clone(chosen)
	}
	order := r.state.Order.rand().Perm(len(chosen))
	for i, k := range order {
		order[i] = chosen[k]
	}
	return order
}

// stimulus is what a presentation shows.
type stimulus struct {
	bits     []float32 // by receptive channel
	context  []float32 // by channel after those; may be empty
	plastic  bool
	dynamics neuron.Dynamics
	duration neuron.Time // at least; 0 is as short as can be
}

// present shows one pattern to neurons that follow it.
func (r *memoryRun) present(bits []float32, plastic bool) error {
	return r.show(&stimulus{bits: bits, plastic: plastic, dynamics: neuron.Teacher, duration: neuron.Time(r.Interval)})
}

// show presents a stimulus. Neurons without a clock are told to fire as soon
// as it has arrived, and to learn once everybody's spike has; others update
// when they do, and are only looked at in the end.
func (r *memoryRun) show(s *stimulus) error {
	r.current = s.bits
	start := r.engine.Now()
	feed := sim.Feed{Inputs: r.inputs(nil, start, s.bits, 1), Signals: r.teach(start, s.plastic, s.dynamics)}
	first := neuron.ID(r.net.NumNeurons() + len(s.bits))
	for i, v := range s.context {
		feed.Inputs = append(feed.Inputs, neuron.Spike{Time: start, Source: first + neuron.ID(i), Value: v})
	}
	arrived := start + r.inputDelay()
	end := start + r.presentationTime(r.network(), s.duration) - 1
	if !r.asynchronous() {
		feed.Signals = append(feed.Signals, r.tick(arrived, neuron.Fire), r.tick(arrived+r.network().Longest(), neuron.Learn|neuron.Observe))
	} else {
		feed.Signals = append(feed.Signals, r.tick(end, neuron.Observe))
	}
	return r.play(r.after(end), feed)
}

// presentationTime returns how long a presentation that is to take at least so
// long takes, but for the rest of the last epoch.
func (t *memoryTask) presentationTime(net *sim.Network, least neuron.Time) neuron.Time {
	length := t.inputDelayIn(net) + net.Longest() + 1
	if t.asynchronous() && least == 0 {
		length = max(length, 12*neuron.Time(t.clock.Interval)+1)
	}
	return max(length, least)
}

// countPredicted counts the bits that the context alone gave right when the
// neurons were last observed.
func (r *memoryRun) countPredicted() {
	for i := range r.samples {
		s := &r.samples[i]
		l := &r.state.Learners[s.Neuron]
		r.state.Seen++
		l.Seen++
		if s.Sum[neuron.Contextual]*float64(r.current[s.Neuron]) > 0 {
			r.state.Right++
			l.Right++
		}
	}
}

// recount begins to count anew.
func (s *memoryState) recount() {
	s.Right, s.Seen = 0, 0
	for i := range s.Learners {
		s.Learners[i].Right, s.Learners[i].Seen = 0, 0
	}
}

// after returns the first epoch boundary after t, so that what the task does
// next starts on one.
func (r *memoryRun) after(t neuron.Time) neuron.Time {
	width := r.network().Width()
	return (t/width + 1) * width
}

func (r *memoryRun) inputDelay() neuron.Time { return r.inputDelayIn(r.network()) }

// inputDelayIn returns when the last neuron has heard its channel.
func (t *memoryTask) inputDelayIn(net *sim.Network) neuron.Time {
	if t.delayOf != net {
		t.delayOf, t.delay = net, longestInput(net)
	}
	return t.delay
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
	for _, m := range s.Measured {
		r.journal.Score(m.Name, m.Value)
	}
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
		r.showWeights("trained", "Contextual weights after training"),
	)
}

// showWeights keeps the weights under a name, and draws them.
func (r *memoryRun) showWeights(name, title string) error {
	reports, err := r.engine.Report(r.everyone(), neuron.WantWeights)
	if err != nil {
		return err
	}
	net := r.network()
	n := net.NumNeurons()
	const most = 1000
	if n <= most {
		cells := make([][]float64, n)
		for i := range cells {
			cells[i] = incomingRow(net, &reports[i], neuron.Contextual, 0, n)
		}
		m := Matrix{Title: title, X: "from neuron", Y: "to neuron", Cells: cells}
		if name == "trained" {
			err = r.journal.Figure("weights", m)
		} else {
			err = picture(r.journal, "weights-"+name, m)
		}
	}
	if r.record.Weights || name != "trained" {
		err = errors.Join(err, r.journal.Weights(name, net, reports))
	}
	return err
}
