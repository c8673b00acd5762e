package plot

import (
	"math"
	"regexp"
	"strings"
	"testing"
)

func TestReadable(t *testing.T) {
	for name, want := range map[string]string{
		"recall.damaged.mean_overlap": "mean overlap (recall, damaged)", "atoms.unq_r": "unique r (atoms)", "red": "redundant",
		"{1}{23}": "{r}{cl}", "hidden.atoms.{1}{2}{3}": "{r}{c}{l} (hidden, atoms)", "no_gate": "no gate", "neuron.window = 16": "window (neuron) = 16",
		"pseudo_inverse, sign": "pseudo-inverse, sign", "share of bits": "share of bits", "1.5": "1.5", "neuron 3": "neuron 3", "10 %": "10 %", "": "",
		"file.csv": "csv (file)", "recall.damaged.mean_overlap, one seed": "mean overlap (recall, damaged), one seed", "cues with 10 % of the bits flipped, belief": "cues with 10 % of the bits flipped, belief",
	} {
		if got := Readable(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Places that are counted have ticks at whole numbers alone.
func TestTicksOfCounts(t *testing.T) {
	for _, c := range []struct {
		x    []float64
		want bool
	}{{[]float64{1, 2, 3}, true}, {[]float64{1, 2.5}, false}, {[]float64{0, 1}, false}} {
		if got := counted([]Series{{X: c.x}}); got != c.want {
			t.Errorf("%v: %v", c.x, got)
		}
	}
	for _, tick := range (ticker{whole: true}).Ticks(1, 4) {
		if tick.Value != math.Trunc(tick.Value) {
			t.Errorf("a tick at %v", tick.Value)
		}
	}
}

// No text of a figure has the name of a setting or a score as a document has it.
func TestTextsAreReadable(t *testing.T) {
	for _, cfg := range []Config{
		&LinesConfig{YLabel: "recall.damaged.mean_overlap, one seed", Note: "one seed", XLabel: "neuron.learning.rate", Series: []Series{{Name: "atoms.unq_r", X: []float64{1}, Y: []float64{1}}}},
		&MapConfig{XLabel: "neuron.learning.rate", YLabel: "network.size", Rows: []string{"no_gate"}, Columns: []string{"a"}, Values: [][]float64{{1}}},
		&BarsConfig{YLabel: "recall.mean_overlap", Labels: []string{"neuron.learning.rate"}, Values: []float64{1}},
		&MatrixConfig{XLabel: "atoms.unq_r", YLabel: "atoms.unq_c", Value: "recall.mean_overlap", Rows: 1, Cols: 1, Values: []float64{1}},
	} {
		if text := cfg.Text(); strings.Contains(text, "_") || regexp.MustCompile(`[a-z]\.[a-z]`).MatchString(text) {
			t.Errorf("%T: %s", cfg, text)
		}
	}
}
