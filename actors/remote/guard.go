package remote

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/remote"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcpeer "google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

// messageType is the only message type that is accepted.
const messageType = "google.protobuf.BytesValue"

// guard stands in front of Proto.Actor's reader, which trusts its input: it
// would stop any actor by name, list all actors, and panic on an index out of
// range. Anything refused ends its stream.
type guard struct {
	actors []string
	tls    bool
	admit  func(Identity, string) error
	log    *slog.Logger
	closed atomic.Bool
}

func newGuard(o hostOptions) *guard {
	return &guard{actors: o.actors, tls: o.creds != nil, admit: o.admit, log: o.log}
}

func (g *guard) close() { g.closed.Store(true) }

// unary refuses all unary calls, which could list the actors. Only the stream
// of messages is allowed.
func (g *guard) unary(ctx context.Context, _ any, info *grpc.UnaryServerInfo, _ grpc.UnaryHandler) (any, error) {
	_, who, err := g.who(ctx)
	if err != nil {
		who = err.Error()
	}
	g.refused(who, "a call of "+info.FullMethod)
	return nil, status.Error(codes.PermissionDenied, "not here")
}

// stream checks every message of a stream. It also recovers if Proto.Actor's
// reader still panics.
func (g *guard) stream(srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) (err error) {
	id, who, err := g.who(ss.Context())
	if err != nil {
		g.refused(who, err.Error())
		return status.Error(codes.PermissionDenied, "no identity")
	}
	defer func() {
		if reason := recover(); reason != nil {
			g.refused(who, fmt.Sprint("what broke the reader: ", reason))
			err = status.Error(codes.InvalidArgument, "malformed")
		}
	}()
	return handle(srv, &checked{ServerStream: ss, guard: g, id: id, who: who})
}

// who returns the identity of the other side of a stream, and a text for logs.
func (g *guard) who(ctx context.Context) (Identity, string, error) {
	p, ok := grpcpeer.FromContext(ctx)
	if !ok {
		return Identity{}, "unknown", fmt.Errorf("no address")
	}
	who := p.Addr.String()
	if !g.tls {
		return Identity{}, who, nil
	}
	id, err := peerIdentity(p.AuthInfo)
	if err == nil {
		who = id.Name + " at " + who
	}
	return id, who, err
}

// refused logs what was refused, and from whom.
func (g *guard) refused(who, what string) {
	if !g.closed.Load() {
		g.log.Warn("refused", "from", who, "what", what)
	}
}

// checked is a stream whose messages are checked when they are received.
type checked struct {
	grpc.ServerStream
	guard   *guard
	id      Identity
	who     string
	address string // as claimed by the other side, after the check; "" before
}

// RecvMsg implements grpc.ServerStream.
func (c *checked) RecvMsg(m any) error {
	if err := c.ServerStream.RecvMsg(m); err != nil {
		if code := status.Code(err); code == codes.ResourceExhausted || code == codes.Internal {
			c.guard.refused(c.who, err.Error())
		}
		return err
	}
	message, ok := m.(*remote.RemoteMessage)
	if !ok {
		return c.refuse(fmt.Sprintf("a %T", m))
	}
	switch t := message.MessageType.(type) {
	case *remote.RemoteMessage_ConnectRequest:
		return c.connect(t.ConnectRequest)
	case *remote.RemoteMessage_MessageBatch:
		return c.batch(t.MessageBatch)
	case *remote.RemoteMessage_DisconnectRequest:
		return nil
	}
	return c.refuse(fmt.Sprintf("a %T", message.MessageType))
}

func (c *checked) refuse(what string) error {
	c.guard.refused(c.who, what)
	return status.Error(codes.PermissionDenied, what)
}

// connect checks that the claimed address is the one in the certificate, and
// that its holder may send messages to this host.
func (c *checked) connect(r *remote.ConnectRequest) error {
	s := r.GetServerConnection()
	if s == nil {
		return c.refuse("a connection that is no server's")
	}
	if c.address != "" {
		return c.refuse("a second connect on one stream")
	}
	if c.guard.tls && !c.id.Speaks(s.Address) {
		return c.refuse(fmt.Sprintf("the address %.100q, which is not that of its certificate, %v", s.Address, c.id))
	}
	if err := c.guard.admit(c.id, s.Address); err != nil {
		return c.refuse(err.Error())
	}
	c.address = s.Address
	return nil
}

// batch checks a batch of messages: types, targets, senders and every index.
func (c *checked) batch(b *remote.MessageBatch) error {
	if c.address == "" {
		return c.refuse("messages before it said who it is")
	}
	for _, t := range b.TypeNames {
		if t != messageType {
			return c.refuse(fmt.Sprintf("a message of type %.100q", t))
		}
	}
	for _, t := range b.Targets {
		if !slices.Contains(c.guard.actors, t) {
			return c.refuse(fmt.Sprintf("a message to %.100q", t))
		}
	}
	for _, s := range b.Senders {
		if s.GetAddress() != c.address {
			return c.refuse(fmt.Sprintf("a message in the name of %.100q", s.GetAddress()))
		}
	}
	for _, e := range b.Envelopes {
		if what := faultOf(e, b); what != "" {
			return c.refuse(what)
		}
	}
	return nil
}

// faultOf says what is wrong with an envelope; "": nothing.
func faultOf(e *remote.MessageEnvelope, b *remote.MessageBatch) string {
	outside := func(i int32, n int) bool { return i < 0 || int(i) >= n }
	switch {
	case e == nil:
		return "an envelope without a message"
	case outside(e.TypeId, len(b.TypeNames)) || outside(e.Target, len(b.Targets)) || outside(e.Sender-1, len(b.Senders)):
		return fmt.Sprintf("an index out of range: type %d, target %d, sender %d", e.TypeId, e.Target, e.Sender)
	case e.SerializerId != 0 || e.MessageHeader != nil:
		return "a message of another serializer, or with a header"
	case len(e.MessageData) > maxFrame+16:
		return fmt.Sprintf("a message of %d bytes, expected at most %d", len(e.MessageData), maxFrame)
	}
	return ""
}
