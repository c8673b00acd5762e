package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// probe connects to all addresses in parallel before anything else begins.
// Without it, Proto.Actor would try to reach a missing node again and again,
// without an error.
func (l *link) probe(ctx context.Context, creds *Credentials) error {
	g := new(errgroup.Group)
	errs := make([]error, len(l.peers))
	for k, p := range l.peers {
		g.Go(func() error {
			if _, err := dial(ctx, p.Peer, creds); err != nil {
				errs[k] = p.fail(err)
			}
			return nil
		})
	}
	return errors.Join(append(errs, g.Wait())...)
}

// dial connects to a node, checks its certificate and hangs up. It returns how
// long the connection took: one or two round trips.
func dial(ctx context.Context, p Peer, creds *Credentials) (time.Duration, error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.Address)
	took := time.Since(began)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return took, fmt.Errorf("does not listen: start it with infomorph node --listen %s (%w)", p.Address, err)
	case err != nil:
		return took, fmt.Errorf("cannot be reached: %w", err)
	}
	defer conn.Close()
	if creds == nil && !loopback(p.Address) {
		return took, errPlaintext
	}
	if creds == nil {
		return took, spoken(ctx, conn, "answers nothing: does it want certificates?")
	}
	return took, handshake(ctx, conn, p, creds)
}

// spoken waits for the first byte of a server. The server sends it after it has
// accepted the client's certificate, or if it needs none.
func spoken(ctx context.Context, conn net.Conn, silent string) error {
	deadline, _ := ctx.Deadline() // limit for the whole dial
	if err := conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 1))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errors.New(silent)
	case err != nil:
		return fmt.Errorf("does not take the certificate of this side: %w", err)
	}
	return nil
}

func handshake(ctx context.Context, conn net.Conn, p Peer, creds *Credentials) error {
	c := creds.config()
	c.ServerName, _, _ = net.SplitHostPort(p.Address)
	c.NextProtos = []string{"h2"}
	t := tls.Client(conn, c)
	if err := t.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("has no certificate that is trusted here: %w", err)
	}
	id, err := IdentityOf(t.ConnectionState().PeerCertificates[0])
	switch {
	case err != nil:
		return err
	case id.Name != p.Name || !id.Speaks(p.Address):
		return fmt.Errorf("shows the certificate of %v", id)
	}
	return spoken(ctx, t, "answers nothing")
}

// knock probes the nodes at regular intervals until the context ends. It is
// needed before the greeting is answered: a node that dies then leaves no
// connection that could end, and a node that freezes does not get heartbeats
// yet.
func (l *link) knock(ctx context.Context, creds *Credentials) {
	ticks := time.NewTicker(heartbeat)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if err := l.probe(ctx, creds); err != nil {
			if ctx.Err() == nil {
				l.fault(err)
			}
			return
		}
	}
}
