// Package fault marks errors with their cause: the input, the run itself, an
// interruption, or an expectation that was missed. Callers use it to choose an
// exit code or to decide whether to go on.
//
// The outermost mark counts, because a caller knows more than the function that
// it calls.
package fault

import (
	"errors"
	"fmt"
)

// The kinds of marked errors, for errors.Is.
var (
	ErrInput       = errors.New("bad input")
	ErrFailed      = errors.New("the run failed")
	ErrInterrupted = errors.New("interrupted")
	ErrMissed      = errors.New("an expectation was missed")
)

// marked is an error with its kind, one of those above.
type marked struct {
	error
	kind error
}

func (m *marked) Unwrap() error        { return m.error }
func (m *marked) Is(target error) bool { return target == m.kind }

func mark(err, kind error) error {
	if err == nil {
		return nil
	}
	return &marked{err, kind}
}

// Input marks err as a fault of the input, which the user must correct; nil
// stays nil.
func Input(err error) error { return mark(err, ErrInput) }

// Failed marks err as a failure of the run itself; nil stays nil.
func Failed(err error) error { return mark(err, ErrFailed) }

// Interrupted marks err as the end of work whose context ended; nil stays nil.
func Interrupted(err error) error { return mark(err, ErrInterrupted) }

// Missed marks err as an expectation that was not met; nil stays nil.
func Missed(err error) error { return mark(err, ErrMissed) }

// Kind returns the outermost mark of err, one of the errors above, or nil if it
// has no mark.
func Kind(err error) error {
	var m *marked
	if errors.As(err, &m) {
		return m.kind
	}
	return nil
}

// Option is an error about an option that has a bad value.
type Option struct {
	Name    string // name of its flag, without dashes
	Problem string
}

// Error implements error.
func (o *Option) Error() string { return o.Name + ": " + o.Problem }

// BadOption returns an Option, marked as a fault of the input.
func BadOption(name, format string, args ...any) error {
	return Input(&Option{name, fmt.Sprintf(format, args...)})
}

// Options returns every Option in the tree of err.
func Options(err error) []*Option {
	if err == nil {
		return nil
	}
	if o, ok := err.(*Option); ok { //nolint:errorlint // the tree is walked here
		return []*Option{o}
	}
	switch e := err.(type) { //nolint:errorlint // the same
	case interface{ Unwrap() error }:
		return Options(e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []*Option
		for _, inner := range e.Unwrap() {
			all = append(all, Options(inner)...)
		}
		return all
	}
	return nil
}

// Internal returns the error for a mistake of the program, which panicked with
// p.
func Internal(p any) error {
	return Failed(fmt.Errorf("internal error: %v; this is a mistake of infomorph: please report it with the command and its input (GOTRACEBACK=all shows where)", p))
}
