package words

import "testing"

func TestClip(t *testing.T) {
	for _, c := range []struct {
		s     string
		limit int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"", 0, ""}, {"aé", 2, "a…"}, {"éa", 2, "é…"}} {
		if got := Clip(c.s, c.limit); got != c.want {
			t.Errorf("%q to %d: %q, want %q", c.s, c.limit, got, c.want)
		}
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 1 << 20: "1.0 MiB", 5 << 30: "5.0 GiB", 1 << 62: "4.0 EiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 neurons", 1: "1 neuron", 2: "2 neurons"} {
		if got := Count(n, "neuron"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
