package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// andJSON is y = a AND b of two fair bits: I(y:a) = 0.311278, I(y:a,b) = H(y) =
// 0.811278 bit.
const andJSON = `{"outcomes":["000","010","100","111"],"counts":[1,1,1,1]}`

// andTable is its decomposition by mmi: the least of the informations is shared, and
// the rest synergy.
const andTable = `                atom       bit  redundancy
                 {1}  0.000000    0.311278
                 {2}  0.000000    0.311278
              {1}{2}  0.311278    0.311278
                {12}  0.500000    0.811278
  mutual information  0.811278
               h_res  0.000000
      target entropy  0.811278
measure mmi
`

// TestDecompositionsPrinted: known decompositions, to the letter.
func TestDecompositionsPrinted(t *testing.T) {
	for _, c := range []pidRefusal{
		{andJSON, []string{"-m", "mmi"}, andTable},
		{"[" + andJSON + "," + andJSON + "]", []string{"-m", "MMI"}, andTable + andTable},
		{xorJSON, nil, `                atom        bit  redundancy  informative  misinformative
                 {1}   0.584963    0.000000     0.584963        0.000000
                 {2}   0.584963    0.000000     0.584963        0.000000
              {1}{2}  -0.584963   -0.584963     0.415037        1.000000
                {12}   0.415037    1.000000     0.415037        0.000000
  mutual information   1.000000
               h_res   0.000000
      target entropy   1.000000
measure sx
`},
		{fair, []string{"-m", "sx, mmi,broja"}, `          atom [bit]        sx       mmi     broja
                 {1}  0.000000  0.000000  0.000000
                 {2}  0.000000  0.000000  0.000000
              {1}{2}  1.000000  1.000000  1.000000
                {12}  0.000000  0.000000  0.000000
  mutual information  1.000000  1.000000  1.000000
               h_res  0.000000  0.000000  0.000000
      target entropy  1.000000  1.000000  1.000000
`},
	} {
		out, msg, code := runPID(c.in, append([]string{"decompose"}, c.args...)...)
		if code != exitDone || msg != "" {
			t.Errorf("%q: exit code %d, %s", c.args, code, msg)
		}
		printed(t, strings.Join(c.args, " "), out, c.want)
	}
}

// TestEstimatesPrinted: as many samples of each outcome of an XOR give what the
// distribution gives; a course has a row for each window.
func TestEstimatesPrinted(t *testing.T) {
	const head, table, course = "16 samples, [2 2 2] symbols, 4 joint cells occupied; measure mmi, correction none\nrows are taken as independent\n",
		`                atom       bit   plug-in
                 {1}  0.000000  0.000000
                 {2}  0.000000  0.000000
              {1}{2}  0.000000  0.000000
                {12}  1.000000  1.000000
  mutual information  1.000000  1.000000
               h_res  0.000000  0.000000
      target entropy  1.000000  1.000000
`, `
  rows      mi     {1}     {2}  {1}{2}    {12}
   1-8  1.0000  0.0000  0.0000  0.0000  1.0000
  5-12  1.0000  0.0000  0.0000  0.0000  1.0000
  9-16  1.0000  0.0000  0.0000  0.0000  1.0000
`
	base := []string{"estimate", "--sources", "r,c", "--target", "y", "-m", "mmi", "--bootstrap", "0", "--correction", "none", "--rows", "independent"}
	for want, more := range map[string][]string{head + table: nil, head + table + course: {"--window", "8"}} {
		out, msg, code := runPID(xorSamples, append(slices.Clone(base), more...)...)
		if code != exitDone || msg != "" {
			t.Errorf("%q: exit code %d, %s", more, code, msg)
		}
		printed(t, strings.Join(more, " "), out, want)
	}
}

// TestBitsPrinted: six decimals, and no minus zero.
func TestBitsPrinted(t *testing.T) {
	for v, want := range map[float64]string{0: "0.000000", -1e-9: "0.000000", -6e-7: "-0.000001", 1e-9: "0.000000", 1.0000004: "1.000000", -.5: "-0.500000", 12: "12.000000"} {
		if got := bitText(v); got != want {
			t.Errorf("%g: got %s, want %s", v, got, want)
		}
	}
}

// TestNullNames: each null has one letter, in the order in which they come.
func TestNullNames(t *testing.T) {
	n := &nullNames{}
	var got []string
	for _, words := range []string{"shuffled target", "shifted", "shuffled target", "blocks", "shifted"} {
		got = append(got, n.of(words))
	}
	if want := []string{"a", "b", "a", "c", "b"}; !slices.Equal(got, want) || len(n.words) != 3 {
		t.Errorf("got %q of %q, want %q", got, n.words, want)
	}
}

// TestColumnLists: the columns of sources, as the flags take them.
func TestColumnLists(t *testing.T) {
	if got := columnList([]string{"a", "b"}, []string{"c"}); got != "a+b,c" {
		t.Errorf("got %q", got)
	}
	if got := columnNames(" a + b@3 "); !slices.Equal(got, []string{"a", "b@3"}) {
		t.Errorf("got %q", got)
	}
}

// TestExplained: exit codes by number and by name.
func TestExplained(t *testing.T) {
	for _, code := range []string{"0", "1", "2", "3", "130"} {
		want := "exit code " + code + "\n  " + exitCodes[code] + "\n"
		does(t, "explain "+code, want, "")
		does(t, "explain exit-"+code, want, "")
	}
	const byLabel = "  Chance level: the share of the most frequent label.\n"
	does(t, "explain accuracy.receptive", "accuracy.receptive: score of a measure of the kind accuracy\n  Accuracy in the first phase without learning, read from receptive values.\n"+byLabel, "")
	does(t, "explain letters.fit", "letters.fit: score, if letters is a measure of the kind probe\n  Accuracy of the linear readout on the items that were used to fit it.\n"+byLabel, "")
	does(t, "explain V2.atoms.red", "V2.atoms.red: score\n  This atom, h_res or the goal [bit], mean over the neurons of the population.\n", "")
	if text, err := explain("letters.exact"); err != nil || !strings.Contains(text, "of the kind recall\n") {
		t.Errorf("%s, %v", text, err)
	}
}

// TestInitOverwritesNothing: neither of the two files is overwritten, and no
// incomplete file is left.
func TestInitOverwritesNothing(t *testing.T) {
	workplace(t)
	does(t, "init new.yaml", `
Now change new.yaml and patterns.txt. Next:
  infomorph run new.yaml
  infomorph explain neuron.window
  infomorph sweep new.yaml --over neuron.window=16,32,64 --seeds 3
`, "")
	const there = " exists already; infomorph init overwrites nothing"
	refused(t, "init other.yaml", "infomorph: patterns.txt"+there)
	if err := os.Remove("patterns.txt"); err != nil {
		t.Fatal(err)
	}
	refused(t, "init new.yaml", "infomorph: new.yaml"+there)
	for _, name := range []string{"other.yaml", "patterns.txt"} {
		if _, err := os.Lstat(name); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

// TestFormatChecks: a formatted file passes --check, and -w formats any file.
func TestFormatChecks(t *testing.T) {
	workplace(t)
	const loose = "name:   mine\napiVersion: infomorph/v1 # first\n"
	if err := os.WriteFile("s.yaml", []byte(loose), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := command(t, "fmt", "--check", "s.yaml")
	if code != exitRunFailed || stderr != "infomorph: s.yaml: not formatted; run infomorph fmt -w\n" {
		t.Errorf("--check: exit code %d, %s", code, stderr)
	}
	does(t, "fmt s.yaml", "apiVersion: infomorph/v1 # first\nname: mine\n", "")
	does(t, "fmt -w s.yaml", "", "")
	does(t, "fmt --check s.yaml", "", "")
	if text, err := os.ReadFile("s.yaml"); err != nil || string(text) != "apiVersion: infomorph/v1 # first\nname: mine\n" {
		t.Errorf("%v, %s", err, text)
	}
	_, stderr, code = command(t, "fmt", "--check", "none.yaml", "s.yaml", "folder")
	if code != exitBadInput || strings.Contains(stderr, "s.yaml") || !strings.Contains(stderr, "folder: expected a regular file: it is a folder") {
		t.Errorf("three files: exit code %d, %s", code, stderr)
	}
}

// TestFirstSentences: to the first full stop that a space follows.
func TestFirstSentences(t *testing.T) {
	for text, want := range map[string]string{"One. Two. Three.": "One.", "Only one.": "Only one.", "v1.5 of it. More": "v1.5 of it.", "": "", "none": "none"} {
		if got := firstSentence(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
