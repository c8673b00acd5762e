package remote

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// saved is a node's part of a state: its size, and the SHA-256 of its bytes.
type saved struct {
	size uint64
	hash [sha256.Size]byte
}

func (r *reader) saved() saved {
	s := saved{size: r.u()}
	copy(s.hash[:], r.raw(sha256.Size))
	return s
}

// freeze makes every node prepare its part of the state, and returns size and
// hash of each.
func (e *Engine) freeze() ([]saved, error) {
	if err := e.ready(); err != nil {
		return nil, err
	}
	for k, p := range e.link.peers {
		w := e.delivery(k)
		w.i(int64(e.now))
		e.link.order(p, kindSave, w.b)
	}
	e.delivered()
	parts := make([]saved, len(e.link.peers))
	err := e.link.await(0, func(p *peer, a *answer) error {
		r := &reader{b: a.body}
		parts[p.k] = r.saved()
		return r.end()
	})
	return parts, e.fail(err)
}

// fetch reads the part that node p has saved, piece by piece.
func (e *Engine) fetch(p *peer, part saved, to io.Writer) error {
	h := sha256.New()
	for at := uint64(0); at < part.size; {
		w := &writer{}
		w.u(at)
		e.link.order(p, kindGet, w.b)
		err := e.link.await(0, func(_ *peer, a *answer) error {
			at += uint64(len(a.body))
			if len(a.body) == 0 || at > part.size {
				return errBody
			}
			h.Write(a.body)
			_, err := to.Write(a.body)
			return err
		})
		if err != nil {
			return e.fail(err)
		}
	}
	if !bytes.Equal(h.Sum(nil), part.hash[:]) {
		return e.fail(p.fail(errors.New("sent a part of the state that is damaged")))
	}
	return nil
}

// State implements sim.Engine. The coordinator holds all parts in memory; if
// they are too large for it, use SaveParts and Hash.
func (e *Engine) State() ([]byte, error) {
	b := &bytes.Buffer{}
	err := e.writeState(b, func(size int) { b.Grow(size) })
	return b.Bytes(), err
}

// Hash returns the SHA-256 of the state. It never holds the whole state in
// memory.
func (e *Engine) Hash() (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	err = e.writeState(h, func(int) {})
	h.Sum(sum[:0])
	return sum, err
}

func (e *Engine) writeState(to io.Writer, grow func(int)) error {
	parts, err := e.freeze()
	if err != nil {
		return err
	}
	header := sim.AppendHeader(nil, e.net, e.now)
	size := len(header)
	for _, p := range parts {
		size += int(p.size)
	}
	grow(size)
	if _, err := to.Write(header); err != nil {
		return err
	}
	for k, p := range e.link.peers {
		if err := e.fetch(p, parts[k], to); err != nil {
			return err
		}
	}
	return nil
}

// Restore implements sim.Engine.
func (e *Engine) Restore(state []byte) error {
	if err := e.ready(); err != nil {
		return err
	}
	net, err := sim.NetworkOf(state, e.net)
	if err != nil {
		return err
	}
	now, records, err := sim.ReadState(state, net)
	if err != nil {
		return err
	}
	at := len(state)
	for _, r := range records {
		at -= r.Size()
	}
	header := state[:at]
	parts := make([][]byte, len(e.link.peers))
	for k := range parts {
		size := 0
		for _, r := range records[e.bounds[k]:e.bounds[k+1]] {
			size += r.Size()
		}
		parts[k] = state[at : at+size]
		at += size
	}
	if err := e.upload(func(k int) []byte { return parts[k] }); err != nil {
		return e.fail(err)
	}
	return e.load(net, now, header, make([][]byte, len(parts)))
}

// load makes every node load its uploaded part, or the stored part with the
// given hash.
func (e *Engine) load(net *sim.Network, now neuron.Time, header []byte, stored [][]byte) error {
	for k, p := range e.link.peers {
		w := &writer{}
		w.i(int64(now))
		w.bytes(header)
		w.bytes(stored[k])
		e.link.order(p, kindLoad, w.b)
	}
	next := neuron.Never
	var refused error
	err := e.link.settle(func(p *peer, a *answer) error {
		if a.kind == kindFailed {
			refused = errors.Join(refused, p.fail(fmt.Errorf("says: %s", a.body)))
			return nil
		}
		r := &reader{b: a.body}
		next = min(next, neuron.Time(r.i()))
		return r.end()
	})
	switch {
	case err != nil:
		return e.fail(err)
	case refused != nil: // another state may still be loaded
		return fmt.Errorf("%w: %w", sim.ErrState, refused)
	}
	e.net, e.now, e.from, e.next = net, now, now, next
	e.firstDelay = net.FirstDelays()
	e.delivered()
	return nil
}
