package journal

import (
	"errors"
	"io"
	"os"
	"reflect"
	"testing"

	"infomorph/neuron/sim"
)

// TestJoinErrors: errors of either listener, or of both, are returned.
func TestJoinErrors(t *testing.T) {
	for _, c := range []struct{ first, second error }{
		{nil, nil}, {io.EOF, nil}, {nil, os.ErrClosed}, {io.EOF, os.ErrClosed},
	} {
		none := map[string]int{}
		joined := reflect.ValueOf(Join(counting(t, none, c.first), counting(t, none, c.second))).Elem()
		for i := range joined.NumField() {
			name, f := joined.Type().Field(i).Name, joined.Field(i)
			if f.Type().NumOut() != 1 || f.Type().Out(0) != reflect.TypeFor[error]() {
				continue
			}
			in := make([]reflect.Value, f.Type().NumIn())
			for k := range in {
				in[k] = reflect.Zero(f.Type().In(k))
			}
			err, _ := f.Call(in)[0].Interface().(error)
			if errors.Is(err, io.EOF) != (c.first != nil) || errors.Is(err, os.ErrClosed) != (c.second != nil) {
				t.Errorf("%s of %v and %v: %v", name, c.first, c.second, err)
			}
			if (err == nil) != (c.first == nil && c.second == nil) {
				t.Errorf("%s of %v and %v: %v", name, c.first, c.second, err)
			}
		}
	}
}

// TestJoinEmpty: either listener may be empty.
func TestJoinEmpty(t *testing.T) {
	for name, join := range map[string]func(*Listener) *Listener{
		"first":  func(l *Listener) *Listener { return Join(l, &Listener{}) },
		"second": func(l *Listener) *Listener { return Join(&Listener{}, l) },
	} {
		calls := map[string]int{}
		joined := reflect.ValueOf(join(counting(t, calls, nil))).Elem()
		for i := range joined.NumField() {
			field, f := joined.Type().Field(i).Name, joined.Field(i)
			if field == "Open" && name == "second" { // only the first listener opens engines
				continue
			}
			in := make([]reflect.Value, f.Type().NumIn())
			for k := range in {
				in[k] = reflect.Zero(f.Type().In(k))
			}
			f.Call(in)
			if calls[field] != 1 {
				t.Errorf("%s alone: %s told %d times", name, field, calls[field])
			}
		}
	}
}

// TestJoinLeavesBoth: Join does not change its arguments.
func TestJoinLeavesBoth(t *testing.T) {
	var a, b Listener
	Join(&a, &b)
	for name, l := range map[string]*Listener{"first": &a, "second": &b} {
		if !reflect.ValueOf(l).Elem().IsZero() {
			t.Errorf("the %s was changed", name)
		}
	}
}

func TestJoinWishes(t *testing.T) {
	touches := func(n int) Wish { return Wish{Touches: make([]Touch, n)} }
	save := Wish{Checkpoint: true}
	for name, c := range map[string]struct {
		first, second, want Wish
		asked               bool // the second
	}{
		"nobody":             {Wish{}, Wish{}, Wish{}, true},
		"first saves":        {save, touches(2), save, false},
		"first touches":      {touches(1), save, touches(1), false},
		"first touches more": {touches(3), touches(2), touches(3), false},
		"second touches":     {Wish{}, touches(2), touches(2), true},
		"second saves":       {Wish{}, save, save, true},
		"empty touches":      {touches(0), save, save, true},
		"both at once":       {Wish{Touches: make([]Touch, 1), Checkpoint: true}, save, Wish{Touches: make([]Touch, 1), Checkpoint: true}, false},
	} {
		asked := false
		joined := Join(
			&Listener{Attend: func(phase string, done, total int) Wish {
				if phase != "train" || done != 3 || total != 9 {
					t.Errorf("%s: told %s %d of %d", name, phase, done, total)
				}
				return c.first
			}},
			&Listener{Attend: func(phase string, done, total int) Wish {
				if phase != "train" || done != 3 || total != 9 {
					t.Errorf("%s: the second told %s %d of %d", name, phase, done, total)
				}
				asked = true
				return c.second
			}},
		)
		if got := joined.Attend("train", 3, 9); !reflect.DeepEqual(got, c.want) || asked != c.asked {
			t.Errorf("%s: %+v, second asked %v", name, got, asked)
		}
	}
}

func TestLeast(t *testing.T) {
	for _, c := range []struct{ a, b, want int }{
		{0, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}, {1, 2, 1}, {2, 1, 1}, {0, 9, 9}, {9, 0, 9}, {7, 100, 7},
	} {
		if got := least(c.a, c.b); got != c.want {
			t.Errorf("least(%d, %d) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestPart: an inner run reports its progress as that of the whole, and reports nothing
// else.
func TestPart(t *testing.T) {
	calls := map[string]int{}
	l := counting(t, calls, nil)
	var steps, wishes []any
	l.Step = func(phase string, done, total int) error {
		steps = append(steps, phase, done, total)
		return io.EOF
	}
	l.Attend = func(phase string, done, total int) Wish {
		wishes = append(wishes, phase, done, total)
		return Wish{Checkpoint: true}
	}
	l.Within = func() int { return 17 }
	l.Checkpoint = func() error { return os.ErrClosed }
	l.Open = func(*sim.Network) (sim.Engine, error) { return nil, os.ErrExist }
	part := l.Part(func(phase string, done, total int) (string, int, int) { return "study " + phase, done + 10, total * 2 })
	if err := part.Step("train", 1, 4); !errors.Is(err, io.EOF) || !reflect.DeepEqual(steps, []any{"study train", 11, 8}) {
		t.Errorf("%v: step %v", err, steps)
	}
	if w := part.Attend("recall", 2, 3); !w.Checkpoint || !reflect.DeepEqual(wishes, []any{"study recall", 12, 6}) {
		t.Errorf("%+v: attended %v", w, wishes)
	}
	if part.Within() != 17 || !errors.Is(part.Checkpoint(), os.ErrClosed) {
		t.Error("the whole's pace and checkpoints are not its own")
	}
	if _, err := part.Open(nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("opened: %v", err)
	}
	v := reflect.ValueOf(part).Elem()
	own := map[string]bool{"Within": true, "Checkpoint": true, "Open": true, "Attend": true, "Step": true}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).IsNil() == own[name] {
			t.Errorf("%s of a part: nil is %v", name, v.Field(i).IsNil())
		}
	}
	if len(calls) != 0 {
		t.Errorf("told the whole %v", calls)
	}
}

// TestDefaultsKeep: Defaults does not replace callbacks.
func TestDefaultsKeep(t *testing.T) {
	calls := map[string]int{}
	l := counting(t, calls, nil)
	l.Defaults()
	v := reflect.ValueOf(l).Elem()
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Name, v.Field(i)
		in := make([]reflect.Value, f.Type().NumIn())
		for k := range in {
			in[k] = reflect.Zero(f.Type().In(k))
		}
		if f.Call(in); calls[name] != 1 {
			t.Errorf("%s was replaced", name)
		}
	}
}

// TestDefaultCallbacks: default callbacks return no error, an empty wish and no limit.
func TestDefaultCallbacks(t *testing.T) {
	var l Listener
	l.Defaults()
	v := reflect.ValueOf(&l).Elem()
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Name, v.Field(i)
		if name == "Open" { // there is no network for an engine here
			continue
		}
		in := make([]reflect.Value, f.Type().NumIn())
		for k := range in {
			in[k] = reflect.Zero(f.Type().In(k))
		}
		for _, out := range f.Call(in) {
			if !out.IsZero() {
				t.Errorf("%s says %v", name, out)
			}
		}
	}
}

// TestPicturesAreFigures: by default, pictures of the present state go to Figure, too.
func TestPicturesAreFigures(t *testing.T) {
	var told []string
	figure := func(name string, _ Figure) error { told = append(told, "figure "+name); return io.EOF }
	picture := func(name string, _ Figure) error { told = append(told, "picture "+name); return nil }
	for _, l := range []*Listener{{Figure: figure}, {Figure: figure, Picture: picture}, {Picture: picture}} {
		l.Defaults()
		_ = l.Picture("a", Map{})
		_ = l.Figure("b", Map{})
	}
	if want := []string{"figure a", "figure b", "picture a", "figure b", "picture a"}; !reflect.DeepEqual(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}
