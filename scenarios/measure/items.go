package measure

import (
	"errors"

	"infomorph/scenarios/data"
)

// examples is the items of a phase as vectors: the values that some inputs receive.
type examples struct {
	part   *data.Part
	inputs []string
	chosen []int
	size   int
	rows   []float32 // nil if there are too many to keep; they are made again each time
	labels []int
	item   data.Item
	buffer []float32
}

// mostKept limits the numbers in memory.
const mostKept = 64 << 20

// mostExamples limits the items of a baseline.
const mostExamples = 1_000_000

// examplesOf returns the items that a phase presents, each once, in order. Items without
// a label are left out.
func (e *Env) examplesOf(phase string, inputs []string) (*examples, error) {
	p := e.phase(phase).Present
	part, err := e.Data.Part(p.Data)
	if err != nil {
		return nil, err
	}
	x := &examples{part: part, inputs: inputs}
	for _, name := range inputs {
		n, _ := part.Set().Size(name)
		x.size += n
	}
	indices, err := part.Select(p.Items)
	if err != nil {
		return nil, err
	}
	if indices == nil {
		first := e.usedBefore(phase, p.Data)
		for i := range p.Count {
			indices = append(indices, first+i)
		}
	}
	if len(indices) > mostExamples {
		return nil, errors.New("measure: too many items for a baseline")
	}
	keep := len(indices)*x.size <= mostKept
	for _, i := range indices {
		if err := part.Item(i, &x.item); err != nil {
			return nil, err
		}
		if x.item.Label < 0 {
			continue
		}
		x.chosen, x.labels = append(x.chosen, i), append(x.labels, x.item.Label)
		if keep {
			x.rows = x.values(x.rows)
		}
	}
	return x, nil
}

// usedBefore returns how many items of an infinite source the earlier phases use.
func (e *Env) usedBefore(phase, ref string) (n int) {
	for i := range e.Experiment.Protocol {
		p := &e.Experiment.Protocol[i]
		if p.Name == phase {
			break
		}
		if p.Present != nil && p.Present.Data == ref {
			n += p.Present.Count
		}
	}
	return n
}

// values appends the values of the inputs for the current item.
func (x *examples) values(dst []float32) []float32 {
	for _, name := range x.inputs {
		x.buffer = x.part.Set().Values(x.buffer, name, &x.item)
		dst = append(dst, x.buffer...)
	}
	return dst
}

// Len implements baseline.Examples.
func (x *examples) Len() int { return len(x.chosen) }

// Inputs implements baseline.Examples.
func (x *examples) Inputs() int { return x.size }

// NumClasses implements baseline.Examples.
func (x *examples) NumClasses() int { return len(x.part.Set().Labels) }

// Row implements baseline.Examples.
func (x *examples) Row(dst []float64, i int) int {
	row := x.rows
	if row != nil {
		row = row[i*x.size : (i+1)*x.size]
	} else if x.part.Item(x.chosen[i], &x.item) == nil { // cannot fail, because examplesOf has read this item before
		row = x.values(nil)
	}
	for k, v := range row {
		dst[k] = float64(v)
	}
	return x.labels[i]
}
