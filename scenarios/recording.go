package scenarios

import (
	"errors"

	"infomorph/internal/config"
	"infomorph/internal/record"
	"infomorph/neuron"
)

// check reports what cannot be recorded.
func (r *Record) check() error {
	var errs []error
	if _, err := record.ParseSelection(r.Neurons); err != nil {
		errs = append(errs, config.FieldError("record.neurons", r.Neurons, "all, or a list such as 0-9,20", ""))
	}
	if r.Until != 0 && r.Until <= r.From {
		errs = append(errs, config.FieldError("record.until", r.Until.String(), "later than record.from", ""))
	}
	return errors.Join(errs...)
}

// Sampling returns which rows of spikes and atoms are kept.
func (r *Record) Sampling() record.Sampling {
	neurons, err := record.ParseSelection(r.Neurons)
	if err != nil {
		panic("scenarios: a selection that was checked cannot be read")
	}
	return record.Sampling{Neurons: neurons, From: neuron.Time(r.From), Until: neuron.Time(r.Until)}
}
