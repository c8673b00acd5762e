package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/asynkron/protoactor-go/remote"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Limits of gRPC, and how many messages Proto.Actor puts into one batch.
// writerBatch × maxFrame must stay below maxReceive, otherwise bursts are lost
// without an error.
const (
	maxReceive  = 64 << 20
	writerBatch = 32
	writerQueue = 1 << 16
	dialTime    = 2500 * time.Millisecond // so an error names a frozen node within 3 s
)

// host is the network side of one process: an actor system that listens.
type host struct {
	system  *actor.ActorSystem
	remote  *remote.Remote
	guard   *guard
	address string // address that other processes use

	mu    sync.Mutex
	peers map[string]bool // addresses that it has sent to
	once  sync.Once
}

// hostOptions say where a host listens and whose messages it accepts.
type hostOptions struct {
	listen    string
	advertise string // address that other processes use; "": the one it listens at
	creds     *Credentials
	actors    []string                     // actors that may get messages
	admit     func(Identity, string) error // may this holder, at this address, send messages?
	log       *slog.Logger
	lost      func(address string) // a connection to an address has ended
}

// errPlaintext says why an address beyond loopback needs certificates.
var errPlaintext = errors.New("beyond loopback everything is encrypted and both sides show a certificate: --cert, --key and --ca are needed (infomorph node certificates makes them)")

// listen starts a host.
func listen(o hostOptions) (*host, error) {
	if o.creds == nil && !loopback(o.listen) {
		return nil, fmt.Errorf("%s: %w", o.listen, errPlaintext)
	}
	ip, port, err := split(o.listen)
	if err != nil {
		return nil, err
	}
	if port, err = free(o.listen, port); err != nil { // otherwise Proto.Actor would panic
		return nil, err
	}
	h := &host{peers: map[string]bool{}, address: o.advertise, guard: newGuard(o)}
	if h.address == "" {
		h.address = net.JoinHostPort(ip, strconv.Itoa(port))
	}
	h.system = actor.NewActorSystem(
		// This package logs lost and refused connections itself.
		actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }),
		actor.WithDeadLetterThrottleInterval(time.Millisecond),
	)
	h.system.EventStream.Subscribe(func(event any) {
		if e, ok := event.(*remote.EndpointTerminatedEvent); ok && o.lost != nil {
			o.lost(e.Address)
		}
	})
	if len(ip) > 0 && ip[0] != '[' && net.ParseIP(ip) != nil && net.ParseIP(ip).To4() == nil {
		ip = "[" + ip + "]"
	}
	h.remote = remote.NewRemote(h.system, remote.Configure(ip, port,
		remote.WithAdvertisedHost(h.address),
		remote.WithServerOptions(serverOptions(o.creds, h.guard)...),
		remote.WithDialOptions(dialOptions(o.creds)...),
		remote.WithEndpointWriterBatchSize(writerBatch),
		remote.WithEndpointWriterQueueSize(writerQueue)))
	return h, h.start(o.listen)
}

// start starts Proto.Actor's remote and turns a panic into an error.
func (h *host) start(address string) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			h.system.Shutdown()
			err = fmt.Errorf("%s: %v", address, reason)
		}
	}()
	h.remote.Start()
	return nil
}

func split(address string) (ip string, port int, err error) {
	ip, text, err := net.SplitHostPort(address)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("%q: expected an address such as 127.0.0.1:7001", address)
	}
	return ip, port, nil
}

// free returns a port that is free: the given one, or any if it is 0.
func free(address string, port int) (int, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	if port == 0 {
		port = l.Addr().(*net.TCPAddr).Port
	}
	return port, nil
}

func serverOptions(c *Credentials, g *guard) []grpc.ServerOption {
	o := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxReceive),
		grpc.MaxConcurrentStreams(64),
		grpc.ConnectionTimeout(2 * dialTime), // longer than the client's limit, so that the client hangs up first and knows the reason
		grpc.StreamInterceptor(g.stream), grpc.UnaryInterceptor(g.unary),
	}
	if c != nil {
		o = append(o, grpc.Creds(&door{credentials.NewTLS(c.config()), g}))
	}
	return o
}

// door are server credentials that log failed handshakes.
type door struct {
	credentials.TransportCredentials
	guard *guard
}

// ServerHandshake implements credentials.TransportCredentials.
func (d *door) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := d.TransportCredentials.ServerHandshake(raw)
	if err != nil && !errors.Is(err, io.EOF) { // a client that hangs up at once is no attack
		d.guard.refused(raw.RemoteAddr().String(), "a connection: "+err.Error())
	}
	return conn, info, err
}

// Clone implements credentials.TransportCredentials.
func (d *door) Clone() credentials.TransportCredentials {
	return &door{d.TransportCredentials.Clone(), d.guard}
}

func dialOptions(c *Credentials) []grpc.DialOption {
	o := []grpc.DialOption{
		grpc.WithNoProxy(),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.DefaultConfig, MinConnectTimeout: dialTime}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReceive), grpc.MaxCallSendMsgSize(maxReceive)),
	}
	if c == nil {
		return append(o, grpc.WithTransportCredentials(insecure.NewCredentials()))
	}
	return append(o, grpc.WithTransportCredentials(&sure{credentials.NewTLS(c.config())}))
}

// sure are client credentials that also check that the certificate is for the
// dialled address, including the port: many nodes on one machine share a host
// name.
type sure struct {
	credentials.TransportCredentials
}

// ClientHandshake implements credentials.TransportCredentials.
func (s *sure) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := s.TransportCredentials.ClientHandshake(ctx, authority, raw)
	if err != nil {
		return nil, nil, err
	}
	id, err := peerIdentity(info)
	if err == nil && !id.Speaks(authority) {
		err = fmt.Errorf("the certificate shown at %s is that of %v", authority, id)
	}
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn, info, nil
}

// Clone implements credentials.TransportCredentials.
func (s *sure) Clone() credentials.TransportCredentials {
	return &sure{s.TransportCredentials.Clone()}
}

func peerIdentity(info credentials.AuthInfo) (Identity, error) {
	t, ok := info.(credentials.TLSInfo)
	if !ok || len(t.State.PeerCertificates) == 0 {
		return Identity{}, errors.New("no certificate was shown")
	}
	return IdentityOf(t.State.PeerCertificates[0])
}

// send sends a frame to an actor of a peer.
func (h *host) send(to *actor.PID, from *actor.PID, f *frame) {
	h.mu.Lock()
	h.peers[to.Address] = true
	h.mu.Unlock()
	h.system.Root.RequestWithCustomSender(to, wrapperspb.Bytes(f.encode()), from)
}

// drop ends the connection to a peer and discards the messages that wait for
// it.
func (h *host) drop(address string) {
	h.system.EventStream.Publish(&remote.EndpointTerminatedEvent{Address: address})
}

// spawn starts an actor with a name.
func (h *host) spawn(name string, receive actor.ReceiveFunc) (*actor.PID, error) {
	return h.system.Root.SpawnNamed(actor.PropsFromFunc(receive), name)
}

// close ends all connections and the actor system. It may be called more than
// once.
func (h *host) close() {
	h.once.Do(func() {
		h.guard.close()
		h.mu.Lock()
		defer h.mu.Unlock()
		for address := range h.peers {
			h.drop(address)
		}
		h.remote.Shutdown(false)
		h.system.Shutdown()
	})
}
