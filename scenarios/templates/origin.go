package templates

import (
	"fmt"
	"strings"

	"infomorph/scenarios/language"
)

// Origin returns the key of the short form from which a key of the expanded document
// comes. If there is none, it returns the key itself.
func (f *Form) Origin(e *language.Experiment, key string) string {
	pairs := [][2]string{{"data.patterns.patterns", "associative_memory.patterns"}, {"data.pictures.bars", "bars"}, {"data.pictures.patches.folder", "bars.path"},
		{"data.digits.strokes", "digits.strokes"}, {"data.digits.idx.folder", "digits.data"}, {"data.digits.idx", "digits"},
		{"neurons.unit.ports.r.bins", "neuron.receptive_bins"}, {"neurons.unit.ports.c.bins", "neuron.context_bins"},
		{"neurons.unit.ports.r", "neuron.receptive_learning"}, {"neurons.unit.ports.c", "neuron.learning"},
		{"neurons.unit.activation.kind", "neuron.activation"}, {"neurons.unit.activation.gain", "neuron.context_gain"}, {"neurons.unit.activation", "neuron"},
		{"neurons.unit", "neuron"}, {"populations.neurons.groups", "network.groups"}, {"populations.hidden.groups", "network.groups"}, {"protocol[0].script.data", "script.patterns"}, {"protocol[0].script", "script"}}
	for i := range e.Projections {
		p := &e.Projections[i]
		own := "network.projections." + p.Name
		if p.From == p.To {
			pairs = append(pairs, [2]string{fmt.Sprintf("projections[%d].rule.name", i), "network.topology.rule"},
				[2]string{fmt.Sprintf("projections[%d].rule", i), "network.topology"}, [2]string{fmt.Sprintf("projections[%d].weights", i), "network.weights"})
			own = "network"
		}
		pairs = append(pairs, [2]string{fmt.Sprintf("projections[%d]", i), own})
	}
	if f.Memory != nil {
		pairs = append(pairs, f.Memory.origins()...)
	}
	for _, p := range pairs {
		to := p[1]
		switch {
		case f.Hidden != nil && strings.HasPrefix(to, "digits"):
			to = "hidden_layer" + strings.TrimPrefix(to, "digits")
		case f.Script != nil && strings.HasPrefix(to, "associative_memory"):
			to = "script" + strings.TrimPrefix(to, "associative_memory")
		}
		if rest, ok := strings.CutPrefix(key, p[0]); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return to + rest
		}
	}
	return key
}

// origins returns pairs of keys for the phases of a memory: the key in full, and the key
// of the short form.
func (m *Memory) origins() (pairs [][2]string) {
	for i := range m.Phases {
		full := fmt.Sprintf("protocol[%d]", i)
		own := fmt.Sprintf("associative_memory.phases[%d]", i)
		kind := "train"
		if m.Phases[i].Measure != nil {
			kind = "measure"
		}
		pairs = append(pairs, [2]string{full + ".present.items", own + "." + kind + ".patterns"}, [2]string{full + ".present", own + "." + kind},
			[2]string{full + ".recall", own + ".recall"}, [2]string{full, own})
	}
	for i := range m.Recall {
		full := fmt.Sprintf("protocol[%d]", i+1)
		pairs = append(pairs, [2]string{full + ".recall", fmt.Sprintf("associative_memory.recall[%d]", i)})
	}
	return pairs
}
