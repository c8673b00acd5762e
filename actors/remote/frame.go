package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A frame is
//
//	"IM" version:u8 kind:u8 more:u8 | run [16] | life:u64 seq:u64 | body
//
// little-endian. life is that of the node. seq counts the frames of a run in
// one direction, from 1; it is 0 in frames outside a run.
const (
	frameVersion = 2
	frameHead    = 5 + 16 + 8 + 8
	maxFrame     = 1 << 20
	maxChunk     = maxFrame - frameHead
)

// maxBody bounds a body that is cut into frames. It is enough for the spikes of
// an epoch with the samples of a hundred million neurons.
const maxBody = 8 << 30

// kind says what a frame contains.
type kind uint8

const (
	kindHello   kind = 1 + iota // who are you? begin a run
	kindWelcome                 // the answer to hello and ask
	kindAsk                     // who are you?
	kindPut                     // a piece of long data
	kindBuild                   // make the neurons
	kindAdvance                 // run an epoch
	kindReport                  // return neuron reports
	kindSave                    // make a part of the state
	kindGet                     // return a piece of that part
	kindLoad                    // replace a part of the state
	kindKeep                    // write a part of a checkpoint
	kindFind                    // do you have this part?
	kindForget                  // remove older parts
	kindBye                     // the run has ended
	kindDone                    // success, to an order
	kindFailed                  // failure, to an order, with the reason
	kindPing
	kindPong
	numKinds
)

var kindNames = [numKinds]string{
	"", "hello", "welcome", "ask", "put", "build", "advance", "report", "save", "get", "load", "keep", "find", "forget", "bye", "done", "failed", "ping", "pong",
}

func (k kind) String() string {
	if k == 0 || k >= numKinds {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kindNames[k]
}

// runID identifies one run of one coordinator process.
type runID [16]byte

// String returns the first four bytes, as logs show them.
func (r runID) String() string { return fmt.Sprintf("%x", r[:4]) }

// frame is one message.
type frame struct {
	kind      kind
	more      bool // the body goes on in the next frame
	run       runID
	life, seq uint64
	body      []byte
}

func (f *frame) encode() []byte {
	b := make([]byte, 0, frameHead+len(f.body))
	more := byte(0)
	if f.more {
		more = 1
	}
	b = append(b, 'I', 'M', frameVersion, byte(f.kind), more)
	b = append(b, f.run[:]...)
	b = binary.LittleEndian.AppendUint64(b, f.life)
	b = binary.LittleEndian.AppendUint64(b, f.seq)
	return append(b, f.body...)
}

var errFrame = errors.New("not a frame of this program")

// decodeFrame is the inverse of encode. The body points into b.
func decodeFrame(b []byte) (frame, error) {
	switch {
	case len(b) < frameHead || b[0] != 'I' || b[1] != 'M':
		return frame{}, errFrame
	case b[2] != frameVersion:
		return frame{}, fmt.Errorf("%w: its version is %d, expected %d", errFrame, b[2], frameVersion)
	case b[3] == 0 || kind(b[3]) >= numKinds || b[4] > 1:
		return frame{}, fmt.Errorf("%w: kind %d", errFrame, b[3])
	case len(b) > maxFrame:
		return frame{}, fmt.Errorf("%w: %d bytes, expected at most %d", errFrame, len(b), maxFrame)
	}
	f := frame{kind: kind(b[3]), more: b[4] == 1, body: b[frameHead:]}
	copy(f.run[:], b[5:])
	f.life = binary.LittleEndian.Uint64(b[21:])
	f.seq = binary.LittleEndian.Uint64(b[29:])
	return f, nil
}

// line is one direction of a connection. It numbers the frames that are sent,
// and joins the frames that are received.
type line struct {
	sent, got uint64
	partial   []byte
	kind      kind
}

// cut splits a frame with a body of any length, and calls send for each piece.
func (l *line) cut(whole *frame, send func(*frame)) {
	body := whole.body
	for {
		n := min(len(body), maxChunk)
		l.sent++
		piece := *whole
		piece.more, piece.seq, piece.body = n < len(body), l.sent, body[:n]
		send(&piece)
		if body = body[n:]; len(body) == 0 {
			return
		}
	}
}

// take takes the next frame. whole is set with the last frame of a body; the
// body is valid until the next call.
func (l *line) take(f *frame) (body []byte, whole bool, err error) {
	switch {
	case f.seq == 0 || f.seq <= l.got:
		return nil, false, fmt.Errorf("%v number %d came again: %d frames came before", f.kind, f.seq, l.got)
	case f.seq != l.got+1:
		return nil, false, fmt.Errorf("%v number %d came out of order, expected number %d", f.kind, f.seq, l.got+1)
	case l.partial != nil && f.kind != l.kind:
		return nil, false, fmt.Errorf("%v number %d came within a %v", f.kind, f.seq, l.kind)
	case len(l.partial)+len(f.body) > maxBody:
		return nil, false, fmt.Errorf("a %v of more than %d GiB", f.kind, maxBody>>30)
	}
	l.got = f.seq
	if l.partial == nil && !f.more {
		return f.body, true, nil
	}
	l.kind, l.partial = f.kind, append(l.partial, f.body...)
	if f.more {
		return nil, false, nil
	}
	body, l.partial = l.partial, nil
	return body, true, nil
}
