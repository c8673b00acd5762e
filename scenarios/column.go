package scenarios

import (
	"encoding/json"
	"math"

	"infomorph/topology/measure"
)

// column is a list of numbers. In JSON, NaN and infinities are null.
type column []float64

// MarshalJSON writes null for NaN and infinities.
func (f column) MarshalJSON() ([]byte, error) { return measure.Numbers(f).MarshalJSON() }

// UnmarshalJSON reads null as NaN.
func (f *column) UnmarshalJSON(data []byte) error {
	var all []*float64
	err := json.Unmarshal(data, &all)
	*f = make(column, len(all))
	for i, v := range all {
		if (*f)[i] = math.NaN(); v != nil {
			(*f)[i] = *v
		}
	}
	return err
}
