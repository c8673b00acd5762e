package main

import "testing"

// fair is a target that is a copy of two sources, one fair bit.
const fair = `{"outcomes":["000","111"],"p":[0.5,0.5]}`

// xorSamples are as many samples of each of the four outcomes of y = r XOR c.
const xorSamples = "r,c,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"

// pidRefusal is an input of infomorph pid that is refused, with what is said.
type pidRefusal struct {
	in   string
	args []string
	want string
}

func (c *pidRefusal) check(t *testing.T, verb string) {
	t.Helper()
	out, msg, code := runPID(c.in, append([]string{verb}, c.args...)...)
	if code != exitBadInput || out != "" || msg != c.want {
		t.Errorf("%s %q: exit code %d, output %q, said\n%s\nwant\n%s", verb, c.args, code, out, msg, c.want)
	}
}

// TestDecomposeRefusals: faults of flags and of distributions, to the letter.
func TestDecomposeRefusals(t *testing.T) {
	workplace(t)
	for _, c := range []pidRefusal{
		{fair, []string{"--pointwise"}, "--pointwise and --optimum are for one measure and for --json"},
		{fair, []string{"--optimum"}, "--pointwise and --optimum are for one measure and for --json"},
		{fair, []string{"--json", "--pointwise", "-m", "sx,pm"}, "--pointwise and --optimum are for one measure and for --json"},
		{fair, []string{"--json", "--pointwise", "-m", "all"}, "--pointwise and --optimum are for one measure and for --json"},
		{fair, []string{"--json", "--optimum"}, "--optimum is for --measure broja or ccs; sx has no optimisation"},
		{fair, []string{"--json", "--pointwise", "-m", "mmi"}, "--pointwise is for --measure sx, pm or ccs; mmi has no pointwise values"},
		{fair, []string{"--json", "--pointwise", "-m", "broja"}, "--pointwise is for --measure sx, pm or ccs; broja has no pointwise values"},
		{fair, []string{"-m", ""}, "--measure: expected sx, wb, mmi, pm, ccs, broja or dep; several with commas; all: every measure for the number of sources"},
		{fair, []string{"-m", "sx,all"}, `pid: no measure "all"; there are sx wb mmi pm ccs broja dep`},
		{fair, []string{"-m", "mmi, mmi"}, "--measure names mmi twice"},
		{fair, []string{"folder"}, "folder: expected a regular file: it is a folder"},
		{fair, []string{"none.json"}, "open none.json: no such file or directory"},
		{fair, []string{"a", "b"}, "accepts at most 1 arg(s), received 2"},
		{"", nil, `standard input: the input is empty; expected {"shape":[2,2,2],"p":[…]}`},
		{"{}", []string{"-"}, `standard input: distribution lacks "p" or "counts"; expected {"shape":[2,2,2],"p":[…8 numbers…]} or {"outcomes":["000",…],"counts":[…]}`},
		{`{"outcomes":["0","1"],"p":[0.5,0.5]}`, nil, "standard input: pid: not a distribution: shape [2] has 0 sources; expected 2 to 5 sources and a target"},
		{`{"outcomes":["000","11"],"p":[0.5,0.5]}`, nil, "standard input: distribution has outcome 1 of 2 variables, outcome 0 has 3"},
		{`{"outcomes":["000","111"],"p":[0.5]}`, nil, "standard input: distribution has 2 outcomes and 1 probabilities or counts; expected as many, and at least one"},
		{`{"outcomes":["000","111"],"counts":[0,0]}`, nil, "standard input: distribution has entries that sum to 0 and cannot be normalised"},
		{`{"shape":[1,1,2],"p":[-0.5,1.5]}`, nil, "standard input: pid: not a distribution: entry 0 is -0.5, not a probability"},
		{`{"shape":[1,1,2],"p":[0.25,0.25]}`, nil, "standard input: pid: not a distribution: the probabilities sum to 0.5, not to 1 within 1e-9 (--normalize divides by the sum)"},
		{`{"shape":[1,1,2],"p":[0,0]}`, nil, "standard input: pid: not a distribution: the probabilities sum to 0, not to 1 within 1e-9"},
		{"[" + fair + `,{"shape":[1,1,2],"p":[2,2]}]`, nil, "standard input: distribution 1: pid: not a distribution: the probabilities sum to 4, not to 1 within 1e-9 (--normalize divides by the sum)"},
	} {
		c.check(t, "decompose")
	}
}

// TestEstimateRefusals: faults of the flags of pid estimate, to the letter.
func TestEstimateRefusals(t *testing.T) {
	workplace(t)
	const bins, form = ": expected a number from 2 on, or column=number", ": expected column=edge,edge,edge"
	for _, c := range [][3]string{
		{"--bins", "1", "--bins 1" + bins},
		{"--bins", "0", "--bins 0" + bins},
		{"--bins", "1.5", "--bins 1.5" + bins},
		{"--bins", "r=x", "--bins r=x" + bins},
		{"--bins", "r=1", "--bins r=1" + bins},
		{"--bins", "4,c=", "--bins c=" + bins},
		{"--edges", "r", "--edges r" + form},
		{"--edges", "0,1", "--edges 0,1" + form},
		{"--edges", "r=a", `--edges r=a: "a" is not a number`},
		{"--edges", "r=0,,1", `--edges r=0,,1: "" is not a number`},
		{"--separator", "x", `--separator "x": expected comma, semicolon, tab, bar or blanks`},
		{"--header", "maybe", `--header "maybe": expected yes or no`},
		{"--plot", "x.gif", "--plot x.gif: the name must end in .png, .svg or .pdf"},
		{"--plot", "x", "--plot x: the name must end in .png, .svg or .pdf"},
		{"--measure", "", "--measure: expected " + measureUsage},
		{"--measure", "q", `pid: no measure "q"; there are sx wb mmi pm ccs broja dep`},
		{"--target", "z", `standard input: there is no column "z"; there are r, c, y`},
		{"--sources", "r,q", `standard input: there is no column "q"; there are r, c, y`},
		{"--trials", "z", `standard input: there is no column "z"; there are r, c, y`},
		{"--binning", "x", `standard input: no binning "x"; there are width and count`},
		{"--missing", "x", `standard input: no treatment "x" of missing values; there are drop, error and category`},
		{"--correction", "x", `standard input: no correction "x"; there are calibrated, miller-madow, panzeri-treves, jackknife, quadratic, shuffle, none`},
		{"--adjust", "x", `standard input: no adjustment "x"; there are holm, fdr and none`},
		{"--rows", "x", `standard input: rows cannot be "x"; they are auto, independent or series`},
		{"--surrogates", "x", `standard input: no surrogate "x"; there are shift and block`},
		{"--estimator", "x", `standard input: no estimator "x"; there are bins, gaussian and ksg`},
		{"--bootstrap", "-1", "standard input: -1 bootstrap replicates; expected 0 to 100000"},
		{"--level", "1", "--level 1: expected a number between 0 and 1"},
		{"--level", "0", "--level 0: expected a number between 0 and 1"},
		{"--window", "17", "standard input: the window of 17 rows is longer than the data: 16 rows"},
		{"--lag", "-1", "standard input: lag and history must lie between 0 and 10000 rows"},
		{"--history", "10001", "standard input: lag and history must lie between 0 and 10000 rows"},
		{"--format", "xls", `standard input: no format "xls"; there are csv tsv parquet npy npz`},
	} {
		args := []string{"--sources", "r,c", "--target", "y", c[0], c[1]}
		(&pidRefusal{xorSamples, args, c[2]}).check(t, "estimate")
	}
}

// TestEstimateNeedsColumnsAndRows: what is missing is named before anything is read.
func TestEstimateNeedsColumnsAndRows(t *testing.T) {
	workplace(t)
	const required = "--sources and --target are required, such as --sources r,c --target y"
	for _, c := range []pidRefusal{
		{xorSamples, nil, required},
		{xorSamples, []string{"--sources", "r,c"}, required},
		{xorSamples, []string{"--target", "y"}, required},
		{xorSamples, []string{"--sources", "r,c", "--target", "y", "-m", "sx,mmi", "--plot", "x.svg"}, "--plot draws one measure"},
		{xorSamples, []string{"--sources", "r,c", "--target", "y", "-m", "all", "--plot", "x.svg"}, "--plot draws one measure"},
		{"", []string{"--sources", "r,c", "--target", "y"}, "standard input: the table is empty; expected a line with column names"},
		{"r,c,y", []string{"--sources", "r,c", "--target", "y"}, "standard input: 0 rows; at least 2 are needed"},
		{"", []string{"folder", "--sources", "r,c", "--target", "y"}, "folder: expected a regular file: it is a folder"},
	} {
		c.check(t, "estimate")
	}
}

// TestGridRefusals: faults of the flags of pid grid, before hours of samples.
func TestGridRefusals(t *testing.T) {
	workplace(t)
	const least = "--repeats, --nulls, --coverage, --bootstrap, --permutations and --rows must be at least 1"
	for _, c := range [][2]string{
		{"--repeats=0", least},
		{"--nulls=0", least},
		{"--coverage=-1", least},
		{"--bootstrap=0", least},
		{"--permutations=0", least},
		{"--rows=0", least},
		{"--rows=50,-1", least},
		{"--write=none.md", "open none.md: no such file or directory"},
		{"--write=file.txt", `file.txt: the marks "` + gridBegin + `" and "` + gridEnd + `", between which the tables are written, are missing`},
		{"--measure=sx=x", "--measure sx=x: expected a number of samples from 1 on after the ="},
		{"--measure=broja=0", "--measure broja=0: expected a number of samples from 1 on after the ="},
		{"--measure=sx,sx=4", "--measure names sx twice"},
		{"--measure=", "--measure: expected " + measureUsage},
		{"--model=cubes", `--model "cubes": no model has this text in its name; there are ` + modelNames()},
	} {
		(&pidRefusal{"", c[:1], c[1]}).check(t, "grid")
	}
}
