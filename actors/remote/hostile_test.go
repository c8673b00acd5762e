package remote

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/asynkron/protoactor-go/remote"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"infomorph/internal/nodes"
	"infomorph/neuron"
	"infomorph/neuron/sim/simtest"
)

// pki is a certificate authority with certificates for nodes that are started
// later.
type pki struct {
	dir   string
	ports []string
}

// certify makes certificates for a coordinator and n nodes on free ports.
func certify(t *testing.T, n int, valid time.Duration, made time.Time) *pki {
	t.Helper()
	p := &pki{dir: t.TempDir()}
	l := &nodes.List{Coordinator: "127.0.0.1"}
	for k := range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		p.ports = append(p.ports, listener.Addr().String())
		l.Nodes = append(l.Nodes, nodes.Node{Name: fmt.Sprint("node", k+1), Address: p.ports[k]})
		defer listener.Close()
	}
	if _, err := nodes.MakeCertificates(p.dir, l, valid, made); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pki) creds(t *testing.T, name string) *Credentials {
	t.Helper()
	c, err := LoadCredentials(filepath.Join(p.dir, name+".crt"), filepath.Join(p.dir, name+".key"), filepath.Join(p.dir, "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// secure starts nodes with certificates; they log to the memo.
func secure(t *testing.T, p *pki, m *memo) []Peer {
	return cluster(t, len(p.ports), func(k int, o *NodeOptions) {
		o.Listen, o.Creds, o.Log = p.ports[k], p.creds(t, fmt.Sprint("node", k+1)), slog.New(m)
	})
}

// attack sends messages of Proto.Actor's protocol by hand.
type attack struct {
	t      *testing.T
	conn   *grpc.ClientConn
	stream remote.Remoting_ReceiveClient
}

// dialAs connects with a certificate.
func dialAs(t *testing.T, c *Credentials, address string) *attack {
	t.Helper()
	config := c.config()
	config.InsecureSkipVerify = true // an attacker does not check the server
	// Go would not send a certificate that the server does not accept.
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &c.certificate, nil }
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(config)), grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(1<<30)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	s, err := remote.NewRemotingClient(conn).Receive(ctx)
	if err != nil {
		s = ended{}
	}
	return &attack{t, conn, s}
}

// ended is a stream that was refused before it began.
type ended struct{ remote.Remoting_ReceiveClient }

func (ended) Send(*remote.RemoteMessage) error     { return io.EOF }
func (ended) Recv() (*remote.RemoteMessage, error) { return nil, io.EOF }

func (a *attack) claim(address string) {
	a.stream.Send(&remote.RemoteMessage{MessageType: &remote.RemoteMessage_ConnectRequest{ConnectRequest: &remote.ConnectRequest{
		ConnectionType: &remote.ConnectRequest_ServerConnection{ServerConnection: &remote.ServerConnection{MemberId: "x", Address: address}}}}})
}

func (a *attack) batch(b *remote.MessageBatch) {
	a.stream.Send(&remote.RemoteMessage{MessageType: &remote.RemoteMessage_MessageBatch{MessageBatch: b}})
}

// bytes sends bytes to an actor, from an address.
func (a *attack) bytes(to, from string, b []byte) {
	data, _ := proto.Marshal(wrapperspb.Bytes(b))
	a.batch(&remote.MessageBatch{
		TypeNames: []string{messageType}, Targets: []string{to}, Senders: []*actor.PID{actor.NewPID(from, answersActor)},
		Envelopes: []*remote.MessageEnvelope{{MessageData: data, Sender: 1}},
	})
}

// indexed sends one message with the given indices.
func indexed(at string, kind, target, sender int32) func(*attack) {
	return func(a *attack) {
		a.claim(at)
		a.batch(&remote.MessageBatch{
			TypeNames: []string{messageType}, Targets: []string{ordersActor}, Senders: []*actor.PID{actor.NewPID(at, answersActor)},
			Envelopes: []*remote.MessageEnvelope{{TypeId: kind, Target: target, Sender: sender}},
		})
	}
}

// refused waits until the stream has ended.
func (a *attack) refused() {
	a.t.Helper()
	for {
		if _, err := a.stream.Recv(); err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				a.t.Error("it is heard out")
			}
			return
		}
	}
}

// TestHostile attacks nodes in many ways during a run. Everything is refused
// and logged, and the run ends with the bytes of the reference.
func TestHostile(t *testing.T) {
	p := certify(t, 2, time.Hour, time.Now())
	m := &memo{}
	peers := secure(t, p, m)
	w, err := simtest.New(4)
	if err != nil {
		t.Fatal(err)
	}
	want, err := w.Play(simtest.Sequential)
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(w.Net, Options{Nodes: peers, Listen: "127.0.0.1:0", Creds: p.creds(t, Coordinator), Spec: binary.LittleEndian.AppendUint64(nil, 4), Version: "test", Run: "victim", Log: slog.New(m)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r := simtest.NewRecorder()
	if err := e.Advance(t.Context(), w.End/2, w.Cut(0, w.End/2), r); err != nil {
		t.Fatal(err)
	}
	hostile(t, p, m, peers, e)
	if err := e.Advance(t.Context(), w.End, w.Cut(w.End/2, w.End), r); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Outcome(e); err != nil || got != want {
		t.Errorf("%+v, %v, expected %+v", got, err, want)
	}
}

// hostile makes all attacks on a run with two nodes.
func hostile(t *testing.T, p *pki, m *memo, peers []Peer, e *Engine) {
	mine, other := peers[0].Address, "127.0.0.1:9"
	foreign, old := certify(t, 1, time.Hour, time.Now()), certify(t, 1, time.Hour, time.Now().Add(-90*time.Minute))
	boss := p.creds(t, Coordinator)
	at := e.link.host.address
	order := func(seq uint64, run runID, life uint64) []byte {
		return (&frame{kind: kindBye, run: run, life: life, seq: seq}).encode()
	}
	a := e.link.peers[0]
	for _, c := range []struct {
		name string
		as   *Credentials
		do   func(*attack)
		log  []string // words in one log line
	}{
		{"no certificate", &Credentials{}, func(a *attack) { a.claim(at) }, []string{"a connection", "certificate"}},
		{"a foreign authority", foreign.creds(t, Coordinator), func(a *attack) { a.claim(at) }, []string{"a connection", "unknown authority"}},
		{"an expired certificate", expired(t, p), func(a *attack) { a.claim(at) }, []string{"a connection", "expired"}},
		{"a node that gives orders", p.creds(t, "node2"), func(a *attack) { a.claim(peers[1].Address) }, []string{"no coordinator", "node2"}},
		{"another's address", boss, func(a *attack) { a.claim("10.0.0.1:7") }, []string{"not that of its certificate"}},
		{"nobody's address", p.creds(t, "node2"), func(a *attack) { a.claim(other) }, []string{"not that of its certificate", other}},
		{"no name", boss, func(a *attack) { a.bytes(ordersActor, at, nil) }, []string{"before it said who it is"}},
		{"two names", boss, func(a *attack) { a.claim(at); a.claim(at) }, []string{"a second connect"}},
		{"stop by name", boss, func(a *attack) {
			a.claim(at)
			a.batch(&remote.MessageBatch{TypeNames: []string{"actor.Stop"}, Targets: []string{ordersActor}, Envelopes: []*remote.MessageEnvelope{{}}})
		}, []string{"actor.Stop"}},
		{"another actor", boss, func(a *attack) { a.claim(at); a.bytes("activator", at, nil) }, []string{"activator"}},
		{"another's name", boss, func(a *attack) { a.claim(at); a.bytes(ordersActor, other, nil) }, []string{"in the name of", other}},
		{"a bad index of types", boss, indexed(at, 7, 0, 1), []string{"index out of range", "type 7, target 0, sender 1"}},
		{"a bad index of targets", boss, indexed(at, 0, 8, 1), []string{"index out of range", "type 0, target 8, sender 1"}},
		{"a negative index of targets", boss, indexed(at, 0, -1, 1), []string{"index out of range", "type 0, target -1, sender 1"}},
		{"a bad index of senders", boss, indexed(at, 0, 0, 9), []string{"index out of range", "type 0, target 0, sender 9"}},
		{"no sender", boss, indexed(at, 0, 0, 0), []string{"index out of range", "type 0, target 0, sender 0"}},
		{"a message too large", boss, func(a *attack) { a.claim(at); a.bytes(ordersActor, at, make([]byte, 2<<20)) }, []string{"bytes, expected at most"}},
		{"a batch too large", boss, func(a *attack) { a.claim(at); a.bytes(ordersActor, at, make([]byte, maxReceive+1)) }, []string{"larger than max"}},
	} {
		x := dialAs(t, c.as, mine)
		c.do(x)
		x.refused()
		if !logged(m, append(c.log, "refused")...) {
			t.Errorf("%s: not in the log", c.name)
		}
	}
	if _, err := LoadCredentials(filepath.Join(old.dir, "node1.crt"), filepath.Join(old.dir, "node1.key"), filepath.Join(old.dir, "ca.crt")); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("an expired certificate: %v", err)
	}
	lists := dialAs(t, boss, mine)
	if _, err := remote.NewRemotingClient(lists.conn).ListProcesses(t.Context(), &remote.ListProcessesRequest{}); err == nil || !m.has("refused", "ListProcesses") {
		t.Errorf("processes are listed: %v", err)
	}
	// Well-formed messages under the right name that do not belong to this run.
	x := dialAs(t, boss, mine)
	x.claim(at)
	for _, b := range [][]byte{
		[]byte("nonsense"), order(a.out.sent, e.link.run, a.life), order(1, e.link.run, a.life), order(a.out.sent+2, e.link.run, a.life),
		order(a.out.sent+1, runID{9}, a.life), order(a.out.sent+1, e.link.run, a.life+2),
		(&frame{kind: kindHello, run: runID{8}, body: (&hello{"test", "other", "thief"}).encode()}).encode(),
		(&frame{kind: kindHello, run: runID{8}, body: []byte{255}}).encode(),
	} {
		x.bytes(ordersActor, at, b)
	}
	for _, line := range []string{"not a frame", "came again", "out of order", "run 09000000, which is not served", "the coordinator test on other", "its greeting is"} {
		if !logged(m, "refused", line) {
			t.Errorf("no line with %q in the log", line)
		}
	}
}

// logged waits for a line in a log, which another goroutine writes.
func logged(m *memo, words ...string) bool {
	for range 500 {
		if m.has(words...) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// TestExpired: a certificate that expires while its holder runs is refused by
// the others.
func TestExpired(t *testing.T) {
	p := certify(t, 1, time.Hour, time.Now())
	m := &memo{}
	peers := secure(t, p, m)
	_, err := New(mustWorld(t, 1), Options{Nodes: peers, Listen: "127.0.0.1:0", Creds: expired(t, p), Spec: make([]byte, 8), Version: "test"})
	if err == nil || !strings.Contains(err.Error(), "does not take the certificate") || !strings.Contains(err.Error(), "expired") {
		t.Errorf("an expired certificate: %v", err)
	}
}

// expired returns an expired certificate of the authority for a coordinator.
func expired(t *testing.T, p *pki) *Credentials {
	t.Helper()
	dir := t.TempDir()
	for _, f := range []string{"ca.crt", "ca.key"} {
		copyFile(t, filepath.Join(p.dir, f), filepath.Join(dir, f))
	}
	if _, err := nodes.MakeCertificates(dir, &nodes.List{Coordinator: "127.0.0.1"}, time.Second, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	creds, err := loadExpired(dir, Coordinator)
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

// TestRefusals checks the errors of New about nodes that do not fit, before
// anything has begun.
func TestRefusals(t *testing.T) {
	p := certify(t, 3, time.Hour, time.Now())
	m := &memo{}
	peers := secure(t, p, m)[:2]
	net1 := mustWorld(t, 1)
	spec := binary.LittleEndian.AppendUint64(nil, 1)
	for name, c := range map[string]struct {
		change func(*Options)
		want   []string
	}{
		"another version":  {func(o *Options) { o.Version = "other" }, []string{"it runs test on", "the coordinator other"}},
		"another scenario": {func(o *Options) { o.Spec[0] = 3 }, []string{"node"}},
		"a bad scenario":   {func(o *Options) { o.Spec = o.Spec[1:] }, []string{"node", "the scenario", "expected 8"}},
		"nobody there":     {func(o *Options) { o.Nodes[1].Address = "127.0.0.1:9" }, []string{"node2", "does not listen", "infomorph node --listen 127.0.0.1:9"}},
		"another node":     {func(o *Options) { o.Nodes[1].Address = p.ports[2] }, []string{"node2", "shows the certificate of node3"}},
		"another name":     {func(o *Options) { o.Nodes[1].Name = "nodeX" }, []string{"nodeX", "shows the certificate of node2"}},
		"no nodes":         {func(o *Options) { o.Nodes = nil }, []string{"no nodes"}},
		"twice":            {func(o *Options) { o.Nodes[1] = o.Nodes[0] }, []string{"listed twice"}},
		"plaintext abroad": {func(o *Options) { o.Creds, o.Listen = nil, "0.0.0.0:0" }, []string{"encrypted"}},
		"plaintext":        {func(o *Options) { o.Creds = nil }, []string{"node1", "answers nothing: does it want certificates?"}},
	} {
		o := Options{Nodes: append([]Peer(nil), peers...), Listen: "127.0.0.1:0", Creds: p.creds(t, Coordinator), Spec: append([]byte(nil), spec...), Version: "test"}
		c.change(&o)
		e, err := New(net1, o)
		if err == nil {
			e.Close()
			t.Errorf("%s: it begins", name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v, expected %q", name, err, w)
			}
		}
	}
	// After all this, the nodes still serve runs.
	e, err := New(net1, Options{Nodes: peers, Listen: "127.0.0.1:0", Creds: p.creds(t, Coordinator), Spec: spec, Version: "test", Run: "long"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := New(net1, Options{Nodes: peers, Listen: "127.0.0.1:0", Creds: p.creds(t, Coordinator), Spec: spec, Version: "test"}); err == nil || !strings.Contains(err.Error(), "serves another run, long") {
		t.Errorf("two runs on one node: %v", err)
	}
	if err := e.Advance(t.Context(), neuron.Millisecond, w0(t).Cut(0, neuron.Millisecond), simtest.NewRecorder()); err != nil {
		t.Error(err)
	}
}

func TestPlaintextStaysAtHome(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", "[::]:0", ":0", "example.org:7001", "10.0.0.1:" + strconv.Itoa(7001)} {
		if n, err := StartNode(NodeOptions{Listen: listen, Build: world}); err == nil {
			n.Close()
			t.Errorf("a node listens at %s without certificates", listen)
		} else if !strings.Contains(err.Error(), "beyond loopback") {
			t.Error(err)
		}
	}
}
