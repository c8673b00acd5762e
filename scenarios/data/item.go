package data

import (
	"infomorph/neuron"
)

// Field is a list of numbers that every item of a set has, such as a picture.
type Field struct {
	Name  string
	Size  int // numbers
	Width int // pixels of a row if it is a picture, else 0

	binary bool // −1 or 1; 0 or 1 if it is one-hot
}

// Spike is one spike of a recorded or drawn train.
type Spike struct {
	Time    neuron.Time // since the start of the train
	Channel int32
	Value   float32
}

// Item is one item. The caller reuses it: its slices are valid until the next call that
// fills it.
type Item struct {
	Index    int         // in the part that it was read from
	Name     string      // "" if items have no names
	Label    int         // index into Set.Labels; −1: none
	Fields   [][]float32 // parallel to Set.Fields
	Features []float32   // parallel to Set.Features
	Train    []Spike     // in order of time; empty if items are not spike trains
	Duration neuron.Time // of a spike train
}

// prepare clears the item and gives its slices the lengths of a set.
func (it *Item) prepare(s *Set) {
	it.Name, it.Label, it.Duration = "", -1, 0
	it.Train = it.Train[:0]
	it.Fields = grow(it.Fields, len(s.Fields))
	for k := range it.Fields {
		it.Fields[k] = grow(it.Fields[k], s.Fields[k].Size)
	}
	it.Features = grow(it.Features, len(s.Features))
}

// grow returns a slice of length n. It reuses s if its capacity is large enough.
func grow[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return append(s[:cap(s)], make([]T, n-cap(s))...)
}
