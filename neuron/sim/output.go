package sim

import (
	"slices"

	"infomorph/neuron"
)

// SortOutput sorts the output of an epoch by (time, neuron). The output of each
// neuron must be in order already.
func SortOutput(out *neuron.Output) {
	sortStable(out.Spikes, neuron.Spike.Compare)
	sortStable(out.Samples, compareSamples)
	if len(out.Broken) > 1 {
		sortStable(out.Broken, compareBroken)
	}
}

// Broken returns the first breakdown of an epoch as an error, or nil. An engine
// returns this error from Advance and does not pass the epoch to the sink.
// Later calls of Advance and State return it, too, because the state of such a
// network is useless.
func Broken(out *neuron.Output) error {
	if len(out.Broken) == 0 {
		return nil
	}
	first := out.Broken[0]
	return &first
}

func compareBroken(a, b neuron.Breakdown) int {
	return neuron.Spike{Time: a.Time, Source: a.Neuron}.Compare(neuron.Spike{Time: b.Time, Source: b.Neuron})
}

func sortStable[T any](s []T, compare func(a, b T) int) {
	if !slices.IsSortedFunc(s, compare) {
		slices.SortStableFunc(s, compare)
	}
}

func compareSamples(a, b neuron.Sample) int {
	return neuron.Spike{Time: a.Time, Source: a.Neuron}.Compare(neuron.Spike{Time: b.Time, Source: b.Neuron})
}

// MergeOutput appends the outputs of groups of neurons to dst, in the order of
// SortOutput. Each group must be sorted, and no neuron may be in two groups.
func MergeOutput(dst *neuron.Output, groups []*neuron.Output) {
	dst.Spikes = merge(dst.Spikes, groups, func(o *neuron.Output) []neuron.Spike { return o.Spikes }, neuron.Spike.Compare)
	dst.Samples = merge(dst.Samples, groups, func(o *neuron.Output) []neuron.Sample { return o.Samples }, compareSamples)
	for _, g := range groups {
		dst.Broken = append(dst.Broken, g.Broken...)
	}
	sortStable(dst.Broken, compareBroken)
}

// merge appends the given part of each group, all sorted, in order.
func merge[T any](dst []T, groups []*neuron.Output, part func(*neuron.Output) []T, compare func(a, b T) int) []T {
	const few = 4
	var rest [few][]T
	first := len(dst)
	for k, g := range groups {
		if p := part(g); len(groups) > few {
			dst = append(dst, p...)
		} else {
			rest[k] = p
		}
	}
	if len(groups) > few {
		sortStable(dst[first:], compare)
		return dst
	}
	if len(groups) == 2 {
		return mergeTwo(dst, rest[0], rest[1], compare)
	}
	for {
		least := -1
		for k := range rest {
			if len(rest[k]) > 0 && (least < 0 || compare(rest[k][0], rest[least][0]) < 0) {
				least = k
			}
		}
		if least < 0 {
			return dst
		}
		dst = append(dst, rest[least][0])
		rest[least] = rest[least][1:]
	}
}

// mergeTwo is merge for two groups.
func mergeTwo[T any](dst, a, b []T, compare func(a, b T) int) []T {
	dst = slices.Grow(dst, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) < 0 {
			dst, a = append(dst, a[0]), a[1:]
		} else {
			dst, b = append(dst, b[0]), b[1:]
		}
	}
	return append(append(dst, a...), b...)
}
