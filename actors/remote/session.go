package remote

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// session is one run on one node. Only the orders actor uses it.
type session struct {
	node        *Node
	run         runID
	name        string
	coordinator *actor.PID
	in, out     line

	upload upload
	spec   []byte      // the scenario that the network is made from
	bounds []neuron.ID // node k of the run holds bounds[k] … bounds[k+1]−1
	me     int
	net    *sim.Network // with the synapses of this node's neurons only
	local  *localShards

	from, now neuron.Time // start and end of the epoch before
	own       []neuron.Spike
	out1      neuron.Output
	scratch   delivery
	saved     []byte // the part that get returns
}

// delivery is what an order delivers first, and its buffers.
type delivery struct {
	inputs, spikes []neuron.Spike
	lists          [][]neuron.Spike
	blobs          [][]neuron.Spike // buffers by node
}

func (s *session) end() {
	if s.local != nil {
		s.local.stop()
	}
}

// errEarly is the answer to orders that come before the neurons are built.
var errEarly = errors.New("there are no neurons yet")

// obey carries out an order. A panic is a bug of this program and is returned
// as an error.
func (s *session) obey(k kind, body []byte) (answer []byte, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			s.node.opts.Log.Debug("panic", "reason", reason, "stack", string(debug.Stack()))
			err = fmt.Errorf("%v: panic: %v", k, reason)
		}
	}()
	r := &reader{b: body}
	switch k {
	case kindPut:
		return nil, s.put(r)
	case kindBuild:
		return s.build(r)
	case kindGet:
		return s.get(r)
	case kindFind:
		return s.find(r)
	case kindForget:
		return nil, s.forget(r)
	case kindBye:
		return nil, nil
	}
	if s.local == nil {
		return nil, errEarly
	}
	switch k {
	case kindAdvance:
		return s.advance(r)
	case kindReport:
		return s.report(r)
	case kindSave:
		return s.save(r)
	case kindLoad:
		return s.load(r)
	case kindKeep:
		return s.keep(r)
	}
	return nil, fmt.Errorf("%v is no order", k)
}

// build makes the network from the uploaded scenario, and the neurons of this
// node.
func (s *session) build(r *reader) ([]byte, error) {
	want := r.raw(sha256.Size)
	s.me = int(r.u())
	bounds := make([]neuron.ID, r.size(1))
	for k := range bounds {
		bounds[k] = neuron.ID(r.u())
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	s.spec = s.upload.take()
	if sum := sha256.Sum256(s.spec); !bytes.Equal(sum[:], want) {
		return nil, errors.New("the scenario came damaged: its hash is another")
	}
	net, err := s.whole()
	if err != nil {
		return nil, err
	}
	if !fits(bounds, s.me, net.NumNeurons()) {
		return nil, fmt.Errorf("the network has %d neurons here, the placement is of another one", net.NumNeurons())
	}
	s.bounds, s.scratch.blobs = bounds, make([][]neuron.Spike, len(bounds)-1)
	if err := s.populate(net); err != nil {
		return nil, err
	}
	built := Fingerprint(s.net, bounds[s.me], bounds[s.me+1])
	w := &writer{}
	w.raw(built[:])
	w.i(int64(s.local.next()))
	w.u(uint64(len(s.local.groups)))
	return w.b, nil
}

// whole makes the whole network from the scenario. It is kept only until this
// node's part has been taken out of it.
func (s *session) whole() (*sim.Network, error) {
	net, err := s.node.opts.Build(s.spec)
	if err != nil {
		return nil, fmt.Errorf("the scenario: %w", err)
	}
	return net, nil
}

// fits reports whether bounds divide n neurons and contain a part for node me.
func fits(bounds []neuron.ID, me, n int) bool {
	if me < 0 || me+1 >= len(bounds) || bounds[0] != 0 || int(bounds[len(bounds)-1]) != n {
		return false
	}
	for k := range len(bounds) - 1 {
		if bounds[k] >= bounds[k+1] {
			return false
		}
	}
	return true
}

// populate replaces the neurons of this node by those of another network. It
// keeps only their synapses of that network.
func (s *session) populate(whole *sim.Network) (err error) {
	if s.local != nil {
		s.local.stop()
		s.local = nil
	}
	first, last := s.bounds[s.me], s.bounds[s.me+1]
	s.net = whole.Part(first, last)
	debug.FreeOSMemory() // the whole network needed more memory than the part does
	s.local, err = newLocalShards(s.node.host.system.Root, s.net, s.shards(first, last))
	if err == nil {
		s.local.steps = &s.node.steps
	}
	return err
}

// minShardWork is how much work per epoch, in synapses, a shard must have to be
// worth its messages.
const minShardWork = 40_000

// shards returns the bounds of the shards that hold the neurons first … last−1.
func (s *session) shards(first, last neuron.ID) []neuron.ID {
	neurons := int(last - first)
	n := s.node.opts.Shards
	if n <= 0 {
		work := int64(s.net.NumSynapses()) + updateCost*int64(neurons)
		n = int(min(int64(runtime.GOMAXPROCS(0)), work/minShardWork))
	}
	return Place(s.net, first, last, make([]float64, max(1, min(n, neurons))))
}

// deliver reads the inputs and the spikes of the whole network in the epoch
// before. The order contains the spikes of the other nodes; those of this node
// are added.
func (s *session) deliver(r *reader) {
	d := &s.scratch
	n, all := neuron.ID(s.net.NumNeurons()), neuron.ID(s.net.NumNeurons()+s.net.NumChannels())
	d.inputs = r.spikes(d.inputs[:0], scope{n, all, s.from, s.now})
	d.lists = append(d.lists[:0], s.own)
	for range r.size(2) {
		k := int(r.u())
		if k < 0 || k >= len(d.blobs) || k == s.me {
			r.fail()
			return
		}
		blob := &reader{b: r.bytes()}
		d.blobs[k] = blob.spikes(d.blobs[k][:0], scope{s.bounds[k], s.bounds[k+1], s.from, s.now})
		if blob.end() != nil {
			r.fail()
			return
		}
		d.lists = append(d.lists, d.blobs[k])
	}
	d.spikes = merge(d.spikes[:0], d.lists)
	s.own = s.own[:0]
}

// advance runs one epoch.
func (s *session) advance(r *reader) ([]byte, error) {
	began := time.Now()
	s.deliver(r)
	e := sim.Epoch{Index: r.i(), End: neuron.Time(r.i()), Signals: r.signals()}
	if err := r.end(); err != nil {
		return nil, err
	}
	start := neuron.Time(e.Index) * s.net.Width()
	if e.Index < 0 || e.End <= start || e.End > start+s.net.Width() || e.End <= s.now {
		return nil, fmt.Errorf("an epoch %d that ends at %v, after %v", e.Index, e.End, s.now)
	}
	s.out1.Reset()
	if err := s.local.step(s.scratch.inputs, s.scratch.spikes, e, &s.out1); err != nil {
		return nil, err
	}
	s.from, s.now = s.now, e.End
	s.own = append(s.own[:0], s.out1.Spikes...)
	w := &writer{}
	w.i(int64(s.local.next()))
	w.u(uint64(time.Since(began).Microseconds()))
	at := &writer{}
	at.spikes(s.out1.Spikes)
	w.bytes(at.b)
	w.samples(s.out1.Samples)
	w.broken(s.out1.Broken)
	return w.b, nil
}

// report delivers, and returns reports of neurons at the time given in the
// order.
func (s *session) report(r *reader) ([]byte, error) {
	s.deliver(r)
	want, now := neuron.Want(r.u8()), neuron.Time(r.i())
	var ids []neuron.ID
	id := neuron.ID(0)
	for range r.size(1) {
		if id += neuron.ID(r.i()); id < s.local.first() || id >= s.local.last() {
			return nil, errBody
		}
		ids = append(ids, id)
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if now < s.now {
		return nil, fmt.Errorf("reports at %v, after %v", now, s.now)
	}
	if err := s.local.deliver(s.scratch.inputs, s.scratch.spikes); err != nil {
		return nil, err
	}
	w := &writer{}
	for _, id := range ids {
		report := s.local.report(id, want, now)
		w.report(&report)
	}
	return w.b, nil
}

// save makes this node's part of the state, for get.
func (s *session) save(r *reader) ([]byte, error) {
	part, err := s.freeze(r)
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return nil, err
	}
	s.saved = part
	sum := sha256.Sum256(part)
	w := &writer{}
	w.u(uint64(len(part)))
	w.raw(sum[:])
	return w.b, nil
}

// freeze delivers, so that the spikes in flight are in the state, and makes
// this node's part of the state at the time given in the order.
func (s *session) freeze(r *reader) ([]byte, error) {
	s.deliver(r)
	now := neuron.Time(r.i())
	if r.err != nil {
		return nil, r.err
	}
	if now < s.now {
		return nil, fmt.Errorf("a state at %v, after %v", now, s.now)
	}
	if err := s.local.deliver(s.scratch.inputs, s.scratch.spikes); err != nil {
		return nil, err
	}
	return s.local.save(now)
}

// get returns a piece of the part that was saved or found.
func (s *session) get(r *reader) ([]byte, error) {
	at := r.u()
	if err := r.end(); err != nil {
		return nil, err
	}
	if at > uint64(len(s.saved)) {
		return nil, errors.New("there is no such piece")
	}
	piece := s.saved[at:min(at+maxPiece, uint64(len(s.saved)))]
	if at+uint64(len(piece)) == uint64(len(s.saved)) {
		s.saved = nil
	}
	return piece, nil
}

// load replaces this node's part of the state by the uploaded data, or by a
// part that is stored here.
func (s *session) load(r *reader) ([]byte, error) {
	now, header, stored := neuron.Time(r.i()), r.bytes(), r.bytes()
	if err := r.end(); err != nil {
		return nil, err
	}
	part := s.upload.take()
	var err error
	if len(stored) > 0 {
		if part, err = s.node.readPart(stored); err != nil {
			return nil, err
		}
	}
	net, err := s.networkOf(header)
	if err != nil {
		return nil, err
	}
	if net != s.net {
		if err := s.populate(net); err != nil {
			return nil, err
		}
	}
	if err := s.local.load(part, now); err != nil {
		return nil, err
	}
	s.from, s.now, s.own = now, now, s.own[:0]
	w := &writer{}
	w.i(int64(s.local.next()))
	return w.b, nil
}

// networkOf returns the network that a state belongs to: the current one, or
// one made from the whole network.
func (s *session) networkOf(header []byte) (*sim.Network, error) {
	net, err := sim.NetworkOf(header, s.net)
	if !errors.Is(err, sim.ErrPart) {
		return net, err
	}
	whole, err := s.whole()
	if err != nil {
		return nil, err
	}
	return sim.NetworkOf(header, whole)
}
