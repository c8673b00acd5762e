package protocol

import (
	"fmt"
	"math"
	"slices"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/language"
)

// faults returns the events for the faults of an experiment. A fault that affects no
// neuron has no events.
func (p *Plan) faults() (all []timedEvent) {
	snapshot := config.Duration(0) // the shortest interval of all faults
	for i := range p.Experiment.Faults {
		f := &p.Experiment.Faults[i]
		ids := p.faulty(f, i)
		if ids != nil && len(ids) == 0 {
			continue
		}
		for k, e := range eventsOf(f) {
			e.Neurons = "all"
			all = append(all, timedEvent{Event: &e, ids: ids})
			if k == 0 { // the event that ends the fault may be missing
				all[len(all)-1].fault = fmt.Sprintf("faults[%d]", i)
			}
		}
		if f.Restart == "snapshot" && (snapshot == 0 || f.Snapshot < snapshot) {
			snapshot = f.Snapshot
		}
	}
	if snapshot != 0 {
		yes := true
		all = append(all, timedEvent{Event: &language.Event{Every: &snapshot, Neurons: "all", Checkpoint: &yes}, remember: true})
	}
	return all
}

// faultNotes returns notes about faults whose share rounds to 0 neurons.
func (p *Plan) faultNotes() (notes []string) {
	n := p.Net.Sim.NumNeurons()
	for i := range p.Experiment.Faults {
		f := &p.Experiment.Faults[i]
		if f.Share > 0 && f.Kind != "dead_synapses" && math.Round(float64(f.Share)*float64(n)) == 0 {
			notes = append(notes, fmt.Sprintf("faults[%d] affects no neuron: %g %% of %d neurons is less than one", i, 100*float64(f.Share), n))
		}
	}
	return notes
}

// faulty returns the neurons of fault number i; nil means all.
func (p *Plan) faulty(f *language.Fault, i int) []neuron.ID {
	switch {
	case f.Kind == "dead_synapses" || f.Neurons == "all":
		return nil
	case f.Neurons != "":
		ids, _ := p.Net.Select(f.Neurons) // there are such neurons, or the network would have been refused
		return ids
	}
	n := p.Net.Sim.NumNeurons()
	ids := []neuron.ID{}
	for _, k := range draws(p.Experiment.Seed, faultStream, i).Perm(n)[:int(math.Round(float64(f.Share)*float64(n)))] {
		ids = append(ids, neuron.ID(k))
	}
	slices.Sort(ids)
	return ids
}

// eventsOf returns the events for a fault: one for its start, and one for its end if it
// has an end.
func eventsOf(f *language.Fault) []language.Event {
	e := language.Event{At: &f.From}
	switch {
	case f.Phase != "":
		e.At, e.Phase = nil, &f.Phase
	case f.Every != 0:
		e.At, e.Every, e.After = nil, &f.Every, f.From
	}
	yes, no, free := true, false, 0
	stuck := map[string]int{"stuck_on": 1, "stuck_off": -1}[f.Kind]
	end := language.Event{At: &f.Until}
	switch f.Kind {
	case "silent":
		e.Silent, end.Silent = &yes, &no
	case "stuck_on", "stuck_off":
		e.Stuck, end.Stuck = &stuck, &free
	case "dead_synapses":
		e.Lesion = &language.Lesion{Of: "synapses", By: "random", Fraction: &f.Share}
	case "crash":
		e.Crash = &language.Crash{Down: f.Down, Restart: map[string]string{"nothing": "nothing", "snapshot": "checkpoint"}[f.Restart]}
	}
	if f.Until == 0 {
		return []language.Event{e}
	}
	return []language.Event{e, end}
}
