package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// runPID runs the command in-process and returns its output, its messages and
// its exit code.
func runPID(stdin string, args ...string) (stdout, stderr string, code int) {
	root := newRoot()
	var out, messages bytes.Buffer
	root.SetArgs(append([]string{"pid"}, args...))
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&messages)
	err := root.Execute()
	if err != nil {
		messages.WriteString(err.Error())
	}
	return out.String(), messages.String(), codeOf(err)
}

const xorJSON = `{"shape":[2,2,2],"p":[0.25,0,0,0.25,0,0.25,0.25,0]}`

// TestPIDDecomposeAgreesWithFixtures runs every fixture through the command.
func TestPIDDecomposeAgreesWithFixtures(t *testing.T) {
	packed, err := os.Open("../../pid/testdata/references.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	data, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Measure string
		Shape         []int
		P             []float64
		Atoms         map[string]float64
		AtomsPlus     map[string]float64 `json:"atoms_plus"`
		ICap          map[string]float64 `json:"i_cap"`
		MI            float64
		Tolerance     float64
	}
	if err := json.NewDecoder(data).Decode(&cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		in, _ := json.Marshal(map[string]any{"shape": c.Shape, "p": c.P})
		out, msg, code := runPID(string(in), "decompose", "-", "--measure", c.Measure, "--json")
		var got struct {
			Measure    string
			MI         float64
			Atoms      map[string]float64
			AtomsPlus  map[string]float64 `json:"atoms_plus"`
			AtomsMinus map[string]float64 `json:"atoms_minus"`
			ICap       map[string]float64 `json:"i_cap"`
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 || got.Measure != c.Measure {
			t.Fatalf("%s %s: code %d, %v %s", c.Name, c.Measure, code, err, msg)
		}
		compare := func(got, want map[string]float64) {
			for name, v := range want {
				if g, ok := got[name]; !ok || !(math.Abs(g-v) <= c.Tolerance) {
					t.Errorf("%s %s: %s is %v, want %v", c.Name, c.Measure, name, g, v)
				}
			}
		}
		compare(got.Atoms, c.Atoms)
		compare(got.ICap, c.ICap)
		compare(got.AtomsPlus, c.AtomsPlus)
	}
}

func TestPIDDecomposeForms(t *testing.T) {
	out, _, code := runPID(xorJSON, "decompose")
	if code != 0 || !strings.Contains(out, "{1}{2}  -0.584963") || !strings.Contains(out, "measure sx") {
		t.Errorf("code %d:\n%s", code, out)
	}
	out, _, code = runPID("["+xorJSON+","+xorJSON+"]", "decompose", "--json", "-m", "broja")
	var list []map[string]any
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != 0 || len(list) != 2 || list[0]["certificate"] == nil {
		t.Errorf("code %d: %v\n%s", code, err, out)
	}
	out, _, code = runPID(xorJSON, "decompose", "--json", "--pointwise")
	if code != 0 || strings.Count(out, `"state"`) != 4 {
		t.Errorf("code %d:\n%s", code, out)
	}
	out, _, code = runPID(xorJSON, "decompose", "--json", "-m", "all")
	var many struct {
		Measures map[string]struct{ Atoms map[string]float64 }
	}
	if err := json.Unmarshal([]byte(out), &many); err != nil || code != 0 || len(many.Measures) != 7 || !(math.Abs(many.Measures["broja"].Atoms["{12}"]-1) <= 1e-6) {
		t.Errorf("code %d: %v\n%s", code, err, out)
	}
	out, _, code = runPID(`{"outcomes":["000","011","101","110"],"counts":[2,2,2,2]}`, "decompose", "-m", "sx,mmi")
	if code != 0 || !strings.Contains(out, "{1}{2}  -0.584963  0.000000") {
		t.Errorf("code %d:\n%s", code, out)
	}
	if out, _, code := runPID(`{"shape":[1,1,2],"p":[2,2]}`, "decompose", "--normalize"); code != 0 || !strings.Contains(out, "h_res  1.000000") {
		t.Errorf("code %d:\n%s", code, out)
	}
	out, _, code = runPID(xorJSON, "decompose", "--json", "-m", "ccs", "--pointwise", "--optimum")
	if code != 0 || strings.Count(out, `"q"`) != 8 || !strings.Contains(out, `"optimum"`) || !strings.Contains(out, `"o_information": -1`) || !strings.Contains(out, `"redundancy_synergy_index": 1`) {
		t.Errorf("code %d:\n%s", code, out)
	}
	if out, _, code := runPID("[]", "decompose", "--json"); code != 0 || strings.TrimSpace(out) != "[]" {
		t.Errorf("an empty list gives %q", out)
	}
}

func TestPIDDecomposeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		args []string
		want string
	}{
		"sum":       {`{"shape":[1,1,2],"p":[0.5,0.4]}`, nil, "sum to 0.9, not to 1"},
		"sum, hint": {`{"shape":[1,1,2],"p":[0.5,0.4]}`, nil, "--normalize divides"},
		"twice":     {xorJSON, []string{"-m", "sx,sx"}, "names sx twice"},
		"length":    {`{"shape":[2,2,2],"p":[1]}`, nil, "needs 8"},
		"measure":   {xorJSON, []string{"--measure", "x"}, `no measure "x"; there are sx wb mmi pm ccs broja dep`},
		"not JSON":  {"shape", nil, "line 1 column"},
		"in array":  {`[{"shape":[1,1,2],"p":[0.5,0.4]}]`, nil, "distribution 0"},
		"no file":   {"", []string{"/nonexistent/x.json"}, "no such file"},
		"three":     {`{"shape":[1,1,1,1],"p":[1]}`, []string{"-m", "ccs"}, "takes at most 2"},
		"pointwise": {xorJSON, []string{"-m", "wb", "--pointwise", "--json"}, "--pointwise is for"},
		"optimum":   {xorJSON, []string{"-m", "sx", "--optimum", "--json"}, "--optimum is for"},
	} {
		out, msg, code := runPID(c.in, append([]string{"decompose"}, c.args...)...)
		if code != exitBadInput || out != "" || !strings.Contains(msg, c.want) {
			t.Errorf("%s: code %d, %q, want %q", name, code, msg, c.want)
		}
	}
}

// sampleFile writes samples of y = r XOR c with a third source and a time.
func sampleFile(t *testing.T, n int) string {
	var b strings.Builder
	b.WriteString("r,c,l,y\n")
	rnd := rand.New(rand.NewPCG(2, 2))
	for i := range n {
		r, c := rnd.IntN(2), rnd.IntN(2)
		fmt.Fprintf(&b, "%d,%v,%d,%d\n", r, float64(c)+float64(i%7)/100, i%3, r^c)
	}
	path := filepath.Join(t.TempDir(), "samples.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPIDEstimate(t *testing.T) {
	path := sampleFile(t, 840)
	picture := filepath.Join(t.TempDir(), "atoms.svg")
	out, msg, code := runPID("", "estimate", path, "--sources", "r,c,l", "--target", "y", "--bins", "2",
		"--permutations", "20", "--window", "420", "--plot", picture)
	if code != 0 || !strings.Contains(out, "840 samples, [2 2 2 2] symbols") || !strings.Contains(out, "421-840") {
		t.Errorf("code %d: %s\n%s", code, msg, out)
	}
	if data, err := os.ReadFile(picture); err != nil || !bytes.HasPrefix(data, []byte("<?xml")) {
		t.Error("no picture:", err)
	}
	out, msg, code = runPID("", "estimate", path, "--sources", "r,c", "--target", "y", "--edges", "c=-1,0.5,2",
		"-m", "mmi", "--json", "--seed", "3", "--permutations", "9", "--correction", "shuffle", "--window", "400")
	var doc struct {
		MI      float64
		Atoms   map[string]float64
		Lower   map[string]float64
		PValues map[string]float64 `json:"p_values"`
		Plugin  struct{ Atoms map[string]float64 }
		Course  []struct{ First, Last int }
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != 0 {
		t.Fatalf("code %d: %v %s", code, err, msg)
	}
	for _, key := range []string{`"sources"`, `"columns"`, `"edges"`, `"binning": "symbols"`, `"seed": 3`, `"bootstrap": 100`, `"permutations": 9`, `"nulls"`, `"p_adjusted"`, `"verdicts"`, `"rows"`} {
		if !strings.Contains(out, key) {
			t.Errorf("the document lacks %s", key)
		}
	}
	if doc.Plugin.Atoms["{12}"] < .98 || doc.PValues["{12}"] != .1 || len(doc.Course) != 3 || doc.Lower == nil {
		t.Errorf("%+v", doc)
	}
}

// TestPIDCorrectionWithoutBins: the report and the JSON document name the
// correction that is added to that of the estimator.
func TestPIDCorrectionWithoutBins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slow.csv")
	if err := os.WriteFile(path, []byte(slowColumns(200)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"estimate", path, "--sources", "r,c", "--target", "y", "--estimator", "gaussian", "-m", "mmi", "--bootstrap", "0"}
	for want, more := range map[string][]string{"none": {"--rows", "independent"}, "shift": {"--rows", "series"}, "shuffle": {"--trials", "trial"}} {
		out, msg, code := runPID("", append(args, more...)...)
		if code != 0 || !strings.Contains(out, "measure mmi, correction "+want) {
			t.Errorf("code %d: %s\n%s", code, msg, out)
		}
		if out, msg, code = runPID("", append(append(args, "--json"), more...)...); code != 0 || !strings.Contains(out, `"correction": "`+want+`"`) {
			t.Errorf("code %d: %s\n%s", code, msg, out)
		}
	}
}

// slowColumns is a table of three columns that hardly change from row to row, in trials of 20.
func slowColumns(n int) string {
	var b strings.Builder
	b.WriteString("r,c,y,trial\n")
	for i := range n {
		x := float64(i)
		fmt.Fprintf(&b, "%.6f,%.6f,%.6f,%d\n", math.Sin(x/17), math.Cos(x/11+x*x/4000), math.Sin(x/13+1), i/20)
	}
	return b.String()
}

func TestPIDEstimateRefuses(t *testing.T) {
	path := sampleFile(t, 40)
	base := []string{"estimate", path, "--sources", "r,c", "--target", "y"}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no sources":   {[]string{"estimate", path}, "--sources and --target are required"},
		"bins":         {append(base, "--bins", "r=x"), "--bins r=x"},
		"edges":        {append(base, "--edges", "r=1,a"), `"a" is not a number`},
		"edge form":    {append(base, "--edges", "1,2"), "column=edge"},
		"measure":      {append(base, "-m", "q"), `no measure "q"`},
		"picture":      {append(base, "--plot", "x.gif"), "must end in"},
		"column":       {append(base, "--target", "z"), `there is no column "z"`},
		"correction":   {append(base, "--correction", "magic"), `no correction "magic"`},
		"format":       {append(base, "--format", "xls"), `no format "xls"`},
		"wrong format": {append(base, "--format", "npy"), "not a .npy file"},
		"no file":      {append([]string{"estimate", "/nonexistent.csv"}, base[2:]...), "no such file"},
	} {
		out, msg, code := runPID("", c.args...)
		if code != exitBadInput || out != "" || !strings.Contains(msg, c.want) {
			t.Errorf("%s: code %d, %q, want %q", name, code, msg, c.want)
		}
	}
	out, msg, code := runPID("", append(base, "-m", "sx,mmi", "--json", "--bootstrap", "0")...)
	var many struct {
		Measures map[string]struct{ MI float64 }
	}
	if err := json.Unmarshal([]byte(out), &many); err != nil || code != 0 || len(many.Measures) != 2 || many.Measures["sx"] != many.Measures["mmi"] {
		t.Errorf("code %d: %v %s\n%s", code, err, msg, out)
	}
	_, msg, code = runPID("", append(base, "--plot", "/nonexistent/x.png")...)
	if code != exitRunFailed {
		t.Errorf("a picture that cannot be written: code %d, %s", code, msg)
	}
	if _, msg, code := runPID("r,c,y\n0,1,1\n1,1,0\n0,0,0\n", "estimate", "--sources", "r,c", "--target", "y"); code != 0 || !strings.Contains(msg, "warning: 3 samples for 8 joint cells") {
		t.Errorf("code %d, %q", code, msg)
	}
}

// TestPIDGrid prints its tables and writes them between the marks of a page.
func TestPIDGrid(t *testing.T) {
	args := []string{"grid", "--repeats", "2", "--nulls", "8", "--coverage", "8", "--bootstrap", "5", "--permutations", "5", "--rows", "20", "-m", "mmi"}
	out, msg, code := runPID("", args...)
	if code != 0 || !strings.Contains(out, "| logistic 8×8×2 | 20 | 0.515 |") || !strings.Contains(out, "three chains, stay 0.97 | 500 |") {
		t.Fatalf("code %d: %s\n%s", code, msg, out)
	}
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n"+gridBegin+"\nold\n"+gridEnd+"\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, msg, code := runPID("", append(args, "--write", page)...); code != 0 {
		t.Fatal(msg)
	}
	if text, err := os.ReadFile(page); err != nil || string(text) != "before\n"+gridBegin+"\n"+out+gridEnd+"\nafter\n" {
		t.Errorf("%s %v", text, err)
	}
	if _, msg, code := runPID("", append(args, "--write", filepath.Join(t.TempDir(), "none"))...); code != exitBadInput {
		t.Error(code, msg)
	}
	some, msg, code := runPID("", append(args, "--model", "tied chains")...)
	if code != 0 || strings.Count(some, "tied chains, stay") != 3 || strings.Contains(some, "8×8×2") || strings.Contains(some, "three chains") {
		t.Errorf("code %d: %s\n%s", code, msg, some)
	}
	for _, line := range strings.Split(out, "\n") { // a model alone gives the same values as among all models
		if strings.HasPrefix(line, "| tied chains") && !strings.Contains(some, line) {
			t.Errorf("%s is not in\n%s", line, some)
		}
	}
	if _, msg, code := runPID("", append(args, "--model", "cube")...); code != exitBadInput || !strings.Contains(msg, "weak R, 2×2×2") {
		t.Error(code, msg)
	}
}

// TestExamplesParse: every example of every command names commands and flags that
// there are, with values of the right kind.
func TestExamplesParse(t *testing.T) {
	var visit func(cmd *cobra.Command)
	seen := 0
	visit = func(cmd *cobra.Command) {
		text := strings.ReplaceAll(cmd.Example, "\\\n", " ")
		for _, part := range regexp.MustCompile(`\n|&&|\|`).Split(text, -1) {
			words := strings.Fields(part)
			if len(words) == 0 || words[0] != "infomorph" {
				continue
			}
			seen++
			root := newRoot()
			found, rest, err := root.Traverse(words[1:])
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err == nil && found == root {
				err = fmt.Errorf("there is no such command")
			}
			if err != nil {
				t.Errorf("%s: example %q: %v", cmd.CommandPath(), part, err)
			}
		}
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(newRoot())
	if seen < 20 {
		t.Errorf("only %d examples were found", seen)
	}
}
