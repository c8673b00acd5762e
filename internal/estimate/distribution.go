package estimate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxInput is the largest input that is read [bytes].
const MaxInput = 1 << 28

// Distribution is p(s1,…,sn,t), row-major, the target last.
type Distribution struct {
	Shape []int
	P     []float64

	// Symbols are the labels of each variable's symbols, in order, if the
	// distribution was given as a list of outcomes; otherwise nil.
	Symbols [][]string
}

// ReadAll reads r up to MaxInput bytes.
func ReadAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err == nil && len(data) > MaxInput {
		err = fmt.Errorf("the input is larger than %d MB", MaxInput>>20)
	}
	return data, err
}

// ReadDistributions reads one distribution or a JSON array of such; other keys
// are ignored. It reports whether it was an array. A distribution has one of
// the forms
//
//	{"shape":[2,2,2],"p":[…]}                  dense, the target fastest
//	{"shape":[2,2,2],"counts":[…]}             how often each entry occurred
//	{"outcomes":["000","011"],"p":[…]}         a letter for each variable
//	{"outcomes":[[0,"a",1],[1,"b",0]],"counts":[…]}
//
// Counts are divided by their sum, and so are probabilities if normalize is
// set. Without normalize, probabilities are not checked.
func ReadDistributions(r io.Reader, normalize bool) (list []Distribution, array bool, err error) {
	data, err := ReadAll(r)
	if err != nil {
		return nil, false, err
	}
	array = bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("["))
	inputs := make([]distributionInput, 1)
	if array {
		err = json.Unmarshal(data, &inputs)
	} else {
		err = json.Unmarshal(data, &inputs[0])
	}
	if err != nil {
		return nil, array, explainJSON(data, err)
	}
	list = make([]Distribution, len(inputs))
	for i := range inputs {
		if list[i], err = inputs[i].distribution(normalize); err != nil {
			where := ""
			if array {
				where = fmt.Sprintf(" %d", i)
			}
			return nil, array, fmt.Errorf("distribution%s %w", where, err)
		}
	}
	return list, array, nil
}

// explainJSON adds line and column to an error of encoding/json.
func explainJSON(data []byte, err error) error {
	offset := int64(-1)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New(`the input is empty; expected {"shape":[2,2,2],"p":[…]}`)
	case errors.As(err, &syntax):
		offset = syntax.Offset
		if offset > 0 && int(offset) <= len(data) && data[offset-1] == '.' {
			err = fmt.Errorf("%w; a number of JSON has a digit before its point: 0.25", err)
		}
	case errors.As(err, &kind):
		offset = kind.Offset
		err = fmt.Errorf("%s is a JSON %s, expected %s", cmpOr(kind.Field, "the value"), kind.Value, expectation(kind.Field))
	}
	if offset < 0 || offset > int64(len(data)) {
		return err
	}
	before := data[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return fmt.Errorf("line %d column %d: %w", line, max(column, 1), err)
}

func cmpOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// expectation describes what a field should hold.
func expectation(field string) string {
	switch field {
	case "shape":
		return "a list of whole numbers such as [2,2,2]"
	case "p", "counts":
		return "a list of numbers"
	case "outcomes":
		return `a list of outcomes such as ["000","011"] or [[0,0,0],[0,1,1]]`
	}
	return `{"shape":[2,2,2],"p":[…]}`
}
