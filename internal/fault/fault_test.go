package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestTheLastMarkCounts(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		kind error
		is   []error
		not  []error
	}{
		{"plain", io.EOF, nil, []error{io.EOF}, []error{ErrInput, ErrFailed}},
		{"input", Input(io.EOF), ErrInput, []error{io.EOF, ErrInput}, []error{ErrFailed, ErrInterrupted, ErrMissed}},
		{"wrapped", fmt.Errorf("file: %w", Failed(io.EOF)), ErrFailed, []error{io.EOF, ErrFailed}, []error{ErrInput}},
		{"marked twice", Failed(fmt.Errorf("run 3: %w", Input(io.EOF))), ErrFailed, []error{ErrFailed, ErrInput, io.EOF}, nil},
		{"joined", errors.Join(io.EOF, Interrupted(io.ErrClosedPipe)), ErrInterrupted, []error{ErrInterrupted, io.EOF}, []error{ErrMissed}},
		{"missed", Missed(io.EOF), ErrMissed, []error{ErrMissed}, []error{ErrFailed}},
		{"nothing", errors.Join(Input(nil), Failed(nil), Interrupted(nil), Missed(nil)), nil, nil, []error{ErrInput}},
	} {
		if got := Kind(c.err); got != c.kind {
			t.Errorf("%s: kind %v, want %v", c.name, got, c.kind)
		}
		for _, target := range c.is {
			if !errors.Is(c.err, target) {
				t.Errorf("%s: is not %v", c.name, target)
			}
		}
		for _, target := range c.not {
			if errors.Is(c.err, target) {
				t.Errorf("%s: is %v", c.name, target)
			}
		}
	}
	if got := Input(io.EOF).Error(); got != "EOF" {
		t.Errorf("a mark changed the words: %q", got)
	}
}

func TestOptions(t *testing.T) {
	err := errors.Join(BadOption("seeds", "got %d, expected 1", 0), io.EOF, fmt.Errorf("search: %w", BadOption("step", "too large")))
	all := Options(err)
	if len(all) != 2 || all[0].Name != "seeds" || all[1].Name != "step" {
		t.Fatalf("options: %v", all)
	}
	if got := all[0].Error(); got != "seeds: got 0, expected 1" {
		t.Error(got)
	}
	if Kind(all[0]) != nil || Kind(err) != ErrInput || len(Options(nil)) != 0 || len(Options(io.EOF)) != 0 {
		t.Error("an option is of the input, and nothing else is an option")
	}
}

// An error is not repeated, even if another error wraps it.
func TestDistinctOfWrapped(t *testing.T) {
	base := errors.New("broken")
	told := fmt.Errorf("who: %w", base)
	err := Distinct(errors.Join(told, errors.Join(base, errors.New("other")), nil, base))
	if err == nil || err.Error() != "who: broken\nother" || !errors.Is(err, base) {
		t.Errorf("got %v", err)
	}
	if err := Distinct(errors.Join(base, base)); err != base {
		t.Errorf("got %v", err)
	}
	if Distinct(nil) != nil {
		t.Error("nothing is an error")
	}
}
