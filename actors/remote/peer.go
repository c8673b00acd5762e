package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// answersActor is the coordinator's only actor.
const answersActor = "answers"

// Heartbeats are sent at this interval. A node that answers none for lost is
// lost.
const (
	heartbeat = 200 * time.Millisecond
	lost      = 2 * time.Second
)

// greeting is how long a node may take to answer the greeting. probe has
// already found the frozen nodes, and knock finds a node that dies in the
// meantime.
const greeting = 8 * time.Second

// busy is how a node refuses a second run; the name of its present run follows.
const busy = "it serves another run, "

// A node whose coordinator was just killed may not know this yet. So a
// coordinator that a busy node refuses tries again, at intervals of again, for
// the time takeover.
const (
	takeover = lost + time.Second
	again    = 200 * time.Millisecond
)

// Peer is one entry of a list of nodes.
type Peer struct {
	Name, Address string
	Share         float64 // of the work, relative to the other nodes; 0: 1
}

// peer is one node, as seen by the coordinator.
type peer struct {
	Peer
	k             int
	orders, pulse *actor.PID
	life          uint64
	in, out       line // in is used by the answers actor only
	lastMessage   atomic.Int64
	awaited       bool
}

func (p *peer) fail(reason error) error { return &NodeError{p.Name, p.Address, reason} }

// answer is the answer of a node to an order.
type answer struct {
	peer *peer
	kind kind
	body []byte
}

// link is the coordinator's side of the connections to its nodes.
type link struct {
	host    *host
	self    *actor.PID
	run     runID
	peers   []*peer
	pace    *pace
	answers chan answer
	faults  chan error
	log     *slog.Logger
	stopped chan struct{}
	beating sync.WaitGroup
	failed  atomic.Bool  // a fault has been logged
	lives   sync.RWMutex // guards peer.life between engine and answers actor
}

// connect creates a link: it checks that every node can be reached, and listens
// for answers.
func connect(listenAt string, creds *Credentials, peers []Peer, log *slog.Logger) (*link, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	l := &link{log: log, pace: newPace(len(peers), DefaultPatience), answers: make(chan answer, 4*len(peers)+16), faults: make(chan error, 4*len(peers)+16), stopped: make(chan struct{})}
	for k, p := range peers {
		l.peers = append(l.peers, &peer{Peer: p, k: k, orders: actor.NewPID(p.Address, ordersActor), pulse: actor.NewPID(p.Address, pulseActor)})
	}
	if creds == nil && !loopback(listenAt) {
		return nil, fmt.Errorf("%s: %w", listenAt, errPlaintext)
	}
	if err := l.probe(context.Background(), creds); err != nil {
		return nil, err
	}
	var err error
	l.host, err = listen(hostOptions{listen: listenAt, creds: creds, log: log, actors: []string{answersActor}, admit: l.admit, lost: l.lost})
	if err != nil {
		return nil, err
	}
	if l.self, err = l.host.spawn(answersActor, l.receive); err != nil {
		l.host.close()
		return nil, err
	}
	return l, nil
}

// admit accepts messages of the listed nodes only, each from its own address.
func (l *link) admit(id Identity, address string) error {
	for _, p := range l.peers {
		if p.Address == address && (id.Name == "" || id.Name == p.Name) {
			return nil
		}
	}
	return fmt.Errorf("answers of %v at %.100s, which is no node of this run", id, address)
}

// lost is called by Proto.Actor when a connection has ended.
func (l *link) lost(address string) {
	for _, p := range l.peers {
		if p.Address == address {
			l.fault(p.fail(errors.New("is gone: its connection has ended (the process or the machine was stopped, or the network is cut)")))
		}
	}
}

// fault reports to the engine that the run is over. It also logs this at once,
// because the engine may be busy.
func (l *link) fault(err error) {
	select {
	case <-l.stopped: // the link is closing
		return
	default:
	}
	if l.failed.CompareAndSwap(false, true) {
		l.log.Error("the run stops", "run", l.run.String(), "reason", err.Error())
	}
	select {
	case l.faults <- err:
	default: // there are enough faults already
	}
}

// receive is the answers actor.
func (l *link) receive(ctx actor.Context) {
	m, ok := ctx.Message().(*wrapperspb.BytesValue)
	if !ok {
		return
	}
	from := ctx.Sender().GetAddress()
	if err := l.take(from, m.Value); err != nil {
		l.log.Warn("refused", "run", l.run.String(), "from", from, "what", err.Error())
	}
}

func (l *link) take(from string, b []byte) error {
	f, err := decodeFrame(b)
	if err != nil {
		return err
	}
	var p *peer
	for _, q := range l.peers {
		if q.Address == from {
			p = q
		}
	}
	if p == nil || f.run != l.run {
		return fmt.Errorf("a %v of run %v", f.kind, f.run)
	}
	l.lives.RLock()
	life := p.life
	l.lives.RUnlock()
	switch {
	case life != 0 && f.life != life && f.kind == kindFailed:
		l.fault(p.fail(errors.New("comes back from a former life: it was started again while the run went on")))
		return nil
	case life != 0 && f.life != life:
		return fmt.Errorf("a %v of another life of node %s", f.kind, p.Name)
	case f.kind == kindPong:
		return l.beaten(p, f.body)
	case f.seq == 0 && (f.kind == kindWelcome || f.kind == kindFailed):
		return l.push(answer{p, f.kind, f.body})
	case f.kind != kindDone && f.kind != kindFailed:
		return fmt.Errorf("a %v, which is no answer", f.kind)
	}
	body, whole, err := p.in.take(&f)
	if err != nil {
		return err
	}
	now := time.Now()
	p.lastMessage.Store(now.UnixNano())
	if !whole {
		l.pace.partArrived(p.k, now)
		return nil
	}
	l.pace.answered(p.k, now)
	return l.push(answer{p, f.kind, body})
}

// beaten handles the answer to a heartbeat.
func (l *link) beaten(p *peer, body []byte) error {
	r, now := &reader{b: body}, time.Now()
	cpu, steps := time.Duration(r.u())*time.Microsecond, r.u()
	if err := r.end(); err != nil {
		return fmt.Errorf("a heartbeat that is %w", err)
	}
	p.lastMessage.Store(now.UnixNano())
	l.pace.beat(p.k, cpu, steps, now)
	return nil
}

func (l *link) push(a answer) error {
	select {
	case l.answers <- a:
		return nil
	default:
		return errors.New("an answer that nobody waits for")
	}
}

// order sends an order; its answer is then awaited.
func (l *link) order(p *peer, k kind, body []byte) {
	p.awaited = true
	l.pace.ask(p.k, k, time.Now())
	p.out.cut(&frame{kind: k, run: l.run, life: p.life, body: body}, func(f *frame) { l.host.send(p.orders, l.self, f) })
}

// greet sends a frame that is not numbered.
func (l *link) greet(p *peer, k kind, body []byte) {
	p.awaited = true
	l.host.send(p.orders, l.self, &frame{kind: k, run: l.run, body: body})
}

var errLate = errors.New("has not answered")

// await waits for the answers of all nodes that were asked and calls use for
// each. The first failure ends it. A patience of 0 means for ever; heartbeats
// still detect a lost node.
func (l *link) await(patience time.Duration, use func(*peer, *answer) error) error {
	return l.collect(patience, func(p *peer, a *answer) error {
		if a.kind == kindFailed {
			return refusal(a)
		}
		return use(p, a)
	})
}

func refusal(a *answer) error { return fmt.Errorf("says: %s", a.body) }

// settle waits for all answers, including failures.
func (l *link) settle(use func(*peer, *answer) error) error { return l.collect(0, use) }

func (l *link) collect(patience time.Duration, use func(*peer, *answer) error) error {
	var late <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		late = timer.C
	}
	for l.waits() != nil {
		select {
		case err := <-l.faults:
			return err
		case <-late:
			return l.waits().fail(fmt.Errorf("%w for %v", errLate, patience))
		case a := <-l.answers:
			if !a.peer.awaited {
				l.log.Warn("refused", "run", l.run.String(), "from", a.peer.Address, "what", "an answer that nobody waits for")
				continue
			}
			a.peer.awaited = false
			if err := use(a.peer, &a); err != nil {
				return a.peer.fail(err)
			}
		}
	}
	return nil
}

// waits returns a node that has not answered yet, nil if all have.
func (l *link) waits() *peer {
	for _, p := range l.peers {
		if p.awaited {
			return p
		}
	}
	return nil
}

// beat sends heartbeats until the link is closed.
func (l *link) beat() {
	for _, p := range l.peers {
		p.lastMessage.Store(time.Now().UnixNano())
	}
	l.beating.Go(func() {
		ticks := time.NewTicker(heartbeat)
		defer ticks.Stop()
		last := time.Now()
		for {
			select {
			case <-l.stopped:
				return
			case now := <-ticks.C:
				l.listen(now, now.Sub(last) > lost/2)
				last = now
			}
		}
	})
}

// listen sends a heartbeat to each node. It reports the nodes that were not
// heard for too long or should not be waited for. If the coordinator itself was
// suspended, it gives the nodes new time.
func (l *link) listen(now time.Time, slept bool) {
	if slept {
		l.pace.forget(now)
	}
	if k, verdict := l.pace.judge(now); verdict != nil {
		l.fault(l.peers[k].fail(verdict))
	}
	for _, p := range l.peers {
		if slept {
			p.lastMessage.Store(now.UnixNano())
		}
		if quiet := now.Sub(time.Unix(0, p.lastMessage.Load())); quiet > lost {
			l.fault(p.fail(fmt.Errorf("has not answered a heartbeat for %.1f s: its process is stopped or frozen, or the network is cut", quiet.Seconds())))
		}
		l.host.send(p.pulse, l.self, &frame{kind: kindPing, run: l.run, life: p.life})
	}
}

// close ends all connections.
func (l *link) close() {
	select {
	case <-l.stopped:
		return
	default:
	}
	close(l.stopped)
	l.beating.Wait()
	l.host.close()
}
