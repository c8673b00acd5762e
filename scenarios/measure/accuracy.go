package measure

import (
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("accuracy", newAccuracy) }

// accuracy measures how often the neuron with the most evidence is the neuron of the
// item's label.
//
// Neurons without evidence are ignored. If n neurons share the largest evidence, and the
// neuron of the label is one of them, the answer counts as 1/n right. If no neuron has
// evidence, it counts as 1/K right for K labels.
//
// Scores:
//
//   - NAME.PHASE, for each phase that does not learn, by the first readout.
//   - NAME.READ for the first such phase and NAME.READ.PHASE for the others, by each
//     further readout.
//   - NAME.training, over the last block of items, before the neurons learn from them;
//     also live, after each block.
//   - NAME.no_evidence, the share of items of the first phase for which no neuron had
//     evidence.
//
// Chance is the share of the most frequent label: the best score that is possible without
// seeing the items.
type accuracy struct {
	kept[accuracyState]
	env        *Env
	name       string
	population string
	group      Group
	labels     []string
	reads      []string
	every      int
	bins       pid.Bins
	look       evidence // scratch
}

// evidence holds the values of all neurons for one item.
type evidence struct {
	r, theta []float64
	voice    []float64 // evidence, with the sign of each neuron corrected; 0 means none
}

type accuracyState struct {
	Bearings bearings
	Readout  marginal
	Curve    curve
	Exams    []exam
}

// curve is the learning curve: the share of right answers over blocks of items.
type curve struct {
	X, Y        []float64 // of the blocks that are kept
	Thinned     thinned   // which blocks are kept
	Last        float64   // share of the last block
	Seen, Total int
	Right       float64 // right answers in the current block
	Chance      []float64
}

// exam counts the answers in a phase that does not learn.
type exam struct {
	Name   string
	Read   [][]float64 // confusion matrix by readout: label × answer
	Firing [][]float64 // Σ θ, neuron × label
	Heard  [][]float64 // number of items in each sum of Firing
	Labels []float64   // number of items, by label
	Blank  float64     // number of items without evidence, by the first readout
}

func newAccuracy(env *Env, m *language.Measure) (Measure, error) {
	spec := m.Accuracy
	g, err := env.population("accuracy.population", spec.Population)
	if err != nil {
		return nil, err
	}
	labels := env.names(m.In, labelsOf)
	switch {
	case labels == nil:
		return nil, fault("accuracy", nil, "phases that present items with labels")
	case len(labels) != g.Size:
		return nil, fault("accuracy.population", spec.Population, fmt.Sprintf("a population of %d neurons, one for each label", len(labels)))
	}
	a := &accuracy{env: env, name: m.Name, population: spec.Population, group: g, labels: labels, reads: spec.Read, every: spec.Every}
	if a.reads == nil {
		a.reads = []string{"receptive"}
	}
	a.state.Bearings = newBearings(g.Size)
	if slices.Contains(a.reads, "marginal") {
		a.bins = env.Net.Sim.Config(g.First).Ports[neuron.Receptive].Bins
		if a.bins.Validate() != nil {
			return nil, fault("accuracy.read", "marginal", "another readout, because these neurons do not take their input apart")
		}
		a.state.Readout = newMarginal(g.Size, a.bins)
	}
	a.look = evidence{make([]float64, g.Size), make([]float64, g.Size), make([]float64, g.Size)}
	a.check = a.fits
	return a, nil
}

// fits reports whether a restored state fits the experiment.
func (a *accuracy) fits(s *accuracyState) bool {
	n := a.group.Size
	for i := range s.Exams {
		e := &s.Exams[i]
		if len(e.Read) != len(a.reads) || !fits(e.Firing, n, n) || !fits(e.Heard, n, n) || len(e.Labels) != n {
			return false
		}
		for k := range e.Read {
			if len(e.Read[k]) != n*n {
				return false
			}
		}
	}
	return s.Bearings.Early.fits(n) && s.Bearings.Late.fits(n) && s.Curve.fits(n) && (a.bins.N == 0 || s.Readout.fits(n, a.bins))
}

// Observes implements Measure.
func (a *accuracy) Observes(phase string) bool { return a.env.has(phase, labelsOf) }

// Begin implements Measure.
func (a *accuracy) Begin(_ string, learning bool, planned int) error {
	if learning {
		a.state.Bearings.begin(planned)
	}
	return nil
}

// Look implements Measure.
func (a *accuracy) Look(l *Look, out *journal.Listener) error {
	label := l.Item.Label
	samples := a.group.of(l.Samples)
	if label < 0 || label >= a.group.Size || len(samples) == 0 {
		return nil
	}
	a.gather(samples)
	if l.Learning {
		return a.learn(label, l.End, out)
	}
	e := a.exam(l.Phase)
	for k, read := range a.reads {
		blank := a.answer(read, e.Read[k], label)
		if k == 0 && blank {
			e.Blank++
		}
	}
	e.Labels[label]++
	for k, th := range a.look.theta {
		if finite(th) {
			e.Firing[k][label] += th
			e.Heard[k][label]++
		}
	}
	return nil
}

// gather copies the values of the samples to look. Neurons without a sample get NaN.
func (a *accuracy) gather(samples []neuron.Sample) {
	e := &a.look
	for k := range e.r {
		e.r[k], e.theta[k] = math.NaN(), math.NaN()
	}
	for i := range samples {
		k := samples[i].Neuron - a.group.First
		e.r[k], e.theta[k] = samples[i].Sum[neuron.Receptive], samples[i].Theta
	}
}

// learn counts the answer to an item before the neurons learn from it.
func (a *accuracy) learn(label int, now neuron.Time, out *journal.Listener) error {
	s := &a.state
	a.speak(a.reads[0])
	c := &s.Curve
	if s.Bearings.next() {
		s.Readout.forget()
	}
	if a.every > 0 {
		share, _ := right(a.look.voice, label)
		if c.add(share, label, a.group.Size, a.every) {
			if err := out.Measure(now, a.name+".training", c.Last); err != nil {
				return err
			}
		}
	}
	for k, th := range a.look.theta {
		if !finite(th) {
			continue
		}
		s.Bearings.add(k, k == label, th)
		if a.bins.N > 0 && finite(a.look.r[k]) {
			s.Readout.add(a.bins, k, a.look.r[k], th)
		}
	}
	return nil
}

// add adds an item to the curve and reports whether the block is complete.
func (c *curve) add(share float64, label, labels, every int) bool {
	if c.Chance == nil {
		c.Chance = make([]float64, labels)
	}
	if c.Seen == 0 {
		clear(c.Chance)
	}
	c.Seen++
	c.Total++
	c.Right += share
	c.Chance[label]++
	if c.Seen < every {
		return false
	}
	c.Last = c.Right / float64(c.Seen)
	if c.Thinned.keeps(&c.X, &c.Y) {
		c.X, c.Y = append(c.X, float64(c.Total)), append(c.Y, c.Last)
	}
	c.Seen, c.Right = 0, 0
	return true
}

// fits checks a restored curve. Older runs did not save Last; then it is the last point.
func (c *curve) fits(labels int) bool {
	if len(c.Chance) != labels && (c.Total > 0 || len(c.Y) > 0 || c.Chance != nil) {
		return false
	}
	if n := len(c.Y); c.Thinned.Entered == 0 && n > 0 {
		c.Last = c.Y[n-1]
	}
	return c.Thinned.fits(&c.X, &c.Y)
}

// speak computes the evidence of each neuron by a readout, with the sign corrected; 0
// means none.
func (a *accuracy) speak(read string) {
	e := &a.look
	for k := range e.voice {
		v := e.r[k]
		switch {
		case read == "theta":
			v = e.theta[k] - 0.5
		case read == "marginal" && v != 0 && finite(v):
			v = a.state.Readout.rate(a.bins, k, v) - 0.5
		}
		if !finite(v) {
			v = 0
		}
		e.voice[k] = v * a.state.Bearings.sign(k)
	}
}

// answer adds the answer of a readout to a confusion matrix. It reports whether no neuron
// had evidence.
func (a *accuracy) answer(read string, confusion []float64, label int) (blank bool) {
	a.speak(read)
	most, ties := best(a.look.voice)
	row := confusion[label*a.group.Size : (label+1)*a.group.Size]
	for k, v := range a.look.voice {
		if ties == 0 {
			row[k] += 1 / float64(len(row))
		} else if v == most {
			row[k] += 1 / float64(ties)
		}
	}
	return ties == 0
}

// best returns the largest evidence and how many neurons have it; 0 if no neuron has any.
func best(voice []float64) (most float64, ties int) {
	most = math.Inf(-1)
	for _, v := range voice {
		switch {
		case v == 0:
		case v > most:
			most, ties = v, 1
		case v == most:
			ties++
		}
	}
	return most, ties
}

// right returns 1/n if the neuron of a label is one of n neurons with the largest
// evidence, else 0. If no neuron has evidence, it returns 1/K for K labels, and blank is
// true.
func right(voice []float64, label int) (share float64, blank bool) {
	most, ties := best(voice)
	switch {
	case ties == 0:
		return 1 / float64(len(voice)), true
	case voice[label] == most:
		return 1 / float64(ties), false
	}
	return 0, false
}

// exam returns the counts for a phase that does not learn.
func (a *accuracy) exam(phase string) *exam {
	s := &a.state
	for i := range s.Exams {
		if s.Exams[i].Name == phase {
			return &s.Exams[i]
		}
	}
	n := a.group.Size
	s.Exams = append(s.Exams, exam{Name: phase, Firing: newMatrix(n, n), Heard: newMatrix(n, n), Labels: make([]float64, n), Read: newMatrix(len(a.reads), n*n)})
	return &s.Exams[len(s.Exams)-1]
}

// EndPass implements Measure. It lowers the weight of earlier passes.
func (a *accuracy) EndPass(phase string, _ neuron.Time, _ *journal.Listener) error {
	if a.env.learns(phase) {
		a.state.Bearings.fade()
		a.state.Readout.fade()
	}
	return nil
}

// accuracy returns the share of right answers by a readout.
func (e *exam) accuracy(read int) float64 {
	n, hit, total := len(e.Labels), 0.0, 0.0
	for k := range e.Labels {
		hit += e.Read[read][k*n+k]
		total += e.Labels[k]
	}
	return hit / total
}

// mostFrequent returns the largest count as a share of all counts.
func mostFrequent(counts []float64) float64 {
	total := 0.0
	for _, n := range counts {
		total += n
	}
	return slices.Max(counts) / total
}
