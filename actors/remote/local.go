package remote

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// localShards are the neurons of one node, in shard actors that share its cores. It is
// used by one goroutine. Only this file knows how a shard advances its neurons.
type localShards struct {
	net    *sim.Network
	bounds []neuron.ID // shard k holds bounds[k] … bounds[k+1]−1
	groups []*sim.Group
	outs   []neuron.Output
	all    []*neuron.Output

	root   *actor.RootContext
	shards []*actor.PID // none if there is only one group
	done   chan error
	steps  *atomic.Uint64 // number of neuron updates, for heartbeats
}

// stepper runs the neurons of a group and counts their updates.
type stepper struct {
	*sim.Group
	out   *neuron.Output
	n     uint64
	steps *atomic.Uint64
}

// someSteps is after how many updates the shared counter is increased.
const someSteps = 64

// Hand implements sim.Owner.
func (s *stepper) Hand(i int, in *neuron.Inbox) (neuron.Time, bool) {
	n := s.Neuron(i)
	n.Live(in, s.out)
	if s.n++; s.n%someSteps == 0 {
		s.steps.Add(someSteps)
	}
	return n.Next(), true
}

// shardTask is a job for a shard actor: something to do with its group.
type shardTask func(k int) error

// newLocalShards makes the neurons bounds[0] … bounds[len(bounds)−1]−1 of a network.
// Shard k holds bounds[k] … bounds[k+1]−1.
func newLocalShards(root *actor.RootContext, net *sim.Network, bounds []neuron.ID) (*localShards, error) {
	shards := len(bounds) - 1
	c := &localShards{net: net, bounds: bounds, root: root, done: make(chan error, shards)}
	c.groups, c.outs = make([]*sim.Group, shards), make([]neuron.Output, shards)
	for k := range shards {
		c.all = append(c.all, &c.outs[k])
		if shards > 1 {
			c.shards = append(c.shards, root.SpawnPrefix(actor.PropsFromFunc(c.shard(k)), "shard-"+strconv.Itoa(k)))
		}
	}
	return c, c.each(func(k int) (err error) {
		c.groups[k], err = sim.NewGroup(net, c.bounds[k], c.bounds[k+1])
		return err
	})
}

// shard returns the behaviour of shard actor k: it does its duties and reports
// the errors.
func (c *localShards) shard(k int) actor.ReceiveFunc {
	return func(ctx actor.Context) {
		if do, ok := ctx.Message().(shardTask); ok {
			c.done <- c.guarded(do, k)
		}
	}
}

// guarded does a shardTask and turns a panic into an error.
func (c *localShards) guarded(do shardTask, k int) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("neurons %d to %d panicked: %v", c.bounds[k], c.bounds[k+1]-1, reason)
		}
	}()
	return do(k)
}

// each makes every shard do a shardTask and waits for all of them.
func (c *localShards) each(do shardTask) error {
	if len(c.shards) == 0 {
		return c.guarded(do, 0)
	}
	for _, ref := range c.shards {
		c.root.Send(ref, do)
	}
	var first error
	for range c.shards {
		if err := <-c.done; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// stop stops the shard actors.
func (c *localShards) stop() {
	for _, ref := range c.shards {
		c.root.Stop(ref)
	}
}

func (c *localShards) first() neuron.ID { return c.bounds[0] }
func (c *localShards) last() neuron.ID  { return c.bounds[len(c.bounds)-1] }

// deliver files the inputs and spikes of the whole network in the epoch before.
func (c *localShards) deliver(inputs, spikes []neuron.Spike) error {
	if len(inputs)+len(spikes) == 0 {
		return nil
	}
	return c.each(func(k int) error {
		c.groups[k].Deliver(inputs, spikes)
		return nil
	})
}

// step delivers spikes, runs one epoch and appends the output of the neurons to
// out, sorted.
func (c *localShards) step(inputs, spikes []neuron.Spike, e sim.Epoch, out *neuron.Output) error {
	err := c.each(func(k int) error {
		if len(inputs)+len(spikes) > 0 {
			c.groups[k].Deliver(inputs, spikes)
		}
		c.outs[k].Reset()
		own := stepper{Group: c.groups[k], out: &c.outs[k], steps: c.steps}
		c.groups[k].Run(e, &own)
		sim.SortOutput(&c.outs[k])
		return nil
	})
	if err == nil {
		sim.MergeOutput(out, c.all)
	}
	return err
}

// next returns a lower bound of the time of the next event in these shards.
func (c *localShards) next() neuron.Time {
	next := neuron.Never
	for _, g := range c.groups {
		next = min(next, g.Next())
	}
	return next
}

// report returns the report of a neuron of these shards. All neurons must have run
// up to now.
func (c *localShards) report(id neuron.ID, want neuron.Want, now neuron.Time) neuron.Report {
	k := 0
	for id >= c.bounds[k+1] {
		k++
	}
	return c.groups[k].Report(int(id-c.bounds[k]), want, now)
}

// save returns the records of all neurons, in order. All neurons must have run
// up to now.
func (c *localShards) save(now neuron.Time) ([]byte, error) {
	parts := make([][]byte, len(c.groups))
	err := c.each(func(k int) (err error) {
		parts[k], err = c.groups[k].AppendState(nil, now)
		return err
	})
	if err != nil || len(parts) == 1 {
		return parts[0], err
	}
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	all := make([]byte, 0, size)
	for _, p := range parts {
		all = append(all, p...)
	}
	return all, nil
}

// load is the inverse of save.
func (c *localShards) load(part []byte, now neuron.Time) error {
	records, err := sim.ReadRecords(part, int(c.last()-c.first()))
	if err != nil {
		return err
	}
	whole := make([]sim.Record, c.net.NumNeurons()) // groups find their records by neuron id
	copy(whole[c.first():], records)
	return c.each(func(k int) error { return c.groups[k].RestoreState(whole, now) })
}
