package simtest

import (
	"errors"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// CheckBreakdown checks that an engine and the reference end world seed in the
// same way if learning rates become extremely large halfway: with the same
// breakdown, after the same output, and with errors from then on. It reports
// whether a breakdown happens in this world.
func CheckBreakdown(t testing.TB, seed uint64, build Maker) bool {
	t.Helper()
	w, err := New(seed)
	if err != nil {
		t.Fatal(err)
	}
	half := w.End / 2
	up := neuron.Signal{Time: half, Kind: neuron.SetRateScale, Value: 1e300, Last: neuron.ID(w.Net.NumNeurons())}
	at, _ := slices.BinarySearchFunc(w.Feed.Signals, half, func(s neuron.Signal, t neuron.Time) int { return int(s.Time - t) })
	w.Feed.Signals = slices.Insert(w.Feed.Signals, at, up)
	want, wantTold, _ := w.breakDown(t, Sequential)
	got, gotTold, e := w.breakDown(t, build)
	switch {
	case want == nil && got == nil:
		return false
	case want == nil || got == nil || *got != *want && got.Error() != want.Error(): // NaN does not equal itself
		t.Errorf("%v ends with %v, expected %v", w, got, want)
	case gotTold != wantTold:
		t.Errorf("%v tells %+v before it ends, expected %+v", w, gotTold, wantTold)
	case got.Time < half:
		t.Errorf("%v breaks down at %v, before %v", w, got.Time, half)
	}
	if _, err := e.State(); err == nil {
		t.Errorf("%v has a state after it broke down", w)
	}
	if err := e.Advance(t.Context(), w.End, sim.Feed{}, sim.Discard{}); err == nil {
		t.Errorf("%v goes on after it broke down", w)
	}
	return true
}

// breakDown runs the world and returns its breakdown, nil if it has none, and
// the output before it.
func (w *World) breakDown(t testing.TB, build Maker) (*neuron.Breakdown, Outcome, sim.Engine) {
	t.Helper()
	e, err := build(w.Net)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	r := NewRecorder()
	err = w.Run(e, r)
	var b *neuron.Breakdown
	if err != nil && !errors.As(err, &b) {
		t.Fatalf("%v: %v", w, err)
	}
	return b, r.recorded(), e
}
