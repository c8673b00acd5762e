package estimate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// distributionInput is a distribution as it is written in JSON.
type distributionInput struct {
	Shape    []int     `json:"shape"`
	P        []float64 `json:"p"`
	Counts   []float64 `json:"counts"`
	Outcomes []outcome `json:"outcomes"`
}

// outcome is one symbol of each variable, the target last.
type outcome []string

// UnmarshalJSON reads "011", a letter for each variable, or a list of texts,
// numbers and truth values.
func (o *outcome) UnmarshalJSON(data []byte) error {
	var letters string
	if json.Unmarshal(data, &letters) == nil {
		for _, r := range letters {
			*o = append(*o, string(r))
		}
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var cells []any
	if err := dec.Decode(&cells); err != nil {
		return err
	}
	for _, c := range cells {
		switch c := c.(type) {
		case string:
			*o = append(*o, c)
		case json.Number:
			*o = append(*o, canonicalNumber(c))
		case bool:
			*o = append(*o, strconv.FormatBool(c))
		default:
			return errors.New(`an outcome holds something that is no symbol; expected texts or numbers such as [0,"a",1]`)
		}
	}
	return nil
}

// canonicalNumber writes equal numbers in the same way: 1, 1.0 and 1e0 are one
// symbol. Whole numbers are exact to 64 bits; as floats, large neighbours would
// become equal.
func canonicalNumber(n json.Number) string {
	if v, err := n.Int64(); err == nil {
		return strconv.FormatInt(v, 10)
	}
	if v, err := n.Float64(); err == nil {
		if v == math.Trunc(v) && math.Abs(v) < 1<<63 {
			return strconv.FormatInt(int64(v), 10)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return n.String()
}

// weights returns the probabilities or counts, divided by their sum if
// normalize is set or they are counts.
func (in *distributionInput) weights(normalize bool) ([]float64, error) {
	w := in.P
	switch {
	case in.P != nil && in.Counts != nil:
		return nil, errors.New(`has both "p" and "counts"; give one`)
	case in.Counts != nil:
		w, normalize = in.Counts, true
	case in.P == nil:
		return nil, errors.New(`lacks "p" or "counts"; expected {"shape":[2,2,2],"p":[…8 numbers…]} or {"outcomes":["000",…],"counts":[…]}`)
	}
	if !normalize {
		return w, nil
	}
	sum := 0.0
	for i, v := range w {
		if !(v >= 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("has entry %d = %v; expected numbers of at least 0", i, v)
		}
		sum += v
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return nil, fmt.Errorf("has entries that sum to %v and cannot be normalised", sum)
	}
	scaled := make([]float64, len(w))
	for i, v := range w {
		scaled[i] = v / sum
	}
	return scaled, nil
}

// distribution returns the dense form.
func (in *distributionInput) distribution(normalize bool) (Distribution, error) {
	w, err := in.weights(normalize)
	switch {
	case err != nil:
		return Distribution{}, err
	case in.Outcomes != nil && in.Shape != nil:
		return Distribution{}, errors.New(`has both "shape" and "outcomes"; give one: a list of outcomes has its shape from its symbols`)
	case in.Outcomes != nil:
		return denseOutcomes(in.Outcomes, w)
	case in.Shape == nil:
		return Distribution{}, errors.New(`lacks "shape" or "outcomes"; expected {"shape":[2,2,2],"p":[…8 numbers…]} or {"outcomes":["000",…],"p":[…]}`)
	}
	return Distribution{Shape: in.Shape, P: w}, nil
}

// denseOutcomes turns a list of outcomes into a dense distribution. The symbols
// of each variable are numbered in order: numbers by value, then texts by
// letters.
func denseOutcomes(outcomes []outcome, w []float64) (Distribution, error) {
	var d Distribution
	if len(outcomes) == 0 || len(outcomes) != len(w) {
		return d, fmt.Errorf("has %d outcomes and %d probabilities or counts; expected as many, and at least one", len(outcomes), len(w))
	}
	vars, size := len(outcomes[0]), 1
	for i, o := range outcomes {
		if len(o) != vars {
			return d, fmt.Errorf("has outcome %d of %d variables, outcome 0 has %d", i, len(o), vars)
		}
	}
	for k := range vars {
		symbols := make([]string, len(outcomes))
		for i, o := range outcomes {
			symbols[i] = o[k]
		}
		slices.SortFunc(symbols, compareSymbols)
		symbols = slices.Compact(symbols)
		if size > 1<<26/len(symbols) {
			return d, errors.New("has too many joint states")
		}
		size *= len(symbols)
		d.Shape, d.Symbols = append(d.Shape, len(symbols)), append(d.Symbols, symbols)
	}
	d.P = make([]float64, size)
	seen := make([]bool, size)
	for i, o := range outcomes {
		at := 0
		for k, s := range o {
			j, _ := slices.BinarySearchFunc(d.Symbols[k], s, compareSymbols)
			at = at*d.Shape[k] + j
		}
		if seen[at] {
			return d, fmt.Errorf("has outcome %d = %v twice", i, []string(o))
		}
		seen[at], d.P[at] = true, w[i]
	}
	return d, nil
}

// compareSymbols orders numbers by value, before texts.
func compareSymbols(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX == nil && errY == nil && x != y:
		return cmp.Compare(x, y)
	case (errX == nil) != (errY == nil):
		if errX == nil {
			return -1
		}
		return 1
	}
	return cmp.Compare(a, b)
}
