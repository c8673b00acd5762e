package actors

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"

	"golang.org/x/sync/errgroup"

	"infomorph/internal/recording"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// Verdict says whether a neuron that lived through its recorded inbox alone,
// and nothing else, became what it was at the end of the run.
type Verdict struct {
	Neuron          neuron.ID
	Pass            bool
	Reason          string // what differs
	Updates, Events int64
}

// Audit lets neurons (nil: all) live through their recorded inboxes, each
// alone, and compares what they told, their weights, their windows and all
// else they remember with what the recording says, bit for bit. It uses the
// given number of goroutines. Its error is about the recording as a whole;
// what is wrong with a neuron is in its verdict.
func Audit(net *sim.Network, rec *recording.Reader, ids []neuron.ID, workers int) ([]Verdict, error) {
	lives, err := relive(net, rec, ids, workers)
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
	State    []byte // of the network in the end: see sim.Engine
	Verdicts []Verdict
	Whole    bool // every verdict is a pass, and the state is the recorded one
	Updates  int64
	Events   int64
}

// Replay re-executes a free-running run from its recording: every neuron lives
// through its inbox, what was heard is held against what was told, spike by
// spike, and the final state is put together. It does not depend on workers.
func Replay(net *sim.Network, rec *recording.Reader, workers int) (*Replayed, error) {
	lives, err := relive(net, rec, nil, workers)
	if err != nil {
		return nil, err
	}
	final, ok, err := rec.Final()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: it is cut short", recording.ErrRecording)
	}
	compareHearsay(net, lives)
	r := &Replayed{Whole: true, State: sim.AppendHeader(nil, net, final.Now)}
	for i := range lives {
		l := &lives[i]
		r.State = append(r.State, l.state...)
		r.Verdicts = append(r.Verdicts, l.verdict)
		r.Whole = r.Whole && l.verdict.Pass
		r.Updates += l.verdict.Updates
		r.Events += l.verdict.Events
	}
	r.Whole = r.Whole && sha256.Sum256(r.State) == final.State
	return r, nil
}

// life is a neuron that lived through its inbox again.
type life struct {
	verdict Verdict
	state   []byte                     // its record in the network's state
	told    hearsay                    // what it told
	heard   [neuron.NumPorts][]hearsay // what each synapse heard
	slots   [neuron.NumPorts]int32
}

// hearsay is a sequence of values: how many, and their FNV-1a hash.
type hearsay struct{ count, hash uint64 }

func (h *hearsay) add(v float32) {
	if h.count == 0 {
		h.hash = 14695981039346656037
	}
	h.count++
	h.hash = (h.hash ^ uint64(math.Float32bits(v))) * 1099511628211
}

func relive(net *sim.Network, rec *recording.Reader, ids []neuron.ID, workers int) ([]life, error) {
	if rec.NumNeurons() != net.NumNeurons() {
		return nil, fmt.Errorf("%w: it has %d neurons, the network has %d", recording.ErrRecording, rec.NumNeurons(), net.NumNeurons())
	}
	if ids == nil {
		for id := range neuron.ID(net.NumNeurons()) {
			ids = append(ids, id)
		}
	}
	lives := make([]life, len(ids))
	var group errgroup.Group
	group.SetLimit(max(workers, 1))
	for i, id := range ids {
		if id < 0 || int(id) >= net.NumNeurons() {
			return nil, errors.Join(fmt.Errorf("there is no neuron %d; the network has %d", id, net.NumNeurons()), group.Wait())
		}
		group.Go(func() error {
			l := &lives[i]
			l.verdict.Neuron = id
			err := l.run(net, rec, id)
			if err != nil {
				l.verdict.Reason = err.Error()
			}
			l.verdict.Pass = err == nil
			return nil
		})
	}
	return lives, group.Wait()
}

// run lives through the recorded inbox of a neuron and returns what differs.
func (l *life) run(net *sim.Network, rec *recording.Reader, id neuron.ID) (err error) {
	defer func() {
		if reason := recover(); reason != nil { // the recording is not of this network
			err = fmt.Errorf("the neuron panicked: %v", reason)
		}
	}()
	n, err := net.NewNeuron(id)
	if err != nil {
		return err
	}
	if err := begin(n, rec, id); err != nil {
		return err
	}
	l.slots = net.Slots(id)
	for p, k := range l.slots {
		l.heard[p] = make([]hearsay, k)
	}
	telling := newTelling()
	if err := l.live(n, rec, &telling); err != nil {
		return err
	}
	want, ok, err := rec.End(id)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: it is cut short and does not say what the neuron became", recording.ErrRecording)
	}
	if l.state, err = sim.AppendNeuron(nil, n); err != nil {
		return err
	}
	l.state = append(l.state, want.Flight...)
	l.verdict.Updates = n.Report(0).Updates
	got, err := endOf(n, &telling)
	return errors.Join(err, compareEnds(&got, &want))
}

// begin brings a neuron to where its recording begins.
func begin(n *neuron.Neuron, rec *recording.Reader, id neuron.ID) error {
	start, err := rec.Start(id)
	if err != nil {
		return err
	}
	if len(start) != sha256.Size {
		return n.UnmarshalBinary(start)
	}
	state, err := n.AppendBinary(nil)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(state); !bytes.Equal(sum[:], start) {
		return fmt.Errorf("%w: the neuron begins as another", recording.ErrRecording)
	}
	return nil
}

func (l *life) live(n *neuron.Neuron, rec *recording.Reader, telling *telling) error {
	d := recording.NewDecoder(n.ID(), l.slots)
	var out neuron.Output
	for block, err := range rec.Inboxes(n.ID()) {
		for err == nil && len(block) > 0 {
			var in neuron.Inbox
			if in, block, err = d.Next(block); err != nil {
				break
			}
			l.hear(in.Events)
			out.Reset()
			n.Advance(in, &out)
			telling.add(out.Spikes)
			for _, s := range out.Spikes {
				l.told.add(s.Value)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *life) hear(events []neuron.Event) {
	for i := range events {
		l.heard[events[i].Port][events[i].Slot].add(events[i].Value)
	}
	l.verdict.Events += int64(len(events))
}

// compareEnds says what differs between two ends, nil for nothing.
func compareEnds(got, want *recording.End) error {
	var differs []string
	for _, part := range []struct {
		name string
		same bool
	}{
		{"spikes", got.Told == want.Told && got.Spikes == want.Spikes},
		{"weights", got.Weights == want.Weights},
		{"window", got.Window == want.Window},
		{"state", got.State == want.State && got.Updates == want.Updates},
	} {
		if !part.same {
			differs = append(differs, part.name)
		}
	}
	if differs == nil {
		return nil
	}
	return fmt.Errorf("alone with its inbox, the neuron becomes another: %v differ", differs)
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
			if int(source) >= len(lives) || !l.verdict.Pass || !lives[source].verdict.Pass {
				continue
			}
			if l.heard[p][slot] != lives[source].told {
				l.verdict.Pass = false
				l.verdict.Reason = fmt.Sprintf("it heard of neuron %d what that did not tell", source)
			}
		}
	}
}
