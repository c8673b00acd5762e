package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"infomorph/internal/known"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

// counted is a sink that counts epochs.
type counted struct {
	*simtest.Recorder
	epochs int
}

func (c *counted) Epoch(end neuron.Time, out *neuron.Output) error {
	c.epochs++
	return c.Recorder.Epoch(end, out)
}

// outcome runs a world and returns what it spiked, sampled and became, and in
// how many epochs.
func outcome(t *testing.T, w *simtest.World, how sim.Delivery) (o simtest.Outcome, epochs int) {
	t.Helper()
	e, err := simtest.Delivered(how)(w.Net)
	if err != nil {
		t.Fatal(w, err)
	}
	sink := &counted{Recorder: simtest.NewRecorder()}
	if err := w.Run(e, sink); err != nil {
		t.Fatal(w, err)
	}
	if o, err = sink.Outcome(e); err != nil {
		t.Fatal(w, err)
	}
	return o, sink.epochs
}

// TestKnownOutcomes compares what becomes of random worlds with
// testdata/outcomes.txt, because results must be the same bytes on an
// architecture from one version to the next. The file also has the number of
// epochs that are run, because an epoch without events costs time. If a change
// is intended, write the file again with -update, and tell of changed bytes in
// the changelog.
func TestKnownOutcomes(t *testing.T) {
	known.NeedsSameArithmetic(t)
	var b strings.Builder
	for seed := range uint64(30) {
		w, err := simtest.New(seed)
		if err != nil {
			t.Fatal(err)
		}
		o, few := outcome(t, w, sim.Chosen)
		_, each := outcome(t, w, sim.EachEvent)
		fmt.Fprintf(&b, "%v: %d and %d epochs, %d spikes, %d samples, output %.8x, state %.8x\n", w, few, each, o.Spikes, o.Samples, o.Output, o.State)
		if o, err = w.Reshape(simtest.Sequential, false); err != nil {
			t.Fatal(w, err)
		}
		fmt.Fprintf(&b, "  reshaped: %d spikes, %d samples, output %.8x, state %.8x\n", o.Spikes, o.Samples, o.Output, o.State)
	}
	known.Compare(t, "testdata/outcomes.txt", b.String())
}
