package estimate

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"infomorph/internal/fuzzing"
	"infomorph/internal/table"
	"infomorph/pid"
)

// xorTable returns n samples of y = r XOR c, r and c fair, as CSV.
func xorTable(n int, seed uint64) string {
	rnd := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	b.WriteString("r,c,y\n")
	for range n {
		r, c := rnd.IntN(2), rnd.IntN(2)
		fmt.Fprintf(&b, "%d,%d,%d\n", r, c, r^c)
	}
	return b.String()
}

func readTable(t testing.TB, text, format string) *Frame {
	t.Helper()
	f, err := table.ReadFrame(strings.NewReader(text), table.Options{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func rcy() Config { return Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"y"}} }

// TestXORIsRecovered by every measure, with intervals that hold the truth and
// p-values that see it.
func TestXORIsRecovered(t *testing.T) {
	f := readTable(t, xorTable(4000, 1), "csv")
	cfg := rcy()
	cfg.Measure, cfg.Bootstrap, cfg.Permutations = pid.MMI, 50, 50
	r, err := Estimate(f, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0, 0, 0, 1} {
		if !(math.Abs(r.Atoms[i]-want) <= .01) {
			t.Errorf("atom %d is %v, want %v", i, r.Atoms[i], want)
		}
		if r.Lower[i] > want+.005 || r.Upper[i] < want-.005 {
			t.Errorf("interval %v to %v misses %v", r.Lower[i], r.Upper[i], want)
		}
	}
	if r.PValues[3] > .02+1e-9 || r.MIPValue > .02+1e-9 {
		t.Error("p-values", r.PValues, r.MIPValue)
	}
}

// TestCorrectionsRemoveBias: independent noise informs about nothing, but the
// plug-in estimate of few samples says it does.
func TestCorrectionsRemoveBias(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	mean := map[Correction]float64{}
	const runs = 20
	for range runs {
		f := &Frame{Rows: 200, Columns: []Column{{Name: "r"}, {Name: "c"}, {Name: "y"}}}
		for k := range f.Columns {
			for range f.Rows {
				f.Columns[k].Numbers = append(f.Columns[k].Numbers, float64(rnd.IntN(3)))
			}
		}
		for _, c := range Corrections {
			cfg := rcy()
			cfg.Correction, cfg.Measure = c, pid.MMI
			r, err := Estimate(f, cfg)
			if err != nil {
				t.Fatal(err)
			}
			mean[c] += r.MI / runs
			sum := 0.0
			for _, v := range r.Atoms {
				sum += v
			}
			if !(math.Abs(sum-r.MI) <= 1e-12) {
				t.Errorf("%s: atoms sum to %v, mi is %v", c, sum, r.MI)
			}
		}
	}
	if mean[NoCorrection] < .04 {
		t.Error("no bias to remove:", mean)
	}
	for _, c := range Corrections[:len(Corrections)-1] {
		if !(math.Abs(mean[c]) <= .25*mean[NoCorrection]) {
			t.Errorf("%s leaves %v of a bias of %v", c, mean[c], mean[NoCorrection])
		}
	}
}

// TestJackknifeTwin leaves samples out one by one.
func TestJackknifeTwin(t *testing.T) {
	f := readTable(t, xorTable(25, 3), "csv")
	cfg := rcy()
	cfg.Correction = Jackknife
	r, err := Estimate(f, cfg)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range f.Rows {
		g := &Frame{Rows: f.Rows - 1}
		for _, c := range f.Columns {
			g.Columns = append(g.Columns, Column{Name: c.Name, Text: slices.Delete(slices.Clone(c.Text), i, i+1)})
		}
		cfg.Correction = NoCorrection
		left, err := Estimate(g, cfg)
		if err != nil {
			t.Fatal(err)
		}
		sum += left.Plugin.Atoms[3]
	}
	n := float64(f.Rows)
	want := n*r.Plugin.Atoms[3] - (n-1)*sum/n
	if !(math.Abs(r.Atoms[3]-want) <= 1e-10) {
		t.Errorf("jackknife %v, one by one %v", r.Atoms[3], want)
	}
}

func TestSeedDecides(t *testing.T) {
	f := readTable(t, xorTable(100, 1), "csv")
	cfg := rcy()
	cfg.Bootstrap, cfg.Permutations, cfg.Seed, cfg.Correction = 20, 20, 9, Shuffle
	a, _ := Estimate(f, cfg)
	b, _ := Estimate(f, cfg)
	cfg.Seed++
	c, _ := Estimate(f, cfg)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, c) {
		t.Error("the seed does not decide")
	}
}

// TestBinning of one column, with ties and missing values.
func TestBinning(t *testing.T) {
	nan := math.NaN()
	values := []float64{0, 1, 2, 3, nan, 10}
	for _, c := range []struct {
		name string
		got  variable
		want []int32
	}{
		{"width", equalWidth(values, 2), []int32{0, 0, 0, 0, -1, 1}},
		{"count", divide(values, quantiles(values, 2)), []int32{0, 0, 0, 1, -1, 1}},
		{"edges", divide(values, []float64{0, 1, 2.5, 3}), []int32{0, 0, 1, 2, -1, 2}},
		{"ties", divide([]float64{1, 1, 1, 1, 2}, quantiles([]float64{1, 1, 1, 1, 2}, 4)), []int32{0, 0, 0, 0, 1}},
		{"labels", labels(&Column{Text: []string{"b", "a", "", "b"}}), []int32{1, 0, -1, 1}},
		{"numbers", numberLabels([]float64{5, -1, nan, 5}), []int32{1, 0, -1, 1}},
	} {
		if !slices.Equal(c.got.symbols, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got.symbols, c.want)
		}
	}
	if fewIntegers(values, 4) || !fewIntegers(values, 5) || fewIntegers([]float64{.5}, 5) {
		t.Error("whole-number columns are not told apart")
	}
}

// TestJoinedColumns: y = a XOR b is one source's own when a and b are joined.
func TestJoinedColumns(t *testing.T) {
	text := strings.Replace(xorTable(2000, 2), "r,c,y", "a,b,y", 1)
	f := readTable(t, text, "csv")
	f.Columns = append(f.Columns, Column{Name: "z", Text: slices.Repeat([]string{"0", "1", "1"}, 700)[:f.Rows]})
	r, err := Estimate(f, Config{Sources: [][]string{{"a", "b"}, {"z"}}, Target: []string{"y"}, Measure: pid.MMI})
	if err != nil {
		t.Fatal(err)
	}
	if r.Atoms[0] < .98 || r.Shape[0] != 4 {
		t.Error("unique information of the joined source", r.Atoms, r.Shape)
	}
}

func TestMissingValues(t *testing.T) {
	text := "r,c,y\n" + strings.Repeat("0,1,1\n1,0,1\nNA,0,0\n1,1,0\n0,0,0\n", 20)
	for missing, want := range map[string]int{"drop": 80, "category": 100} {
		cfg := rcy()
		cfg.Missing = missing
		r, err := Estimate(readTable(t, text, "csv"), cfg)
		if err != nil || r.Samples != want {
			t.Errorf("%s: %+v, %v", missing, r, err)
		}
	}
	cfg := rcy()
	cfg.Missing = "error"
	if _, err := Estimate(readTable(t, text, "csv"), cfg); err == nil || !strings.Contains(err.Error(), `row 3 (line 4), column "r"`) {
		t.Error(err)
	}
}

// TestErrorsSayWhere: one clear message for each fault.
func TestErrorsSayWhere(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"text":       {"r,c,y\n1,2,0\n1,x7,1\n", `row 2 (line 3), column "c": "x7" is not a number`},
		"constant":   {"r,c,y\n1,2,0\n1,3,1\n", `column "r" is constant`},
		"no column":  {"r,x,y\n1,2,0\n2,3,1\n", `no column "c"; there are r, x, y`},
		"infinite":   {"r,c,y\n1,Inf,0\n2,3,1\n", `column "c": the value is infinite`},
		"all absent": {"r,c,y\nNA,2,0\nNA,3,1\n", `column "r" has no values`},
		"one row":    {"r,c,y\n0,1,1\n", "1 rows; at least 2 are needed"},
		"few rows":   {"r,c,y\n0,NA,1\n1,2,0\nNA,3,1\n", "1 rows with all values"},
	} {
		_, err := Estimate(readTable(t, c.text, "csv"), rcy())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for text, want := range map[string]string{
		"": "empty", "a,a\n": "two columns", "a,b\n1\n": "1 fields, expected 2", "a,b\n\"": "quote",
	} {
		if _, err := table.ReadFrame(strings.NewReader(text), table.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestConfigReportsEveryFault(t *testing.T) {
	cfg := Config{Bins: 1, Bootstrap: -1, Level: 2, Missing: "x", Binning: "y", Correction: "z", Permutations: -1, Window: -1,
		Adjust: "v", Rows: "w", Surrogate: "u", Block: -1,
		BinsOf: map[string]int{"a": 0}, Edges: map[string][]float64{"a": {1, 0}}}
	err := cfg.Validate()
	if err == nil || strings.Count(err.Error(), "\n") != 17 {
		t.Error(err)
	}
}

func TestFewSamplesWarn(t *testing.T) {
	f := readTable(t, xorTable(9, 1), "csv")
	r, err := Estimate(f, rcy())
	if err != nil || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "9 samples for 8 joint cells") {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestTimeCourse: noise first, then the copy of r.
func TestTimeCourse(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	text := "r,c,y\n"
	for i := range 400 {
		r, y := rnd.IntN(2), rnd.IntN(2)
		if i >= 200 {
			y = r
		}
		text += fmt.Sprintf("%d,%d,%d\n", r, rnd.IntN(2), y)
	}
	cfg := rcy()
	cfg.Window, cfg.Step = 100, 100
	r, err := Estimate(readTable(t, text, "csv"), cfg)
	if err != nil || len(r.Course) != 4 || r.Course[0].MI > .2 || r.Course[3].MI < .95 || r.Course[3].First != 301 || r.Course[3].Last != 400 {
		t.Errorf("%+v, %v", r.Course, err)
	}
	cfg.Window = 401
	if _, err := Estimate(readTable(t, text, "csv"), cfg); err == nil {
		t.Error("a window longer than the data is accepted")
	}
}

// npy returns a .npy file of float64 in C order.
func npy(header string, body []byte) string {
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(header)), 0}) + header + string(body)
}

// TestFormatsAgree: the same samples as CSV, TSV, Parquet and .npy.
func TestFormatsAgree(t *testing.T) {
	text := xorTable(50, 4)
	want := readTable(t, text, "csv")
	type row struct {
		R *int64  `parquet:"r,optional"`
		C float64 `parquet:"c"`
		Y string  `parquet:"y"`
	}
	var rows []row
	var body []byte
	for i := range want.Rows {
		r, c := int64(want.Columns[0].Text[i][0]-'0'), float64(want.Columns[1].Text[i][0]-'0')
		rows = append(rows, row{&r, c, want.Columns[2].Text[i]})
		for k := range 3 {
			body = append(body, want.Columns[k].Text[i][0]-'0')
		}
	}
	var pq bytes.Buffer
	if err := parquet.Write(&pq, rows); err != nil {
		t.Fatal(err)
	}
	base, err := Estimate(want, rcy())
	if err != nil {
		t.Fatal(err)
	}
	array := readTable(t, npy("{'descr': '|u1', 'fortran_order': False, 'shape': (50, 3), }\n", body), "npy")
	for k, name := range []string{"r", "c", "y"} {
		array.Columns[k].Name = name
	}
	for name, f := range map[string]*Frame{
		"tsv":     readTable(t, strings.ReplaceAll(text, ",", "\t"), "tsv"),
		"parquet": readTable(t, pq.String(), "parquet"),
		"npy":     array,
	} {
		r, err := Estimate(f, rcy())
		if err != nil || !slices.Equal(r.Atoms, base.Atoms) {
			t.Errorf("%s: %v, want %v; %v", name, r, base.Atoms, err)
		}
	}
}

func TestPlots(t *testing.T) {
	f := readTable(t, xorTable(300, 1), "csv")
	f.Columns = append(f.Columns, Column{Name: "l", Text: slices.Repeat([]string{"0", "1", "2"}, 100)})
	cfg := rcy()
	cfg.Bootstrap, cfg.Window = 10, 100
	two, err := Estimate(f, cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Sources = append(cfg.Sources, []string{"l"})
	three, err := Estimate(f, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Result{two, three} {
		for format, magic := range map[string]string{"png": "\x89PNG", "svg": "<?xml", "pdf": "%PDF"} {
			var b bytes.Buffer
			if err := WritePlot(&b, r, format); err != nil || !strings.HasPrefix(b.String(), magic) {
				t.Errorf("%s: %v", format, err)
			}
		}
	}
	if WritePlot(&bytes.Buffer{}, two, "gif") == nil {
		t.Error("gif is accepted")
	}
}

// FuzzRead: no bytes panic, in any format, nor does the estimate from them.
func FuzzRead(f *testing.F) {
	f.Add([]byte(xorTable(5, 1)), byte(0))
	f.Add([]byte(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n", []byte{0, 1, 1, 1, 0, 1})), byte(3))
	var pq bytes.Buffer
	if err := parquet.Write(&pq, []struct{ R, C, Y float64 }{{1, 2, 3}, {2, 2, 2}}); err != nil {
		f.Fatal(err)
	}
	f.Add(pq.Bytes(), byte(2))
	f.Fuzz(func(t *testing.T, data []byte, format byte) {
		defer fuzzing.Bound(t)()
		frame, err := table.ReadFrame(bytes.NewReader(data), table.Options{Format: table.Formats[int(format)%len(table.Formats)]})
		if err != nil || len(frame.Columns) < 3 || frame.Rows > 1000 {
			return
		}
		name := func(i int) []string { return []string{frame.Columns[i].Name} }
		_, _ = Estimate(frame, Config{Sources: [][]string{name(0), name(1)}, Target: name(2), Bootstrap: 2, Permutations: 2})
	})
}

// FuzzDistribution: any byte string as a distribution file gives a
// decomposition or an error.
func FuzzDistribution(f *testing.F) {
	f.Add([]byte(`{"shape":[2,2,2],"p":[0.25,0,0,0.25,0,0.25,0.25,0]}`), byte(0))
	f.Add([]byte(`[{"shape":[1,1,1,1],"p":[1]}]`), byte(4))
	f.Add([]byte(`{"shape":[1,2,2],"p":[0.5,1e-300,0.25,0.25]}`), byte(5))
	f.Add([]byte(`{"outcomes":["000","011",[1,"b",2.5]],"counts":[3,1e9,0]}`), byte(4))
	f.Fuzz(func(t *testing.T, data []byte, measure byte) {
		defer fuzzing.Bound(t)()
		list, _, err := ReadDistributions(bytes.NewReader(data), false)
		if err != nil {
			return
		}
		for _, in := range list {
			d, err := pid.Decompose(pid.Measure(measure%7), in.Shape, in.P)
			if err != nil {
				continue
			}
			sum := 0.0
			for _, v := range d.Atoms {
				sum += v
			}
			if !(math.Abs(sum-d.MutualInfo) <= 1e-6) {
				t.Errorf("atoms sum to %v, information is %v", sum, d.MutualInfo)
			}
		}
	})
}

func TestDistributionErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                        "empty",
		`{"shape":[2],`:                           "line 1 column",
		"{\n\"shape\":\"x\"}":                     "line 2 column",
		`{"p":[1]}`:                               `lacks "shape" or "outcomes"`,
		`[{"shape":[1],"p":[1]},{}]`:              "distribution 1 lacks",
		`{"shape":[2],"p":[.5,.5]}`:               "a digit before its point: 0.25",
		`{"outcomes":["00"],"p":[1,2]}`:           "1 outcomes and 2 probabilities",
		`{"outcomes":["00","0"],"p":[1,2]}`:       "outcome 1 of 1 variables",
		`{"outcomes":["00","00"],"counts":[1,2]}`: "outcome 1 = [0 0] twice",
		`{"outcomes":[[0,null]],"counts":[1]}`:    "no symbol",
		`{"shape":[2],"counts":[-1,2]}`:           "entry 0 = -1",
		`{"shape":[2],"counts":[0,0]}`:            "cannot be normalised",
		`{"shape":[1],"p":[1],"counts":[1]}`:      `both "p" and "counts"`,
		`{"shape":[1],"outcomes":["0"],"p":[1]}`:  `both "shape" and "outcomes"`,
		`{"shape":[1.5],"p":[1]}`:                 "shape is a JSON number",
	} {
		if _, _, err := ReadDistributions(strings.NewReader(text), false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestOutcomes: a list of outcomes is the dense distribution it means; numbers
// that are equal are one symbol, and the order is that of the values.
func TestOutcomes(t *testing.T) {
	for text, want := range map[string]Distribution{
		`{"outcomes":["011","000","110","101"],"p":[0.25,0.25,0.25,0.25]}`: {Shape: []int{2, 2, 2}, P: []float64{.25, 0, 0, .25, 0, .25, .25, 0}},
		`{"outcomes":[[10,"b"],[2.0,"a"],[2,"b"]],"counts":[1,1,2]}`:       {Shape: []int{2, 2}, P: []float64{.25, .5, 0, .25}},
		// Whole numbers beyond 2⁵³ are not merged.
		`{"outcomes":[[9007199254740993,1],[9007199254740992,0],[1e3,1]],"counts":[1,1,2]}`: {Shape: []int{3, 2}, P: []float64{0, .5, .25, 0, 0, .25}},
		`{"shape":[1,2],"counts":[3,1]}`: {Shape: []int{1, 2}, P: []float64{.75, .25}},
		`{"shape":[1,2],"p":[3,1]}`:      {Shape: []int{1, 2}, P: []float64{.75, .25}},
	} {
		list, _, err := ReadDistributions(strings.NewReader(text), true)
		if err != nil || !slices.Equal(list[0].Shape, want.Shape) || !slices.Equal(list[0].P, want.P) {
			t.Errorf("%s: %+v, %v", text, list, err)
		}
	}
	list, _, err := ReadDistributions(strings.NewReader(`{"outcomes":[[10,true],[2,"x"]],"counts":[1,1]}`), false)
	if err != nil || !reflect.DeepEqual(list[0].Symbols, [][]string{{"2", "10"}, {"true", "x"}}) {
		t.Error(list, err)
	}
}
