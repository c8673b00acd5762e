package neuron

import (
	"math"
	"math/rand/v2"

	"infomorph/internal/prefetch"
	"infomorph/pid"
)

// Neuron is one infomorphic neuron. It owns its incoming synapses and all of
// its state; only the inboxes that it gets change it. It is not safe for
// concurrent use: one owner advances it.
type Neuron struct {
	id     ID
	cfg    *Config // shared by a population, read-only
	ports  [NumPorts]port
	window pid.Window

	outputs, clock rand.PCG
	next           Time // the next update of its own clock

	y, sent   float32 // output, and the value of the last spike (0: none yet)
	stuck     float32 // output forced by a fault; 0: none
	silent    bool
	plastic   bool
	frozen    bool // learning is stopped, whatever plastic says
	broken    bool // see Breakdown
	dynamics  Dynamics
	rateScale float64

	updates, steps int64   // number of updates; number of learning updates
	news           float64 // χ of the gate
	meanR          float64 // running mean of the receptive value
	meanRate       float64 // and of the firing probability
	residual       float64 // residual entropy of the output [bit]; see followResidual
	belief         belief
	held           *held // nil: there were no surprises yet
}

// New returns neuron id with the given initial weights, one slice per port in
// the order of its synapses; it keeps the slices. All presynaptic values start
// at 0. It returns an error if the configuration is invalid.
func New(id ID, cfg *Config, seed uint64, weights [NumPorts][]float64) (*Neuron, error) {
	n, err := NewShown(id, cfg, seed, weights)
	if err == nil {
		n.own()
	}
	return n, err
}

// NewShown is New for a neuron that gets its presynaptic values with every
// update (Inbox.Seen), so it needs no memory for them.
func NewShown(id ID, cfg *Config, seed uint64, weights [NumPorts][]float64) (*Neuron, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	n := &Neuron{}
	n.begin(id, cfg, seed, weights)
	w, err := pid.NewWindow(n.windowConfig())
	if err != nil {
		return nil, err
	}
	n.window = *w
	return n, nil
}

// begin sets everything but the window.
func (n *Neuron) begin(id ID, cfg *Config, seed uint64, weights [NumPorts][]float64) {
	*n = Neuron{
		id: id, cfg: cfg,
		outputs: *NewPCG(seed, ForOutput, id), clock: *NewPCG(seed, ForClock, id),
		y: -1, plastic: cfg.Plastic, dynamics: cfg.Dynamics, rateScale: 1, news: 1, residual: 1,
	}
	for p := range n.ports {
		n.ports[p] = newPort(&cfg.Ports[p], weights[p])
	}
	n.believe()
	n.next = n.firstUpdate()
}

// ID returns the id of the neuron.
func (n *Neuron) ID() ID { return n.id }

// Next returns the time of the next update of the neuron's own clock, Never
// if it has none.
func (n *Neuron) Next() Time { return n.next }

// Weights returns the weights of a port in slot order. The slice belongs to the
// neuron: do not change it, and read it only between two calls of Advance.
func (n *Neuron) Weights(p Port) []float64 { return n.ports[p].w }

// Window returns the samples that the neuron learns from. The same rule
// applies.
func (n *Neuron) Window() *pid.Window { return &n.window }

// Output returns the current output, −1 or +1.
func (n *Neuron) Output() float32 { return n.y }

// Advance runs the neuron through one epoch. It applies the events and signals
// of in at their times, updates when a signal or the neuron's clock requires
// it, and appends the results to out. Events at a time are applied before
// signals of that time, and the neuron updates at most once per time.
func (n *Neuron) Advance(in Inbox, out *Output) { n.Live(&in, out) }

// Live is Advance without a copy of the inbox, which it only reads.
//
// It is compiled once, not into each engine: where the compiler fuses multiplications and
// additions, as on arm64, copies could round differently.
//
//go:noinline
func (n *Neuron) Live(in *Inbox, out *Output) {
	if in.Seen == nil {
		n.advance(in, out)
		return
	}
	n.Show(in.Seen)
	if in.Keep {
		n.own()
	}
	n.advance(in, out)
	if !in.Keep {
		n.Show(nil)
	}
}

// Prefetch requests the memory of a neuron that gets an inbox soon, so that it
// is in the cache by then. It changes nothing. If neurons update in no regular
// order, waiting for memory is the largest cost.
func (n *Neuron) Prefetch() { prefetch.Value(n) }

// PrefetchInputs requests the memory of the synapses and the window. The neuron
// itself should be in the cache already.
func (n *Neuron) PrefetchInputs() {
	for p := range n.ports {
		prefetch.Slice(n.ports[p].w)
	}
	if n.plastic {
		n.window.Prefetch()
	}
}

// Show sets the presynaptic values, by port and slot, until the next call of
// Show; nil removes them. A neuron without presynaptic values of its own needs
// them for AppendBinary; UnmarshalBinary writes to them.
func (n *Neuron) Show(seen []float64) {
	for p := range n.ports {
		port := &n.ports[p]
		k := len(port.w)
		switch {
		case k == 0:
		case seen == nil:
			port.x = nil
		default:
			port.x, seen = seen[:k:k], seen[k:]
			port.touch()
		}
	}
}

// own gives the neuron presynaptic values of its own: a copy of those that it
// is shown, or zeros.
func (n *Neuron) own() {
	for p := range n.ports {
		x := make([]float64, len(n.ports[p].w))
		copy(x, n.ports[p].x)
		n.ports[p].x = x
	}
}

// AppendInputs appends the presynaptic values by port and slot. It appends
// nothing if the neuron has none of its own.
func (n *Neuron) AppendInputs(dst []float64) []float64 {
	for p := range n.ports {
		dst = append(dst, n.ports[p].x...)
	}
	return dst
}

// advance is Advance after Seen has been applied.
func (n *Neuron) advance(in *Inbox, out *Output) {
	if n.cfg.Removed || n.broken {
		return
	}
	events, signals := in.Events, in.Signals
	if len(events)+len(signals) == 0 { // only updates of its own clock
		for n.next < in.End {
			t := n.next
			n.next = n.after(t)
			n.update(t, Fire|Learn, out)
		}
		return
	}
	for {
		if len(events) > 0 && n.cfg.Clock.Kind == OnEvent && n.next == Never {
			n.next = events[0].Time + n.cfg.Clock.Interval
		}
		t := n.next
		if len(signals) > 0 {
			t = min(t, signals[0].Time)
		}
		k := 0
		for k < len(events) && events[k].Time <= t {
			k++
		}
		n.receive(events[:k])
		events = events[k:]
		if t >= in.End {
			return
		}
		var do Flags
		for len(signals) > 0 && signals[0].Time == t {
			do |= n.obey(&signals[0])
			signals = signals[1:]
		}
		if n.next == t {
			do |= Fire | Learn
			n.next = n.after(t)
		}
		if do != 0 {
			n.update(t, do, out)
			if n.broken {
				return
			}
		}
	}
}

// obey carries out a signal. For a Tick it returns the flags.
func (n *Neuron) obey(s *Signal) Flags {
	if !s.Reaches(n.id) {
		return 0
	}
	switch s.Kind {
	case Tick:
		return s.Flags
	case SetPlastic:
		n.plastic = s.Value != 0
	case SetDynamics:
		n.setDynamics(s.Value)
	case SetRateScale:
		n.rateScale = s.Value
	case SetFrozen:
		n.frozen = s.Value != 0
	case SetSilent:
		n.silent = s.Value != 0
	case SetStuck:
		n.stuck = signOf(s.Value, 0)
	}
	return 0
}

// SetGoal changes the goal of the neuron; the state stays. It returns an error
// if the goal is for another number of sources.
func (n *Neuron) SetGoal(g pid.Goal) error { return n.window.SetGoal(g) }

// Restart moves the clock of a neuron that was restored from an earlier state
// to its first update at or after now.
func (n *Neuron) Restart(now Time) {
	if n.cfg.Clock.Kind == Periodic && n.next < now {
		n.next += (now - n.next + n.cfg.Clock.Interval - 1) / n.cfg.Clock.Interval * n.cfg.Clock.Interval
	}
	for n.next < now {
		n.next = n.after(n.next)
	}
}

// setDynamics handles SetDynamics; an invalid value changes nothing.
func (n *Neuron) setDynamics(v float64) {
	if d, ok := DynamicsOf(v); ok {
		n.dynamics = d
		n.believe()
	}
}

// update evaluates the neuron at time t.
func (n *Neuron) update(t Time, do Flags, out *Output) {
	n.updates++
	var s, slope, grad [NumPorts]float64
	n.sample(do, &s, &slope)
	A := n.cfg.Activation.eval(&s, &grad)
	if !isFinite(s[0] + s[1] + s[2] + A) {
		n.breakDown(t, n.brokenSum(&s, A), out)
		return
	}
	theta := Theta(A, n.cfg.thetaFloor())
	value := n.y
	if do&Fire != 0 {
		if value = n.fire(&s, A, theta); value-value != 0 {
			n.breakDown(t, &Breakdown{What: ThetaBroke, Value: float64(value)}, out)
			return
		}
		n.emit(t, value, out)
	}
	if do&Surprise != 0 {
		n.surprise(t, s, slope, out)
	}
	learn := do&Learn != 0 && n.plastic && !n.frozen && n.open()
	if learn {
		for p := range grad {
			grad[p] *= slope[p]
		}
		if b := n.learn(&s, theta, &grad); b != nil {
			n.breakDown(t, b, out)
			return
		}
		n.learnt()
	}
	if do&Observe != 0 {
		out.Samples = append(out.Samples, Sample{t, n.id, s, theta, value, learn})
	}
}

// sums sets the value of each port and its slope.
func (n *Neuron) sums(v, slope *[NumPorts]float64) {
	for p := range n.ports {
		v[p], slope[p] = n.ports[p].value()
	}
}

func (c *Config) thetaFloor() float64 {
	return max(c.ThetaFloor, ThetaFloor)
}

// fire chooses the output under the current dynamics and returns the value to
// send: the output, or a graded belief.
func (n *Neuron) fire(s *[NumPorts]float64, A, theta float64) float32 {
	graded := float32(0)
	switch {
	case n.dynamics == Teacher:
		n.y = signOf(s[Receptive], n.draw(0.5))
	case n.dynamics == Sign:
		n.y = signOf(A, n.y)
	case n.dynamics == Belief:
		n.y = n.draw((1 + n.think(s)) / 2)
	case n.dynamics == GradedBelief || n.dynamics == EmphaticBelief:
		graded = float32(n.think(s))
		n.y = signOf(float64(graded), n.y)
	default:
		n.y = n.draw(theta)
	}
	if n.stuck != 0 {
		n.y = n.stuck
		return n.y
	}
	if n.dynamics == GradedBelief || n.dynamics == EmphaticBelief {
		return graded
	}
	return n.y
}

// draw returns +1 with probability p.
func (n *Neuron) draw(p float64) float32 {
	if Uniform(&n.outputs) < p {
		return 1
	}
	return -1
}

func (n *Neuron) emit(t Time, v float32, out *Output) {
	if n.silent || n.cfg.Tell == TellNever || n.cfg.Tell == TellChange && v == n.sent {
		return
	}
	n.sent = v
	out.Spikes = append(out.Spikes, Spike{t, n.id, v})
}

func signOf(v float64, otherwise float32) float32 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return otherwise
}

func (n *Neuron) firstUpdate() Time {
	if n.cfg.Removed {
		return Never
	}
	switch n.cfg.Clock.Kind {
	case Periodic:
		if n.cfg.Clock.Scatter {
			return n.cfg.Clock.Phase + Time(Uniform(&n.clock)*float64(n.cfg.Clock.Interval))
		}
		return n.cfg.Clock.Phase
	case Poisson:
		return n.after(0)
	}
	return Never
}

// after returns the clock's next update after the one at t.
func (n *Neuron) after(t Time) Time {
	switch n.cfg.Clock.Kind {
	case Periodic:
		return t + n.cfg.Clock.Interval
	case Poisson:
		wait := -math.Log1p(-Uniform(&n.clock)) * float64(n.cfg.Clock.Interval)
		return t + max(1, Time(math.Ceil(wait)))
	}
	return Never
}

// SetWeights replaces the weights of a port, in slot order, and its bias. It is
// for weights that were learnt outside, and is called between two calls of
// Advance. It panics if the number of weights differs.
func (n *Neuron) SetWeights(p Port, weights []float64, bias float64) {
	port := &n.ports[p]
	if len(weights) != len(port.w) {
		panic("neuron: the number of weights differs")
	}
	copy(port.w, weights)
	port.bias = bias
	port.touch()
}
