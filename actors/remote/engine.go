package remote

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Options are the options of an Engine. None of them changes a result.
type Options struct {
	Nodes  []Peer
	Listen string       // address for the answers of nodes; port 0: any
	Creds  *Credentials // nil: plaintext, on loopback only
	// Spec is what nodes build the network from; see NodeOptions.Build.
	Spec    []byte
	Run     string // name of the run, for the nodes' logs
	Version string // of the program
	Copies  bool   // keep copies of the parts of checkpoints on this side
	// Patience is how long a node may make no progress, or keep the others
	// waiting without computing (see pace); 0: DefaultPatience; negative: for
	// ever.
	Patience time.Duration
	Log      *slog.Logger
}

// Engine runs a network on nodes. It implements sim.Engine and is used by one
// goroutine. It must be closed.
type Engine struct {
	opts       Options
	net        *sim.Network
	link       *link
	bounds     []neuron.ID
	firstDelay []neuron.Time
	now        neuron.Time
	broken     error
	closed     bool
	key        runID       // names the parts of its checkpoints; a resumed run keeps it
	lists      []*partList // of the last checkpoints

	next     neuron.Time    // earliest time at which something happens
	inputs   []neuron.Spike // of the last epoch, not yet delivered
	blobs    [][]byte       // what each node fired in it, in encoded form
	from     neuron.Time    // when it began
	out      neuron.Output  // of the epoch
	spikesOf [][]neuron.Spike
	mu       sync.Mutex // guards stats, which progress reads
	stats    []Stats
	body     writer
}

var _ sim.Engine = (*Engine)(nil)

// Stats describe what a node has done in a run so far.
type Stats struct {
	Peer
	First, Last neuron.ID // neurons First … Last−1
	Synapses    int64
	Shards      int
	Epochs      int64
	Spikes      int64
	Sent        int64         // bytes of epochs to the node
	Received    int64         // bytes of epochs from it
	Busy        time.Duration // time spent computing
}

// New greets the nodes, assigns each a part of a prepared network and makes
// them build it.
func New(net *sim.Network, o Options) (*Engine, error) {
	if err := o.check(net); err != nil {
		return nil, err
	}
	if o.Patience == 0 {
		o.Patience = DefaultPatience
	}
	var id runID
	rand.Read(id[:])
	if o.Log != nil {
		o.Log = o.Log.With("run", nameOf(o.Run, id))
	}
	l, err := connect(o.Listen, o.Creds, o.Nodes, o.Log)
	if err != nil {
		return nil, err
	}
	l.run, l.pace.patience = id, max(0, o.Patience)
	e := &Engine{opts: o, net: net, link: l, key: l.run, spikesOf: make([][]neuron.Spike, len(o.Nodes)), blobs: make([][]byte, len(o.Nodes))}
	if err := e.begin(); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (o *Options) check(net *sim.Network) error {
	names, addresses := map[string]bool{}, map[string]bool{}
	for _, p := range o.Nodes {
		if names[p.Name] || addresses[p.Address] {
			return fmt.Errorf("node %s at %s is listed twice", p.Name, p.Address)
		}
		names[p.Name], addresses[p.Address] = true, true
	}
	switch {
	case len(o.Nodes) == 0:
		return errors.New("there are no nodes")
	case len(o.Nodes) > net.NumNeurons():
		return fmt.Errorf("%d nodes for %d neurons: each node needs one", len(o.Nodes), net.NumNeurons())
	}
	return nil
}

// begin greets the nodes and builds the network on them.
func (e *Engine) begin() error {
	l := e.link
	greeting1 := (&hello{e.opts.Version, runtime.GOARCH, e.opts.Run}).encode()
	for _, p := range l.peers {
		l.greet(p, kindHello, greeting1)
	}
	ctx, stop := context.WithCancel(context.Background())
	var knocking sync.WaitGroup
	knocking.Go(func() { l.knock(ctx, e.opts.Creds) })
	patient := time.Now().Add(takeover)
	err := l.collect(greeting, func(p *peer, a *answer) error {
		if a.kind == kindFailed {
			if strings.HasPrefix(string(a.body), busy) && time.Now().Before(patient) {
				p.awaited = true
				knocking.Go(func() {
					select {
					case <-ctx.Done():
					case <-time.After(again):
						l.host.send(p.orders, l.self, &frame{kind: kindHello, run: l.run, body: greeting1})
					}
				})
				return nil
			}
			return refusal(a)
		}
		return e.welcomed(p, a)
	})
	stop()
	knocking.Wait()
	if err != nil {
		return e.explain(err)
	}
	l.beat()
	return e.build()
}

// welcomed checks the About of a node and notes its life.
func (e *Engine) welcomed(p *peer, a *answer) error {
	about, err := decodeAbout(a.body)
	if err != nil {
		return err
	}
	if e.opts.Creds != nil && about.Name != p.Name {
		return fmt.Errorf("calls itself %s", about.Name)
	}
	e.link.lives.Lock()
	p.life = about.life
	e.link.lives.Unlock()
	return nil
}

// explain adds a possible cause to the error about a node that is silent.
func (e *Engine) explain(err error) error {
	if errors.Is(err, errLate) {
		return fmt.Errorf("%w; can it connect to the coordinator at %s?", err, e.link.host.address)
	}
	return err
}

// build uploads the scenario and makes every node build its neurons.
func (e *Engine) build() error {
	shares := make([]float64, len(e.opts.Nodes))
	for k, p := range e.opts.Nodes {
		shares[k] = p.Share
	}
	e.bounds = Place(e.net, 0, neuron.ID(e.net.NumNeurons()), shares)
	for k, p := range e.opts.Nodes {
		e.stats = append(e.stats, Stats{Peer: p, First: e.bounds[k], Last: e.bounds[k+1], Synapses: synapsesOf(e.net, e.bounds[k], e.bounds[k+1])})
	}
	if err := e.upload(func(int) []byte { return e.opts.Spec }); err != nil {
		return err
	}
	hash := sha256.Sum256(e.opts.Spec)
	for k, p := range e.link.peers {
		w := &writer{}
		w.raw(hash[:])
		w.u(uint64(k))
		w.u(uint64(len(e.bounds)))
		for _, b := range e.bounds {
			w.u(uint64(b))
		}
		e.link.order(p, kindBuild, w.b)
	}
	e.firstDelay, e.next = e.net.FirstDelays(), neuron.Never
	return e.link.await(0, func(p *peer, a *answer) error {
		r := &reader{b: a.body}
		built, next, shards := r.raw(sha256.Size), neuron.Time(r.i()), int(r.u())
		if err := r.end(); err != nil {
			return err
		}
		want := Fingerprint(e.net, e.bounds[p.k], e.bounds[p.k+1])
		if !bytes.Equal(built, want[:]) {
			return errors.New("built another network from the scenario: its files or its program differ")
		}
		e.next, e.stats[p.k].Shards = min(e.next, next), shards
		return nil
	})
}

func synapsesOf(net *sim.Network, first, last neuron.ID) (n int64) {
	for id := first; id < last; id++ {
		n += int64(net.InDegree(id))
	}
	return n
}

// upload sends long data to each node, piece by piece.
func (e *Engine) upload(of func(k int) []byte) error {
	data, at := make([][]byte, len(e.link.peers)), make([]int, len(e.link.peers))
	for k := range data {
		data[k] = of(k)
	}
	for first := true; ; first = false {
		sent := false
		for k, p := range e.link.peers {
			if at[k] == len(data[k]) && !first {
				continue
			}
			n := min(maxPiece, len(data[k])-at[k])
			w := &writer{}
			w.u(uint64(len(data[k])))
			w.u(uint64(at[k]))
			w.bytes(data[k][at[k] : at[k]+n])
			e.link.order(p, kindPut, w.b)
			at[k] += n
			sent = true
		}
		if !sent {
			return nil
		}
		if err := e.link.await(0, func(*peer, *answer) error { return nil }); err != nil {
			return err
		}
	}
}

// Run returns the name of the run, as the logs of the nodes show it.
func (e *Engine) Run() string { return nameOf(e.opts.Run, e.link.run) }

// nameOf returns the name of a run for logs. It contains the id, because the
// same scenario can run several times.
func nameOf(run string, id runID) string { return strings.TrimSpace(run + " " + id.String()) }

// Now implements sim.Engine.
func (e *Engine) Now() neuron.Time { return e.now }

// Network implements sim.Engine.
func (e *Engine) Network() *sim.Network { return e.net }

// Stats returns what each node has done so far. It may be called from another
// goroutine.
func (e *Engine) Stats() []Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.stats)
}

// ready returns an error if the engine cannot be used.
func (e *Engine) ready() error {
	if e.closed {
		return ErrClosed
	}
	return e.broken
}

// fail keeps an error of a node: the engine cannot continue after it.
func (e *Engine) fail(err error) error {
	if err != nil {
		e.broken = err
	}
	return err
}

// Advance implements sim.Engine. After an error of the sink the engine stands
// at the end of the epoch that the sink refused, and can still be used. After a
// *NodeError it can only be closed.
func (e *Engine) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	if err := e.ready(); err != nil {
		return err
	}
	scheduler, err := sim.NewScheduler(e.net, e.now, until, feed)
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		epoch, ok := scheduler.Next(e.next)
		if !ok {
			e.now = until
			return nil
		}
		if err := e.step(&epoch); err != nil {
			return e.fail(err)
		}
		if err := sink.Epoch(e.now, &e.out); err != nil {
			return err
		}
	}
}

// step runs one epoch on all nodes.
func (e *Engine) step(epoch *sim.Epoch) error {
	for k, p := range e.link.peers {
		w := e.delivery(k)
		w.i(epoch.Index)
		w.i(int64(epoch.End))
		w.signals(epoch.Signals)
		e.count(k, func(s *Stats) { s.Sent += int64(len(w.b)) })
		e.link.order(p, kindAdvance, w.b)
	}
	e.delivered()
	from := e.now
	e.next = neuron.Never
	e.out.Reset()
	err := e.link.await(0, func(p *peer, a *answer) error { return e.take(p, a.body, from, epoch.End) })
	if err != nil {
		return err
	}
	e.out.Spikes = merge(e.out.Spikes, slices.Clone(e.spikesOf))
	sim.SortOutput(&e.out) // for the samples; the spikes are in order already
	if err := sim.Broken(&e.out); err != nil {
		return err
	}
	e.inputs = append(e.inputs[:0], epoch.Inputs...)
	e.next = min(e.next, sim.FirstArrival(e.inputs, e.firstDelay), sim.FirstArrival(e.out.Spikes, e.firstDelay))
	e.from, e.now = from, epoch.End
	return nil
}

// take reads the output of one node in an epoch.
func (e *Engine) take(p *peer, body []byte, from, until neuron.Time) error {
	r := &reader{b: body}
	next, busy, blob := neuron.Time(r.i()), r.u(), r.bytes()
	lo, hi := e.bounds[p.k], e.bounds[p.k+1]
	spikes := &reader{b: blob}
	e.spikesOf[p.k] = spikes.spikes(e.spikesOf[p.k][:0], scope{lo, hi, from, until})
	e.out.Samples = r.samples(e.out.Samples, lo, hi)
	e.out.Broken = r.broken(e.out.Broken, lo, hi)
	if err := errors.Join(spikes.end(), r.end()); err != nil {
		return fmt.Errorf("answered an epoch with something %w", err)
	}
	e.next = min(e.next, next)
	e.blobs[p.k] = blob
	e.count(p.k, func(s *Stats) {
		s.Epochs++
		s.Spikes += int64(len(e.spikesOf[p.k]))
		s.Received += int64(len(body))
		s.Busy += time.Duration(busy) * time.Microsecond
	})
	return nil
}

func (e *Engine) count(k int, add func(*Stats)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	add(&e.stats[k])
}

// delivery begins an order to node k with the spikes of the last epoch that the
// node does not have yet. The result is valid until the next call.
func (e *Engine) delivery(k int) *writer {
	w := &e.body
	w.b = w.b[:0]
	w.spikes(e.inputs)
	n := 0
	for j, b := range e.blobs {
		if j != k && len(b) > 0 {
			n++
		}
	}
	w.u(uint64(n))
	for j, b := range e.blobs {
		if j != k && len(b) > 0 {
			w.u(uint64(j))
			w.bytes(b)
		}
	}
	return w
}

// delivered drops what has been delivered.
func (e *Engine) delivered() {
	e.inputs = e.inputs[:0]
	clear(e.blobs)
}

// Report implements sim.Engine.
func (e *Engine) Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error) {
	if err := e.ready(); err != nil {
		return nil, err
	}
	asked := make([][]int, len(e.link.peers)) // indices of ids, by node
	for i, id := range ids {
		if id < 0 || int(id) >= e.net.NumNeurons() {
			return nil, fmt.Errorf("remote: there is no neuron %d", id)
		}
		k := e.nodeOf(id)
		asked[k] = append(asked[k], i)
	}
	for k, p := range e.link.peers {
		w := e.delivery(k) // to every node, because all spikes are dropped below
		w.u8(uint8(want))
		w.i(int64(e.now))
		w.u(uint64(len(asked[k])))
		last := neuron.ID(0)
		for _, i := range asked[k] {
			w.i(int64(ids[i] - last))
			last = ids[i]
		}
		e.link.order(p, kindReport, w.b)
	}
	e.delivered()
	reports := make([]neuron.Report, len(ids))
	err := e.link.await(0, func(p *peer, a *answer) error {
		r := &reader{b: a.body}
		for _, i := range asked[p.k] {
			if reports[i] = r.report(); r.err == nil && reports[i].Neuron != ids[i] {
				r.fail()
			}
		}
		return r.end()
	})
	return reports, e.fail(err)
}

func (e *Engine) nodeOf(id neuron.ID) int {
	k, exact := slices.BinarySearch(e.bounds, id)
	if !exact {
		k--
	}
	return k
}

// maxBye is how long Close waits for the nodes to confirm the end of the run.
const maxBye = 2 * time.Second

// Close ends the run on the nodes.
func (e *Engine) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	for _, p := range e.link.peers {
		p.awaited = false
		if e.broken == nil && p.life != 0 {
			e.link.order(p, kindBye, nil)
		}
	}
	if e.broken == nil {
		_ = e.link.await(maxBye, func(*peer, *answer) error { return nil }) // a confirmation is not needed
	}
	e.link.close()
	return nil
}
