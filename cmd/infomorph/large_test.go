package main

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
)

// TestLargeIsNotBuilt: a network of a million neurons is planned and validated
// without building its synapses, and other faults of its document are found.
func TestLargeIsNotBuilt(t *testing.T) {
	allocated := func(f func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	var s *run.Scenario
	var large *forecast
	var err error
	took := allocated(func() { s, _, large, err = checkedTask("million") })
	if err != nil || large == nil || !s.Bare {
		t.Fatalf("%+v, %v", large, err)
	}
	if took > 600e6 || uint64(large.Synapses)*20 < took {
		t.Errorf("%s were allocated to validate a network that takes about %s", words.Bytes(int64(took)), words.Bytes(int64(large.Memory)))
	}
	if large.Neurons != 1_000_000 || large.Channels != 1_000_000 || large.Synapses < 95e6 || large.Synapses > 105e6 || large.Memory < 5e9 || large.Memory > 7e9 {
		t.Errorf("%+v", large)
	}
	if took := allocated(func() { large, err = untried(s) }); err != nil || took > 200e6 {
		t.Errorf("%s were allocated to plan it, %v", words.Bytes(int64(took)), err)
	}
	for set, want := range map[string]string{
		`record.neurons="2000000"`:                           "record.neurons",
		"associative_memory.recall=[{name: a}, {name: a}]":   "recall",
		"network.topology.scale=0.05":                        "does not fit",
		`events=[{at: 1ms, lesion: {count: 1}, neurons: x}]`: "events",
	} {
		room.bytes = 8e9
		_, _, _, err := checkedTask("million", set)
		room.bytes = 0
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected a fault of %s", set, err, want)
		}
	}
}

// TestBareIsAsStrict: a valid document is valid without its synapses, too, so
// that a large document is not refused because its synapses are not built.
func TestBareIsAsStrict(t *testing.T) {
	for _, name := range scenarios.BuiltinNames() {
		s, err := loadScenario(name)
		if err != nil {
			t.Fatal(err)
		}
		s.Bare = true
		if _, err := scenarios.NewTask(s.Scenario, s.Folder); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPlannedUpdates: in all scenarios but these, no neuron knows how long its training
// will be. What changes during learning follows its own updates.
func TestPlannedUpdates(t *testing.T) {
	planned := func(v neuron.Schedule) bool { return v.Start != v.End && v.Halfway == 0 && v.Residual == 0 }
	var names []string
	for _, name := range scenarios.BuiltinNames() {
		s, err := loadScenario(name)
		if err != nil {
			t.Fatal(err)
		}
		s.Bare = true
		task, err := scenarios.NewTask(s.Scenario, s.Folder)
		if err != nil {
			t.Fatal(err)
		}
		net := task.Network()
		for id := range neuron.ID(min(net.NumNeurons(), 1000)) {
			c := net.Config(id)
			plan := planned(c.Homeostasis.Target) || planned(c.Homeostasis.BiasGain)
			for _, p := range c.Ports {
				plan = plan || planned(p.Rate)
			}
			if plan {
				names = append(names, name)
				break
			}
		}
	}
	want := []string{"bars-searched-goal", "connectome", "deep-hierarchy-online", "deep", "mixed-goals", "own-table", "recorded-spikes", "sequence", "two-areas", "unlabelled-features"}
	if !slices.Equal(names, want) {
		t.Errorf("planned in %q, want %q", names, want)
	}
}
