package sim

import (
	"infomorph/internal/prefetch"
	"infomorph/neuron"
	"infomorph/topology"
)

// arrays is a view with one array per delay: the value of every source as it is
// visible after that delay. It updates the arrays as spikes become visible. It
// is for networks with few different delays, and costs one read per synapse.
type arrays struct {
	first  neuron.ID
	delays []neuron.Time
	shown  tones          // by delay and source
	width  int            // number of sources
	spikes []neuron.Spike // sent and not yet visible after every delay, sorted by time
	at     []int          // by delay: index of the next spike to become visible
	next   neuron.Time    // when the next spike becomes visible after any delay

	sources []neuron.ID // by number of the synapse, see topology.Incoming
	rows    []row       // by neuron
	more    []run
	places  []int32 // by synapse of a run with delay −1: delay·sources + source

	passed  []float64 // by delay and source: low-passed values, see circle; nil: there are none
	lowPass float64

	bySource []int32 // index into spikes, sorted by source, for sent
	starts   []int32 // nil: the index must be built
}

// row is the synapses of a neuron, in runs. Most neurons have only one run, so it
// is found without a look at another place in memory.
type row struct {
	first run
	more  int32 // the others are more[more : more+count]
	count int8
}

// run is a group of synapses of a neuron that are read together.
type run struct {
	start       int64 // whole: the first source; delay −1: the first index in places; else: the first index in sources
	from, count int32
	delay       int16 // index of the delay; −1: mixed delays, see places
	whole       bool  // its sources are consecutive
}

const (
	minWhole = 8 // a run of consecutive sources has at least this many
	maxRuns  = 6 // with more runs, a neuron gets one run of mixed delays instead
)

func newArrays(net *Network, first, last neuron.ID, delays []neuron.Time) *arrays {
	sources := net.NumNeurons() + net.NumChannels()
	a := &arrays{
		first: first, delays: delays, width: sources, sources: net.Sources(),
		at: make([]int, len(delays)), next: neuron.Never,
	}
	index := make(map[int32]int16, len(delays))
	for k, d := range delays {
		index[int32(d)] = int16(k)
	}
	a.rows = make([]row, int(last-first))
	apart := 0
	var runs []run
	for id := first; id < last; id++ {
		in := net.Incoming(id)
		runs = a.lay(runs[:0], &in, index)
		apart += scattered(runs)
		if len(runs) > 0 {
			a.rows[id-first] = row{runs[0], int32(len(a.more)), int8(len(runs) - 1)}
			a.more = append(a.more, runs[1:]...)
		}
	}
	values := len(delays) * sources
	a.shown = newTones(values, apart > 0 && values > fewValues)
	return a
}

// fewValues are in the cache closest to the processor even as numbers.
const fewValues = 2048

// scattered returns how many more synapses are read one by one than together.
func scattered(runs []run) (n int) {
	for _, r := range runs {
		if r.whole {
			n -= int(r.count)
		} else {
			n += int(r.count)
		}
	}
	return n
}

// lay divides the synapses of a neuron into runs.
func (a *arrays) lay(runs []run, in *topology.Incoming, index map[int32]int16) []run {
	for i := 0; i < len(in.Source); {
		end := sameDelay(in.Delay, i)
		delay := index[in.Delay[i]]
		for i < end {
			k := consecutive(in.Source[:end], i)
			next := run{start: in.First + int64(i), from: int32(i), count: int32(k - i), delay: delay, whole: k-i >= minWhole}
			if next.whole {
				next.start = int64(in.Source[i])
			}
			if last := len(runs) - 1; !next.whole && last >= 0 && runs[last].delay == delay && !runs[last].whole {
				runs[last].count += next.count
			} else {
				runs = append(runs, next)
			}
			i = k
		}
	}
	if len(runs) <= maxRuns {
		return runs
	}
	runs = append(runs[:0], run{count: int32(len(in.Source)), delay: -1, start: int64(len(a.places))})
	for i, s := range in.Source {
		a.places = append(a.places, int32(int(index[in.Delay[i]])*a.width)+int32(s))
	}
	return runs
}

// sameDelay returns the end of the range of equal delays that starts at i.
func sameDelay(delays []int32, i int) int {
	d := delays[i]
	for i < len(delays) && delays[i] == d {
		i++
	}
	return i
}

// consecutive returns the end of the range of consecutive sources that starts
// at i.
func consecutive(sources []neuron.ID, i int) int {
	i++
	for i < len(sources) && sources[i] == sources[i-1]+1 {
		i++
	}
	return i
}

func (a *arrays) record(inputs, spikes []neuron.Spike) {
	a.trim()
	for len(inputs) > 0 && len(spikes) > 0 {
		if inputs[0].Time < spikes[0].Time {
			a.spikes = append(a.spikes, inputs[0])
			inputs = inputs[1:]
		} else {
			a.spikes = append(a.spikes, spikes[0])
			spikes = spikes[1:]
		}
	}
	a.spikes = append(append(a.spikes, inputs...), spikes...)
	a.starts = nil
	a.expect()
}

// trim removes the spikes that are visible after every delay.
func (a *arrays) trim() {
	gone := len(a.spikes)
	for _, k := range a.at {
		gone = min(gone, k)
	}
	if gone < len(a.spikes)/2 {
		return
	}
	a.spikes = append(a.spikes[:0], a.spikes[gone:]...)
	for k := range a.at {
		a.at[k] -= gone
	}
}

// expect computes when the next spike becomes visible.
func (a *arrays) expect() {
	a.next = neuron.Never
	for k, at := range a.at {
		if at < len(a.spikes) {
			a.next = min(a.next, a.spikes[at].Time+a.delays[k])
		}
	}
}

func (a *arrays) show(t neuron.Time) {
	if t < a.next {
		return
	}
	for k, d := range a.delays {
		at, first := a.at[k], k*a.width
		for at < len(a.spikes) && a.spikes[at].Time+d <= t {
			s := &a.spikes[at]
			place := first + int(s.Source)
			a.shown.set(place, s.Value)
			if a.passed != nil {
				a.take(place, s.Value)
			}
			at++
		}
		a.at[k] = at
	}
	a.expect()
}

func (a *arrays) gather(dst []float64, id neuron.ID) {
	r := &a.rows[id-a.first]
	a.read(dst, &a.shown, &r.first)
	for i := range r.count {
		a.read(dst, &a.shown, &a.more[r.more+int32(i)])
	}
}

// read writes the values of one run.
func (a *arrays) read(dst []float64, values *tones, r *run) {
	dst = dst[r.from : r.from+r.count]
	switch {
	case r.whole:
		values.read(dst, int(r.delay)*a.width+int(r.start))
	case r.delay >= 0:
		pick(dst, values, int(r.delay)*a.width, a.sources[r.start:])
	default:
		pick(dst, values, 0, a.places[r.start:])
	}
}

func (a *arrays) prefetch(id neuron.ID, part Part) {
	switch r := &a.rows[id-a.first]; {
	case part == Tables:
		prefetch.Value(r)
	case part == Itself || r.first.whole:
	case r.first.delay < 0:
		prefetch.Slice(a.places[r.first.start:][:r.first.count])
	default:
		prefetch.Slice(a.sources[r.first.start:][:r.first.count])
	}
}

func (a *arrays) sent(source neuron.ID, from neuron.Time, visit func(t neuron.Time, value float32)) {
	if a.starts == nil {
		a.sortBySource()
	}
	for _, k := range a.bySource[a.starts[source]:a.starts[source+1]] {
		if s := &a.spikes[k]; s.Time >= from {
			visit(s.Time, s.Value)
		}
	}
}

// sortBySource builds the index for sent.
func (a *arrays) sortBySource() {
	a.starts = make([]int32, a.width+2)
	for i := range a.spikes {
		a.starts[a.spikes[i].Source+2]++
	}
	for i := 2; i < len(a.starts); i++ {
		a.starts[i] += a.starts[i-1]
	}
	a.bySource = make([]int32, len(a.spikes))
	for i := range a.spikes {
		at := &a.starts[a.spikes[i].Source+1]
		a.bySource[*at] = int32(i)
		*at++
	}
}

func (a *arrays) restore(now neuron.Time, p *past) {
	for k := range a.delays {
		for s, v := range p.before {
			a.shown.set(k*a.width+s, v)
		}
		a.at[k] = 0
	}
	a.spikes = append(a.spikes[:0], p.spikes...)
	a.starts = nil
	a.expect()
	a.show(now - 1)
}
