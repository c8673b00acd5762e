package sim

import (
	"slices"

	"infomorph/neuron"
)

// SortOutput orders what neurons did in an epoch by (time, neuron). What one
// neuron did is in order already.
func SortOutput(out *neuron.Output) {
	sortStable(out.Spikes, neuron.Spike.Compare)
	sortStable(out.Samples, compareSamples)
}

func sortStable[T any](s []T, compare func(a, b T) int) {
	if !slices.IsSortedFunc(s, compare) {
		slices.SortStableFunc(s, compare)
	}
}

func compareSamples(a, b neuron.Sample) int {
	return neuron.Spike{Time: a.Time, Source: a.Neuron}.Compare(neuron.Spike{Time: b.Time, Source: b.Neuron})
}

// MergeOutput appends to dst what groups of neurons did, each sorted by
// SortOutput and no neuron in two of them, in the same order.
func MergeOutput(dst *neuron.Output, groups []*neuron.Output) {
	for _, g := range groups {
		dst.Spikes = append(dst.Spikes, g.Spikes...)
		dst.Samples = append(dst.Samples, g.Samples...)
	}
	SortOutput(dst)
}
