package simtest

import (
	"context"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// spy counts the errors that Check reports.
type spy struct {
	testing.TB
	errors int
}

func (s *spy) Helper()               {}
func (s *spy) Errorf(string, ...any) { s.errors++ }

// faulty is an engine with one planted fault.
type faulty struct {
	sim.Engine
	fault func(l *faulty, until neuron.Time, feed *sim.Feed, sink *sim.Sink)
}

func (l *faulty) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	l.fault(l, until, &feed, &sink)
	return l.Engine.Advance(ctx, until, feed, sink)
}

// forgetful drops the last spike of every epoch.
type forgetful struct{ sim.Sink }

func (f forgetful) Epoch(end neuron.Time, out *neuron.Output) error {
	if n := len(out.Spikes); n > 0 {
		out.Spikes = out.Spikes[:n-1]
	}
	return f.Sink.Epoch(end, out)
}

// TestCheckFails plants faults that the contract test must detect.
func TestCheckFails(t *testing.T) {
	faults := map[string]func(*faulty, neuron.Time, *sim.Feed, *sim.Sink){
		"a lost spike":  func(_ *faulty, _ neuron.Time, _ *sim.Feed, s *sim.Sink) { *s = forgetful{*s} },
		"a lost input":  func(_ *faulty, _ neuron.Time, f *sim.Feed, _ *sim.Sink) { f.Inputs = f.Inputs[:len(f.Inputs)/2] },
		"a lost signal": func(_ *faulty, _ neuron.Time, f *sim.Feed, _ *sim.Sink) { f.Signals = f.Signals[:len(f.Signals)/2] },
	}
	for name, fault := range faults {
		s := &spy{TB: t}
		for seed := range uint64(5) {
			Check(s, seed, func(net *sim.Network) (sim.Engine, error) {
				e, err := sim.NewSequential(net)
				return &faulty{e, fault}, err
			})
		}
		if s.errors == 0 {
			t.Errorf("%s goes unnoticed", name)
		}
	}
}

func TestWorldsAreReproducible(t *testing.T) {
	a, err := New(7)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := New(7)
	x, err := a.Play(Sequential)
	if err != nil {
		t.Fatal(err)
	}
	if y, _ := b.Play(Sequential); x != y {
		t.Errorf("world 7 differs from itself: %+v, %+v", x, y)
	}
}
