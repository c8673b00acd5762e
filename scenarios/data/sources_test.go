package data

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
)

func init() {
	for name, section := range map[string]string{
		"markov":  "{markov: {symbols: [a, b, c], matrix: [[0, 0.5, 0.5], [1, 0, 0], [0.2, 0.2, 0.6]]}, to: {a: now, b: {field: before}}}",
		"poisson": "{poisson: {rates: [[100, 0, 500], [1000, 200, 0]], duration: 200ms, count: 40}, to: {a: spikes}}",
		"rhm":     "{random_hierarchy: {train: 18, test: 14, classes: 4, symbols: 4, strings: 2}, to: {a: string, b: label}}",
		"deep":    "{random_hierarchy: {train: 50, test: 14, classes: 8, symbols: 16, strings: 16, depth: 5}, to: {a: string}}",
	} {
		common[name] = section
	}
}

// The closed forms of the chain 0 → 1 with probability a, 1 → 0 with probability b.
func TestMarkovChain(t *testing.T) {
	const a, b = 0.3, 0.1
	p := part(t, "{markov: {symbols: [off, on], matrix: [[0.7, 0.3], [0.1, 0.9]]}, to: {x: now, y: before}}", "x", nil)
	h := func(p float64) float64 { return -p*math.Log2(p) - (1-p)*math.Log2(1-p) }
	want := b/(a+b)*h(a) + a/(a+b)*h(b)
	if got, ok := p.Set().EntropyRate(); !ok || !(math.Abs(got-want) <= 1e-12) {
		t.Errorf("entropy rate %v, want %v", got, want)
	}
	const n = 3 * markovBlock
	on, ups, offs := 0.0, 0.0, 0.0
	last := -1
	it := &Item{}
	for i := range n {
		if err := p.Item(i, it); err != nil {
			t.Fatal(err)
		}
		before := btoi(it.Fields[1][1] == 1)
		if last >= 0 && before != last || it.Fields[0][it.Label] != 1 || it.Fields[0][1-it.Label] != 0 {
			t.Fatalf("item %d is %+v after %d", i, it, last)
		}
		last = it.Label
		on += float64(it.Label)
		if before == 0 {
			offs++
			ups += float64(it.Label)
		}
	}
	correlated := (1 + 0.6) / (1 - 0.6)
	near(t, "share of on", on/n, a/(a+b), math.Sqrt(a*b/(a+b)/(a+b)*correlated), n)
	near(t, "probability of going on", ups/offs, a, math.Sqrt(a*(1-a)), int(offs))
	// An item far ahead is the same if those before it are not read.
	q := part(t, "{markov: {symbols: [off, on], matrix: [[0.7, 0.3], [0.1, 0.9]]}, to: {x: now, y: before}}", "x", nil)
	if far := item(t, q, n-1); far.Label != last {
		t.Error("asked at once, the last item is another")
	}
	if h, ok := part(t, "{bars: {}, to: {a: image}}", "x", nil).Set().EntropyRate(); ok || h != 0 {
		t.Error("bars have an entropy rate")
	}
}

func TestMarkovFixedPoints(t *testing.T) {
	// A cycle has entropy rate 0. A chain that leaves a state for ever has a stationary
	// distribution over the other states.
	p := part(t, "{markov: {symbols: [a, b, c], matrix: [[0, 1, 0], [0, 0, 1], [1, 0, 0]]}, to: {x: now}}", "x", nil)
	if h, _ := p.Set().EntropyRate(); h != 0 {
		t.Errorf("a cycle has %v bit", h)
	}
	p = part(t, "{markov: {symbols: [a, b, c], matrix: [[0.5, 0.5, 0], [0, 0.5, 0.5], [0, 0.5, 0.5]]}, to: {x: now}}", "x", nil)
	if h, _ := p.Set().EntropyRate(); !(math.Abs(h-1) <= 1e-12) || item(t, p, 0).Label == 0 {
		t.Errorf("%v bit, want 1", h)
	}
	refused(t, "{markov: {symbols: [a, b], matrix: [[1, 0], [0, 1]]}, to: {x: now}}", nil, "data.x.markov.matrix", "falls apart")
}

func TestPoissonTrains(t *testing.T) {
	p := part(t, common["poisson"], "x", nil)
	if size, _ := p.Set().Size("a"); size != 3 || !slices.Equal(p.Set().Labels, []string{"0", "1"}) {
		t.Errorf("%d channels, labels %v", size, p.Set().Labels)
	}
	var counts [2][3]float64
	gaps, squares, n := 0.0, 0.0, 0.0
	for i := range 40 {
		it := item(t, p, i)
		if it.Label != i%2 || it.Duration != 200_000 {
			t.Fatalf("train %d: label %d, %d µs", i, it.Label, it.Duration)
		}
		for k, s := range it.Train {
			if s.Time < 0 || s.Time >= it.Duration || s.Value != 1 || k > 0 && s.Time < it.Train[k-1].Time {
				t.Fatalf("train %d: spike %+v", i, s)
			}
			counts[i%2][s.Channel]++
			if k > 0 && i%2 == 1 {
				gap := float64(s.Time - it.Train[k-1].Time)
				gaps, squares, n = gaps+gap, squares+gap*gap, n+1
			}
		}
	}
	for class, rates := range [][]float64{{100, 0, 500}, {1000, 200, 0}} {
		for k, r := range rates {
			want := r * 0.2 * 20
			if !(math.Abs(counts[class][k]-want) <= 5*math.Sqrt(want)) {
				t.Errorf("class %d, channel %d: %v spikes, want %v", class, k, counts[class][k], want)
			}
		}
	}
	mean := gaps / n
	if cv := math.Sqrt(squares/n-mean*mean) / mean; !(math.Abs(cv-1) <= 0.05) {
		t.Errorf("coefficient of variation of the gaps is %v, want 1", cv)
	}
	refused(t, "{poisson: {rates: [[1000000, 1000000]], duration: 1h, count: 1}, to: {a: spikes}}", nil, "data.x.poisson.rates[0]", "at most 10000000")
	refused(t, "{poisson: {rates: [[1]], count: 1}, to: {a: {field: spikes, off: -1}}}", nil, "data.x.to.a", "sent as they are")
}

// All items of a small grammar occur exactly once, each string stands for one symbol, and
// the class follows from the string.
func TestRandomHierarchy(t *testing.T) {
	const section = "{random_hierarchy: {train: 24, test: 8, classes: 4, symbols: 4, strings: 2}, to: {a: string}}"
	train, test := part(t, section, "x.train", nil), part(t, section, "x.test", nil)
	h := train.Set().source.(*hierarchy)
	if h.total != 4*8 || h.domain != 32 || h.nodes != 3 || h.fixed != 3 {
		t.Errorf("%v items, %d numbers, %d of %d choices", h.total, h.domain, h.fixed, h.nodes)
	}
	seen := map[string]bool{}
	for _, p := range []*Part{train, test} {
		for i := range p.Len() {
			it := item(t, p, i)
			text := ""
			for place := range 4 {
				symbol := slices.Index(it.Fields[0][place*4:place*4+4], 1)
				text += fmt.Sprint(symbol)
			}
			if seen[text] || strings.Contains(text, "-") {
				t.Fatalf("%s again", text)
			}
			seen[text] = true
			if got := h.parse(text); got != it.Label {
				t.Errorf("%s is of class %d, parsed as %d", text, it.Label, got)
			}
			for place := range 2 { // the features are the symbols above pairs
				if symbols := h.parseLevel(text, 1); slices.Index(it.Features[place*4:place*4+4], 1) != int(symbols[place]) || total(it.Features) != 2 {
					t.Errorf("%s has features %v and symbols %v", text, it.Features, symbols)
				}
			}
		}
	}
	if len(seen) != 32 {
		t.Errorf("%d items of 32", len(seen))
	}
	refused(t, "{random_hierarchy: {train: 25, test: 8, classes: 4, symbols: 4, strings: 2}, to: {a: string}}", nil, "data.x.random_hierarchy.train", "at most 32")
	refused(t, "{random_hierarchy: {classes: 4, symbols: 4, strings: 5}, to: {a: string}}", nil, "data.x.random_hierarchy.strings")
	refused(t, "{random_hierarchy: {length: 8, depth: 8}, to: {a: string}}", nil, "data.x.random_hierarchy.depth")
	// If an item has more choices than a number can hold, items still differ.
	p := part(t, strings.Replace(common["deep"], "train: 50", "train: 3000", 1), "x", nil)
	if h := p.Set().source.(*hierarchy); h.fixed >= h.nodes || h.domain < 1<<57 {
		t.Errorf("%d of %d choices, %d numbers", h.fixed, h.nodes, h.domain)
	}
	all := map[string]bool{}
	classes := map[int]int{}
	for i := range p.Len() {
		it := item(t, p, i)
		all[picture(it.Fields[0], len(it.Fields[0]))] = true
		classes[it.Label]++
	}
	if len(all) != p.Len() || len(classes) != 8 {
		t.Errorf("%d different items of %d, classes %v", len(all), p.Len(), classes)
	}
}

// parse reads a string of digits from the bottom up.
func (h *hierarchy) parse(text string) int {
	if now := h.parseLevel(text, 0); len(now) == 1 {
		return int(now[0])
	}
	return -1
}

// parseLevel reads a string of digits from the bottom up to a level, 0 for the class.
func (h *hierarchy) parseLevel(text string, top int) []uint8 {
	var now []uint8
	for _, c := range text {
		now = append(now, uint8(c-'0'))
	}
	for level := len(h.rules) - 1; level >= top; level-- {
		var up []uint8
		for at := 0; at < len(now); at += h.length {
			for k := 0; k < len(h.rules[level]); k += h.length {
				if slices.Equal(h.rules[level][k:k+h.length], now[at:at+h.length]) {
					up = append(up, uint8(k/h.length/h.strings))
				}
			}
		}
		now = up
	}
	return now
}

// Levels with too many symbols have no features, nor have those below them.
func TestHierarchyFeatures(t *testing.T) {
	for section, want := range map[string]int{
		"{classes: 2, symbols: 3, strings: 2, depth: 1, train: 2, test: 1}":              0,
		"{classes: 2, symbols: 3, strings: 2, depth: 3, train: 2, test: 1}":              3*2 + 3*4,
		"{classes: 2, symbols: 200, strings: 2, length: 7, depth: 2, train: 2, test: 1}": 1400,
		"{classes: 2, symbols: 200, strings: 2, length: 7, depth: 3, train: 2, test: 1}": 1400,
		"{classes: 2, symbols: 250, strings: 2, length: 5, depth: 3, train: 2, test: 1}": 250*5 + 250*25,
		"{classes: 2, symbols: 250, strings: 2, length: 5, depth: 4, train: 2, test: 1}": 250*5 + 250*25,
		"{classes: 2, symbols: 250, strings: 2, length: 8, depth: 2, train: 2, test: 1}": 2000,
		"{classes: 2, symbols: 250, strings: 2, length: 8, depth: 3, train: 2, test: 1}": 2000,
	} {
		p := part(t, "{random_hierarchy: "+section+", to: {a: string}}", "x.train", nil)
		if it := item(t, p, 0); len(it.Features) != want || total(it.Features) != float32(want/p.Set().Fields[0].Width) {
			t.Errorf("%s: %d features, want %d; their sum is %v", section, len(it.Features), want, total(it.Features))
		}
	}
}

func total(values []float32) (sum float32) {
	for _, v := range values {
		sum += v
	}
	return sum
}

func TestScrambleIsAPermutation(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 10, 1000, 4097} {
		making := newStream(1, 0, 0)
		s := newScramble(n, making.at(int(n)))
		seen := make([]bool, n)
		for k := range n {
			v := s.of(k)
			if seen[v] {
				t.Fatalf("n = %d: %d twice", n, v)
			}
			seen[v] = true
		}
	}
}

const generated = `{generate: {fields: {b: 2, a: 3}, labels: [even, odd], features: [half], count: 9, code: "%s"}, to: {x: a, y: b, z: label}}`

func TestGenerator(t *testing.T) {
	code := `def item(i, random):\n  return {'a': [i, random.uniform(), 1], 'b': random.bits(2), 'label': ['even', 'odd'][i % 2], 'features': {'half': i / 2}, 'name': 'n%d' % i}\n`
	p := part(t, fmt.Sprintf(generated, code), "x", nil)
	it := item(t, p, 5)
	if p.Len() != 9 || p.Set().Fields[0].Name != "a" || it.Fields[0][0] != 5 || it.Label != 1 || it.Features[0] != 2.5 || it.Name != "n5" {
		t.Errorf("got %+v", it)
	}
	if again := item(t, p, 5); again.Fields[0][1] != it.Fields[0][1] || item(t, p, 6).Fields[0][1] == it.Fields[0][1] {
		t.Error("randomness is not that of the item")
	}
	for code, want := range map[string]string{
		`def item(i, random):\n  return 3\n`:                                                       "a value of type int, expected a dict",
		`def item(i, random):\n  return {'a': [1, 2, 3]}\n`:                                        "no field b",
		`def item(i, random):\n  return {'a': [1, 2], 'b': [1, 2]}\n`:                              "for field a 2 numbers, expected 3",
		`def item(i, random):\n  return {'a': [1, 2, 'x'], 'b': [1, 2]}\n`:                         "at place 2, expected a number",
		`def item(i, random):\n  return {'a': [1, 2, float('inf')], 'b': [1, 2]}\n`:                "at place 2, expected a number",
		`def item(i, random):\n  return {'a': [1, 2, 3], 'b': [1, 2], 'label': 'third'}\n`:         "even, odd",
		`def item(i, random):\n  return {'a': [1, 2, 3], 'b': [1, 2], 'c': 1}\n`:                   "keys that mean nothing",
		`def item(i, random):\n  return {'a': [1, 2, 3], 'b': [1, 2], 'features': {'whole': 1}}\n`: "generate.features",
		`def make(i):\n  return 3\n`:                                                               "no function item",
		`def item(i, random):\n  for k in range(100000000):\n    pass\n`:                           "steps in one call",
		`def item(i, random)\n`: "1:",
	} {
		refused(t, fmt.Sprintf(generated, code), nil, "data.x.generate.code", want)
	}
}

func FuzzGenerator(f *testing.F) {
	f.Add("def item(i, random):\n  return {'a': [i], 'label': 'x'}\n")
	f.Add("def item(i, random):\n  return {'a': random.bits(1), 'features': {1: 2}}\n")
	f.Fuzz(func(t *testing.T, code string) {
		defer fuzzing.Bound(t)()
		exp := experiment(t, "x: {generate: {fields: {a: 1}, labels: [x], code: x}, to: {b: a}}\n")
		exp.Data.Get("x").Generate.Code = code
		if strings.Contains(code, "for") || strings.Contains(code, "while") {
			return // too long to show
		}
		if c, err := Load(exp, nil); err == nil {
			p, _ := c.Part("x")
			_ = p.Item(1, &Item{})
		}
	})
}

const iris = `sample,species,length,width,plot,use
s1,setosa,5.1,3.5,A,train
s2,setosa,4.9,3.0,A,train
s3,virginica,6.3,3.3,B,test
s4,virginica,5.8,2.7,B,train
`

func TestTable(t *testing.T) {
	f := files("iris.csv", iris)
	p := part(t, "{table: {file: iris.csv, fields: {size: [width, length], w: width}, label: species, name: sample}, to: {a: {field: size, scale: 2}, b: label}}", "x", f)
	i, ok := p.Find("s3")
	it := item(t, p, i)
	if p.Len() != 4 || !ok || !slices.Equal(it.Fields[0], []float32{3.3, 6.3}) || it.Fields[1][0] != 3.3 || p.Set().Labels[it.Label] != "virginica" {
		t.Errorf("got %+v", it)
	}
	if got := p.Set().Values(nil, "a", it); !slices.Equal(got, []float32{6.6, 12.6}) {
		t.Errorf("told %v", got)
	}
	european := strings.NewReplacer(".", ",", ",", ";").Replace(iris)
	const section = "{table: {file: iris.csv, fields: {size: [width, length]}, decimal_comma: true, label: species, name: sample}, to: {a: size}}"
	if it := item(t, part(t, section, "x", files("iris.csv", european)), 2); !slices.Equal(it.Fields[0], []float32{3.3, 6.3}) {
		t.Errorf("decimal commas: %v", it.Fields)
	}
	refused(t, strings.Replace(section, "decimal_comma: true, ", "", 1), files("iris.csv", european), "data.x.table.file", "decimal_comma: true")
	const divided = "{table: {file: iris.csv, fields: {size: [length, width]}, label: species, part: use, scale: standard}, to: {a: size}}"
	train, test := part(t, divided, "x.train", f), part(t, divided, "x.test", f)
	if train.Len() != 3 || test.Len() != 1 {
		t.Errorf("%d and %d items", train.Len(), test.Len())
	}
	sum, squares := 0.0, 0.0
	for i := range 3 {
		v := float64(item(t, train, i).Fields[0][0])
		sum, squares = sum+v, squares+v*v
	}
	want := (6.3 - 15.8/3) / math.Sqrt((5.1*5.1+4.9*4.9+5.8*5.8)/3-15.8/3*15.8/3)
	if got := float64(item(t, test, 0).Fields[0][0]); !(math.Abs(sum) <= 1e-5) || !(math.Abs(squares-3) <= 1e-4) || !(math.Abs(got-want) <= 1e-4) {
		t.Errorf("sum %v, squares %v, test %v, want %v", sum, squares, got, want)
	}
}

func TestSplitByColumn(t *testing.T) {
	text := "subject,v\n"
	for i := range 60 {
		text += fmt.Sprintf("%d,%d\n", i%7, i)
	}
	c := load(t, "x: {table: {file: t.csv, fields: {v: v}, label: subject}, split: {test: 40%, by: subject}, to: {a: v}}\n", files("t.csv", text))
	seen := map[string]string{}
	for _, ref := range []string{"x.train", "x.test"} {
		p, err := c.Part(ref)
		if err != nil || p.Len() == 0 {
			t.Fatal(ref, err)
		}
		for i := range p.Len() {
			subject := p.Set().Labels[item(t, p, i).Label]
			if seen[subject] != "" && seen[subject] != ref {
				t.Errorf("subject %s is in both parts", subject)
			}
			seen[subject] = ref
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d subjects", len(seen))
	}
}

func TestBadTables(t *testing.T) {
	const section = "{table: {file: t.csv, fields: {v: [a, b]}, label: l, name: n, part: p}, to: {x: v}}"
	const head = "a,b,l,n,p\n1,2,x,one,train\n"
	for text, want := range map[string]string{
		head + "1,two,x,two,test\n":      `t.csv: row 2 (line 3), column "b": "two" is not a number`,
		head + "1,,x,two,test\n":         `row 2 (line 3), column "b": there is no value`,
		head + "1,NaN,x,two,test\n":      `column "b": there is no value`,
		head + "1,1e50,x,two,test\n":     `column "b": 1e50 is too large`,
		head + "3,4,x,one,test\n":        `column "n": "one" is also the name of row 1`,
		head + "3,4,,two,test\n":         `column "l": there is no value`,
		head + "3,4,x,two,exam\n":        `column "p": "exam", expected train or test`,
		head + "3,4,x,two,train\n":       "some rows are test",
		head + "1,2,y,two,test\n":        "t.csv, row 2, which is for the test, is the same as row 1",
		"a,b,l,n,p\n":                    "there is no row",
		"a,c,l,n,p\n1,2,3,4,train\n":     `there is no column "b"`,
		"a,b,l,n,p\n1,2,x,one,train,9\n": "t.csv: ",
	} {
		refused(t, section, files("t.csv", text), "data.x.table", want)
	}
	refused(t, section, files(), "data.x.table.file")
	refused(t, "{table: {file: t.csv, fields: {label: a}}, to: {x: label}}", files("t.csv", head), "data.x.table.fields", "another name")
}

func FuzzTable(f *testing.F) {
	f.Add(iris)
	f.Add("sample;species;length;width\n1;2;3;4\n")
	f.Fuzz(func(t *testing.T, text string) {
		defer fuzzing.Bound(t)()
		c, err := Load(experiment(t, "x: {table: {file: t.csv, fields: {v: [length, width]}, label: species, scale: standard}, to: {a: v, b: label}}\n"), files("t.csv", text))
		if err != nil {
			return
		}
		p, _ := c.Part("x")
		for i := range p.Len() {
			it := item(t, p, i)
			for _, v := range it.Fields[0] {
				if !finite(float64(v)) {
					t.Fatalf("item %d: %v", i, v)
				}
			}
			if it.Label < 0 || it.Label >= len(p.Set().Labels) {
				t.Fatalf("label %d", it.Label)
			}
		}
	})
}

const trainsCSV = `time,channel,value,item,label
0,0,1,first,up
0.5,1,2,first,up
0.2,2,1,second,down
7,0,-1,first,up
`

func TestSpikeTable(t *testing.T) {
	p := part(t, "{spikes: {file: s.csv, unit: ms, channels: 3, hold: 2ms}, to: {a: spikes, b: label}}", "x", files("s.csv", trainsCSV))
	it := item(t, p, 0)
	if p.Len() != 2 || p.Set().Hold != 2000 || it.Duration != 7001 || p.Set().Labels[it.Label] != "up" || it.Name != "first" ||
		!slices.Equal(it.Train, []Spike{{0, 0, 1}, {500, 1, 2}, {7000, 0, -1}}) {
		t.Errorf("got %+v", it)
	}
	if again := item(t, p, 0); !slices.Equal(again.Train, it.Train) {
		t.Error("another train the second time")
	}
	european := strings.NewReplacer(".", ",", ",", ";").Replace(trainsCSV)
	p = part(t, "{spikes: {file: s.csv, unit: ms, decimal_comma: true, channels: 3}, to: {a: spikes}}", "x", files("s.csv", european))
	if got := item(t, p, 0).Train; !slices.Equal(got, it.Train) {
		t.Errorf("decimal commas: %v, want %v", got, it.Train)
	}
	const section = "{spikes: {file: s.csv, channels: 3}, to: {a: spikes}}"
	for text, want := range map[string]string{
		"time,channel\n5,0\n3,1\n":                    `s.csv: row 2 (line 3), column "time": 3 is out of order`,
		"time,channel\n5,3\n":                         `row 1 (line 2), column "channel": channel 3, expected 0 to 2`,
		"time,channel\n5,-1\n":                        "channel -1, expected 0 to 2",
		"time,channel\n5,0.5\n":                       "channel 0.5, expected 0 to 2",
		"time,channel\nnow,0\n":                       `column "time": "now" is not a number`,
		"time,channel\n-5,0\n":                        "the time -5",
		"time,channel\n":                              "no spike",
		"time,x\n1,2\n":                               `no column "channel"`,
		"time,channel,item,label\n1,0,a,x\n2,0,a,y\n": `train "a" has two labels`,
	} {
		refused(t, section, files("s.csv", text), "data.x.spikes.file", want)
	}
	refused(t, section, files(), "data.x.spikes.file")
}

func FuzzSpikeTable(f *testing.F) {
	f.Add(trainsCSV)
	f.Fuzz(func(t *testing.T, text string) {
		defer fuzzing.Bound(t)()
		c, err := Load(experiment(t, "x: {spikes: {file: s.csv, unit: ms, channels: 3}, to: {a: spikes}}\n"), files("s.csv", text))
		if err != nil {
			return
		}
		p, _ := c.Part("x")
		for i := range p.Len() {
			checkTrain(t, item(t, p, i), 3)
		}
	})
}

func checkTrain(t *testing.T, it *Item, channels int32) {
	t.Helper()
	for k, s := range it.Train {
		if s.Time < 0 || s.Time >= it.Duration || s.Channel < 0 || s.Channel >= channels || k > 0 && s.Time < it.Train[k-1].Time || !finite(float64(s.Value)) {
			t.Fatalf("spike %+v of %d µs", s, it.Duration)
		}
	}
}

// event writes an event in the format of N-MNIST.
func event(x, y, polarity, time int) string {
	return string([]byte{byte(x), byte(y), byte(polarity<<7 | time>>16), byte(time >> 8), byte(time)})
}

func TestEventFiles(t *testing.T) {
	a := event(3, 1, 1, 70000) + event(0, 0, 0, 70001)
	f := files("n/Train/0/1.bin", a, "n/Train/1/1.bin", event(1, 1, 0, 5), "n/Test/1/2.bin", event(1, 1, 0, 6))
	const section = "{spikes: {file: n, channels: 16, width: 4}, to: {a: spikes}}"
	train, test := part(t, section, "x.train", f), part(t, section, "x.test", f)
	it := item(t, train, 0)
	if train.Len() != 2 || test.Len() != 1 || it.Name != "0/1" || it.Label != 0 || !slices.Equal(it.Train, []Spike{{70000, 8 + 4 + 3, 1}, {70001, 0, 1}}) {
		t.Errorf("got %+v", it)
	}
	one := "{spikes: {file: a.bin, channels: 16, width: 4}, to: {a: spikes}}"
	if p := part(t, one, "x", files("a.bin", a)); p.Len() != 1 || item(t, p, 0).Label != -1 {
		t.Error("one file is not one train without a label")
	}
	// The clock overflows: row 240.
	p := part(t, one, "x", files("a.bin", event(0, 0, 0, 8000)+event(0, 240, 0, 0)+event(1, 0, 0, 10)))
	if got := item(t, p, 0).Train; !slices.Equal(got, []Spike{{8000, 0, 1}, {8202, 1, 1}}) {
		t.Errorf("got %v", got)
	}
	for data, want := range map[string]string{
		a + "x":                               "11 bytes, expected a multiple of 5",
		"":                                    "no event in it",
		event(4, 0, 0, 0):                     "event 0 (byte 0) is in column 4",
		event(0, 0, 0, 9) + event(0, 0, 0, 8): "event 1 (byte 5) is out of order: it is at 8 µs, the one before at 9 µs",
	} {
		refused(t, one, files("a.bin", data), "data.x.spikes.file", "a.bin", want)
	}
	f.MapFS["n/Test/1/2.bin"] = f.MapFS["n/Train/0/1.bin"]
	refused(t, section, f, "train and test share items", "n/Test/1/2.bin is the same as n/Train/0/1.bin")
	refused(t, "{spikes: {file: a.bin, channels: 15, width: 4}, to: {a: spikes}}", files("a.bin", a), "data.x.spikes.channels")
	// Trains are the same if the files are read again each time.
	s := train.Set().source.(*eventFiles)
	s.kept = nil
	f.MapFS["n/Test/1/2.bin"] = files("a", event(1, 1, 0, 6)).MapFS["a"]
	if again := item(t, train, 0); !slices.Equal(again.Train, it.Train) {
		t.Errorf("read anew: %v", again.Train)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(event(3, 1, 1, 70000) + event(0, 0, 0, 70001)))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		train, err := eventLayout{4, 2}.decode(nil, "f", data)
		if err != nil {
			return
		}
		checkTrain(t, &Item{Train: train, Duration: train[len(train)-1].Time + 1}, 16)
	})
}

// The measurements that come with the program are read as items. All items of a site are
// in the same part.
func TestMeasurements(t *testing.T) {
	c := load(t, "x: {table: {file: measurements.csv, fields: {body: [elytra, thorax, antenna, leg], place: [wet, open]}, label: species, name: sample, scale: standard}, split: {test: 30%, by: site}, to: {a: body, b: place, c: label}}\n", disk("../builtin/data"))
	train, err := c.Part("x.train")
	if err != nil {
		t.Fatal(err)
	}
	test, err := c.Part("x.test")
	if err != nil || train.Len() != 420 || test.Len() != 180 || !slices.Equal(test.Set().Labels, []string{"alder", "birch", "cedar"}) {
		t.Errorf("%d and %d items, labels %v, %v", train.Len(), test.Len(), test.Set().Labels, err)
	}
	if _, ok := train.Find("b001"); !ok {
		if _, ok := test.Find("b001"); !ok {
			t.Error("no item b001")
		}
	}
}
