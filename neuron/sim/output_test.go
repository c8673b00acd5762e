package sim

import (
	"math/rand/v2"
	"reflect"
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
