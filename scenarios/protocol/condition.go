package protocol

import (
	"fmt"

	"infomorph/internal/condition"
)

// CheckCondition returns an error if a condition on live measures is not valid.
func CheckCondition(source string) error {
	if _, err := condition.Compile(source); err != nil {
		return fmt.Errorf("%w; expected a condition on time, phase and live measures, such as training.predicted > 0.9", err)
	}
	return nil
}

// measuresIn returns the names of measures in a condition, none if it is not valid.
func measuresIn(source string) []string {
	c, err := condition.Compile(source)
	if err != nil {
		return nil
	}
	return c.Measures()
}
