package actors

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Verdict says whether a neuron, which replayed its recorded inbox alone,
// reached the same state as in the run.
type Verdict struct {
	Neuron  neuron.ID
	Pass    bool
	Ended   bool   // it was replayed to a recorded end
	Reason  string // what differs
	Differs Differs
	Updates int64 // at the end of the replay
	Events  int64 // received
	Spikes  int64 // sent
}

// Add adds the verdict on a neuron of another network: both must pass.
func (v *Verdict) Add(w *Verdict) {
	v.Pass, v.Ended = v.Pass && w.Pass, v.Ended && w.Ended
	if v.Reason == "" {
		v.Reason = w.Reason
	}
	a, b := &v.Differs, &w.Differs
	*a = Differs{a.Inputs || b.Inputs, a.Inboxes || b.Inboxes, a.Spikes || b.Spikes, a.Weights || b.Weights, a.Window || b.Window, a.State || b.State}
	v.Updates, v.Events, v.Spikes = v.Updates+w.Updates, v.Events+w.Events, v.Spikes+w.Spikes
}

// Differs says what differs between a neuron in the replay and in the run: the
// external inputs that the scenario presents, the spikes received from other
// neurons, the spikes sent, the weights, the window, or the rest of the state.
type Differs struct{ Inputs, Inboxes, Spikes, Weights, Window, State bool }

// ReplayOptions are the options of a replay.
type ReplayOptions struct {
	Workers  int                   // number of goroutines; it does not change results
	Progress func(done, total int) // in neurons, or milliseconds of an Again; never called concurrently; may be nil
}

// Recorded is a free run with its recording.
type Recorded struct {
	Network   *sim.Network
	Recording *inboxes.Reader
}

// Audit replays the recorded inboxes of neurons (nil: all), each alone. It
// compares their spikes, weights, windows and the rest of their state with the
// recording, bit for bit. It returns an error if the recording is invalid; a
// difference is reported in the verdict of the neuron.
func (r Recorded) Audit(ctx context.Context, ids []neuron.ID, o ReplayOptions) ([]Verdict, error) {
	lives, _, err := r.relive(ctx, ids, o)
	if err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(lives))
	for i := range lives {
		verdicts[i] = lives[i].verdict
	}
	return verdicts, nil
}

// Replayed is the outcome of Replay.
type Replayed struct {
	State    []byte            // of the network at the end: see sim.Engine
	Recorded [sha256.Size]byte // SHA-256 of the state at the end of the run
	Now      neuron.Time       // time at the end
	Verdicts []Verdict
	Whole    bool // every verdict is a pass, and State is the recorded state
	Updates  int64
	Events   int64
	Spikes   int64
}

// Replay repeats a free run from its recording: every neuron replays its inbox,
// the received spikes are compared with the sent ones, and the final state is
// put together. The result does not depend on o.Workers.
func (r Recorded) Replay(ctx context.Context, o ReplayOptions) (*Replayed, error) {
	lives, final, err := r.relive(ctx, nil, o)
	if err != nil {
		return nil, err
	}
	return join(r.Network, final, lives), nil
}

// relive replays the recorded inboxes of neurons, and returns how the recording
// ends. It returns the error of the first neuron whose recording is invalid.
func (r Recorded) relive(ctx context.Context, ids []neuron.ID, o ReplayOptions) (lives []life, final inboxes.Final, err error) {
	net, rec := r.Network, r.Recording
	if final, err = fits(net, rec, ids); err != nil {
		return nil, final, err
	}
	if ids == nil {
		for id := range neuron.ID(net.NumNeurons()) {
			ids = append(ids, id)
		}
	}
	lives = make([]life, len(ids))
	faults := make([]error, len(ids))
	var group errgroup.Group
	group.SetLimit(max(o.Workers, 1))
	var mu sync.Mutex
	done := 0
	for i, id := range ids {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			lives[i] = newLife(net, rec, id)
			faults[i] = lives[i].finish()
			mu.Lock()
			defer mu.Unlock()
			if done++; o.Progress != nil {
				o.Progress(done, len(ids))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, final, err
	}
	for i, err := range faults {
		if err != nil {
			return nil, final, fmt.Errorf("neuron %d: %w", ids[i], err)
		}
	}
	return lives, final, nil
}

// fits returns how the recording ends. It returns an error unless the recording
// can be of this network, is complete, and has all neurons asked for.
func fits(net *sim.Network, rec *inboxes.Reader, ids []neuron.ID) (inboxes.Final, error) {
	if rec.NumNeurons() != net.NumNeurons() {
		return inboxes.Final{}, fmt.Errorf("%w: it has %d neurons, the network has %d", inboxes.ErrRecording, rec.NumNeurons(), net.NumNeurons())
	}
	final, ok, err := rec.Final()
	if err == nil && !ok {
		err = fmt.Errorf("%w: it is cut short", inboxes.ErrRecording)
	}
	if err != nil {
		return final, err
	}
	for _, id := range ids {
		if id < 0 || int(id) >= net.NumNeurons() {
			return final, fmt.Errorf("there is no neuron %d; the network has neurons 0 to %d", id, net.NumNeurons()-1)
		}
	}
	return final, nil
}

// note adds the differences between two ends.
func (d *Differs) note(got, want *inboxes.End) {
	d.Spikes = d.Spikes || got.Output != want.Output || got.Spikes != want.Spikes
	d.Weights = d.Weights || got.Weights != want.Weights
	d.Window = d.Window || got.Window != want.Window
	d.State = d.State || got.State != want.State || got.Updates != want.Updates
}

// String lists what differs.
func (d Differs) String() string {
	var names []string
	for _, part := range []struct {
		name string
		is   bool
	}{{"inputs", d.Inputs}, {"inboxes", d.Inboxes}, {"spikes", d.Spikes}, {"weights", d.Weights}, {"window", d.Window}, {"state", d.State}} {
		if part.is {
			names = append(names, part.name)
		}
	}
	return strings.Join(names, ", ")
}

// compareReceived checks for every synapse between neurons that it received
// exactly what its source sent, in the same order.
func compareReceived(net *sim.Network, lives []life) {
	for id := range lives {
		l := &lives[id]
		slots := [neuron.NumPorts]int32{}
		in := net.Incoming(neuron.ID(id))
		for k, source := range in.Source {
			p := in.Port[k]
			slot := slots[p]
			slots[p]++
			if int(source) >= len(lives) || !l.verdict.Ended || !lives[source].verdict.Ended || lives[source].verdict.Differs.Spikes {
				continue // what the source sent in the run is not known
			}
			if l.received[p][slot] != lives[source].sent {
				l.verdict.Pass, l.verdict.Differs.Inboxes = false, true
				l.verdict.Reason = fmt.Sprintf("it received something from neuron %d that this neuron did not send", source)
			}
		}
	}
}
