package sim

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"infomorph/neuron"
)

// TestMergeOutput merges the outputs of two or more groups, and compares with
// sorting.
func TestMergeOutput(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, groups := range []int{1, 2, 3, 4, 7} {
		parts := make([]*neuron.Output, groups)
		var all, merged neuron.Output
		for k := range parts {
			parts[k] = &neuron.Output{}
			for range rng.IntN(50) {
				at, id := neuron.Time(rng.IntN(20)), neuron.ID(k*100+rng.IntN(100))
				parts[k].Spikes = append(parts[k].Spikes, neuron.Spike{Time: at, Source: id})
				parts[k].Samples = append(parts[k].Samples, neuron.Sample{Time: at, Neuron: id})
			}
			SortOutput(parts[k])
			all.Spikes, all.Samples = append(all.Spikes, parts[k].Spikes...), append(all.Samples, parts[k].Samples...)
		}
		SortOutput(&all)
		MergeOutput(&merged, parts)
		if !reflect.DeepEqual(all, merged) {
			t.Errorf("%d groups: %v, want %v", groups, merged, all)
		}
	}
}

// TestFirstBreakdown: of several breakdowns of an epoch, the one that is first
// by time and neuron is the error.
func TestFirstBreakdown(t *testing.T) {
	if err := Broken(&neuron.Output{}); err != nil {
		t.Errorf("nothing broke down: %v", err)
	}
	first, second, third := neuron.Breakdown{Time: 1, Neuron: 7}, neuron.Breakdown{Time: 2, Neuron: 3}, neuron.Breakdown{Time: 2, Neuron: 4}
	want := []neuron.Breakdown{first, second, third}
	for _, order := range [][]neuron.Breakdown{{third, second, first}, {second, third, first}, {first, second, third}} {
		one, two := neuron.Output{Broken: slices.Clone(order)}, neuron.Output{}
		MergeOutput(&two, []*neuron.Output{{Broken: order[:1]}, {Broken: order[1:]}})
		SortOutput(&one)
		for _, out := range []*neuron.Output{&one, &two} {
			if err := Broken(out); !slices.Equal(out.Broken, want) || !reflect.DeepEqual(err, error(&first)) {
				t.Errorf("%v: %v, error %v", order, out.Broken, err)
			}
		}
	}
	pair := neuron.Output{Broken: []neuron.Breakdown{second, first}}
	if SortOutput(&pair); pair.Broken[0] != first {
		t.Errorf("two breakdowns: %v", pair.Broken)
	}
}
