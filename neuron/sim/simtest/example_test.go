package simtest_test

import (
	"context"
	"fmt"
	"log"
	"testing"

	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

// build makes the engine that is to be tested: here, one of this module.
func build(net *sim.Network) (sim.Engine, error) { return sim.NewSequentialBy(net, sim.FromHistory) }

// The test of an engine of one's own: in each of many random worlds it must do what the
// reference does, bit for bit.
func ExampleCheck() {
	_ = func(t *testing.T) {
		for seed := range uint64(100) {
			simtest.Check(t, seed, build)
			simtest.CheckBreakdown(t, seed, build)
		}
	}
}

// What Check compares, by hand: one run on the engine; a run that moves from the
// reference to the engine halfway; and one in which neurons crash and synapses change.
func ExampleWorld() {
	w, err := simtest.New(7)
	if err != nil {
		log.Fatal(err)
	}
	want, err := w.Play(simtest.Sequential)
	if err != nil {
		log.Fatal(err)
	}
	whole, err := w.Play(build)
	fmt.Println(whole == want, err)
	moved, err := w.Relay(simtest.Sequential, build, w.End/2)
	fmt.Println(moved == want, err)

	changing, err := w.Reshape(simtest.Delivered(sim.EachEvent), false)
	if err != nil {
		log.Fatal(err)
	}
	reshaped, err := w.Reshape(build, true)
	fmt.Println(reshaped == changing, changing == want, err)
	// Output:
	// true <nil>
	// true <nil>
	// true false <nil>
}

// A run in two pieces, of which a Recorder makes an Outcome.
func ExampleRecorder() {
	w, err := simtest.New(7)
	if err != nil {
		log.Fatal(err)
	}
	e, err := build(w.Net)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	r := simtest.NewRecorder()
	half := w.End / 2
	if err := e.Advance(context.Background(), half, w.Cut(0, half), r); err != nil {
		log.Fatal(err)
	}
	if err := w.Run(e, r); err != nil {
		log.Fatal(err)
	}
	got, err := r.Outcome(e)
	if err != nil {
		log.Fatal(err)
	}
	want, err := w.Play(build)
	fmt.Println(w, got == want, err)
	// Output:
	// world 7 (5 neurons, 21 synapses, epochs of 1.099ms to 80ms) true <nil>
}
