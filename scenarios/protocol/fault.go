package protocol

import (
	"fmt"
	"math"
	"slices"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/language"
)

// faults returns the events that stand for the faults of an experiment. Faults
// of nobody have none.
func (p *Plan) faults() ([]timedEvent, error) {
	var all []timedEvent
	snapshot := config.Duration(0) // the shortest that is asked for
	for i := range p.Experiment.Faults {
		f := &p.Experiment.Faults[i]
		ids, err := p.faulty(f, i)
		if err != nil {
			return nil, config.Within(fmt.Sprintf("faults[%d]", i), err)
		}
		if f.Kind != "dead_synapses" && ids != nil && len(ids) == 0 {
			continue
		}
		for k, e := range eventsOf(f) {
			e.Neurons = "all"
			all = append(all, timedEvent{Event: &e, ids: ids})
			if k == 0 { // that it ended may not have happened
				all[len(all)-1].fault = fmt.Sprintf("faults[%d]", i)
			}
		}
		if f.Restart == "snapshot" && (snapshot == 0 || f.Snapshot < snapshot) {
			snapshot = f.Snapshot
		}
	}
	if snapshot > 0 {
		yes := true
		all = append(all, timedEvent{Event: &language.Event{Every: &snapshot, Neurons: "all", Checkpoint: &yes}, remember: true})
	}
	return all, nil
}

// faultNotes tells of faults whose share is less than half a neuron.
func (p *Plan) faultNotes() (notes []string) {
	n := p.Net.Sim.NumNeurons()
	for i := range p.Experiment.Faults {
		f := &p.Experiment.Faults[i]
		if f.Share > 0 && f.Kind != "dead_synapses" && math.Round(float64(f.Share)*float64(n)) == 0 {
			notes = append(notes, fmt.Sprintf("faults[%d] is of nobody: %g %% of %d neurons is none", i, 100*float64(f.Share), n))
		}
	}
	return notes
}

// faulty returns the neurons of fault number i; nil is all.
func (p *Plan) faulty(f *language.Fault, i int) ([]neuron.ID, error) {
	switch {
	case f.Kind == "dead_synapses" || f.Neurons == "all":
		return nil, nil
	case f.Neurons != "":
		ids, err := p.Net.Select(f.Neurons)
		if err != nil {
			return nil, config.FieldProblem("neurons", err.Error(), "")
		}
		return ids, nil
	}
	n := p.Net.Sim.NumNeurons()
	ids := []neuron.ID{}
	for _, k := range draws(p.Experiment.Seed, faultStream, i).Perm(n)[:int(math.Round(float64(f.Share)*float64(n)))] {
		ids = append(ids, neuron.ID(k))
	}
	slices.Sort(ids)
	return ids, nil
}

// eventsOf returns what happens to the neurons of a fault, and when.
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
