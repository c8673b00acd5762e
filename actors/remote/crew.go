package remote

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// crew are the neurons that one node holds, in shard actors that share its
// cores. It is used by one goroutine, and all that depends on how a shard
// steps its neurons is here.
type crew struct {
	net    *sim.Network
	bounds []neuron.ID // shard k holds bounds[k] … bounds[k+1]−1
	groups []*sim.Group
	outs   []neuron.Output
	all    []*neuron.Output

	root   *actor.RootContext
	shards []*actor.PID // none where there is only one group
	done   chan error
	steps  *atomic.Uint64 // of neurons, for heartbeats
}

// stepper runs the neurons of a group and counts.
type stepper struct {
	*sim.Group
	out   *neuron.Output
	n     uint64
	steps *atomic.Uint64
}

// someSteps is how many steps are told at a time.
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

// duty is what a shard actor does with its group.
type duty func(k int) error

// newCrew makes the neurons bounds[0] … bounds[len(bounds)−1]−1 of a network, in
// the shards between bounds.
func newCrew(root *actor.RootContext, net *sim.Network, bounds []neuron.ID) (*crew, error) {
	shards := len(bounds) - 1
	c := &crew{net: net, bounds: bounds, root: root, done: make(chan error, shards)}
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

// shard returns what shard actor k does: its duty, and an answer to that.
func (c *crew) shard(k int) actor.ReceiveFunc {
	return func(ctx actor.Context) {
		if do, ok := ctx.Message().(duty); ok {
			c.done <- c.guarded(do, k)
		}
	}
}

// guarded does a duty and makes an error of its panic.
func (c *crew) guarded(do duty, k int) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("neurons %d to %d panicked: %v", c.bounds[k], c.bounds[k+1]-1, reason)
		}
	}()
	return do(k)
}

// each lets every shard do a duty and waits for all.
func (c *crew) each(do duty) error {
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
func (c *crew) stop() {
	for _, ref := range c.shards {
		c.root.Stop(ref)
	}
}

func (c *crew) first() neuron.ID { return c.bounds[0] }
func (c *crew) last() neuron.ID  { return c.bounds[len(c.bounds)-1] }

// deliver files what the whole network told in the epoch before.
func (c *crew) deliver(inputs, spikes []neuron.Spike) error {
	if len(inputs)+len(spikes) == 0 {
		return nil
	}
	return c.each(func(k int) error {
		c.groups[k].Deliver(inputs, spikes)
		return nil
	})
}

// step delivers, lives through one epoch and appends what the neurons did to
// out, sorted.
func (c *crew) step(inputs, spikes []neuron.Spike, e sim.Epoch, out *neuron.Output) error {
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

// next is no later than the next thing that happens here.
func (c *crew) next() neuron.Time {
	next := neuron.Never
	for _, g := range c.groups {
		next = min(next, g.Next())
	}
	return next
}

// report asks a neuron of this crew about itself, at a time to which all has run.
func (c *crew) report(id neuron.ID, want neuron.Want, now neuron.Time) neuron.Report {
	k := 0
	for id >= c.bounds[k+1] {
		k++
	}
	return c.groups[k].Report(int(id-c.bounds[k]), want, now)
}

// save returns the records of all neurons, in order, at a time up to which all
// has run.
func (c *crew) save(now neuron.Time) ([]byte, error) {
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

// load is the inverse of save, at a time.
func (c *crew) load(part []byte, now neuron.Time) error {
	records, err := sim.ReadRecords(part, int(c.last()-c.first()))
	if err != nil {
		return err
	}
	whole := make([]sim.Record, c.net.NumNeurons()) // groups look theirs up by id
	copy(whole[c.first():], records)
	return c.each(func(k int) error { return c.groups[k].RestoreState(whole, now) })
}
