package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestDistinct(t *testing.T) {
	a, b := errors.New("a"), errors.New("b")
	both := fmt.Errorf("%w, %w", a, b)
	for want, err := range map[string]error{
		"a":          errors.Join(a, errors.Join(nil, a), errors.New("a")),
		"a\nb":       errors.Join(errors.Join(a, b), b, a),
		"a, b\na":    errors.Join(both, a, both),
		"unexpected": errors.Join(errors.New("unexpected"), nil),
	} {
		if got := Distinct(err); got.Error() != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
	if Distinct(nil) != nil || Distinct(errors.Join(nil, nil)) != nil {
		t.Error("an error of none")
	}
	if got := Distinct(errors.Join(io.EOF, a, io.EOF)); !errors.Is(got, io.EOF) || !errors.Is(got, a) {
		t.Error(got)
	}
}
