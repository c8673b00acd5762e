package simtest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"math"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Maker starts an engine on a network.
type Maker func(*sim.Network) (sim.Engine, error)

// Sequential is the Maker of the reference engine: one loop that gives every
// synapse each of its events.
func Sequential(net *sim.Network) (sim.Engine, error) {
	return sim.NewSequentialBy(net, sim.EachEvent)
}

// Delivered returns a Maker of the loop with another way of delivery.
func Delivered(how sim.Delivery) Maker {
	return func(net *sim.Network) (sim.Engine, error) { return sim.NewSequentialBy(net, how) }
}

// Outcome is everything that a run returns, as counts and SHA-256 sums.
type Outcome struct {
	Spikes, Samples int
	Output, State   [sha256.Size]byte
}

// Recorder is a Sink that hashes what it receives.
type Recorder struct {
	spikes, samples         int
	spikeHash, sampleHash   hash.Hash
	spikeBytes, sampleBytes []byte
}

// NewRecorder returns an empty Recorder.
func NewRecorder() *Recorder { return &Recorder{spikeHash: sha256.New(), sampleHash: sha256.New()} }

// Epoch implements sim.Sink. The hashes do not contain the epochs themselves,
// because engines may divide time differently.
func (r *Recorder) Epoch(_ neuron.Time, out *neuron.Output) error {
	r.spikeBytes, r.sampleBytes = r.spikeBytes[:0], r.sampleBytes[:0]
	for i := range out.Spikes {
		r.spikeBytes = appendSpike(r.spikeBytes, &out.Spikes[i])
	}
	for i := range out.Samples {
		r.sampleBytes = appendSample(r.sampleBytes, &out.Samples[i])
	}
	r.spikeHash.Write(r.spikeBytes)
	r.sampleHash.Write(r.sampleBytes)
	r.spikes += len(out.Spikes)
	r.samples += len(out.Samples)
	return nil
}

func appendSpike(b []byte, s *neuron.Spike) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(s.Time))
	b = binary.LittleEndian.AppendUint32(b, uint32(s.Source))
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(s.Value))
}

func appendSample(b []byte, s *neuron.Sample) []byte {
	b = appendSpike(b, &neuron.Spike{Time: s.Time, Source: s.Neuron, Value: s.Output})
	for _, v := range append(s.Sum[:], s.Theta) {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	if s.Learned {
		return append(b, 1)
	}
	return append(b, 0)
}

// Run advances e through the world, and stops on the way at the times in stops.
func (w *World) Run(e sim.Engine, sink sim.Sink, stops ...neuron.Time) error {
	from := e.Now()
	for _, to := range append(stops, w.End) {
		if err := e.Advance(context.Background(), to, w.Cut(from, to), sink); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// Outcome returns the recorded output, reports of all neurons, and the state of
// e, as hashes.
func (r *Recorder) Outcome(e sim.Engine) (Outcome, error) {
	o := r.recorded()
	reports, err := e.Report(sim.Everyone(e.Network()), neuron.WantLearning)
	if err != nil {
		return o, err
	}
	b := slices.Clone(o.Output[:])
	for i := range reports {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(reports[i].Gradient))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(reports[i].Chi))
	}
	o.Output = sha256.Sum256(b)
	o.State, err = sim.Hash(e)
	return o, err
}

func (r *Recorder) recorded() Outcome {
	o := Outcome{Spikes: r.spikes, Samples: r.samples}
	both := sha256.New()
	both.Write(r.spikeHash.Sum(nil))
	both.Write(r.sampleHash.Sum(nil))
	both.Sum(o.Output[:0])
	return o
}

// Play runs the world on a new engine.
func (w *World) Play(build Maker) (Outcome, error) {
	e, err := build(w.Net)
	if err != nil {
		return Outcome{}, err
	}
	defer e.Close()
	r := NewRecorder()
	if err := w.Run(e, r); err != nil {
		return Outcome{}, err
	}
	return r.Outcome(e)
}

// interrupted runs the world and cancels the context after every third epoch. An
// engine must stop there and can go on with another context.
func (w *World) interrupted(build Maker) (Outcome, error) {
	e, err := build(w.Net)
	if err != nil {
		return Outcome{}, err
	}
	defer e.Close()
	r := NewRecorder()
	for e.Now() < w.End {
		if err := w.interrupt(e, r); err != nil {
			return Outcome{}, err
		}
	}
	return r.Outcome(e)
}

func (w *World) interrupt(e sim.Engine, r *Recorder) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := &canceller{Sink: r, cancel: cancel}
	err := e.Advance(ctx, w.End, w.Cut(e.Now(), w.End), s)
	switch {
	case s.epochs > betweenCancels:
		return fmt.Errorf("%d epochs, although the context was cancelled after %d", s.epochs, betweenCancels)
	case err == nil && e.Now() != w.End:
		return fmt.Errorf("no error at %v, before the end", e.Now())
	case err != nil && !errors.Is(err, ctx.Err()):
		return err
	}
	return nil
}

// canceller is a sink that cancels a context.
type canceller struct {
	sim.Sink
	cancel func()
	epochs int
}

const betweenCancels = 3

// Epoch implements sim.Sink.
func (c *canceller) Epoch(end neuron.Time, out *neuron.Output) error {
	if c.epochs++; c.epochs == betweenCancels {
		c.cancel()
	}
	return c.Sink.Epoch(end, out)
}

// Relay runs the world up to time at on an engine of one kind, saves its state,
// and continues from there on an engine of another kind.
func (w *World) Relay(first, second Maker, at neuron.Time) (Outcome, error) {
	r := NewRecorder()
	state, err := w.leg(first, r, at)
	if err != nil {
		return Outcome{}, err
	}
	e, err := second(w.Net)
	if err != nil {
		return Outcome{}, err
	}
	defer e.Close()
	if err := e.Restore(state); err != nil {
		return Outcome{}, err
	}
	if err := w.Run(e, r); err != nil {
		return Outcome{}, err
	}
	return r.Outcome(e)
}

func (w *World) leg(build Maker, r *Recorder, at neuron.Time) ([]byte, error) {
	e, err := build(w.Net)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	if err := e.Advance(context.Background(), at, w.Cut(0, at), r); err != nil {
		return nil, err
	}
	if _, err := e.Report(sim.Everyone(e.Network()), neuron.WantLearning); err != nil { // a report must not change anything
		return nil, err
	}
	return e.State()
}

// Check checks that an engine does in world seed exactly what the reference
// does: in one run; when it takes over from the reference in the middle; when
// the reference takes over from it; and when the structure of the world changes
// during the run, also from a checkpoint of the changed network.
func Check(t testing.TB, seed uint64, build Maker) {
	t.Helper()
	w, err := New(seed)
	if err != nil {
		t.Fatal(err)
	}
	want, err := w.Play(Sequential)
	if err != nil {
		t.Fatalf("%v: %v", w, err)
	}
	at := neuron.Time(float64(w.End) * float64(seed%97) / 97)
	compare(t, w.String()+", in one go", want, func() (Outcome, error) { return w.Play(build) })
	compare(t, w.String()+", from the reference at "+at.String(), want, func() (Outcome, error) { return w.Relay(Sequential, build, at) })
	compare(t, w.String()+", to the reference at "+at.String(), want, func() (Outcome, error) { return w.Relay(build, Sequential, at) })
	compare(t, w.String()+", cancelled again and again", want, func() (Outcome, error) { return w.interrupted(build) })
	if want, err = w.Reshape(Sequential, false); err != nil {
		t.Fatalf("%v, changing: %v", w, err)
	}
	compare(t, w.String()+", changing its structure", want, func() (Outcome, error) { return w.Reshape(build, true) })
}

// compare checks that a run has the same outcome as the reference.
func compare(t testing.TB, name string, want Outcome, play func() (Outcome, error)) {
	t.Helper()
	got, err := play()
	switch {
	case err != nil:
		t.Errorf("%s: %v", name, err)
	case got.Output != want.Output || got.Spikes != want.Spikes || got.Samples != want.Samples:
		t.Errorf("%s: %d spikes, %d samples %x; the reference: %d, %d, %x", name, got.Spikes, got.Samples, got.Output[:4], want.Spikes, want.Samples, want.Output[:4])
	case got.State != want.State:
		t.Errorf("%s: same output, another state", name)
	}
}
