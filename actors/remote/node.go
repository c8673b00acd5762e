package remote

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"infomorph/internal/disk"
	"infomorph/internal/footprint"
	"infomorph/neuron/sim"
)

// The actors of a node: one carries out orders, the other one answers
// heartbeats in the meantime.
const (
	ordersActor = "orders"
	pulseActor  = "pulse"
)

// silence is after how long without a message from the coordinator a node gives
// up a run.
const silence = 10 * time.Second

// NodeOptions are the options of a node.
type NodeOptions struct {
	Listen    string
	Advertise string       // address that other processes use; "": the one in the certificate, or Listen
	Creds     *Credentials // nil: plaintext, on loopback only
	Dir       string       // folder for its parts of checkpoints
	Disk      disk.FS      // file system of Dir; nil: disk.OS
	Shards    int          // shard actors; 0: at most one per core, fewer for small networks
	Version   string       // of the program: a coordinator with another version is refused
	// Build makes the network of a run, ready to run, from the spec that the
	// coordinator sends.
	Build func(spec []byte) (*sim.Network, error)
	Log   *slog.Logger
}

// Node serves the runs of coordinators, one at a time.
type Node struct {
	opts   NodeOptions
	name   string
	life   uint64
	host   *host
	self   *actor.PID
	pulse  *actor.PID
	ticker *time.Ticker
	done   chan struct{}

	session *session // the current run; used by the orders actor only
	current atomic.Pointer[beat]
	steps   atomic.Uint64 // counts progress; see pace
}

// beat is the data of the current run that both actors use.
type beat struct {
	run         runID
	coordinator string
	lastMessage atomic.Int64 // time of the last message, in nanoseconds
}

// StartNode starts a node.
func StartNode(o NodeOptions) (*Node, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Disk == nil {
		o.Disk = disk.OS
	}
	n := &Node{opts: o, name: o.Listen, life: newLife(), done: make(chan struct{})}
	if o.Creds != nil {
		n.name = o.Creds.Name
		if o.Advertise == "" && o.Creds.Port != "" {
			o.Advertise = o.Creds.Address()
		}
	}
	var err error
	n.host, err = listen(hostOptions{
		listen: o.Listen, advertise: o.Advertise, creds: o.Creds, log: o.Log, lost: n.lost,
		actors: []string{ordersActor, pulseActor}, admit: admitCoordinator(o.Creds != nil),
	})
	if err != nil {
		return nil, err
	}
	if n.pulse, err = n.host.spawn(pulseActor, n.beat); err == nil {
		n.self, err = n.host.spawn(ordersActor, n.receive)
	}
	if err != nil {
		n.host.close()
		return nil, err
	}
	n.ticker = time.NewTicker(silence / 4)
	go n.tick()
	return n, nil
}

// Address returns the address of the node for coordinators.
func (n *Node) Address() string { return n.host.address }

// Name returns the name in the node's certificate, or its address if it has
// none.
func (n *Node) Name() string { return n.name }

// Close ends the current run, and the node.
func (n *Node) Close() error {
	n.ticker.Stop()
	close(n.done)
	err := n.host.system.Root.StopFuture(n.self).Wait()
	n.host.close()
	return err
}

// newLife returns a random number for this start of the node.
func newLife() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:]) | 1
}

// admitCoordinator accepts orders from a coordinator only.
func admitCoordinator(certified bool) func(Identity, string) error {
	return func(id Identity, _ string) error {
		if certified && id.Name != Coordinator {
			return fmt.Errorf("orders of %v, which is no coordinator", id)
		}
		return nil
	}
}

// Messages of a node to its orders actor.
type (
	silent struct{}                 // check whether the coordinator is still there
	gone   struct{ address string } // a connection has ended
)

func (n *Node) tick() {
	for {
		select {
		case <-n.ticker.C:
			n.host.system.Root.Send(n.self, silent{})
		case <-n.done:
			return
		}
	}
}

// lost is called by Proto.Actor when a connection has ended.
func (n *Node) lost(address string) {
	if b := n.current.Load(); b != nil && b.coordinator == address {
		n.host.system.Root.Send(n.self, gone{address})
	}
}

// beat is the pulse actor: it answers heartbeats of the current run.
func (n *Node) beat(ctx actor.Context) {
	m, ok := ctx.Message().(*wrapperspb.BytesValue)
	if !ok {
		return
	}
	f, err := decodeFrame(m.Value)
	b := n.current.Load()
	if err != nil || f.kind != kindPing || b == nil || f.run != b.run || f.life != n.life || ctx.Sender().GetAddress() != b.coordinator {
		n.opts.Log.Warn("refused", "from", ctx.Sender().GetAddress(), "what", "a heartbeat of another run")
		return
	}
	b.lastMessage.Store(time.Now().UnixNano())
	w := &writer{}
	w.u(uint64(processTime().Microseconds()))
	w.u(n.steps.Load())
	n.host.send(ctx.Sender(), ctx.Self(), &frame{kind: kindPong, run: f.run, life: n.life, body: w.b})
}

// receive is the orders actor.
func (n *Node) receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *wrapperspb.BytesValue:
		n.take(ctx.Sender(), m.Value)
	case silent:
		if b := n.current.Load(); b != nil && time.Since(time.Unix(0, b.lastMessage.Load())) > silence {
			n.leave(fmt.Sprintf("its coordinator has said nothing for %v", silence))
		}
	case gone:
		if b := n.current.Load(); b != nil && b.coordinator == m.address {
			n.leave("the connection to its coordinator has ended")
		}
	case *actor.Stopping:
		n.leave("the node stops")
	}
}

// leave ends the current run.
func (n *Node) leave(why string) {
	if n.session == nil {
		return
	}
	n.opts.Log.Info("run left", "run", n.session.name, "reason", why)
	n.session.end()
	n.session = nil
	n.current.Store(nil)
	runtime.GC() // the run may have held gigabytes, and the next run may begin much later
}

// take handles one frame.
func (n *Node) take(from *actor.PID, b []byte) {
	f, err := decodeFrame(b)
	if err != nil {
		n.refuse(from, err.Error())
		return
	}
	if f.kind == kindHello || f.kind == kindAsk {
		n.greet(from, &f)
		return
	}
	s := n.session
	if s == nil || f.run != s.run || f.life != n.life || from.GetAddress() != s.coordinator.Address {
		n.refuse(from, fmt.Sprintf("a %v of run %v, which is not served here", f.kind, f.run))
		if s == nil || f.run != s.run {
			n.host.send(from, n.self, &frame{kind: kindFailed, run: f.run, life: n.life, body: []byte("it is not in this run: it was started again, or had given the run up")})
		}
		return
	}
	body, whole, err := s.in.take(&f)
	if err != nil {
		n.refuse(from, err.Error())
		return
	}
	n.steps.Add(1)
	if !whole {
		return
	}
	k := kindDone
	answer, err := s.obey(f.kind, body)
	if err != nil {
		n.opts.Log.Warn("order failed", "run", s.name, "order", f.kind.String(), "reason", err)
		k, answer = kindFailed, []byte(err.Error())
	}
	s.out.cut(&frame{kind: k, run: s.run, life: n.life, body: answer}, func(f *frame) { n.host.send(s.coordinator, n.self, f) })
	if f.kind == kindBye {
		n.leave("it has ended")
	}
}

func (n *Node) refuse(from *actor.PID, what string) {
	n.opts.Log.Warn("refused", "from", from.GetAddress(), "what", what)
}

// greet answers a hello or an ask with the About of this node. A hello also
// begins a run.
func (n *Node) greet(from *actor.PID, f *frame) {
	answer := func(k kind, body []byte) {
		n.host.send(from, n.self, &frame{kind: k, run: f.run, life: n.life, body: body})
	}
	if f.kind == kindHello {
		if err := n.begin(from, f); err != nil {
			n.refuse(from, err.Error())
			answer(kindFailed, []byte(err.Error()))
			return
		}
	}
	answer(kindWelcome, n.about().encode())
}

// begin begins to serve a run, unless the node serves another one.
func (n *Node) begin(from *actor.PID, f *frame) error {
	h, err := decodeHello(f.body)
	if err != nil {
		return fmt.Errorf("its greeting is %w", err)
	}
	if mine := (hello{Version: n.opts.Version, Arch: runtime.GOARCH}); h.Version != mine.Version || h.Arch != mine.Arch {
		return fmt.Errorf("it runs %s on %s, the coordinator %s on %s: results have the same bytes only where both agree", mine.Version, mine.Arch, h.Version, h.Arch)
	}
	if b := n.current.Load(); b != nil {
		if f.run == b.run {
			return errors.New("it is in this run already")
		}
		if time.Since(time.Unix(0, b.lastMessage.Load())) < lost {
			return errors.New(busy + n.session.name)
		}
		n.leave("another run begins, and its coordinator did not answer")
	}
	b := &beat{run: f.run, coordinator: from.Address}
	b.lastMessage.Store(time.Now().UnixNano())
	n.current.Store(b)
	n.session = &session{node: n, run: f.run, name: nameOf(h.Run, f.run), coordinator: from}
	n.opts.Log.Info("run begins", "run", n.session.name, "coordinator", from.Address)
	return nil
}

// about returns the About of this node.
func (n *Node) about() *About {
	a := &About{Name: n.name, Version: n.opts.Version, Arch: runtime.GOARCH, Cores: runtime.GOMAXPROCS(0), Clock: time.Now(), life: n.life}
	a.Memory, a.Available = footprint.Machine()
	if n.session != nil {
		a.Busy = n.session.name
	}
	return a
}
