package sim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
)

// Network is a complete description of what to simulate. It does not say how to
// run it.
type Network struct {
	*topology.Graph
	// Config returns the configuration of a neuron. The neurons of a population
	// share one.
	Config func(neuron.ID) *neuron.Config
	Seed   uint64
	// Noise is the noise on spikes in flight; nil: none. It is listed by
	// projection, first for the targets of group 0, then for those of group 1,
	// ….
	Noise []Noise
	// Group returns the group of a neuron as a target of noise; nil: all
	// neurons are in group 0.
	Group func(neuron.ID) int

	width, longest neuron.Time
	lineage        lineage
	partial        bool // see Part
}

// synapses returns the incoming synapses of target at a port. The slot of a
// synapse is its index in the result.
func (n *Network) synapses(target neuron.ID, port neuron.Port) topology.Incoming {
	in := n.Incoming(target)
	lo, _ := slices.BinarySearch(in.Port, port)
	hi, _ := slices.BinarySearch(in.Port, port+1)
	in.Source, in.Weight, in.Delay, in.Projection = in.Source[lo:hi], in.Weight[lo:hi], in.Delay[lo:hi], in.Projection[lo:hi]
	return in
}

// maxBuckets bounds the ring of a router: longest delay divided by epoch
// length.
const maxBuckets = 1 << 20

// Prepare validates the network and computes its epoch length. It must be
// called once before the network is run.
func (n *Network) Prepare() error {
	if n.NumNeurons() < 1 {
		return fmt.Errorf("sim: a network needs at least one neuron")
	}
	if err := n.checkNoise(); err != nil {
		return err
	}
	jitter := n.lineage.reach
	for _, z := range n.Noise {
		jitter = max(jitter, z.Latest())
	}
	shortest, longest := neuron.Never, neuron.Time(0)
	for id := range neuron.ID(n.NumNeurons()) {
		for _, d := range n.Incoming(id).Delay {
			shortest, longest = min(shortest, neuron.Time(d)), max(longest, neuron.Time(d))
		}
	}
	if shortest == neuron.Never {
		shortest, longest = neuron.Millisecond, neuron.Millisecond
	}
	if shortest < 1 {
		return fmt.Errorf("sim: a delay is %d µs, expected at least 1 µs", shortest)
	}
	n.width, n.longest = shortest, longest+jitter
	if n.longest/n.width >= maxBuckets {
		return fmt.Errorf("sim: delays from %v to %v: the longest may be at most %d times the shortest", shortest, longest, maxBuckets)
	}
	return nil
}

// checkNoise returns an error if noise is out of range or missing.
func (n *Network) checkNoise() error {
	groups := 1
	if n.Group != nil {
		for id := range neuron.ID(n.NumNeurons()) {
			g := n.Group(id)
			if g < 0 {
				return fmt.Errorf("sim: neuron %d is of group %d", id, g)
			}
			groups = max(groups, g+1)
		}
	}
	if per := max(len(n.Projections), 1); n.Noise != nil && (len(n.Noise) < groups*per || len(n.Noise)%per != 0) {
		return fmt.Errorf("sim: noise for %d projections, the network has %d in %d groups", len(n.Noise), len(n.Projections), groups)
	}
	for _, z := range n.Noise {
		if err := z.validate(); err != nil {
			return err
		}
	}
	return nil
}

// noiseAt returns the index in Noise for a synapse of a neuron.
func (n *Network) noiseAt(to neuron.ID, projection int16) int {
	if n.Group == nil {
		return int(projection)
	}
	return n.Group(to)*len(n.Projections) + int(projection)
}

// Width returns the epoch length: the smallest delay.
func (n *Network) Width() neuron.Time { return n.width }

// FirstDelays returns for each neuron and channel the smallest delay of its
// outgoing synapses, neuron.Never if it has none. Noise can only make a delay
// longer.
func (n *Network) FirstDelays() []neuron.Time {
	first := make([]neuron.Time, n.NumNeurons()+n.NumChannels())
	for i := range first {
		first[i] = neuron.Never
	}
	for id := range neuron.ID(n.NumNeurons()) {
		in := n.Incoming(id)
		for k, source := range in.Source {
			first[source] = min(first[source], neuron.Time(in.Delay[k]))
		}
	}
	return first
}

// FirstArrival returns the earliest time at which one of the spikes arrives anywhere,
// neuron.Never if none does. The delays are those of FirstDelays.
func FirstArrival(spikes []neuron.Spike, firstDelay []neuron.Time) neuron.Time {
	first := neuron.Never
	for i := range spikes {
		if d := firstDelay[spikes[i].Source]; d != neuron.Never {
			first = min(first, spikes[i].Time+d)
		}
	}
	return first
}

// Slots returns the number of synapses of a neuron by port.
func (n *Network) Slots(id neuron.ID) (slots [neuron.NumPorts]int32) {
	for _, p := range n.Incoming(id).Port {
		slots[p]++
	}
	return slots
}

// NewNeuron makes a neuron of the network in its initial state.
func (n *Network) NewNeuron(id neuron.ID) (*neuron.Neuron, error) {
	return neuron.New(id, n.Config(id), n.Seed, n.weights(make([]float64, n.InDegree(id)), id))
}

// weights fills all with the initial weights of a neuron and returns it by port.
func (n *Network) weights(all []float64, id neuron.ID) (weights [neuron.NumPorts][]float64) {
	for i, v := range n.Incoming(id).Weight {
		all[i] = float64(v)
	}
	for p, k := range n.Slots(id) {
		weights[p], all = all[:k:k], all[k:]
	}
	return weights
}

// newRouter returns a router that serves the neurons for which serves returns
// true; nil: all. It has no pending events.
func (n *Network) newRouter(first, last neuron.ID, serves func(i int) bool) *Router {
	size := int(last - first)
	r := &Router{
		serves: serves,
		first:  first, last: last, width: n.width, noise: n.Noise,
		ring:   make([][]pendingEvent, n.longest/n.width+2),
		bounds: make([]int32, size+1), cursor: make([]int32, size+1),
		wake: make([]neuron.Time, size), slots: make([][neuron.NumPorts]int32, size),
	}
	for i := range r.wake {
		r.wake[i] = neuron.Never
		r.slots[i] = n.Slots(first + neuron.ID(i))
	}
	if n.noisy() {
		r.draws = make([]rand.PCG, size)
		for i := range r.draws {
			r.draws[i] = *neuron.NewPCG(n.Seed, neuron.ForTransport, first+neuron.ID(i))
		}
	}
	n.fillRoutes(r)
	return r
}

// noiseTo reports whether there is noise on any synapse of a neuron.
func (n *Network) noiseTo(id neuron.ID) bool {
	if n.Noise == nil {
		return false
	}
	for _, p := range n.Incoming(id).Projection {
		if !n.Noise[n.noiseAt(id, p)].Zero() {
			return true
		}
	}
	return false
}

// noisy reports whether there is noise on any spike, now or at an earlier time
// of the run.
func (n *Network) noisy() bool {
	return len(n.lineage.noise) > 0 || slices.ContainsFunc(n.Noise, func(z Noise) bool { return !z.Zero() })
}

// fillRoutes sorts the synapses of the router's neurons by source with a
// counting sort, so that the targets of a spike are contiguous. Without noise
// it also sorts them by delay. With noise it must not, because random numbers
// are drawn in the order of routes.
func (n *Network) fillRoutes(r *Router) {
	r.offsets = make([]int32, n.NumNeurons()+n.NumChannels()+1)
	n.eachSynapse(r, func(source neuron.ID, _ route, _ int32) { r.offsets[source+1]++ })
	for i := 1; i < len(r.offsets); i++ {
		r.offsets[i] += r.offsets[i-1]
	}
	r.routes = make([]route, r.offsets[len(r.offsets)-1])
	if r.draws != nil {
		r.noiseOf = make([]int32, len(r.routes))
	}
	at := append([]int32(nil), r.offsets...)
	n.eachSynapse(r, func(source neuron.ID, rt route, noise int32) {
		r.routes[at[source]] = rt
		if r.draws != nil {
			r.noiseOf[at[source]] = noise
		}
		at[source]++
	})
	for s := range r.offsets[1:] {
		if r.draws == nil {
			sortStable(r.routes[r.offsets[s]:r.offsets[s+1]], compareDelays)
		}
	}
}

func compareDelays(a, b route) int {
	return cmp.Or(cmp.Compare(a.lag, b.lag), cmp.Compare(a.rem, b.rem))
}

func (n *Network) eachSynapse(r *Router, do func(source neuron.ID, rt route, noise int32)) {
	width := int32(n.width)
	for id := r.first; id < r.last; id++ {
		if r.serves != nil && !r.serves(int(id-r.first)) {
			continue
		}
		for p := range neuron.Port(neuron.NumPorts) {
			syn := n.synapses(id, p)
			for k, source := range syn.Source {
				rt := route{syn.Delay[k] / width, syn.Delay[k] % width, int32(id - r.first), synapse(p)<<slotBits | synapse(k)}
				noise := int32(0)
				if n.Noise != nil {
					if at := n.noiseAt(id, syn.Projection[k]); !n.Noise[at].Zero() {
						noise = int32(at) + 1
					}
				}
				do(source, rt, noise)
			}
		}
	}
}

// Longest returns the longest time that a spike can be in flight, jitter
// included.
func (n *Network) Longest() neuron.Time { return n.longest }
