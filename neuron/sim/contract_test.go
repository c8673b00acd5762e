package sim_test

import (
	"flag"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

var worlds = flag.Int("worlds", 60, "random worlds to hold the engine to its contract in")

// TestSequentialContract: stopping, saving and continuing changes nothing,
// wherever epochs are cut, with every way of delivery.
func TestSequentialContract(t *testing.T) {
	for seed := range uint64(*worlds) {
		for _, how := range ways {
			simtest.Check(t, seed, simtest.Delivered(how))
		}
	}
}

// TestBreakdown: with every way of delivery, a network that breaks down ends
// with the same error. At least one world of eight breaks down.
func TestBreakdown(t *testing.T) {
	broke := 0
	for seed := range uint64(*worlds) {
		for _, how := range ways {
			if simtest.CheckBreakdown(t, seed, simtest.Delivered(how)) {
				broke++
			}
		}
	}
	if 8*broke < *worlds*len(ways) {
		t.Errorf("only %d of %d worlds break down", broke/len(ways), *worlds)
	}
}

var ways = []sim.Delivery{sim.EachEvent, sim.Chosen, sim.FromHistory}

// TestCuts runs worlds in many short pieces instead of one.
func TestCuts(t *testing.T) {
	for _, how := range ways {
		testCuts(t, how)
	}
}

func testCuts(t *testing.T, how sim.Delivery) {
	for seed := range uint64(*worlds) {
		w, err := simtest.New(seed)
		if err != nil {
			t.Fatal(err)
		}
		want, err := w.Play(simtest.Sequential)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := simtest.Delivered(how)(w.Net)
		var stops []neuron.Time
		for at := neuron.Time(1); at < w.End; at += w.Net.Width()/3 + 7 {
			stops = append(stops, at)
		}
		r := simtest.NewRecorder()
		if err := w.Run(e, r, stops...); err != nil {
			t.Fatal(err)
		}
		got, err := r.Outcome(e)
		if err != nil || got != want {
			t.Errorf("%v, delivery %d in %d pieces: %+v, in one: %+v, %v", w, how, len(stops)+1, got, want, err)
		}
	}
}

// TestWorldsAreAlive ensures that something happens in the worlds of the
// contract tests.
func TestWorldsAreAlive(t *testing.T) {
	alive, learning := 0, 0
	for seed := range uint64(*worlds) {
		w, err := simtest.New(seed)
		if err != nil {
			t.Fatal(err)
		}
		o, err := w.Play(simtest.Sequential)
		if err != nil {
			t.Fatal(err)
		}
		if o.Spikes > 50 {
			alive++
		}
		if o.Samples > 50 {
			learning++
		}
	}
	t.Logf("%d of %d worlds spike, %d sample", alive, *worlds, learning)
	if alive < *worlds*2/3 || learning < *worlds/2 {
		t.Errorf("only %d of %d worlds spike and %d sample", alive, *worlds, learning)
	}
}
