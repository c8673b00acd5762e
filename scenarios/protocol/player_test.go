package protocol

import (
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/network"
)

// Settings of a population are told if they differ from those told last or, at first,
// from those of its neurons. An empty population is told nothing.
func TestTeach(t *testing.T) {
	l := start(t, small+last)
	l.plan.Net.Populations = append(l.plan.Net.Populations, network.Group{First: 4, Last: 4})
	l.Run.state.Modes = make([]mode, 2)
	for _, c := range []struct {
		i    int
		told mode
		want mode
		tell string
	}{
		{0, mode{}, mode{true, true, neuron.Teacher}, ""},
		{0, mode{}, mode{true, false, neuron.Teacher}, "plastic 0, dynamics teacher"},
		{0, mode{}, mode{true, true, neuron.Sign}, "plastic 1, dynamics sign"},
		{0, mode{true, true, neuron.Sign}, mode{true, true, neuron.Sign}, ""},
		{0, mode{true, true, neuron.Sign}, mode{true, true, neuron.Teacher}, "plastic 1, dynamics teacher"},
		{0, mode{true, false, neuron.Sign}, mode{true, true, neuron.Sign}, "plastic 1, dynamics sign"},
		{0, elsewhere, mode{true, true, neuron.Teacher}, "plastic 1, dynamics teacher"},
		{1, mode{}, mode{true, true, neuron.Sign}, ""},
	} {
		l.Run.state.Modes[c.i] = c.told
		var tell []string
		for _, s := range l.teach(nil, 7, c.i, c.want) {
			if tell = append(tell, signalWords(s)); s.Time != 7 || s.First != 0 || s.Last != 4 {
				t.Errorf("%+v", s)
			}
		}
		if got := strings.Join(tell, ", "); got != c.tell || got != "" && l.Run.state.Modes[c.i] != c.want {
			t.Errorf("from %v to %v: %q, want %q; now %v", c.told, c.want, got, c.tell, l.Run.state.Modes[c.i])
		}
	}
}

// An input has arrived after the longest delay from any channel, even if the first
// channel alone has it.
func TestInputDelay(t *testing.T) {
	first := strings.NewReplacer("inputs: {input: {size: 4}, other: {size: 1}}", "inputs: {other: {size: 1}, input: {size: 4}}", "from: other, to: memory, port: c", "from: other, to: memory, port: c, delay: 4ms").Replace(small)
	for text, want := range map[string]neuron.Time{small: 1000, far: 2000, first: 4000} {
		l := start(t, text+last)
		for range 2 {
			if got := l.player.inputDelay(); got != want {
				t.Errorf("arrives after %v, want %v", got, want)
			}
		}
	}
}

// A classical rule sets weights, and leaves the biases of other ports as they are.
func TestStoreKeepsBiases(t *testing.T) {
	l := start(t, small+last+"  - {name: stored, store: {data: p, items: '#0,#1', input: input, projection: context, rule: hebb}}\nrecord: {atoms: 0}\n")
	err := sim.Edit(l.engine, l.player.everyone(), func(n *neuron.Neuron, _ neuron.Time) error {
		n.SetWeights(neuron.Receptive, n.Weights(neuron.Receptive), 0.25)
		n.SetWeights(neuron.Contextual, n.Weights(neuron.Contextual), 0.5)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	reports, err := l.engine.Report([]neuron.ID{2}, neuron.WantWeights)
	if err != nil || reports[0].Bias[neuron.Receptive] != 0.25 || reports[0].Bias[neuron.Contextual] != 0 {
		t.Errorf("%v, biases %v", err, reports[0].Bias)
	}
}

// A classical rule is for at most five thousand neurons and patterns.
func TestMostStored(t *testing.T) {
	for _, c := range []struct {
		width, height, patterns int
		refused                 bool
	}{{2, 2, 5000, false}, {2, 2, 5001, true}, {2500, 2, 2, false}, {1667, 3, 2, true}} {
		neurons := c.width * c.height
		text := strings.NewReplacer("memory: {size: 4", fmt.Sprintf("memory: {size: %d", neurons), "input: {size: 4", fmt.Sprintf("input: {size: %d", neurons),
			"count: 5, width: 2, height: 2", fmt.Sprintf("count: %d, width: %d, height: %d", c.patterns, c.width, c.height), "{name: context, from: memory, to: memory, port: c}", "{name: context, from: memory, to: memory, port: c, rule: {name: fixed_indegree, indegree: 1}}").Replace(small)
		got := refused(text + last + "  - {name: stored, store: {data: p, input: input, projection: context, rule: hebb}}\n")
		if want := "protocol[2].store.rule: is for at most 5000 neurons and patterns"; (got == want) != c.refused || !c.refused && got != "" {
			t.Errorf("%d neurons, %d patterns: %s", neurons, c.patterns, got)
		}
	}
}
