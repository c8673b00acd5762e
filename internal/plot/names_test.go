package plot

import "testing"

func TestReadable(t *testing.T) {
	for name, want := range map[string]string{
		"recall.damaged.mean_cosine": "mean cosine (recall, damaged)", "atoms.unq_r": "unique r (atoms)", "red": "redundant",
		"{1}{23}": "{r}{cl}", "hidden.atoms.{1}{2}{3}": "{r}{c}{l} (hidden, atoms)", "no_gate": "no gate", "neuron.window = 16": "window (neuron) = 16",
		"pseudo_inverse, sign": "pseudo-inverse, sign", "share of bits": "share of bits", "1.5": "1.5", "neuron 3": "neuron 3", "10 %": "10 %", "": "",
		"file.csv": "csv (file)", "cues with 10 % of the bits flipped, belief": "cues with 10 % of the bits flipped, belief",
	} {
		if got := Readable(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
