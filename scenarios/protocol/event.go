package protocol

import (
	"infomorph/neuron"
	"infomorph/scenarios/language"
	"infomorph/topology"
	"infomorph/topology/lesion"
)

// eventStream is the random stream of lesions, rewirings and delays; faultStream is that
// of faults.
const (
	eventStream neuron.ID = 1<<24 + 1<<21 + iota
	faultStream
)

// turnoverRule converts a turnover to the type of package lesion.
func turnoverRule(t *language.Turnover) lesion.Rule {
	return lesion.Rule{Scope: lesion.Scope{Projection: t.Projection}, Threshold: t.Threshold, For: neuron.Time(t.For), Regrow: t.Regrow, Weight: topology.Constant(t.Weight)}
}

// choiceOf converts a lesion to the type of package lesion.
func choiceOf(l *language.Lesion, named []neuron.ID) lesion.Choice {
	c := lesion.Choice{Of: l.Of, By: l.By, Count: l.Count, Smallest: l.Smallest, Communities: l.Communities, Scope: lesion.Scope{Projection: l.Projection}}
	if l.Fraction != nil {
		c.Fraction = float64(*l.Fraction)
	}
	if l.By == "named" {
		c.By = "id"
		for _, id := range named {
			c.IDs = append(c.IDs, int64(id))
		}
	}
	return c
}

// signals appends the signals of an event at a time.
func (e *timedEvent) signals(dst []neuron.Signal, at neuron.Time) []neuron.Signal {
	s := neuron.Signal{Time: at}
	switch {
	case e.Plastic != nil:
		s.Kind, s.Value = neuron.SetFrozen, number(!*e.Plastic)
	case e.RateScale != nil:
		s.Kind, s.Value = neuron.SetRateScale, *e.RateScale
	case e.Silent != nil:
		s.Kind, s.Value = neuron.SetSilent, number(*e.Silent)
	default:
		s.Kind, s.Value = neuron.SetStuck, float64(*e.Stuck)
	}
	return e.appendTo(dst, s)
}

// appendTo appends a signal for each consecutive range of the event's neurons.
func (e *timedEvent) appendTo(dst []neuron.Signal, s neuron.Signal) []neuron.Signal {
	if e.ids == nil {
		s.First, s.Last = 0, 1<<31-1
		return append(dst, s)
	}
	for i := 0; i < len(e.ids); {
		k := i + 1
		for k < len(e.ids) && e.ids[k] == e.ids[k-1]+1 {
			k++
		}
		s.First, s.Last = e.ids[i], e.ids[k-1]+1
		dst = append(dst, s)
		i = k
	}
	return dst
}
