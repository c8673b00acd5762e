package neuron

import (
	"math"
	"math/rand/v2"
	"slices"
)

// twin is a neuron made of plain loops: it keeps every sample, recomputes each
// sum from all synapses and each gradient from the samples of the window, and
// goes through time step by step. It shares only the random streams with
// Neuron, because they are part of the specified results.
type twin struct {
	cfg     *Config
	id      ID
	goal    *bruteGoal
	w, x    [NumPorts][]float64
	mean    [NumPorts][]float64
	m, v    [NumPorts][]float64 // of Adam, with those of the bias last
	adams   [NumPorts]int       // steps of Adam
	bias    [NumPorts]float64
	prior   []massed
	history []massed

	outputs, clock *rand.PCG
	next           Time

	y, told, stuck  float64
	silent, plastic bool
	frozen          bool
	dyn             Dynamics
	scale, chi      float64
	spent           bool
	steps           int64
	meanR           float64
	meanTheta       float64
	unsure          float64 // residual entropy
	bx, bnorm       float64
	bsteps          int
	kept            bool // v and slope of the last surprise are used
	keptV, keptS    [NumPorts]float64

	// torn is set if a decision is a tie up to rounding errors: once a weight
	// or an input has been rounded, a sum that should be 0 may be 1e-17.
	rounded, torn bool
}

// tie is the largest rounding error of a sum of a few weights of about 1.
const tie = 1e-14

// follow takes over the numbers of a neuron, which differ by rounding errors.
func (tw *twin) follow(n *Neuron) {
	for p := range tw.w {
		copy(tw.w[p], n.ports[p].w)
		copy(tw.x[p], n.ports[p].x)
		own := n.ports[p].own()
		copy(tw.mean[p], own[0])
		if m := n.ports[p].moments; m != nil {
			tw.m[p], tw.v[p] = append(slices.Clone(m.mean), m.own[0]), append(slices.Clone(m.square), m.own[1])
		}
		tw.bias[p] = n.ports[p].bias
	}
	tw.y, tw.told = float64(n.y), float64(n.sent)
	tw.meanR, tw.meanTheta, tw.unsure = n.meanR, n.meanRate, n.residual
	tw.bx, tw.bnorm = n.belief.x, n.belief.norm
	if tw.kept {
		tw.keptV, tw.keptS = n.held.sum, n.held.slope
	}
}

// beyond reports whether a weight of the twin is outside the bounds as well.
func (tw *twin) beyond() bool {
	for p := range tw.w {
		for _, w := range append(tw.w[p], tw.bias[p]) {
			if !(math.Abs(w) <= 0.999*MaxWeight) {
				return true
			}
		}
	}
	return false
}

func newTwin(id ID, cfg *Config, seed uint64, weights [NumPorts][]float64) *twin {
	tw := &twin{cfg: cfg, id: id, y: -1, plastic: cfg.Plastic, scale: 1, chi: 1, unsure: 1,
		outputs: NewPCG(seed, ForOutput, id), clock: NewPCG(seed, ForClock, id), next: Never}
	for p := range weights {
		tw.w[p] = slices.Clone(weights[p])
		tw.x[p] = make([]float64, len(weights[p]))
		tw.mean[p] = make([]float64, len(weights[p]))
		tw.m[p], tw.v[p] = make([]float64, len(weights[p])+1), make([]float64, len(weights[p])+1)
	}
	residual, _ := cfg.Goal.Gamma("h_res")
	tw.goal = newBruteGoal(cfg.Sources, func(name string) float64 { v, _ := cfg.Goal.Gamma(name); return v }, residual)
	tw.makePrior()
	tw.setDynamics(cfg.Dynamics)
	switch cfg.Clock.Kind {
	case Periodic:
		tw.next = cfg.Clock.Phase
		if cfg.Clock.Scatter {
			tw.next += Time(Uniform(tw.clock) * float64(cfg.Clock.Interval))
		}
	case Poisson:
		tw.next = tw.wait(0)
	}
	return tw
}

func (tw *twin) wait(t Time) Time {
	switch tw.cfg.Clock.Kind {
	case Periodic:
		return t + tw.cfg.Clock.Interval
	case OnEvent:
		return Never
	}
	return t + max(1, Time(math.Ceil(float64(tw.cfg.Clock.Interval)*-math.Log1p(-Uniform(tw.clock)))))
}

func middle(lo, hi float64, n, i int) float64 { return lo + (hi-lo)*(float64(i)+0.5)/float64(n) }

// makePrior is the definition: for each receptive bin Mass samples, Gaussian
// over the context, in units of 2^-16 sample.
func (tw *twin) makePrior() {
	pr, r, c := tw.cfg.Prior, tw.cfg.Ports[Receptive].Bins, tw.cfg.Ports[Contextual].Bins
	if pr.Mass == 0 || pr.Sigma == 0 {
		return
	}
	for i := range r.N {
		rv, total := middle(r.Lo, r.Hi, r.N, i), 0.0
		if r.N == 2 && r.Lo == -r.Hi {
			sum := 0.0
			for _, w := range tw.w[Receptive] {
				sum += math.Abs(w)
			}
			rv = math.Copysign(sum, rv)
		}
		density := func(j int) float64 {
			z := middle(c.Lo, c.Hi, c.N, j) / pr.Sigma
			return math.Exp(-z * z / 2)
		}
		for j := range c.N {
			total += density(j)
		}
		for j := range c.N {
			m := massed{cell: [3]int{i, j}}
			if tw.cfg.Sources == 3 {
				m.cell[2] = tw.cfg.Ports[Lateral].Bins.Index(0)
			}
			units := math.Round(pr.Mass * density(j) / total * 65536)
			if units == 0 {
				continue
			}
			units = max(units, 2)
			a, _ := tw.cfg.Activation.Eval([NumPorts]float64{rv, middle(c.Lo, c.Hi, c.N, j)})
			one := min(max(math.Round(tw.theta(a)*units), 1), units-1)
			m.one, m.zero = one/65536, (units-one)/65536
			tw.prior = append(tw.prior, m)
		}
	}
}

func (tw *twin) theta(a float64) float64 {
	floor := max(1e-6, tw.cfg.ThetaFloor)
	return min(max(1/(1+math.Exp(-a)), floor), 1-floor)
}

// advance runs through an inbox, one time step after the other.
func (tw *twin) advance(in Inbox) (out Output) {
	for {
		t := tw.next
		for _, e := range in.Events {
			t = min(t, e.Time)
		}
		for _, s := range in.Signals {
			t = min(t, s.Time)
		}
		if t >= in.End {
			return out
		}
		var do Flags
		for len(in.Events) > 0 && in.Events[0].Time == t {
			tw.take(in.Events[0])
			in.Events = in.Events[1:]
			if tw.cfg.Clock.Kind == OnEvent && tw.next == Never {
				tw.next = t + tw.cfg.Clock.Interval
			}
		}
		for len(in.Signals) > 0 && in.Signals[0].Time == t {
			do |= tw.obey(in.Signals[0])
			in.Signals = in.Signals[1:]
		}
		if tw.next == t {
			do |= Fire | Learn
			tw.next = tw.wait(t)
		}
		if do != 0 {
			tw.update(t, do, &out)
		}
	}
}

func (tw *twin) take(e Event) {
	old, v := tw.x[e.Port][e.Slot], float64(e.Value)
	if tw.cfg.Gate.Threshold > 0 && e.Port == Contextual && !tw.spent {
		news := 0.0
		if v != old && !tw.cfg.Gate.Heard {
			news = 1
		}
		tau := max(1, tw.cfg.Gate.TauFraction*float64(len(tw.x[Contextual])))
		tw.chi += (news - tw.chi) / tau
	}
	if tw.cfg.Gate.Threshold > 0 && e.Port == Receptive && v != old && v*old <= 0 {
		tw.chi, tw.spent = 1, false
	}
	if tw.dyn == Belief && e.Port == Contextual {
		tw.rounded = true
		v = (1-tw.cfg.Belief.LowPass)*old + tw.cfg.Belief.LowPass*v
	}
	tw.x[e.Port][e.Slot] = v
}

func (tw *twin) obey(s Signal) Flags {
	if tw.id < s.First || tw.id >= s.Last {
		return 0
	}
	switch s.Kind {
	case Tick:
		return s.Flags
	case SetPlastic:
		tw.plastic = s.Value != 0
	case SetDynamics:
		tw.setDynamics(Dynamics(s.Value))
	case SetRateScale:
		tw.scale = s.Value
	case SetFrozen:
		tw.frozen = s.Value != 0
	case SetSilent:
		tw.silent = s.Value != 0
	case SetStuck:
		tw.stuck = s.Value
	}
	return 0
}

func (tw *twin) setDynamics(d Dynamics) {
	tw.dyn, tw.bx, tw.bsteps, tw.bnorm = d, tw.y, 0, norm2(tw.w[Contextual])
}

func norm2(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

// input returns the presynaptic value, centred if the port centres its inputs.
func (tw *twin) input(p, i int) float64 {
	if tw.cfg.Ports[p].Center > 0 {
		return tw.x[p][i] - tw.mean[p][i]
	}
	return tw.x[p][i]
}

// values returns each port's value and its slope.
func (tw *twin) values() (v, slope [NumPorts]float64) {
	for p := range v {
		v[p], slope[p] = tw.bias[p], 1
		for i, w := range tw.w[p] {
			v[p] += w * tw.input(p, i)
		}
		if tw.cfg.Ports[p].HalfTanh {
			v[p] = math.Tanh(v[p] / 2)
			slope[p] = (1 - v[p]*v[p]) / 2
		}
	}
	return v, slope
}

func (tw *twin) update(t Time, do Flags, out *Output) {
	v, slope := tw.values()
	switch {
	case do&(Fire|Surprise) != 0:
		tw.kept = false
	case tw.kept:
		v, slope = tw.keptV, tw.keptS
	}
	a, grad := tw.cfg.Activation.Eval(v)
	theta, told := tw.theta(a), tw.y
	if do&Fire != 0 {
		told = tw.fire(v, a, theta)
		tw.send(t, told, out)
	}
	if do&Surprise != 0 {
		tw.kept, tw.keptV, tw.keptS = true, v, slope
		if share := tw.cfg.Surprise; share > 0 {
			alone, _ := tw.cfg.Activation.Eval([NumPorts]float64{0, v[Contextual], v[Lateral]})
			tw.send(t, float64(float32(tw.y)-float32(share*(2*tw.theta(alone)-1))), out)
		}
	}
	open := tw.cfg.Gate.Threshold == 0 || tw.chi < tw.cfg.Gate.Threshold && !tw.spent
	learned := do&Learn != 0 && tw.plastic && !tw.frozen && open
	if learned {
		tw.learn(v, slope, theta, grad)
		if tw.cfg.Gate.Once && tw.cfg.Gate.Threshold > 0 {
			tw.chi, tw.spent = 2, true
		}
	}
	if do&Observe != 0 {
		out.Samples = append(out.Samples, Sample{t, tw.id, v, theta, float32(told), learned})
	}
}

func (tw *twin) send(t Time, told float64, out *Output) {
	if !tw.silent && tw.cfg.Tell != TellNever && (tw.cfg.Tell == TellAlways || told != tw.told) {
		tw.told = told
		out.Spikes = append(out.Spikes, Spike{t, tw.id, float32(told)})
	}
}

func (tw *twin) draw(p float64) float64 {
	if Uniform(tw.outputs) < p {
		return 1
	}
	return -1
}

func (tw *twin) sign(v, otherwise float64) float64 {
	tw.torn = tw.torn || tw.rounded && math.Abs(v) < tie
	if v == 0 {
		return otherwise
	}
	return math.Copysign(1, v)
}

// fire returns the value to send.
func (tw *twin) fire(v [NumPorts]float64, a, theta float64) (told float64) {
	switch tw.dyn {
	case Sampled:
		tw.y = tw.draw(theta)
	case Teacher:
		tw.y = tw.sign(v[Receptive], tw.draw(0.5))
	case Sign:
		tw.y = tw.sign(a, tw.y)
	case Belief:
		tw.think(v)
		tw.y = tw.draw((1 + tw.bx) / 2)
	case GradedBelief:
		tw.think(v)
		tw.y = tw.sign(float64(float32(tw.bx)), tw.y)
		told = float64(float32(tw.bx))
	case EmphaticBelief:
		told = float64(float32(tw.emphasise(v)))
		tw.y = tw.sign(told, tw.y)
	}
	if tw.stuck != 0 {
		tw.y = tw.stuck
		return tw.y
	}
	if tw.dyn == GradedBelief || tw.dyn == EmphaticBelief {
		return told
	}
	return tw.y
}

// think is one step of belief recall (g = 1.3/(1.02−q), at first 2.6).
func (tw *twin) think(v [NumPorts]float64) {
	b, q := tw.cfg.Belief, 0.0
	for _, x := range tw.x[Contextual] {
		q += math.Min(x*x, 1) / float64(len(tw.x[Contextual]))
	}
	g := b.Gain / (b.Ceiling - q)
	if tw.bsteps == 0 || len(tw.x[Contextual]) == 0 {
		g = b.FirstGain
	}
	tw.bsteps++
	tw.torn = tw.torn || tw.bnorm > 0 && tw.bnorm < tie
	e := v[Receptive]
	if tw.bnorm > 0 {
		e += g * v[Contextual] / tw.bnorm
	}
	tw.bx = (1-b.Step)*tw.bx + b.Step*math.Tanh(e)
}

// emphasise is one step of belief recall with emphasis.
func (tw *twin) emphasise(v [NumPorts]float64) (told float64) {
	b, xs := tw.cfg.Emphatic, tw.x[Contextual]
	h, q, g := 0.0, 0.0, b.FirstGain
	if tw.bnorm > 0 {
		h = v[Contextual] / tw.bnorm
	}
	tw.torn = tw.torn || tw.bnorm > 0 && tw.bnorm < tie
	for _, x := range xs {
		q += math.Min(x*x, 1) / float64(len(xs))
	}
	if tw.bsteps > 0 && len(xs) > 0 {
		g = b.Gain / (b.Ceiling - q)
	}
	tw.bsteps++
	tw.bx = (1-b.Step)*tw.bx + b.Step*math.Tanh(g*h-g*b.Reaction*(1-q)*tw.bx+v[Receptive])
	if a := math.Abs(h); a < b.Margin {
		return tw.bx + tw.bx*b.Emphasis*(b.Margin-a)
	}
	return tw.bx
}

func (tw *twin) learn(v, slope [NumPorts]float64, theta float64, grad [NumPorts]float64) {
	tw.steps++
	tw.rounded = true
	if tw.cfg.Homeostasis.Target.Residual+tw.cfg.Homeostasis.BiasGain.Residual+tw.cfg.Ports[0].Rate.Residual+tw.cfg.Ports[1].Rate.Residual+tw.cfg.Ports[2].Rate.Residual > 0 {
		bits := (theta*math.Log(1/theta) + (1-theta)*math.Log(1/(1-theta))) / math.Ln2
		tw.unsure = 0.995*tw.unsure + 0.005*bits
	}
	kept := theta
	if tw.cfg.HardBits {
		kept = (tw.y + 1) / 2
	}
	units := min(max(math.Floor(kept*65536+0.5), 1), 65535)
	s := massed{one: units / 65536, zero: 1 - units/65536}
	for p := range tw.cfg.Sources {
		s.cell[p] = tw.cfg.Ports[p].Bins.Index(v[p])
	}
	tw.history = append(tw.history, s)
	if tw.steps > int64(tw.cfg.WarmUp) && !tw.stable(v) {
		d := tw.goal.gradient(tw.windowSamples(), s.cell)
		if m := tw.cfg.StepClip; m > 0 {
			d = math.Max(-m, math.Min(m, d))
		}
		for p := range tw.w {
			tw.stepPort(p, d*theta*(1-theta)*grad[p]*slope[p], tw.y-v[p])
		}
	}
	tw.moveMeans()
	if h := tw.cfg.Homeostasis; h.Gain > 0 {
		tw.meanR += h.MeanRate * (v[Receptive] - tw.meanR)
		dev := (v[Receptive] - tw.meanR) / h.Target.At(tw.steps, tw.unsure)
		for i := range tw.w[Receptive] {
			tw.w[Receptive][i] *= 1 + h.Gain*math.Max(-1, 1-dev*dev)
		}
	}
	if h := tw.cfg.Homeostasis; h.BiasGain.At(tw.steps, tw.unsure) > 0 {
		tw.meanTheta = (1-h.MeanRate)*tw.meanTheta + h.MeanRate*theta
		want := tw.meanTheta
		if least := h.Rate / (1 + h.Tolerance); want < least {
			want = least
		}
		if most := h.Rate * (1 + h.Tolerance); want > most {
			want = most
		}
		tw.bias[Receptive] += h.BiasGain.At(tw.steps, tw.unsure) * (want - theta)
	}
}

// windowSamples returns the prior and the last Window samples.
func (tw *twin) windowSamples() []massed {
	return append(slices.Clone(tw.prior), tw.history[max(0, len(tw.history)-tw.cfg.Window):]...)
}

func (tw *twin) stable(v [NumPorts]float64) bool {
	if tw.cfg.StabilityNorm == 0 {
		return false
	}
	norm, margin := norm2(tw.w[Contextual]), tw.sign(v[Receptive], 0)*v[Contextual]
	near := func(a, b float64) bool { return math.Abs(a-b) < tie*(1+b) }
	tw.torn = tw.torn || tw.rounded && (near(norm, tw.cfg.StabilityNorm) || near(margin, norm)) // like one synapse with an input of ±1
	return norm > tw.cfg.StabilityNorm && margin > norm
}

func (tw *twin) stepPort(p int, drive, miss float64) {
	cfg := tw.cfg.Ports[p]
	gain := cfg.Rate.At(tw.steps, tw.unsure) * tw.scale
	switch {
	case cfg.Rule == Frozen:
		return
	case cfg.Rule == DeltaRule:
		gain *= miss
	case cfg.Norm == Adam:
		tw.adapt(p, gain, drive)
		return
	case cfg.Norm == ByFanIn:
		gain *= drive / math.Max(1, float64(len(tw.w[p])))
	case cfg.Norm == ByPower:
		power := 0.0
		for i := range tw.w[p] {
			power += tw.input(p, i) * tw.input(p, i)
		}
		gain *= drive / (1 + power)
	default:
		gain *= drive
	}
	for i := range tw.w[p] {
		w := (tw.w[p][i] + gain*tw.input(p, i)) * (1 - cfg.Decay)
		if cfg.Clip > 0 {
			w = math.Max(-cfg.Clip, math.Min(cfg.Clip, w))
		}
		tw.w[p][i] = w
	}
	if cfg.Bias {
		tw.bias[p] += gain
	}
}

// adapt is a step of Adam (Kingma and Ba 2015, end of section 2.1).
func (tw *twin) adapt(p int, rate, drive float64) {
	cfg := tw.cfg.Ports[p]
	tw.adams[p]++
	size := rate * math.Sqrt(1-math.Pow(0.999, float64(tw.adams[p]))) / (1 - math.Pow(0.99, float64(tw.adams[p])))
	step := func(i int, g float64) float64 {
		tw.m[p][i] = 0.99*tw.m[p][i] + 0.01*g
		tw.v[p][i] = 0.999*tw.v[p][i] + 0.001*g*g
		return size * tw.m[p][i] / (math.Sqrt(tw.v[p][i]) + 1e-8)
	}
	for i := range tw.w[p] {
		w := (tw.w[p][i] + step(i, drive*tw.input(p, i))) * (1 - cfg.Decay)
		if cfg.Clip > 0 {
			w = math.Max(-cfg.Clip, math.Min(cfg.Clip, w))
		}
		tw.w[p][i] = w
	}
	if cfg.Bias {
		tw.bias[p] += step(len(tw.w[p]), drive)
	}
}

func (tw *twin) moveMeans() {
	for p := range tw.w {
		if c := tw.cfg.Ports[p].Center; c > 0 {
			rate := math.Max(c, 1/float64(tw.steps))
			for i := range tw.mean[p] {
				tw.mean[p][i] = (1-rate)*tw.mean[p][i] + rate*tw.x[p][i]
			}
		}
	}
}
