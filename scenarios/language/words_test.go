package language

import (
	"strings"
	"testing"
)

// TestWords: a setting that is one of some words takes each of them and nothing else,
// not even in capitals, and says which there are.
func TestWords(t *testing.T) {
	for _, c := range []struct{ section, key, words string }{
		{"kind", "output", "sampled teacher relay sign threshold"},
		{"kind", "tell", "always change never"},
		{"activation", "kind", "sum modulatory kay_phillips three_source"},
		{"port", "rule", "goal delta frozen"},
		{"port", "norm", "fan_in power none adam"},
		{"clock", "kind", "synchronous event periodic poisson"},
		{"place", "kind", "none random grid circle"},
		{"graph", "keep", "nothing weights delays both"},
		{"graph", "port", "r c l"},
		{"graph", "delay_unit", "us ms s"},
		{"document", "mode", "lockstep free"},
		{"document", "control", "none frozen unconnected shuffled"},
		{"present", "order", "shuffled sequential"},
		{"present", "output", "own sampled teacher sign"},
		{"play", "order", "shuffled sequential"},
		{"rest", "output", "none sampled sign"},
		{"recall", "cue", "clean flip occlude partial"},
		{"recall", "dynamics", "sign sampled belief graded_belief emphatic_belief"},
		{"recall", "release", "released fading held"},
		{"store", "rule", "hebb storkey pseudo_inverse perceptron logistic"},
		{"event", "picture", "weights atoms"},
		{"crash", "restart", "nothing checkpoint"},
		{"lesion", "of", "neurons synapses"},
		{"lesion", "by", "random degree betweenness community named"},
		{"rewire", "weights", "kept zero"},
		{"fault", "restart", "nothing snapshot"},
		{"broken", "kind", "silent stuck_on stuck_off dead_synapses crash"},
		{"patterns of", "source", "random letters text images"},
		{"table", "scale", "none standard"},
		{"spikes", "unit", "us ms s"},
		{"information", "about", "label features"},
		{"selectivity", "about", "label features"},
		{"predicted", "port", "r c l"},
		{"predicted", "of", "r c l"},
		{"readout", "of", "y theta"},
		{"from to", "port", "r c l"},
	} {
		read, ok := sectionReaders[c.section]
		if !ok {
			t.Fatalf("there is no section %s", c.section)
		}
		words := strings.Fields(c.words)
		for _, word := range words {
			if got := faultOf(read(c.key, word), c.key); strings.Contains(got, "expected one of") {
				t.Errorf("%s.%s: %s is refused: %s", c.section, c.key, word, got)
			}
		}
		for _, word := range []string{"qqqqqqqq", strings.ToUpper(words[0]) + "x", `""`} {
			said := strings.Trim(word, `"`)
			want := `got "` + said + `", expected one of ` + strings.Join(words, ", ")
			if got, _, _ := strings.Cut(faultOf(read(c.key, word), c.key), ";"); got != want {
				t.Errorf("%s.%s: %s\nwant %s", c.section, c.key, got, want)
			}
		}
	}
}

// TestLists: lists have as many entries as they may, no fewer and no more, each of the
// words or within the limits that one has.
func TestLists(t *testing.T) {
	for _, c := range []struct{ section, key, value, want string }{
		{"kind", "sources", "[r, c]", ""},
		{"kind", "sources", "[r, c, l]", ""},
		{"kind", "sources", "[r, c, l, r]", "got a list of 4, expected a list of 2 to 3, each one of r, c, l"},
		{"kind", "sources", "r", `got "r", expected a list of 2 to 3, each one of r, c, l; write [r]`},
		{"step", "do", "[fire]", ""},
		{"step", "do", "[fire, learn, observe]", ""},
		{"step", "do", "[]", "got a list of 0, expected a list of 1 to 3, each one of fire, surprise, learn, observe"},
		{"step", "do", "[fire, fire, fire, fire]", "got a list of 4, expected a list of 1 to 3, each one of fire, surprise, learn, observe"},
		{"accuracy", "read", "[theta, marginal, receptive]", ""},
		{"accuracy", "read", "[]", "got a list of 0, expected a list of 1 to 3, each one of receptive, theta, marginal"},
		{"accuracy", "read", "theta", `got "theta", expected a list of 1 to 3, each one of receptive, theta, marginal; write [theta]`},
		{"regression", "passes", "[1]", "got a list of 1, expected a whole number from 1 to 1000"},
		{"probed", "of", "[r, c, l, theta, y, D, chi, weights, atoms]", ""},
		{"probed", "of", "[]", "got a list of 0, expected a list of 1 to 9, each one of r, c, l, theta, y, D, chi, weights, atoms"},
		{"chain", "symbols", "[a]", "got a list of 1, expected a list of 2 to 1000, each text"},
		{"show", "values", "[]", ""},
		{"show", "values", "[-1e6, 1e6]", ""},
		{"show", "values", "3", "got 3, expected a list of at most 100000, each a number from -1e6 to 1e6; write [3]"},
		{"ask", "values", "[-1, 0, 1]", ""},
		{"ask", "values", "3", "got 3, expected a list of at most 100000, each a number from -1 to 1; write [3]"},
		{"lesion", "communities", "[0, 7]", ""},
		{"lesion", "communities", "0", "got 0, expected a list of at most 1000, each a whole number ≥ 0; write [0]"},
	} {
		if got := faultOf(sectionReaders[c.section](c.key, c.value), c.key); got != c.want {
			t.Errorf("%s.%s %s: %s\nwant %s", c.section, c.key, c.value, got, c.want)
		}
	}
	for _, c := range []struct{ section, key, value, want string }{
		{"step", "do", "[fire, lern]", `do[1]: got "lern", expected one of fire, surprise, learn, observe; did you mean "learn"?`},
		{"show", "values", "[0, 1e7]", "values[1]: got 1e7, expected a number from -1e6 to 1e6"},
		{"ask", "values", "[0, 0, -1.5]", "values[2]: got -1.5, expected a number from -1 to 1"},
		{"lesion", "communities", "[0, -1]", "communities[1]: got -1, expected a whole number ≥ 0"},
		{"kind", "sources", "[r, d]", `sources[1]: got "d", expected one of r, c, l; did you mean "r"?`},
		{"accuracy", "read", "[theta, 3]", "read[1]: got 3, expected one of receptive, theta, marginal"},
	} {
		first, _, _ := strings.Cut(sectionReaders[c.section](c.key, c.value), " | ")
		if first != c.want {
			t.Errorf("%s.%s %s: %s\nwant %s", c.section, c.key, c.value, first, c.want)
		}
	}
}
