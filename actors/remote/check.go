package remote

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Checked is what a look at a node told.
type Checked struct {
	Peer
	About                 // what it says of itself; zero where Err is set
	Err     error         // why it cannot serve
	Connect time.Duration // a connection, without encryption
	Latency time.Duration // the fastest of some round trips of a message
	Skew    time.Duration // its clock minus this one's, give or take half the latency
}

// looks is how often a node is asked for its latency.
const looks = 5

// Check asks every node who it is. It disturbs no run. The error is one of this
// side; those of nodes are with them.
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

// ask asks one node, a few times over.
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
