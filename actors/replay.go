package actors

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"infomorph/internal/recording"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Verdict says whether a neuron that lived through its recorded inbox alone,
// and nothing else, became what it was in the run.
type Verdict struct {
	Neuron  neuron.ID
	Pass    bool
	Ended   bool   // it lived to where the recording says what it had become
	Reason  string // what differs
	Differs Differs
	Updates int64 // in the end
	Events  int64 // that reached it
	Spikes  int64 // that it told
}

// Differs says in what a neuron differs from what it was in the run: what it was
// shown from outside as the scenario has it, what it heard of other neurons as
// those told it, what it told, and what it became.
type Differs struct{ Inputs, Inboxes, Spikes, Weights, Window, State bool }

// ReplayOptions say how recorded neurons live again.
type ReplayOptions struct {
	Workers  int                   // goroutines; nothing depends on it
	Progress func(done, total int) // is told of neurons; called by one goroutine at a time; nil: nobody
}

// Recorded is a free run as it was recorded: its network, and what reached its
// neurons.
type Recorded struct {
	Network   *sim.Network
	Recording *recording.Reader
}

// Audit lets neurons (nil: all) live through their recorded inboxes, each
// alone, and compares what they told, their weights, their windows and all
// else they remember with what the recording says, bit for bit. Its error is
// about the recording; what is wrong with a neuron is in its verdict.
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
	State    []byte            // of the network in the end: see sim.Engine
	Recorded [sha256.Size]byte // SHA-256 of what the state was in the run
	Now      neuron.Time       // in the end
	Verdicts []Verdict
	Whole    bool // every verdict is a pass, and the state is the recorded one
	Updates  int64
	Events   int64
	Spikes   int64
}

// Replay re-executes a free-running run from its recording: every neuron lives
// through its inbox, what was heard is held against what was told, spike by
// spike, and the final state is put together. It does not depend on workers.
func (r Recorded) Replay(ctx context.Context, o ReplayOptions) (*Replayed, error) {
	lives, final, err := r.relive(ctx, nil, o)
	if err != nil {
		return nil, err
	}
	return join(r.Network, final, lives), nil
}

// relive lets neurons live through their recorded inboxes, and returns how the recording
// ends. Its error is that of the first neuron whose recording is none.
func (r Recorded) relive(ctx context.Context, ids []neuron.ID, o ReplayOptions) (lives []life, final recording.Final, err error) {
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

// fits returns an error unless a recording can be of the network, is whole,
// and has all neurons asked for; and how it ends.
func fits(net *sim.Network, rec *recording.Reader, ids []neuron.ID) (recording.Final, error) {
	if rec.NumNeurons() != net.NumNeurons() {
		return recording.Final{}, fmt.Errorf("%w: it has %d neurons, the network has %d", recording.ErrRecording, rec.NumNeurons(), net.NumNeurons())
	}
	final, ok, err := rec.Final()
	if err == nil && !ok {
		err = fmt.Errorf("%w: it is cut short", recording.ErrRecording)
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

// note adds what differs between two ends.
func (d *Differs) note(got, want *recording.End) {
	d.Spikes = d.Spikes || got.Told != want.Told || got.Spikes != want.Spikes
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

// compareHearsay requires of every synapse between neurons that it heard what
// its source told, all of it and in order.
func compareHearsay(net *sim.Network, lives []life) {
	for id := range lives {
		l := &lives[id]
		slots := [neuron.NumPorts]int32{}
		in := net.Incoming(neuron.ID(id))
		for k, source := range in.Source {
			p := in.Port[k]
			slot := slots[p]
			slots[p]++
			if int(source) >= len(lives) || !l.verdict.Ended || !lives[source].verdict.Ended || lives[source].verdict.Differs.Spikes {
				continue // nobody knows what it told in the run
			}
			if l.heard[p][slot] != lives[source].told {
				l.verdict.Pass, l.verdict.Differs.Inboxes = false, true
				l.verdict.Reason = fmt.Sprintf("it heard of neuron %d what that did not tell", source)
			}
		}
	}
}
