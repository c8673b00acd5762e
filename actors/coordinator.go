package actors

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// coordinator is the actor that advances the network. It carries out one
// request at a time. In each round it sends every shard an order. The shard that is done
// last sends its order back, which ends the round.
type coordinator struct {
	requests
	net        *sim.Network
	opts       *Options
	bounds     []neuron.ID // shard k drives bounds[k] … bounds[k+1]−1
	firstDelay []neuron.Time
	done       chan<- struct{} // closed when the coordinator and all below it have stopped

	shards         []*actor.PID
	orders         []*order
	standbys       []*standby
	dog            watchdog
	inlineWatchdog *inlineWatchdog // replaces dog if there is only one shard

	under     round // the round under way
	scheduler *sim.Scheduler
	epoch     sim.Epoch

	saved  []byte         // save: the part of the state that is not written yet
	next   neuron.Time    // earliest time at which something happens
	inputs []neuron.Spike // not yet delivered
	out    neuron.Output  // of the last epoch; its spikes are not yet delivered
	groups []*neuron.Output
}

// Receive handles one message of a request. A panic here comes from the sink or
// is a bug of this package; the user gets an answer in both cases.
func (c *coordinator) Receive(ctx actor.Context) {
	defer func() {
		if reason := recover(); reason != nil {
			c.opts.Logger.Debug("coordinator panicked", "reason", reason, "stack", string(debug.Stack()))
			c.fail(fmt.Errorf("actors: the run panicked at %v: %v", c.now, reason))
		}
	}()
	switch m := ctx.Message().(type) {
	case *actor.Started:
		c.start(ctx)
	case *actor.Stopping:
		c.unwatch()
	case *actor.Stopped:
		close(c.done)
	case *request:
		c.accept(ctx, m)
	case *order:
		c.collect(ctx, m)
	case *tick: // a tick of an earlier request may arrive late
		if m.request == c.request {
			c.watch()
		}
	}
}

// HandleFailure makes the coordinator the supervisor of the shards.
func (c *coordinator) HandleFailure(_ *actor.ActorSystem, sup actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	sup.StopChildren(child)
	c.fail(fmt.Errorf("actors: %s panicked at %v: %v", child.Id, c.now, reason))
}

func (c *coordinator) start(ctx actor.Context) {
	for k := range len(c.bounds) - 1 {
		s := &shard{net: c.net, opts: c.opts, first: c.bounds[k], last: c.bounds[k+1], firstDelay: c.firstDelay, pulse: &pulse{}}
		props := actor.PropsFromProducer(func() actor.Actor { return s })
		if len(c.bounds) == 2 { // one shard has nothing to run in parallel with, so it needs no goroutine
			props = props.Configure(actor.WithDispatcher(synchronized))
			c.inlineWatchdog = &inlineWatchdog{pulse: s.pulse, deadline: c.opts.Deadline}
		}
		ref := ctx.SpawnPrefix(props, "shard-"+strconv.Itoa(k))
		c.shards = append(c.shards, ref)
		c.dog.pulses = append(c.dog.pulses, s.pulse)
		c.orders = append(c.orders, &order{round: &c.under})
		s.waits = worthWaiting(len(c.bounds) - 1)
		c.standbys = append(c.standbys, &s.standby)
		c.groups = append(c.groups, &c.orders[k].out)
	}
	c.dog.root, c.dog.deadline = c.root, c.opts.Deadline
}

// accept begins a request.
func (c *coordinator) accept(ctx actor.Context, r *request) {
	if !c.begin(ctx, r) {
		c.finish(reply{err: c.broken})
		return
	}
	c.keepWatch(ctx.Self())
	switch r.verb {
	case advance:
		scheduler, err := sim.NewScheduler(c.net, c.now, r.until, r.feed)
		if err != nil {
			c.finish(reply{err: err})
			return
		}
		c.scheduler = scheduler
		c.proceed(ctx)
	case load:
		c.load(ctx)
	case report:
		c.report(ctx)
	case save:
		for _, o := range c.orders {
			o.at = -1
		}
		c.saved = sim.AppendHeader(nil, c.net, c.now)
		c.round(ctx)
	default:
		c.round(ctx)
	}
}

// proceed begins the next epoch, or ends the request when its time is reached.
func (c *coordinator) proceed(ctx actor.Context) {
	e, ok := c.scheduler.Next(c.next)
	if !ok {
		c.now = c.request.until
		c.finish(reply{})
		return
	}
	c.epoch = e
	c.round(ctx)
}

func (c *coordinator) load(ctx actor.Context) {
	now, records, err := sim.ReadState(c.request.state, c.net)
	if err != nil {
		c.finish(reply{err: err})
		return
	}
	c.now = now
	c.delivered()
	for k, o := range c.orders {
		o.records = records[c.bounds[k]:c.bounds[k+1]]
	}
	c.round(ctx)
}

func (c *coordinator) report(ctx actor.Context) {
	for _, o := range c.orders {
		o.ids = o.ids[:0]
	}
	for _, id := range c.request.ids {
		if id < 0 || int(id) >= c.net.NumNeurons() {
			c.finish(reply{err: fmt.Errorf("actors: there is no neuron %d", id)})
			return
		}
		o := c.orders[c.shardOf(id)]
		o.ids = append(o.ids, id)
	}
	c.round(ctx)
}

func (c *coordinator) shardOf(id neuron.ID) int {
	k, exact := slices.BinarySearch(c.bounds, id)
	if !exact {
		k--
	}
	return k
}

// round sends every shard its order.
func (c *coordinator) round(ctx actor.Context) {
	c.under.left.Store(int32(len(c.orders)))
	for k := range c.orders {
		c.send(ctx, k)
	}
}

// send sends a shard its order.
func (c *coordinator) send(ctx actor.Context, k int) {
	o := c.orders[k]
	o.away.Store(true)
	o.verb, o.epoch, o.now, o.want = c.request.verb, c.epoch, c.now, c.request.want
	o.inputs, o.spikes = c.inputs, c.out.Spikes
	if c.inlineWatchdog != nil {
		c.inlineWatchdog.out(sentFor{o.verb, c.now, c.epoch.End})
	}
	if !c.standbys[k].hand(o) {
		ctx.Send(c.shards[k], o)
	}
}

// collect ends a round, in which o is the order that was done last.
func (c *coordinator) collect(ctx actor.Context, o *order) {
	if c.request == nil || c.broken != nil {
		return // too late
	}
	if c.inlineWatchdog != nil && !c.inlineWatchdog.back() {
		c.request = nil // its user already has an answer
		return
	}
	c.next = neuron.Never
	for _, o := range c.orders {
		if o.err != nil {
			c.refuse(o.err)
			return
		}
		c.next = min(c.next, o.next)
	}
	c.delivered()
	switch c.request.verb {
	case advance:
		c.publish(ctx)
	case save:
		c.savePiece(ctx, o)
	case report:
		c.finish(reply{reports: c.joinReports()})
	default:
		c.finish(reply{})
	}
}

// publish ends an epoch: it merges the spikes, keeps them for delivery and
// passes them to the sink.
func (c *coordinator) publish(ctx actor.Context) {
	sim.MergeOutput(&c.out, c.groups)
	if err := sim.Broken(&c.out); err != nil {
		c.fail(err)
		return
	}
	c.inputs = append(c.inputs, c.epoch.Inputs...)
	c.next = min(c.next, sim.FirstArrival(c.inputs, c.firstDelay))
	c.now = c.epoch.End
	err := c.request.sink.Epoch(c.now, &c.out)
	if err == nil {
		err = c.request.ended()
	}
	if err != nil {
		c.finish(reply{err: err})
		return
	}
	c.proceed(ctx)
}

// delivered drops the spikes of the last epoch.
func (c *coordinator) delivered() {
	c.inputs = c.inputs[:0]
	c.out.Reset()
}

// savePiece takes the piece of the state that just arrived and asks for the
// next one. The shards are asked one after the other, in order.
func (c *coordinator) savePiece(ctx actor.Context, last *order) {
	c.saved = append(c.saved, last.state...)
	last.state = last.state[:0]
	if w := c.request.w; w != nil {
		if _, err := w.Write(c.saved); err != nil {
			c.finish(reply{err: err})
			return
		}
		c.saved = c.saved[:0]
	} else if last == c.orders[0] && last.at > 0 && len(c.saved) < 2*sim.Piece {
		c.saved = sim.GrowState(c.saved, 0, last.at, c.net.NumNeurons())
	}
	for k, o := range c.orders {
		if o.at < int(c.bounds[k+1]-c.bounds[k]) {
			c.under.left.Store(1)
			c.send(ctx, k)
			return
		}
	}
	c.finish(reply{state: c.saved})
}

func (c *coordinator) joinReports() []neuron.Report {
	reports := make([]neuron.Report, len(c.request.ids))
	for i, id := range c.request.ids {
		o := c.orders[c.shardOf(id)]
		reports[i], o.reports = o.reports[0], o.reports[1:]
	}
	return reports
}

// forget ends the watch over a request, and drops what belongs to it.
func (c *coordinator) forget() {
	c.unwatch()
	c.saved, c.scheduler, c.epoch = nil, nil, sim.Epoch{}
}

// watch ends the run if no shard that has an order made progress since the last
// tick.
func (c *coordinator) watch() {
	stuck := slices.IndexFunc(c.orders, func(o *order) bool { return o.away.Load() })
	if c.dog.moved() || stuck < 0 {
		c.dog.again()
		return
	}
	c.fail(c.stall(stuck, c.dog.busy(stuck), c.request.verb, c.epoch.End))
}

// keepWatch starts the watchdog for the current request.
func (c *coordinator) keepWatch(self *actor.PID) {
	if c.inlineWatchdog == nil {
		c.dog.arm(self, c.request)
		return
	}
	user := c.user
	c.inlineWatchdog.begin(func(busy neuron.ID, at sentFor) {
		// This runs on the timer's goroutine. It must not touch anything that
		// the coordinator changes while it runs.
		c.root.Send(user, &reply{now: at.now, err: c.stall(0, busy, at.verb, at.end), lost: true})
	})
}

func (c *coordinator) unwatch() {
	if c.inlineWatchdog == nil {
		c.dog.disarm()
		return
	}
	c.inlineWatchdog.over()
}

// stall returns the error of shard k that does not answer.
func (c *coordinator) stall(k int, busy neuron.ID, v verb, end neuron.Time) error {
	reason := fmt.Sprintf("has not answered for %v", c.opts.Deadline)
	if busy < 0 {
		return fmt.Errorf("actors: shard %d (neurons %d to %d) %s", k, c.bounds[k], c.bounds[k+1]-1, reason)
	}
	e := &NeuronError{Neuron: busy, End: neuron.Never, Reason: reason}
	if v == advance {
		e.End = end
	}
	return e
}
