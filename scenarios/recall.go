package scenarios

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// Recall is one test of the memory, with a name.
type Recall struct {
	Name string `yaml:"name" doc:"Name of the test, in scores and tables." required:"true"`
	Test
}

// Test says how patterns are recalled.
type Test struct {
	Cue      string          `yaml:"cue" doc:"clean: the pattern itself. flip: some bits are wrong. occlude: the lowest rows are off. partial: some bits are known, the others unknown." default:"clean" enum:"clean,flip,occlude,partial"`
	Fraction config.Fraction `yaml:"fraction" doc:"Share of bits that are wrong, off or unknown." default:"0%" min:"0%" max:"100%"`
	Dynamics string          `yaml:"dynamics" doc:"sign: each neuron takes the sign of its context. belief: graded beliefs, told as spikes that synapses low-pass. graded_belief: told as graded values. emphatic_belief: told the louder, the less sure a neuron is; best with release fading." default:"sign" enum:"sign,belief,graded_belief,emphatic_belief"`
	Release  string          `yaml:"release" doc:"What becomes of the cue once it is told: released, fading away, or held on the receptive port." default:"released" enum:"released,fading,held"`
	Sweeps   int             `yaml:"sweeps" doc:"Updates per neuron; 0 is 50 for sign, 260 for belief, 100 for graded_belief, 200 for emphatic_belief." default:"0" min:"0" max:"100000"`
	Count    int             `yaml:"count" doc:"Test only the first patterns; 0 is all." default:"0" min:"0"`
}

// Validate implements config.Validator.
func (r *Recall) Validate() error {
	if !validName(r.Name) {
		return errors.Join(config.FieldError("name", r.Name, "letters, digits, - and _", ""), r.Test.Validate())
	}
	return r.Test.Validate()
}

// Validate implements config.Validator.
func (r *Test) Validate() error {
	if r.Cue != "clean" && r.Fraction == 0 {
		return config.FieldError("fraction", nil, "more than 0%, because cue is "+r.Cue, "add fraction: 10%")
	}
	if r.Cue == "clean" && r.Fraction != 0 {
		return config.FieldError("fraction", float64(r.Fraction), "nothing, because cue is clean", "add cue: flip")
	}
	return nil
}

// Validate implements config.Validator.
func (m *Memory) Validate() error { return m.checkNames() }

// checkTests reports tests whose names are not their own.
func checkTests(tests []Recall) error {
	seen := map[string]bool{}
	for i := range tests {
		if seen[tests[i].Name] {
			return config.FieldError(fmt.Sprintf("recall[%d].name", i), tests[i].Name, "a name that no other test has", "")
		}
		seen[tests[i].Name] = true
	}
	return nil
}

func defaultRecall() []Recall {
	return []Recall{
		{Name: "clean", Test: Test{Cue: "clean", Dynamics: "sign", Release: "released"}},
		{Name: "damaged", Test: Test{Cue: "flip", Fraction: 0.1, Dynamics: "belief", Release: "released"}},
	}
}

var dynamicsOf = map[string]neuron.Dynamics{"sign": neuron.Sign, "belief": neuron.Belief, "graded_belief": neuron.GradedBelief, "emphatic_belief": neuron.EmphaticBelief}

func (r *Test) sweeps() int {
	switch {
	case r.Sweeps > 0:
		return r.Sweeps
	case r.Dynamics == "belief":
		return 260
	case r.Dynamics == "graded_belief":
		return 100
	case r.Dynamics == "emphatic_belief":
		return 200
	}
	return 50
}

// damage returns a cue: the pattern with some bits wrong, off or unknown (0).
func (r *Test) damage(pixels []float32, rng *rand.Rand) []float32 {
	cue := append([]float32(nil), pixels...)
	k := int(float64(r.Fraction)*float64(len(cue)) + 0.5)
	switch r.Cue {
	case "occlude":
		for i := len(cue) - k; i < len(cue); i++ {
			cue[i] = -1
		}
	case "flip", "partial":
		for _, i := range rng.Perm(len(cue))[:k] {
			cue[i] = -cue[i]
			if r.Cue == "partial" {
				cue[i] = 0
			}
		}
	}
	return cue
}

// recall runs a test on every pattern, from wherever the state stands.
func (r *memoryRun) recall(p *memoryPhase) error {
	s := &r.state
	for len(s.Outcomes) <= p.tests {
		s.Outcomes = append(s.Outcomes, nil)
		s.Cues = newStream(r.seed, cueStream+neuron.ID(p.tests))
	}
	total := r.tested(p.Recall)
	for k := len(s.Outcomes[p.tests]); k < total; k++ {
		o, err := r.recallOne(p.Recall, &r.patterns[k], s.Cues.rand())
		if err != nil {
			return err
		}
		s.Outcomes[p.tests] = append(s.Outcomes[p.tests], o)
		s.Done++
		if err := r.journal.Step(p.label(), k+1, total); err != nil {
			return err
		}
	}
	return nil
}

// showRecall tells how the tests went so far.
func (r *memoryRun) showRecall() error {
	results := Table{Name: "recall", Columns: []string{"test", "pattern", "cue_cosine", "cosine", "wrong_bits", "sweeps"}}
	for i := range r.phases {
		p := &r.phases[i]
		if p.Recall == nil || p.tests >= len(r.state.Outcomes) || len(r.state.Outcomes[p.tests]) == 0 {
			continue
		}
		outcomes := r.state.Outcomes[p.tests]
		for k, o := range outcomes {
			results.Rows = append(results.Rows, []any{p.Name, r.patterns[k].Name, o.CueCosine, o.Cosine, o.Wrong, o.Sweeps})
		}
		r.score(p.Name, outcomes, p.tests == 0)
		if err := r.journal.Figure("recall-"+p.Name, r.gallery(p.Recall, outcomes)); err != nil {
			return err
		}
	}
	if len(results.Rows) == 0 {
		return nil
	}
	return errors.Join(r.showBasins(), r.journal.Table(results))
}

// showBasins draws how recall depends on the damage of the cue, where tests
// differ in nothing else, and how it changes from phase to phase, where they
// do not differ at all.
func (r *memoryRun) showBasins() error {
	basins := Lines{Title: "Recall against damage of the cue", X: "share of bits", Y: "mean cosine"}
	course := Lines{Title: "Recall from phase to phase", Y: "mean cosine"}
	damage, same := map[Test]*Series{}, map[Test]*Series{}
	var order, tests []Test
	for i := range r.phases {
		p := &r.phases[i]
		if p.Recall == nil || p.tests >= len(r.state.Outcomes) {
			continue
		}
		mean, _, _ := summary(r.state.Outcomes[p.tests])
		like := *p.Recall
		tests = appendPoint(tests, same, like, float64(len(course.Ticks)), mean)
		course.Ticks = append(course.Ticks, p.Name)
		like.Fraction = 0
		order = appendPoint(order, damage, like, float64(p.Recall.Fraction), mean)
	}
	for _, like := range order {
		if c := damage[like]; len(c.X) > 2 && increases(c.X) {
			c.Name = like.Cue + ", " + like.Dynamics
			basins.Series = append(basins.Series, *c)
		}
	}
	for _, test := range tests {
		if c := same[test]; len(c.X) > 1 {
			c.Name = test.describe()
			course.Series = append(course.Series, *c)
		}
	}
	var err error
	if len(basins.Series) > 0 {
		err = r.journal.Figure("basins", basins)
	}
	if len(course.Series) > 0 {
		err = errors.Join(err, r.journal.Figure("recall-course", course))
	}
	return err
}

// appendPoint appends a point to the curve of a key, and a new key to those in
// order.
func appendPoint(order []Test, curves map[Test]*Series, key Test, x, y float64) []Test {
	if curves[key] == nil {
		curves[key] = &Series{}
		order = append(order, key)
	}
	c := curves[key]
	c.X, c.Y = append(c.X, x), append(c.Y, y)
	return order
}

func increases(x []float64) bool {
	for i := 1; i < len(x); i++ {
		if x[i] <= x[i-1] {
			return false
		}
	}
	return true
}

func (r *memoryRun) tested(test *Test) int {
	if test.Count > 0 {
		return min(test.Count, len(r.patterns))
	}
	return len(r.patterns)
}

// outcome is what a cue was recalled as.
type outcome struct {
	Cue, Recalled     []float32
	CueCosine, Cosine float64
	Wrong, Sweeps     int
}

// recallOne recalls a pattern from a damaged cue.
func (r *memoryRun) recallOne(test *Test, p *Pattern, rng *rand.Rand) (outcome, error) {
	o, err := r.recallCue(test, test.damage(p.Pixels, rng))
	o.CueCosine, o.Cosine = cosine(o.Cue, p.Pixels), cosine(o.Recalled, p.Pixels)
	for i, v := range o.Recalled {
		if v*p.Pixels[i] <= 0 {
			o.Wrong++
		}
	}
	return o, err
}

// recallCue tells the network a cue and lets it settle.
func (r *memoryRun) recallCue(test *Test, cue []float32) (outcome, error) {
	o := outcome{Cue: cue}
	err := r.tellCue(cue)
	if err == nil {
		if test.Dynamics == "sign" {
			o.Sweeps, err = r.settle(test, cue)
		} else {
			o.Sweeps, err = r.believe(test, cue)
		}
	}
	o.Recalled = append([]float32(nil), r.told...)
	return o, err
}

// cosine of two ±1 patterns; unknown bits (0) count as half right.
func cosine(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum / float64(len(a))
}

// sweep returns the time in which every neuron updates once, on average, and
// has been heard by all.
func (r *memoryRun) sweep() neuron.Time {
	if r.asynchronous() {
		return neuron.Time(r.clock.Interval)
	}
	return r.network().Longest()
}

// tellCue makes every neuron tell the cue's bit, and everybody hear it.
func (r *memoryRun) tellCue(cue []float32) error {
	start := r.engine.Now()
	arrived := start + r.inputDelay()
	end := arrived + r.network().Longest()
	r.state.Mode = free
	feed := sim.Feed{
		Inputs:  r.inputs(nil, start, cue, 1),
		Signals: []neuron.Signal{r.set(start, neuron.SetPlastic, 0), r.set(start, neuron.SetDynamics, float64(neuron.Teacher))},
	}
	if r.asynchronous() {
		end += 10 * r.sweep() // a Poisson clock misses that with probability e^-10
	} else {
		feed.Signals = append(feed.Signals, r.tick(arrived, neuron.Fire))
	}
	return r.play(end, feed)
}

// release starts the recall dynamics at a time, with the cue taken off the
// receptive ports unless it is held. It returns the feed and that time.
func (r *memoryRun) release(test *Test, cue []float32) (sim.Feed, neuron.Time) {
	now := r.engine.Now()
	at := now + r.inputDelay()
	feed := sim.Feed{Signals: []neuron.Signal{r.set(at, neuron.SetDynamics, float64(dynamicsOf[test.Dynamics]))}}
	if test.Release == "released" {
		feed.Inputs = r.inputs(nil, now, cue, 0)
	}
	return feed, at
}

// settle lets sign dynamics run until nothing changes or the sweeps are over.
func (r *memoryRun) settle(test *Test, cue []float32) (sweeps int, err error) {
	feed, at := r.release(test, cue)
	for sweeps < test.sweeps() {
		end := at + r.sweep()
		if !r.asynchronous() {
			feed.Signals = append(feed.Signals, r.tick(at, neuron.Fire))
		}
		if test.Release == "fading" {
			feed.Inputs = r.fade(feed.Inputs, at, test, cue, float64(sweeps)/float64(test.sweeps()))
		}
		if err := r.play(end, feed); err != nil {
			return sweeps, err
		}
		sweeps++
		if !r.changed && (!r.asynchronous() || sweeps > 10) && test.Release != "fading" {
			break
		}
		feed, at = sim.Feed{}, r.engine.Now()
		if test.Release == "fading" {
			at += r.inputDelay()
		}
	}
	return sweeps, nil
}

// fade appends what is left of the cue at a moment of the recall, 0 to 1, so
// that it has arrived at the given time.
func (r *memoryRun) fade(dst []neuron.Spike, at neuron.Time, test *Test, cue []float32, moment float64) []neuron.Spike {
	from, to := test.evidence()
	return r.inputs(dst, at-r.inputDelay(), cue, float32((from+(to-from)*moment)/r.Drive))
}

// evidence returns how strong a fading cue is in the beginning and in the end,
// before it is taken off, relative to a belief of 1.
func (r *Test) evidence() (from, to float64) {
	if r.Dynamics == "emphatic_belief" {
		return 4.3, 1.1
	}
	return 1.1, 0 // ½·ln(9), what a bit says that is wrong in one of ten
}

// soberSweeps is for how long beliefs that were told with emphasis are told as
// they are, before sign dynamics.
const soberSweeps = 40

// believe runs belief recall, then sign dynamics to clear up.
func (r *memoryRun) believe(test *Test, cue []float32) (sweeps int, err error) {
	feed, at := r.release(test, cue)
	for sweeps < test.sweeps() {
		if !r.asynchronous() {
			feed.Signals = append(feed.Signals, r.tick(at, neuron.Fire))
		}
		if test.Release == "fading" {
			feed.Inputs = r.fade(feed.Inputs, at, test, cue, float64(sweeps)/float64(test.sweeps()))
		}
		at += r.sweep()
		sweeps++
	}
	if test.Release == "fading" {
		feed.Inputs = r.inputs(feed.Inputs, at-r.inputDelay(), cue, 0)
	}
	if err := r.play(r.after(at), feed); err != nil {
		return sweeps, err
	}
	final := Test{Dynamics: "sign", Release: "held", Sweeps: 10}
	if test.Release == "released" {
		final.Release = "released"
	}
	finish := r.settle
	if test.Dynamics == "emphatic_belief" {
		final.Dynamics, final.Sweeps, finish = "graded_belief", soberSweeps, r.believe
	}
	more, err := finish(&final, cue)
	return sweeps + more, err
}

// score enters the results of a test; those of the first also go by the short
// name.
func (r *memoryRun) score(name string, outcomes []outcome, first bool) {
	mean, exact, good := summary(outcomes)
	prefixes := []string{"recall." + name}
	if first {
		prefixes = append(prefixes, "recall")
	}
	for _, p := range prefixes {
		r.journal.Score(p+".mean_cosine", mean)
		r.journal.Score(p+".exact", exact)
		r.journal.Score(p+".recalled", good)
	}
}

// summary returns the mean cosine, and the shares of patterns that came back
// without a wrong bit and with a cosine of at least 0.95.
func summary(outcomes []outcome) (mean, exact, good float64) {
	n := float64(len(outcomes))
	for _, o := range outcomes {
		mean += o.Cosine
		if o.Wrong == 0 {
			exact++
		}
		if o.Cosine >= 0.95 {
			good++
		}
	}
	return mean / n, exact / n, good / n // in the end, so that all is 1
}

// galleryRows bounds the patterns of a picture.
const galleryRows = 26

func (r *memoryRun) gallery(test *Test, outcomes []outcome) Gallery {
	g := Gallery{Title: "Recall from " + test.describe(), Width: r.width, Height: r.height, Heads: []string{"stored", "cue", "recalled"}}
	for k, o := range outcomes[:min(len(outcomes), galleryRows)] {
		g.Rows = append(g.Rows, GalleryRow{
			Name: r.patterns[k].Name, Tiles: [][]float32{r.patterns[k].Pixels, o.Cue, o.Recalled},
			Notes: []string{"", fmt.Sprintf("%.2f", o.CueCosine), fmt.Sprintf("%.2f", o.Cosine)},
		})
	}
	return g
}

func (r *Test) describe() string {
	what := map[string]string{"clean": "clean cues", "flip": "cues with " + percent(float64(r.Fraction)) + " of the bits flipped",
		"occlude": "cues with " + percent(float64(r.Fraction)) + " occluded", "partial": "cues with " + percent(float64(r.Fraction)) + " unknown"}[r.Cue]
	return fmt.Sprintf("%s, %s dynamics", what, r.Dynamics)
}
