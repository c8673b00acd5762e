package protocol_test

import (
	"context"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/protocol"
)

// counter counts the calls of Advance of an engine.
type counter struct {
	sim.Engine
	advances int
}

func (c *counter) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	c.advances++
	return c.Engine.Advance(ctx, until, feed, sink)
}

const clocks = `apiVersion: infomorph/v2
name: clocks
neurons: {unit: {like: memory, clock: {kind: poisson, interval: 10ms}, gate: {}}}
populations: {memory: {size: 4, neuron: unit}}
inputs: {input: {size: 4}}
projections:
  - {from: input, to: memory, port: r, rule: one_to_one, weights: 2}
  - {from: memory, to: memory, port: c}
data: {p: {patterns: {source: random, count: 5, width: 2, height: 2}, to: {input: {field: pattern, off: -1}}}}
protocol:
  - {name: train, present: {data: p, passes: 4}}
record: {atoms: 0}
`

// advances returns how often the engine of a document is advanced.
func advances(t *testing.T, text, mode string) int {
	t.Helper()
	e, err := language.Load("clocks.yaml", []byte(text), "mode="+mode)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := protocol.Prepare(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.NewSequential(plan.Network())
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{Engine: s}
	run, err := plan.Start(c, &journal.Listener{})
	if err == nil {
		err = run.Go(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return c.advances
}

// In mode free the run waits for the neurons after each item. In lockstep one feed has
// many items.
func TestFreeNeuronsAreWaitedFor(t *testing.T) {
	for mode, waits := range map[string]bool{"free": true, "lockstep": false} {
		if n := advances(t, clocks, mode); (n >= 20) != waits {
			t.Errorf("mode %s: 20 items in %d calls", mode, n)
		}
	}
}

// If a network has many synapses, a feed has fewer items; otherwise a run would take long
// to stop. 144 neurons with 145 synapses, each updated twelve times per item, allow 8
// items.
func TestFeedsOfLargeNetworks(t *testing.T) {
	large := strings.NewReplacer("size: 4", "size: 144", "width: 2, height: 2", "width: 12, height: 12", "count: 5", "count: 20", "passes: 4", "passes: 1").Replace(clocks)
	if n := advances(t, large, "lockstep"); n != 3 {
		t.Errorf("20 items in %d calls, want 3", n)
	}
}
