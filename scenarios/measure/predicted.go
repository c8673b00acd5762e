package measure

import (
	"math"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("predicted", newPredicted) }

// predicted measures the share of bits whose sign is given by one port alone, before the
// neuron learns from them. A bit for which the other port is 0 or not finite is left out.
// A bit for which the predicting port has no evidence counts as half right.
//
// Scores: NAME.predicted over the last pass of the phases that learn;
// NAME.PHASE.predicted for a phase that does not; NAME.no_evidence, the share of those
// bits without evidence. Live: NAME.predicted, each pass. Chance is the share if the
// signs of the two ports were independent in each neuron,
//
//	mean over neurons of  p·q + (1−p)(1−q),
//
// where p and q are the shares of positive signs. That is the share that other items
// would give.
type predicted struct {
	kept[predictedState]
	name     string
	learnt   float64
	port, of neuron.Port
	group    Group
}

type predictedState struct {
	Learning bool        // whether the current phase learns
	Pass     []agreement // of the current pass, by neuron
	Rounds   []float64   // share, by pass of phases that learn; of the passes that are kept
	Thinned  thinned     // which passes are kept
	Last     share       // of the last pass
	Others   []namedShare
	Learners []int // by neuron: the pass, counted from 1, in which it had learned; 0: not yet
}

// agreement counts the bits of one neuron.
type agreement struct {
	Seen, Right, Blank, Port, Of int // Blank: without evidence; Port, Of: positive signs
}

// share is a share of bits.
type share struct{ Value, Chance, Blank float64 }

// namedShare is the share of a phase.
type namedShare struct {
	Phase string
	share
	Counts []agreement
}

func newPredicted(env *Env, m *language.Measure) (Measure, error) {
	g, err := env.population("predicted.population", m.Predicted.Population)
	p := &predicted{name: m.Name, learnt: m.Predicted.Learnt, port: portOf(m.Predicted.Port), of: portOf(m.Predicted.Of), group: g}
	if err == nil && p.port == p.of {
		err = fault("predicted.of", m.Predicted.Of, "another port than the one that predicts")
	}
	p.state = predictedState{Pass: make([]agreement, g.Size), Learners: make([]int, g.Size)}
	p.check = func(s *predictedState) bool {
		for i := range s.Others {
			if len(s.Others[i].Counts) != g.Size {
				return false
			}
		}
		return len(s.Pass) == g.Size && len(s.Learners) == g.Size && s.Thinned.fits(&s.Rounds)
	}
	return p, err
}

func portOf(letter string) neuron.Port {
	switch letter {
	case "c":
		return neuron.Contextual
	case "l":
		return neuron.Lateral
	}
	return neuron.Receptive
}

// Observes implements Measure.
func (p *predicted) Observes(string) bool { return true }

// Begin implements Measure.
func (p *predicted) Begin(_ string, learning bool, _ int) error {
	p.state.Learning = learning
	clear(p.state.Pass)
	return nil
}

// Look implements Measure.
func (p *predicted) Look(l *Look, _ *journal.Listener) error {
	counts := p.state.Pass
	if !l.Learning {
		counts = p.state.other(l.Phase, p.group.Size).Counts
	}
	samples := p.group.of(l.Samples)
	for i := range samples {
		s := &samples[i]
		counts[s.Neuron-p.group.First].add(s.Sum[p.port], s.Sum[p.of])
	}
	return nil
}

// other returns the counts of a phase that does not learn.
func (s *predictedState) other(phase string, size int) *namedShare {
	for i := range s.Others {
		if s.Others[i].Phase == phase {
			return &s.Others[i]
		}
	}
	s.Others = append(s.Others, namedShare{Phase: phase, Counts: make([]agreement, size)})
	return &s.Others[len(s.Others)-1]
}

func (a *agreement) add(port, of float64) {
	if of == 0 || !finite(of) {
		return
	}
	a.Seen++
	if of > 0 {
		a.Of++
	}
	switch {
	case port == 0 || !finite(port):
		a.Blank++
	case port > 0 == (of > 0):
		a.Right++
	}
	if port > 0 && finite(port) {
		a.Port++
	}
}

// sum returns the shares over the bits of all neurons.
func sum(counts []agreement) share {
	seen, right, blank, chance := 0.0, 0.0, 0.0, 0.0
	for i := range counts {
		a := &counts[i]
		if a.Seen == 0 {
			continue
		}
		n, none := float64(a.Seen), float64(a.Blank)
		seen, blank = seen+n, blank+none
		right += float64(a.Right) + none/2
		q := float64(a.Of) / n
		chance += none/2 + float64(a.Port)*q + (n-none-float64(a.Port))*(1-q)
	}
	if seen == 0 {
		return share{Value: math.NaN()}
	}
	return share{right / seen, chance / seen, blank / seen}
}

// EndPass implements Measure.
func (p *predicted) EndPass(_ string, now neuron.Time, out *journal.Listener) error {
	s := &p.state
	if !s.Learning {
		return nil
	}
	pass := sum(s.Pass)
	if !finite(pass.Value) {
		return nil
	}
	if s.Last = pass; s.Thinned.keeps(&s.Rounds) {
		s.Rounds = append(s.Rounds, pass.Value)
	}
	for i := range s.Pass {
		a := &s.Pass[i]
		if s.Learners[i] == 0 && a.Seen > 0 && float64(a.Right) >= p.learnt*float64(a.Seen) {
			s.Learners[i] = s.Thinned.Entered
		}
	}
	clear(s.Pass)
	return out.Measure(now, p.name+".predicted", pass.Value)
}

// Show implements Measure.
func (p *predicted) Show(_ Reporter, out *journal.Listener) error {
	s := &p.state
	last := s.Last
	if len(s.Rounds) == 0 { // stopped within the first pass
		last = sum(s.Pass)
	}
	if len(s.Rounds) > 0 || finite(last.Value) {
		enter(out, p.name+".predicted", last.Value, last.Chance)
		enter(out, p.name+".no_evidence", last.Blank, unknownChance)
	}
	for i := range s.Others {
		o := sum(s.Others[i].Counts)
		enter(out, placeName(p.name, s.Others[i].Phase, "predicted"), o.Value, o.Chance)
		enter(out, placeName(p.name, s.Others[i].Phase, "no_evidence"), o.Blank, unknownChance)
	}
	if len(s.Rounds) == 0 {
		return nil
	}
	x := make([]float64, len(s.Rounds))
	for i := range x {
		x[i] = float64(i*s.Thinned.each() + 1)
	}
	return out.Figure("learning-curve", journal.Lines{Title: "Bits that one port alone predicts", X: "passes", Y: "share of bits",
		Series: []journal.Series{{Name: "predicted before learning", X: x, Y: s.Rounds}},
		Dashed: []journal.Reference{{Name: "chance in the last pass", Y: s.Last.Chance}}})
}

// column implements columner. It gives the pass in which a neuron had learned.
func (p *predicted) column() (string, func(neuron.ID) float64) {
	return "learning_time", func(id neuron.ID) float64 {
		i := int(id - p.group.First)
		if i < 0 || i >= p.group.Size || p.state.Learners[i] == 0 {
			return math.NaN()
		}
		return float64(p.state.Learners[i])
	}
}
