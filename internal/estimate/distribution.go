package estimate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// MaxInput is the largest input that is read [bytes].
const MaxInput = 1 << 28

// Distribution is p(s1,…,sn,t), row-major, the target last.
type Distribution struct {
	Shape []int     `json:"shape"`
	P     []float64 `json:"p"`
}

// ReadAll reads r up to MaxInput bytes.
func ReadAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err == nil && len(data) > MaxInput {
		err = fmt.Errorf("the input is larger than %d MB", MaxInput>>20)
	}
	return data, err
}

// ReadDistributions reads one {"shape":[…],"p":[…]} or a JSON array of such;
// other keys are ignored. It reports whether it was an array. The numbers are
// not checked to be a distribution.
func ReadDistributions(r io.Reader) (list []Distribution, array bool, err error) {
	data, err := ReadAll(r)
	if err != nil {
		return nil, false, err
	}
	array = bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("["))
	if array {
		err = json.Unmarshal(data, &list)
	} else {
		list = make([]Distribution, 1)
		err = json.Unmarshal(data, &list[0])
	}
	if err != nil {
		return nil, array, explainJSON(data, err)
	}
	for i, d := range list {
		if where := ""; d.Shape == nil || d.P == nil {
			if array {
				where = fmt.Sprintf(" %d", i)
			}
			return nil, array, fmt.Errorf(`distribution%s lacks "shape" or "p"; expected {"shape":[2,2,2],"p":[…8 numbers…]}`, where)
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

// expectation says what a field should hold.
func expectation(field string) string {
	if i := slices.Index([]string{"shape", "p"}, field); i >= 0 {
		return []string{"a list of whole numbers such as [2,2,2]", "a list of numbers"}[i]
	}
	return `{"shape":[2,2,2],"p":[…]}`
}
