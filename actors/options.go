package actors

import (
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Mode says which parts of a network are actors.
type Mode uint8

// The modes.
const (
	Neurons    Mode = iota // every neuron is an actor
	Population             // neurons are part of the shard actors, for large networks
)

var modeNames = []string{"neurons", "population"}

// String returns the name used on the command line.
func (m Mode) String() string {
	if int(m) >= len(modeNames) {
		return fmt.Sprintf("mode(%d)", uint8(m))
	}
	return modeNames[m]
}

// Options are the options of an Engine. None of them changes a result.
type Options struct {
	Mode   Mode
	Shards int // actors that drive neurons; 0: the result of ShardsFor
	// Deadline is how long no neuron may answer before the run ends with an
	// error; 0 means one minute. It takes up to twice the deadline to notice.
	Deadline time.Duration
	Logger   *slog.Logger // for the actor system; nil: none
	// Delivery is how spikes reach neurons.
	Delivery sim.Delivery

	// tap is called with each inbox before the neuron processes it, on the
	// goroutine of the neuron's owner. Tests inspect inboxes and inject faults
	// with it.
	tap func(neuron.ID, neuron.Inbox)
}

const (
	defaultDeadline = time.Minute
	maxShards       = 4096
)

// complete validates o and fills in defaults.
func (o Options) complete(net *sim.Network) (Options, error) {
	switch {
	case int(o.Mode) >= len(modeNames):
		return o, fmt.Errorf("actors: unknown mode %d", o.Mode)
	case o.Shards < 0 || o.Shards > maxShards:
		return o, fmt.Errorf("actors: %d shards, expected 0 to %d", o.Shards, maxShards)
	case o.Deadline < 0:
		return o, fmt.Errorf("actors: the deadline is %v, expected more than 0", o.Deadline)
	}
	if o.Shards == 0 {
		o.Shards = ShardsFor(net, runtime.GOMAXPROCS(0))
	}
	o.Shards = min(o.Shards, net.NumNeurons())
	if o.Deadline == 0 {
		o.Deadline = defaultDeadline
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// updateCost is the cost of an update without its synapses, in units of one
// synapse.
const updateCost = 200

// minShardWork is how much work per epoch, in synapses, a shard must have to be
// worth its messages: about 0.1 ms if all neurons update and all have spiked.
const minShardWork = 160_000

// ShardsFor returns the default number of shards for a network and a number of
// processors: one per processor, but no shard with too little work. A network
// with all-to-all connections and fewer than 475 neurons gets one shard.
func ShardsFor(net *sim.Network, processors int) int {
	work := int64(net.NumSynapses()) + updateCost*int64(net.NumNeurons())
	return int(min(int64(max(processors, 1)), max(1, work/minShardWork)))
}

// partition divides the neurons of a network into contiguous ranges of about
// equal work: shard k drives bounds[k] … bounds[k+1]−1, at least one neuron.
func partition(net *sim.Network, shards int) (bounds []neuron.ID) {
	n := neuron.ID(net.NumNeurons())
	total := int64(net.NumSynapses()) + updateCost*int64(n)
	bounds = append(bounds, 0)
	done := int64(0)
	for id := range n {
		k := len(bounds)
		left := int(n - id) // neurons from here on
		full := done*int64(shards) >= total*int64(k)
		if id > bounds[k-1] && (full || left == shards-k) {
			bounds = append(bounds, id)
		}
		done += int64(net.InDegree(id)) + updateCost
	}
	return append(bounds, n)
}
