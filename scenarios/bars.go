package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/topology"
)

// Bars is the bars section: every neuron sees the whole picture through R and
// hears the other neurons through C; each maximises what only R tells, so that
// they share the independent features out among themselves (Makkeh et al.
// 2025, fig. 3; Földiák 1990 for crossing bars).
type Bars struct {
	Source    string          `yaml:"source" doc:"horizontal: each row is on or off by itself. crossing: rows and columns, superposed by OR. patches: pieces of grey images." default:"horizontal" enum:"horizontal,crossing,patches"`
	Bars      int             `yaml:"bars" doc:"Independent bars; of crossing bars half are rows. For patches, the side of a piece." default:"8" min:"2" max:"256"`
	Width     int             `yaml:"width" doc:"Pixels along a horizontal bar; 0 is as many as there are bars." default:"0" min:"0" max:"1024"`
	P         float64         `yaml:"p" doc:"Probability of each bar; 0 is a half for horizontal and one over the number of rows for crossing bars." default:"0" min:"0" exclusiveMax:"1"`
	Flips     config.Fraction `yaml:"flips" doc:"Probability with which each pixel is flipped." default:"0%" min:"0%" max:"50%"`
	Path      string          `yaml:"path" doc:"Folder of PNG files, for patches; relative to the scenario's folder."`
	Stimuli   int             `yaml:"stimuli" doc:"Stimuli of the training." default:"8000" min:"1" max:"100000000"`
	Test      int             `yaml:"test" doc:"Stimuli of the test after it, without learning." default:"1000" min:"1" max:"10000000"`
	Checks    int             `yaml:"checks" doc:"Tests on the way, to tell how soon the bars are learnt; each looks at the latest stimuli." default:"40" min:"1" max:"10000"`
	Init      float64         `yaml:"init" doc:"Standard deviation of the initial receptive weights; 0 is 0.8 over the root of the number of pixels." default:"0" min:"0" max:"100"`
	Rounds    int             `yaml:"rounds" doc:"How often neurons exchange spikes before they learn from a stimulus." default:"1" min:"1" max:"100"`
	Interval  config.Duration `yaml:"interval" doc:"Length of a presentation where neurons have clocks of their own; 0us is 10 mean update intervals." default:"0us" max:"1h"`
	Threshold float64         `yaml:"threshold" doc:"Mutual information with its best bar from which a neuron has learnt it, as a share of the bar's entropy." default:"0.8" min:"0" max:"1"`
}

// Validate implements config.Validator.
func (b *Bars) Validate() error {
	switch {
	case b.Source == "crossing" && b.Bars%2 != 0:
		return config.FieldError("bars", b.Bars, "an even number, because half of the crossing bars are columns", "")
	case b.Source == "patches" && b.Path == "":
		return config.FieldError("path", nil, "a folder of PNG files, because source is patches", "")
	}
	return nil
}

// barsTask is a Bars that is ready to run.
type barsTask struct {
	*Bars
	scenario *Scenario
	net      *sim.Network
	stimuli  stimuli
	arrival  neuron.Time // that pixels take
	run      *barsRun    // the run that is on
}

func newBarsTask(s *Scenario, files Files) (*barsTask, error) {
	t := &barsTask{Bars: s.Bars, scenario: s}
	var err error
	if t.stimuli, err = newStimuli(s, files); err != nil {
		return nil, err
	}
	cfg, err := s.Neuron.config()
	if err != nil {
		return nil, err
	}
	cfg.Dynamics = neuron.Sampled
	s.Neuron.schedule(cfg, t.learningUpdates())
	desc, err := t.describe(files)
	if err != nil {
		return nil, err
	}
	if t.net, err = s.assemble(desc, func(neuron.ID) *neuron.Config { return cfg }); err == nil {
		t.arrival = longestInput(t.net)
	}
	return t, err
}

// learningUpdates returns how often a neuron learns, about, in the training.
func (t *barsTask) learningUpdates() int64 {
	if t.asynchronous() && !(t.scenario.Neuron.Gate.Threshold > 0 && t.scenario.Neuron.Gate.Once) {
		return int64(float64(t.Stimuli) * float64(t.presentation()) / float64(t.scenario.Neuron.Clock.Interval))
	}
	return int64(t.Stimuli)
}

func (t *barsTask) asynchronous() bool { return t.scenario.Neuron.Clock.Kind != "synchronous" }

func (t *barsTask) presentation() neuron.Time {
	if t.Interval > 0 {
		return neuron.Time(t.Interval)
	}
	return 10 * neuron.Time(t.scenario.Neuron.Clock.Interval)
}

// describe lays out the network: pixels to every neuron's R, neurons to one
// another's C.
func (t *barsTask) describe(files Files) (*topology.Network, error) {
	s := t.scenario
	n := s.Network.Neurons
	if n == 0 {
		n = t.Bars.Bars
	}
	pixels := t.stimuli.width * t.stimuli.height
	spread := t.Init
	if spread == 0 {
		spread = 0.8 / sqrt(pixels)
	}
	reach := s.Network.Weights / sqrt(n)
	neurons, context, err := s.between(topology.Population{Name: "neurons", Size: n}, "context", neuron.Contextual, topology.Uniform(-reach, reach), files)
	return &topology.Network{
		Populations: []topology.Population{neurons},
		Channels:    []topology.Population{{Name: "pixels", Size: pixels}},
		Projections: append([]topology.Projection{
			{Name: "pixels", From: "pixels", To: "neurons", Port: neuron.Receptive, Rule: topology.Rule{Name: "all_to_all"},
				Weights: topology.Normal(0, spread), Delays: topology.Constant(float64(s.Network.InputDelay))},
		}, context...),
	}, err
}

// Network implements Task.
func (t *barsTask) Network() *sim.Network { return t.net }

// Run implements Task.
func (t *barsTask) Run(e sim.Engine, j Journal) error {
	t.run = newBarsRun(t, e, j)
	return t.run.perform()
}

// Save implements Resumable.
func (t *barsTask) Save() ([]byte, error) {
	s := t.run.state
	s.Pixels, s.Told, s.Recent = t.run.pixels.last, t.run.told, t.run.recent()
	return json.Marshal(s)
}

// Resume implements Resumable.
func (t *barsTask) Resume(e sim.Engine, j Journal, saved []byte) error {
	t.run = newBarsRun(t, e, j)
	if err := t.run.restore(saved); err != nil {
		return err
	}
	return t.run.perform()
}

// show tells what has been learnt.
func (r *barsRun) show() error {
	r.state.Atoms.score(r.journal)
	if r.stimuli.bars > 0 {
		if err := r.scoreBars(); err != nil {
			return err
		}
	}
	reports, err := r.engine.Report(r.everyone(), neuron.WantWeights)
	if err != nil {
		return err
	}
	fields := Fields{Title: "Receptive fields", Width: r.stimuli.width, Height: r.stimuli.height}
	context := Matrix{Title: "Contextual weights", X: "from neuron", Y: "to neuron"}
	net := r.engine.Network()
	for i := range reports {
		fields.Names = append(fields.Names, fmt.Sprint(i))
		fields.Tiles = append(fields.Tiles, incomingRow(net, &reports[i], neuron.Receptive, r.pixels.first, len(r.pixels.last)))
		context.Cells = append(context.Cells, incomingRow(net, &reports[i], neuron.Contextual, 0, net.NumNeurons()))
	}
	err = errors.Join(
		r.journal.Figure("receptive-fields", fields),
		r.journal.Figure("contextual-fields", context),
		r.journal.Figure("atoms", r.state.Atoms.lines()),
		r.journal.Figure("information", r.state.Own.lines()),
		r.journal.Figure("raster", Raster{Title: "Spikes of the last stimuli", Neurons: r.net.NumNeurons(), Spikes: r.recent()}),
	)
	if r.scenario.Record.Weights {
		err = errors.Join(err, r.journal.Weights("trained", net, reports))
	}
	return err
}

// incomingRow spreads a neuron's weights at a port over the sources from first
// on. net is the network as it is: synapses may have come and gone.
func incomingRow(net *sim.Network, report *neuron.Report, port neuron.Port, first neuron.ID, sources int) []float64 {
	row := make([]float64, sources)
	in, k := net.Incoming(report.Neuron), 0
	for s, p := range in.Port {
		if p == port {
			if from := int(in.Source[s] - first); from >= 0 && from < sources {
				row[from] += report.Weights[port][k]
			}
			k++
		}
	}
	return row
}
