package protocol

import (
	"fmt"

	"infomorph/internal/config"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// Sources returns the names of the parts of data that the protocol uses, each once, in
// its order, without those that have no end.
func (p *Plan) Sources() (names []string) {
	seen := map[string]bool{}
	for i := range p.phases {
		ph := &p.phases[i]
		if ph.per == 0 {
			continue
		}
		if name := ph.part.Name(); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// ItemName returns the name of an item, or its label if it has no name; it may be empty.
func (p *Plan) ItemName(part *data.Part, i int) string {
	var it data.Item
	if err := part.Item(i, &it); err != nil {
		return ""
	}
	if it.Name == "" && it.Label >= 0 {
		return part.Set().Labels[it.Label]
	}
	return it.Name
}

// ItemValues returns the values of each input for item i of a source.
func (p *Plan) ItemValues(source string, i int) (map[string][]float32, error) {
	part, err := p.Data.Part(source)
	if err != nil {
		return nil, config.FieldProblem("data", err.Error(), "")
	}
	if i < 0 || i >= part.Len() {
		return nil, fmt.Errorf("item: got %d, expected 0 to %d", i, part.Len()-1)
	}
	var it data.Item
	if err := part.Item(i, &it); err != nil {
		return nil, err
	}
	values := map[string][]float32{}
	for _, input := range part.Set().Inputs() {
		values[input] = part.Set().Values(nil, input, &it)
	}
	return values, nil
}

// CanRecall reports whether a population can recall from cues at an input.
func (p *Plan) CanRecall(input, population string) bool {
	_, err := p.cueing(&language.Recall{Cueing: language.Cueing{Input: input, Population: population}})
	return err == nil
}

// InBatches reports whether a phase learns from whole batches. Then its neurons neither
// fire nor change before its end.
func (p *Plan) InBatches(phase string) bool {
	for i := range p.phases {
		if ph := &p.phases[i]; ph.Name == phase {
			return ph.Present != nil && ph.Present.Batch != nil
		}
	}
	return false
}

// SourceOf returns the name of the part of data that a phase uses; empty if it uses none.
func (p *Plan) SourceOf(phase string) string {
	for i := range p.phases {
		if ph := &p.phases[i]; ph.Name == phase && ph.part != nil {
			return ph.part.Name()
		}
	}
	return ""
}
