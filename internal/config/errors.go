package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Error is one fault of a document.
type Error struct {
	Pos
	// Path is the key, such as learning.rate or events[0].at.
	Path string `json:"path,omitempty"`
	// Problem says what is wrong if it is not a wrong value.
	Problem string `json:"problem,omitempty"`
	// Got and Expected are what was found and what would have been right.
	Got      string `json:"got,omitempty"`
	Expected string `json:"expected,omitempty"`
	// Hint says how to correct it.
	Hint string `json:"hint,omitempty"`
}

// Error returns the fault on one line:
//
//	scenario.yaml:9:12: presentations: got "ten", expected a whole number ≥ 1
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Pos.String())
	if e.Path != "" && !(e.Line == 0 && strings.HasPrefix(e.File, setFlag+e.Path+"=")) {
		b.WriteString(": " + e.Path)
	}
	b.WriteString(": " + e.problem())
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

func (e *Error) problem() string {
	var parts []string
	if e.Problem != "" {
		parts = append(parts, e.Problem)
	}
	if e.Got != "" {
		parts = append(parts, "got "+e.Got)
	}
	if e.Expected != "" {
		parts = append(parts, "expected "+e.Expected)
	}
	return strings.Join(parts, ", ")
}

// maxErrors is how many faults are kept; a longer list does not help.
const maxErrors = 100

// Errors is every fault found, in the order of the file, overrides last.
type Errors struct {
	List []*Error `json:"errors"`
	// More counts the faults beyond those listed.
	More int `json:"more,omitempty"`
}

// Error returns the faults, one on each line.
func (e *Errors) Error() string {
	lines := make([]string, 0, len(e.List)+1)
	for _, f := range e.List {
		lines = append(lines, f.Error())
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more, which are shown when these are corrected", e.More))
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the faults to errors.Is and errors.As.
func (e *Errors) Unwrap() []error {
	out := make([]error, len(e.List))
	for i, f := range e.List {
		out[i] = f
	}
	return out
}

func (e *Errors) add(f *Error) {
	if len(e.List) >= maxErrors {
		e.More++
		return
	}
	e.List = append(e.List, f)
}

// merge adds the faults of err, which must be nil, *Error or *Errors.
func (e *Errors) merge(err error) {
	var many *Errors
	var one *Error
	switch {
	case errors.As(err, &many):
		for _, f := range many.List {
			e.add(f)
		}
		e.More += many.More
	case errors.As(err, &one):
		e.add(one)
	}
}

func (e *Errors) count() int { return len(e.List) + e.More }

// err returns e sorted, or nil if there is no fault.
func (e *Errors) err() error {
	if e.count() == 0 {
		return nil
	}
	slices.SortStableFunc(e.List, func(a, b *Error) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line)
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return e
}

// fieldError is a fault that a Validate method reports for one of its keys.
type fieldError struct {
	path  string
	fault Error
}

// FieldError returns a fault of the key at path, relative to the struct whose
// Validate method returns it, such as "count" or "events[2].at"; the empty
// path is the struct itself. A nil value is not mentioned; hint may be empty.
func FieldError(path string, value any, expected, hint string) error {
	f := &fieldError{path: path, fault: Error{Expected: expected, Hint: hint}}
	switch v := value.(type) {
	case nil:
	case string:
		f.fault.Got = fmt.Sprintf("%q", shorten(v, 40))
	default:
		f.fault.Got = shorten(fmt.Sprint(v), 40)
	}
	return f
}

// FieldProblem returns a fault of the key at path that is not a matter of its
// value alone, such as "names a population that does not exist".
func FieldProblem(path, problem, hint string) error {
	return &fieldError{path: path, fault: Error{Problem: problem, Hint: hint}}
}

func (f *fieldError) Error() string {
	text := strings.TrimPrefix(f.path+": "+f.fault.problem(), ": ")
	if f.fault.Hint != "" {
		text += "; " + f.fault.Hint
	}
	return text
}

// Within changes an error from FieldError or FieldProblem, whose path is
// relative to a section: it puts the key of that section, such as "events[2]",
// before the path.
func Within(key string, err error) error {
	var tied *fieldError
	if !errors.As(err, &tied) {
		return err
	}
	return &fieldError{joinPath(key, tied.path), tied.fault}
}

// Rekey returns err with the function key applied to the keys of its faults
// from FieldError or FieldProblem. It is for a document that was made from
// another.
func Rekey(err error, key func(string) string) error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		if _, placed := err.(*Errors); placed { //nolint:errorlint // of what is joined, one by one
			return err
		}
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, Rekey(e, key))
		}
		return errors.Join(all...)
	}
	var tied *fieldError
	if !errors.As(err, &tied) {
		return err
	}
	return &fieldError{key(tied.path), tied.fault}
}
