package language

import (
	"errors"

	"infomorph/internal/config"
)

// Fault is something that is broken from some time on. A run turns it into events of the
// timeline, which can have the same effect at any time.
type Fault struct {
	Kind     string          `yaml:"kind" doc:"silent: neurons send nothing. stuck_on, stuck_off: their output stays +1 or -1. dead_synapses: synapses between neurons are removed. crash: neurons lose their state and start again." required:"true" enum:"silent,stuck_on,stuck_off,dead_synapses,crash"`
	Share    config.Fraction `yaml:"share" doc:"Share of the neurons, or of the synapses, drawn from the seed." default:"0%" min:"0%" max:"100%"`
	Neurons  string          `yaml:"neurons" doc:"These neurons instead of a share: all, or a list of populations, labels and numbers." example:"0-9,20"`
	From     config.Duration `yaml:"from" doc:"Simulated time at which the fault begins." default:"0us" min:"0us" max:"1000h"`
	Phase    string          `yaml:"phase" doc:"The fault begins with this phase instead, such as train or the name of a recall test." example:"clean"`
	Until    config.Duration `yaml:"until" doc:"Silent and stuck neurons work again from this time on; 0us means never." default:"0us" min:"0us" max:"1000h"`
	Every    config.Duration `yaml:"every" doc:"Interval between repeated crashes; 0us means one crash." default:"0us" min:"0us" max:"1000h"`
	Down     config.Duration `yaml:"down" doc:"How long crashed neurons are silent before they start again." default:"0us" min:"0us" max:"1000h"`
	Restart  string          `yaml:"restart" doc:"State from which crashed neurons start: nothing (the initial state), or their last snapshot." default:"nothing" enum:"nothing,snapshot"`
	Snapshot config.Duration `yaml:"snapshot" doc:"Interval between snapshots, for restart: snapshot." default:"1s" exclusiveMin:"0us" max:"1000h"`
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
	return errors.Join(errs...)
}
