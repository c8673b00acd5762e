package remote

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Checked is the result of Check for one node.
type Checked struct {
	Peer
	About                 // the answer of the node; zero if Err is set
	Err     error         // why it cannot serve
	Connect time.Duration // time to connect, without encryption
	Latency time.Duration // the shortest of several round trips of a message
	Skew    time.Duration // the node's clock minus this one's, accurate to half the latency
}

// looks is how many times a node is asked, to measure its latency.
const looks = 5

// Check asks every node for its About. It disturbs no run. The error is one of
// this side; errors of nodes are in the results.
func Check(listenAt string, creds *Credentials, peers []Peer, log *slog.Logger) ([]Checked, error) {
	all := make([]Checked, len(peers))
	var reached []Peer
	for k, p := range peers {
		all[k].Peer = p
		if all[k].Connect, all[k].Err = dial(context.Background(), p, creds); all[k].Err == nil {
			reached = append(reached, p)
		}
	}
	if len(reached) == 0 {
		return all, nil
	}
	l, err := connect(listenAt, creds, reached, log)
	if err != nil {
		return nil, err
	}
	defer l.close()
	i := 0
	for k := range all {
		if all[k].Err == nil {
			all[k].ask(l, l.peers[i])
			i++
		}
	}
	return all, nil
}

// ask asks one node several times.
func (c *Checked) ask(l *link, p *peer) {
	for range looks {
		began := time.Now()
		l.greet(p, kindAsk, nil)
		err := l.await(greeting, func(_ *peer, a *answer) (err error) {
			took := time.Since(began)
			about, err := decodeAbout(a.body)
			if err == nil && (c.Latency == 0 || took < c.Latency) {
				c.About, c.Latency, c.Skew = *about, took, about.Clock.Sub(began.Add(took/2))
			}
			return err
		})
		if err != nil {
			p.awaited = false
			c.Err = err
			if n := new(NodeError); errors.As(err, &n) {
				c.Err = n.Reason
			}
			return
		}
	}
}
