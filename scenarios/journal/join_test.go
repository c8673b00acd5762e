package journal

import (
	"errors"
	"io"
	"reflect"
	"testing"

	"infomorph/neuron"
)

// counting returns a listener whose callbacks count their calls by name and return err.
func counting(t *testing.T, calls map[string]int, err error) *Listener {
	t.Helper()
	l := &Listener{}
	v := reflect.ValueOf(l).Elem()
	for i := range v.NumField() {
		name, kind := v.Type().Field(i).Name, v.Field(i).Type()
		v.Field(i).Set(reflect.MakeFunc(kind, func([]reflect.Value) []reflect.Value {
			calls[name]++
			out := make([]reflect.Value, kind.NumOut())
			for k := range out {
				out[k] = reflect.Zero(kind.Out(k))
				if kind.Out(k) == reflect.TypeFor[error]() && err != nil {
					out[k] = reflect.ValueOf(err)
				}
			}
			return out
		}))
	}
	return l
}

// TestJoinCallsBoth calls every callback. If Join forgets one, it is nil here, or only
// one side is called.
func TestJoinCallsBoth(t *testing.T) {
	first, second := map[string]int{}, map[string]int{}
	both := reflect.ValueOf(Join(counting(t, first, io.EOF), counting(t, second, nil))).Elem()
	for i := range both.NumField() {
		name, f := both.Type().Field(i).Name, both.Field(i)
		if f.IsNil() {
			t.Errorf("%s is not joined", name)
			continue
		}
		in := make([]reflect.Value, f.Type().NumIn())
		for k := range in {
			in[k] = reflect.Zero(f.Type().In(k))
		}
		out := f.Call(in)
		want := 1
		if name == "Open" { // only the first listener opens engines
			want = 0
		}
		if first[name] != 1 || second[name] != want {
			t.Errorf("%s: the first was told %d times, the second %d", name, first[name], second[name])
		}
		if n := len(out); n == 1 && f.Type().Out(0) == reflect.TypeFor[error]() {
			if err, _ := out[0].Interface().(error); !errors.Is(err, io.EOF) {
				t.Errorf("%s: the error is lost: %v", name, err)
			}
		}
	}
}

func TestJoinWithin(t *testing.T) {
	every := func(n int) *Listener { return &Listener{Within: func() int { return n }} }
	for _, c := range [][3]int{{0, 0, 0}, {0, 3, 3}, {5, 0, 5}, {5, 3, 3}, {2, 7, 2}} {
		if got := Join(every(c[0]), every(c[1])).Within(); got != c[2] {
			t.Errorf("%d and %d: %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

func TestJoinAttend(t *testing.T) {
	asked := 0
	busy := &Listener{Attend: func(string, int, int) Wish { asked++; return Wish{Checkpoint: asked == 1} }}
	joined := Join(busy, &Listener{Attend: func(string, int, int) Wish { return Wish{Touches: make([]Touch, 1)} }})
	if w := joined.Attend("", 0, 0); !w.Checkpoint {
		t.Error("the first was not asked first")
	}
	if w := joined.Attend("", 0, 0); len(w.Touches) != 1 {
		t.Error("the second is not asked where the first wants nothing")
	}
}

// TestDefaults: after Defaults, every callback of an empty listener can be called.
func TestDefaults(t *testing.T) {
	var l Listener
	l.Defaults()
	v := reflect.ValueOf(&l).Elem()
	for i := range v.NumField() {
		if v.Field(i).IsNil() {
			t.Errorf("%s has no default", v.Type().Field(i).Name)
		}
	}
	if err := errors.Join(l.Epoch(1, &neuron.Output{}), l.Step("p", 1, 2), l.Checkpoint(), l.Figure("f", Map{}), l.Picture("f", Map{})); err != nil {
		t.Error(err)
	}
}
