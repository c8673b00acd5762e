package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/neuron"
)

// Fault is something that is broken from a time on. It is put down as events
// of the timeline, which can do the same at any moment.
type Fault struct {
	Kind     string          `yaml:"kind" doc:"silent: neurons tell nothing. stuck_on, stuck_off: their output stays +1 or -1. dead_synapses: synapses between neurons are gone. crash: neurons lose their state and start again." required:"true" enum:"silent,stuck_on,stuck_off,dead_synapses,crash"`
	Share    config.Fraction `yaml:"share" doc:"Which share of the neurons, or of the synapses; which ones is drawn from the seed." default:"0%" min:"0%" max:"100%"`
	Neurons  string          `yaml:"neurons" doc:"These neurons instead of a share: all, or a list such as 0-9,20." example:"0-9,20"`
	From     config.Duration `yaml:"from" doc:"Simulated time from which it holds." default:"0us" min:"0us" max:"1000h"`
	Phase    string          `yaml:"phase" doc:"It holds from the beginning of this phase instead, such as train or the name of a recall test." example:"clean"`
	Until    config.Duration `yaml:"until" doc:"Silent and stuck neurons work again from this time on; 0us is never." default:"0us" min:"0us" max:"1000h"`
	Every    config.Duration `yaml:"every" doc:"Crash again and again, this far apart; 0us is once." default:"0us" min:"0us" max:"1000h"`
	Down     config.Duration `yaml:"down" doc:"How long crashed neurons are silent before they start again." default:"0us" min:"0us" max:"1000h"`
	Restart  string          `yaml:"restart" doc:"What crashed neurons start from: nothing, as in the beginning, or their last snapshot." default:"nothing" enum:"nothing,snapshot"`
	Snapshot config.Duration `yaml:"snapshot" doc:"How far apart neurons take snapshots, for restart: snapshot." default:"1s" exclusiveMin:"0us" max:"1000h"`
}

// Validate implements config.Validator.
func (f *Fault) Validate() error {
	var errs []error
	bad := func(on bool, key, problem string) {
		if on {
			errs = append(errs, config.FieldProblem(key, problem, ""))
		}
	}
	bad(f.Share > 0 && f.Neurons != "", "neurons", "stands beside share; only one of the two is allowed")
	bad(f.Share == 0 && f.Neurons == "" && f.Kind == "dead_synapses", "share", "is missing: which share of the synapses is dead")
	bad(f.Neurons != "" && f.Kind == "dead_synapses", "neurons", "is not for dead_synapses; give a share of the synapses")
	bad(f.Phase != "" && f.From != 0, "phase", "stands beside from; only one of the two is allowed")
	bad(f.Phase != "" && f.Every != 0, "phase", "stands beside every, which begins at a time: write from")
	bad(f.Until != 0 && f.Until <= f.From, "until", "is not later than from")
	bad(f.Until != 0 && (f.Kind == "crash" || f.Kind == "dead_synapses"), "until", "is for silent and stuck neurons")
	bad(f.Kind != "crash" && (f.Every != 0 || f.Down != 0 || f.Restart != "nothing"), "kind", "is not crash, for which every, down and restart are")
	if f.Neurons != "" {
		if _, err := parseSpans(f.Neurons); err != nil {
			errs = append(errs, config.FieldError("neurons", f.Neurons, "all, or a list such as 0-9,20", ""))
		}
	}
	return errors.Join(errs...)
}

// faultStream is the stream from which the neurons of the first fault are
// drawn; those of the next follow.
const faultStream neuron.ID = 1<<20 + 1000

// faults returns the events that stand for the faults of a scenario in a
// network of n neurons. Faults of nobody have none.
func (s *Scenario) faults(n int) ([]Event, error) {
	var all []Event
	snapshot := config.Duration(0) // the shortest that is asked for
	for i := range s.Faults {
		f := &s.Faults[i]
		which, err := f.which(n, s.Seed, i)
		if err != nil {
			return nil, config.Within(fmt.Sprintf("faults[%d]", i), err)
		}
		if which == "" && f.Share == 0 {
			continue
		}
		all = append(all, f.events(which)...)
		if f.Restart == "snapshot" && (snapshot == 0 || f.Snapshot < snapshot) {
			snapshot = f.Snapshot
		}
	}
	if snapshot > 0 {
		yes := true
		all = append(all, Event{Every: &snapshot, Neurons: "all", Checkpoint: &yes, remember: true})
	}
	return all, nil
}

// which names the neurons of fault number i; "" are none.
func (f *Fault) which(n int, seed uint64, i int) (string, error) {
	if f.Kind == "dead_synapses" {
		return "all", nil
	}
	if f.Neurons != "" {
		spans, err := parseSpans(f.Neurons)
		for _, sp := range spans {
			if err == nil && f.Neurons != "all" && int(sp.Last) > n {
				err = config.FieldError("neurons", f.Neurons, fmt.Sprintf("neurons from 0 to %d", n-1), "")
			}
		}
		return f.Neurons, err
	}
	ids := neuron.NewRand(seed, neuron.ForStimulus, faultStream+neuron.ID(i)).Perm(n)[:int(math.Round(float64(f.Share)*float64(n)))]
	slices.Sort(ids)
	words := make([]string, len(ids))
	for k, id := range ids {
		words[k] = strconv.Itoa(id)
	}
	return strings.Join(words, ","), nil
}

// events returns what happens to the neurons of a fault, and when.
func (f *Fault) events(which string) []Event {
	e := Event{Neurons: which, At: &f.From}
	switch {
	case f.Phase != "":
		e.At, e.Phase = nil, &f.Phase
	case f.Every != 0:
		e.At, e.Every, e.After = nil, &f.Every, f.From
	}
	yes, no, free := true, false, 0
	stuck := map[string]int{"stuck_on": 1, "stuck_off": -1}[f.Kind]
	end := Event{Neurons: which, At: &f.Until}
	switch f.Kind {
	case "silent":
		e.Silent, end.Silent = &yes, &no
	case "stuck_on", "stuck_off":
		e.Stuck, end.Stuck = &stuck, &free
	case "dead_synapses":
		e.Lesion = &Lesion{Of: "synapses", By: "random", Fraction: &f.Share}
	case "crash":
		e.Crash = &Crash{Down: f.Down, Restart: map[string]string{"nothing": "nothing", "snapshot": "checkpoint"}[f.Restart]}
	}
	if f.Until == 0 {
		return []Event{e}
	}
	return []Event{e, end}
}
