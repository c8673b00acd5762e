package scenarios

import (
	"fmt"
	"math"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

// player plays feeds on an engine, passes what neurons do on to the journal
// and remembers what a task needs of it.
type player struct {
	engine  sim.Engine
	journal Journal
	neurons int
	told    []float32       // what each neuron told last
	changed bool            // some told value changed since play began
	samples []neuron.Sample // of the last play
	ring    []neuron.Spike  // the latest spikes, for a raster
}

// rasterSpikes bounds the spikes kept for a raster.
const rasterSpikes = 3000

func newPlayer(e sim.Engine, j Journal, neurons int) player {
	return player{engine: e, journal: j, neurons: neurons, told: make([]float32, neurons)}
}

// begin tells a journal that wants to know that a phase begins.
func (p *player) begin(phase string) error {
	if b, ok := p.journal.(phaseJournal); ok {
		return b.Phase(phase)
	}
	return nil
}

// play runs the engine to a time. Neurons that a lesion has removed tell
// nothing any more, so what they told last no longer holds.
func (p *player) play(until neuron.Time, feed sim.Feed) error {
	p.samples, p.changed = p.samples[:0], false
	err := p.engine.Advance(until, feed, p)
	for _, id := range p.engine.Network().Removed {
		if int(id) < p.neurons {
			p.told[id] = 0
		}
	}
	return err
}

// Epoch implements sim.Sink.
func (p *player) Epoch(end neuron.Time, out *neuron.Output) error {
	for _, s := range out.Spikes {
		p.changed = p.changed || p.told[s.Source] != s.Value
		p.told[s.Source] = s.Value
	}
	p.samples = append(p.samples, out.Samples...)
	if len(p.ring) > 2*rasterSpikes {
		p.ring = append(p.ring[:0], p.ring[len(p.ring)-rasterSpikes:]...)
	}
	p.ring = append(p.ring, out.Spikes...)
	return p.journal.Epoch(end, out)
}

// recent returns the latest spikes, a whole number of epochs or not.
func (p *player) recent() []neuron.Spike {
	return append([]neuron.Spike(nil), p.ring[max(0, len(p.ring)-rasterSpikes):]...)
}

// tick returns a signal that makes every neuron update.
func (p *player) tick(at neuron.Time, do neuron.Flags) neuron.Signal {
	return neuron.Signal{Time: at, Kind: neuron.Tick, Flags: do, Last: neuron.ID(p.neurons)}
}

// set returns a signal that changes a setting of every neuron.
func (p *player) set(at neuron.Time, kind neuron.SignalKind, value float64) neuron.Signal {
	return neuron.Signal{Time: at, Kind: kind, Value: value, Last: neuron.ID(p.neurons)}
}

func (p *player) everyone() []neuron.ID {
	ids := make([]neuron.ID, p.neurons)
	for i := range ids {
		ids[i] = neuron.ID(i)
	}
	return ids
}

// sampleAtoms asks all neurons for their decomposition.
func (p *player) sampleAtoms(c *atomsCourse) error {
	reports, err := p.engine.Report(p.everyone(), neuron.WantAtoms)
	if err != nil {
		return err
	}
	c.add(p.engine.Now(), reports)
	for q := range quantities {
		if err := p.measure("atoms."+quantities[q].name, c.Mean[q][len(c.Mean[q])-1]); err != nil {
			return err
		}
	}
	return p.journal.Atoms(p.engine.Now(), reports)
}

// measure tells a journal that wants to know what is measured now.
func (p *player) measure(name string, v float64) error {
	if l, ok := p.journal.(LiveJournal); ok {
		return l.Measure(p.engine.Now(), name, v)
	}
	return nil
}

// picture keeps a picture of the moment; a run that is resumed later does not
// come by here again.
func picture(j Journal, name string, f Figure) error {
	if p, ok := j.(PictureJournal); ok {
		return p.Picture(name, f)
	}
	return j.Figure(name, f)
}

// sampling spreads a number of samples evenly over a number of steps.
type sampling struct{ Steps, Samples, Taken int }

func newSampling(steps, samples int) sampling {
	return sampling{Steps: steps, Samples: min(samples, steps)}
}

// due reports whether a sample is to be taken after step done.
func (s *sampling) due(done int) bool {
	if s.Taken < s.Samples && done*s.Samples >= (s.Taken+1)*s.Steps {
		s.Taken++
		return true
	}
	return false
}

// atomsCourse is the mean and spread of the atoms over neurons, in time.
type atomsCourse struct {
	Seconds []float64
	Mean    [numQuantities][]float64
	Spread  [numQuantities][]float64
	last    []neuron.Report // what was added last
}

// The quantities of a two-source decomposition, by name.
var quantities = [...]struct{ name, antichain string }{
	{"unq_r", "{1}"}, {"unq_c", "{2}"}, {"red", "{1}{2}"}, {"syn", "{12}"}, {"h_res", ""},
}

const numQuantities = len(quantities)

func (c *atomsCourse) add(t neuron.Time, reports []neuron.Report) {
	c.last = reports
	c.Seconds = append(c.Seconds, float64(t)/float64(neuron.Second))
	for q := range quantities {
		n, sum, squares := 0.0, 0.0, 0.0
		for i := range reports {
			if reports[i].Atoms == nil {
				continue
			}
			v := quantity(&reports[i], q)
			n, sum, squares = n+1, sum+v, squares+v*v
		}
		mean := sum / max(n, 1)
		c.Mean[q] = append(c.Mean[q], mean)
		c.Spread[q] = append(c.Spread[q], math.Sqrt(max(squares/max(n, 1)-mean*mean, 0)))
	}
}

func quantity(r *neuron.Report, q int) float64 {
	if quantities[q].antichain == "" {
		return r.Atoms.Residual
	}
	v, _ := r.Atoms.Atom(quantities[q].antichain)
	return v
}

// score enters the last mean of each atom into the summary.
func (c *atomsCourse) score(j Journal) {
	for q := range quantities {
		if k := len(c.Mean[q]); k > 0 {
			j.Score("atoms."+quantities[q].name, c.Mean[q][k-1])
		}
	}
}

func (c *atomsCourse) lines() Lines {
	l := Lines{Title: "Information in the neurons' windows", X: "simulated time / s", Y: "bits (mean ± s.d. over neurons)"}
	for q := range quantities {
		s := Series{Name: quantities[q].name, X: c.Seconds, Y: c.Mean[q]}
		for i, m := range c.Mean[q] {
			s.Low, s.High = append(s.Low, m-c.Spread[q][i]), append(s.High, m+c.Spread[q][i])
		}
		l.Series = append(l.Series, s)
	}
	return l
}

// percent writes a share for people.
func percent(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }
