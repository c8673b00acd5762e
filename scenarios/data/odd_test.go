package data

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// itemsOf writes the items of a part, one after another: name, label, and the numbers of
// the first field.
func itemsOf(t *testing.T, p *Part) string {
	t.Helper()
	var words []string
	for i := range p.Len() {
		it := item(t, p, i)
		label := ""
		if it.Label >= 0 {
			label = ":" + p.set.Labels[it.Label]
		}
		words = append(words, strings.TrimSpace(it.Name+label+fmt.Sprint(it.Fields[0])))
	}
	return strings.Join(words, " ")
}

// TestOddTables: tables as people have them.
func TestOddTables(t *testing.T) {
	const (
		plain  = "{table: {file: f, fields: {v: [a, b]}}, to: {x: v}}"
		named  = "{table: {file: f, fields: {v: [a, b]}, label: l, name: n}, to: {x: v}}"
		parted = "{table: {file: f, fields: {v: a}, part: p}, to: {x: v}}"
	)
	for _, c := range []struct{ section, text, want string }{
		{plain, "a,b\n1,2\n3,4\n", "[1 2] [3 4]"},
		{plain, "b,a\n1,2\n3,4\n", "[2 1] [4 3]"},
		{plain, "a\tb\n1\t2\n", "[1 2]"},
		{plain, "a;b\n1;2\n", "[1 2]"},
		{plain, "\xef\xbb\xbfa,b\r\n1,2\r\n", "[1 2]"},
		{plain, "a,b\n-1e3,+.5\n", "[-1000 0.5]"},
		{plain, "a,b\n 1 , 2 \n", "[1 2]"},
		{plain, "a,b,note\n1,2,\"x, y\"\n", "[1 2]"},
		{plain, "\"a\",\"b\"\n\"1\",\"2\"\n", "[1 2]"},
		{plain, "a,b\n1,2\n\n3,4\n", "[1 2] [3 4]"},
		{plain, "a,b\n1,2", "[1 2]"},
		{plain, "a,b\n3.4028234e38,-3.4028234e38\n", "[3.4028235e+38 -3.4028235e+38]"},
		{plain, "a,b\n1,2\n1,2\n", "[1 2] [1 2]"},
		{named, "n,l,a,b\nx,10,1,2\ny,9,3,4\n", "x:10[1 2] y:9[3 4]"},
		{named, "n,l,a,b\n1,yes,1,2\n2,no,3,4\n", "1:yes[1 2] 2:no[3 4]"},
		{named, "n,l,a,b\nx y,ä,1,2\n", "x y:ä[1 2]"},
		{parted, "a,p\n1,train\n2,TEST\n3, Train \n", "[1] [3] [2]"},
		{plain, "a,b\n1,inf\n", `row 1 (line 2), column "b": inf is too large, or infinite`},
		{plain, "a,b\n1,-Inf\n", `row 1 (line 2), column "b": -Inf is too large, or infinite`},
		{plain, "a,b\n1,0x10\n", `row 1 (line 2), column "b": "0x10" is not a number`},
		{plain, "a,b\n1,1_000\n", `row 1 (line 2), column "b": "1_000" is not a number`},
		{plain, "a,b\n1,2\n1,2,3\n", "line 3"},
		{plain, "a,b\n1,2\n\n1,x\n", `row 2 (line 4), column "b": "x" is not a number`},
		{plain, "a,b,a\n1,2,3\n", `line 1: two columns are called "a"`},
		{plain, "", "f: "},
		{plain, "a,b\n", "f: there is no row in it"},
		{named, "n,l,a,b\nx,p,1,2\nx,q,3,4\n", `row 2 (line 3), column "n": "x" is also the name of row 1`},
		{named, "n,l,a,b\n,p,1,2\n", `row 1 (line 2), column "n": there is no value`},
		{parted, "a,p\n1,train\n2,train\n", `got "p", expected a column in which some rows are test`},
		{parted, "a,p\n1,test\n", `got "p", expected a column in which some rows are train`},
		{parted, "a,p\n1,train\n1,test\n", "train and test share items: f, row 2, which is for the test, is the same as row 1, which is to learn from"},
		{parted, "a,p\n1,\n", `row 1 (line 2), column "p": "", expected train or test`},
		{parted, "a,p\n1,validation\n", `row 1 (line 2), column "p": "validation", expected train or test`},
	} {
		checkItems(t, c.section, c.text, c.want)
	}
}

// checkItems holds the items of a source with one file f, or why it is refused, against
// what is wanted.
func checkItems(t *testing.T, section, text, want string) {
	t.Helper()
	c, err := Load(experiment(t, "x: "+section+"\n"), files("f", text))
	if err != nil {
		if !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "data.x.") {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
		return
	}
	p, err := c.Part("x")
	if err != nil {
		t.Fatal(err)
	}
	if got := itemsOf(t, p); got != want {
		t.Errorf("%q: %s, want %s", text, got, want)
	}
}

// TestScaledTables: each column has mean 0 and deviation 1 on the part to learn from; one
// with a single value there is told as it differs from that.
func TestScaledTables(t *testing.T) {
	const section = "{table: {file: f, fields: {v: [a, b]}, scale: standard, part: p}, to: {x: v}}"
	for _, c := range []struct{ text, train, test string }{
		{"a,b,p\n1,5,train\n3,5,train\n7,8,test\n", "[-1 0] [1 0]", "[5 3]"},
		{"a,b,p\n2,0,train\n2,4,train\n2,2,test\n", "[0 -1] [0 1]", "[0 0]"},
		{"a,b,p\n4,1,train\n9,9,test\n", "[0 0]", "[5 8]"},
		{"a,b,p\n0,0,train\n0,3,train\n6,0,train\n6,3,train\n3,6,test\n", "[-1 -1] [-1 1] [1 -1] [1 1]", "[0 3]"},
	} {
		c2 := load(t, "x: "+section+"\n", files("f", c.text))
		for ref, want := range map[string]string{"x.train": c.train, "x.test": c.test} {
			p, err := c2.Part(ref)
			if err != nil {
				t.Fatal(err)
			}
			if got := itemsOf(t, p); got != want {
				t.Errorf("%q: %s of %s, want %s", c.text, got, ref, want)
			}
		}
	}
	whole := part(t, "{table: {file: f, fields: {v: a}, scale: standard}, to: {x: v}}", "x", files("f", "a\n10\n20\n30\n40\n"))
	root := math.Sqrt(125)
	var want []float64
	for _, v := range []float64{-15, -5, 5, 15} {
		want = append(want, math.Round(v/root*1e5)/1e5)
	}
	for i := range 4 {
		if got := math.Round(float64(item(t, whole, i).Fields[0][0])*1e5) / 1e5; got != want[i] {
			t.Errorf("item %d is %v, want %v", i, got, want[i])
		}
	}
}

// TestOddSpikes: tables of spikes as people have them, in every unit.
func TestOddSpikes(t *testing.T) {
	const at = "{spikes: {file: f, channels: 3, unit: UNIT}, to: {x: spikes}}"
	for _, c := range []struct{ unit, text, want string }{
		{"us", "time,channel\n0,0\n", "0@0=1, 1us"},
		{"us", "time,channel\n0,0\n0,0\n", "0@0=1 0@0=1, 1us"},
		{"us", "channel,time\n2,7\n", "2@7=1, 8us"},
		{"us", "time,channel\n1.4,0\n1.5,1\n", "0@1=1 1@2=1, 3us"},
		{"ms", "time,channel\n1.5,0\n2,1\n", "0@1500=1 1@2000=1, 2001us"},
		{"s", "time,channel\n0.0000004,0\n1e-6,1\n2,2\n", "0@0=1 1@1=1 2@2000000=1, 2000001us"},
		{"us", "time,channel,value\n5,1,0.5\n6,1,-2\n7,1,0\n", "1@5=0.5 1@6=-2 1@7=0, 8us"},
		{"us", "time,channel,value\n5,1,3.4028234e38\n", "1@5=3.4028235e+38, 6us"},
		{"us", "time,channel,value\n5,1,1e39\n", `row 1 (line 2), column "value": 1e39 is too large`},
		{"us", "time,channel,value\n5,1,-1e40\n", `row 1 (line 2), column "value": -1e40 is too large`},
		{"us", "time,channel,value\n5,1,inf\n", `row 1 (line 2), column "value": "inf", expected a number`},
		{"us", "time,channel,value\n5,1,\n", `row 1 (line 2), column "value": "", expected a number`},
		{"us", "time,channel,value\n5,1,loud\n", `row 1 (line 2), column "value": "loud" is not a number`},
		{"us", "time,channel\n1e15,0\n", "0@1000000000000000=1, 1000000000000001us"},
		{"us", "time,channel\n1000000000000001,0\n", `the time 1000000000000001, expected 0 to 30 years`},
		{"us", "time,channel\n1.1e15,0\n", `row 1 (line 2), column "time": the time 1.1e15, expected 0 to 30 years`},
		{"s", "time,channel\n1.1e9,0\n", `the time 1.1e9, expected 0 to 30 years`},
		{"us", "time,channel\n-1,0\n", `the time -1, expected 0 to 30 years`},
		{"us", "time,channel\n-0.4,0\n", "0@0=1, 1us"},
		{"us", "time,channel\n2,0\n1.6,1\n", "0@2=1 1@2=1, 3us"},
		{"us", "time,channel\n2,0\n1.4,1\n", `row 2 (line 3), column "time": 1.4 is out of order: the spike before it in the train is at 2 µs`},
		{"us", "time,channel\n2,3\n", `row 1 (line 2), column "channel": channel 3, expected 0 to 2`},
		{"us", "time,channel\n2,two\n", `row 1 (line 2), column "channel": "two" is not a number`},
		{"us", "time\n2\n", `f: there is no column "channel"; there are time`},
		{"us", "channel\n2\n", `f: there is no column "time"; there are channel`},
	} {
		section := strings.Replace(at, "UNIT", c.unit, 1)
		loaded, err := Load(experiment(t, "x: "+section+"\n"), files("f", c.text))
		got := fmt.Sprint(err)
		if err == nil {
			p, _ := loaded.Part("x")
			it := item(t, p, 0)
			got = fmt.Sprintf("%s, %dus", spikesOf(it), it.Duration)
		}
		if !strings.HasSuffix(got, c.want) {
			t.Errorf("%s %q:\n%s\nwant\n%s", c.unit, c.text, got, c.want)
		}
	}
}

// spikesOf writes the train of an item.
func spikesOf(it *Item) string {
	var words []string
	for _, s := range it.Train {
		words = append(words, fmt.Sprintf("%d@%d=%v", s.Channel, s.Time, s.Value))
	}
	return strings.Join(words, " ")
}

// TestMixedTrains: spikes of several trains may be mixed; trains come in the order of
// their first spikes, labels in their own.
func TestMixedTrains(t *testing.T) {
	p := part(t, "{spikes: {file: f, channels: 2}, to: {x: spikes, y: label}}", "x", files("f", "item,label,time,channel\nb,10,5,0\na,9,1,1\nb,10,6,1\nc,10,0,0\na,9,1,0\n"))
	var got []string
	for i := range p.Len() {
		it := item(t, p, i)
		got = append(got, fmt.Sprintf("%s:%s %s", it.Name, p.set.Labels[it.Label], spikesOf(it)))
		if k, ok := p.Find(it.Name); !ok || k != i {
			t.Errorf("%s is found at %d", it.Name, k)
		}
	}
	if want := []string{"b:10 0@5=1 1@6=1", "a:9 1@1=1 0@1=1", "c:10 0@0=1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if !slices.Equal(p.set.Labels, []string{"9", "10"}) {
		t.Errorf("labels %q", p.set.Labels)
	}
	if values := p.set.Values(nil, "x", item(t, p, 0)); !slices.Equal(values, []float32{0, 0}) {
		t.Errorf("a train is told at once: %v", values)
	}
}

// TestOddArt: ASCII art as people draw it.
func TestOddArt(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"#.\n.#\n", "1 #./.#"},
		{"#.\n.#", "1 #./.#"},
		{"\n\n\n#.\n.#\n\n\n\n", "1 #./.#"},
		{"= a\n#.\n.#\n= b\n##\n##\n", "a #./.#, b ##/##"},
		{"= a\n= b\n##\n##\n", "b ##/##"},
		{"=  a b \n#.\n.#\n", "a b #./.#"},
		{"= \n#.\n.#\n\n##\n..\n", "1 #./.#, 2 ##/.."},
		{"= a\n\n#.\n.#\n", "a #./.#"},
		{"X.\nx.\n", `f:2:1: character 'x', expected # X * @ O + 1 for on or . - _ 0 for off`},
		{"1 \n01\n", "1 #./.#"},
		{"@-\n_O\n", "1 #./.#"},
		{"█░\n░█\n", "1 #./.#"},
		{"#\n #\n", "1 #./.#"},
		{"#.\n.#\n#.\n", "f:3: more than 2 rows; separate patterns by a blank line"},
		{"#.\n\n.#\n", "f:2: the pattern that ends here has 1 rows, expected 2"},
		{"#.", "f:1: the pattern that ends here has 1 rows, expected 2"},
		{"#.\n= a\n.#\n", "f:2: the pattern that ends here has 1 rows, expected 2"},
		{"#.#\n", "f:1: a row of 3 characters, expected 2"},
		{".\n", "f:1: a row of 1 characters, expected 2"},
		{"#.\n.#\n\n#.\n.#\n\n= 1\n##\n..\n", `two patterns are called "1"`},
		{"= a\n", "f: no pattern in it; expected rows of # and ."},
		{"#\t\n", "f:1:2: character '\\t', expected # X * @ O + 1 for on or . - _ 0 for off"},
	} {
		all, err := readText("f", strings.NewReader(c.text), 2, 2)
		got := fmt.Sprint(err)
		if err == nil {
			got = ""
			for k, name := range all.names {
				values := make([]float32, 4)
				all.pixels[k].unpack(values)
				got += ", " + name + " " + picture(values, 2)
			}
		}
		if !strings.HasSuffix(got, c.want) || err == nil && got != ", "+c.want {
			t.Errorf("%q:\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

// TestNumbersInLists: numbers of items are digits alone, with or without #.
func TestNumbersInLists(t *testing.T) {
	few := part(t, "{patterns: {source: random, count: 12, width: 2}, to: {a: pattern}}", "x", nil)
	endless := part(t, "{bars: {rows: 2}, to: {a: image}}", "x", nil)
	for _, c := range []struct {
		p    *Part
		list string
		want []int
	}{
		{few, "0", []int{0}}, {few, "#0", []int{0}}, {few, "11", []int{11}}, {few, "12", nil}, {few, "#011", []int{11}}, {few, "3-5", []int{3, 4, 5}}, {few, "#3-5", []int{3, 4, 5}}, {few, " 3 - #5 ", []int{3, 4, 5}},
		{few, "5-5", []int{5}}, {few, "5-4", nil}, {few, "0-11", []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}, {few, "0-12", nil}, {few, "2,1", []int{2, 1}}, {few, "1-3,2", nil}, {few, "1,,2", nil}, {few, ",", nil},
		{few, "+3", nil}, {few, "#+3", nil}, {few, "-0", nil}, {few, "#-0", nil}, {few, "##3", nil}, {few, "# 3", nil}, {few, "1.0", nil}, {few, "1e1", nil}, {few, "0x1", nil}, {few, "-", nil}, {few, "3-", nil}, {few, "-3", nil}, {few, "All", nil},
		{endless, "2147483647", []int{2147483647}}, {endless, "2147483648", nil}, {endless, "99999999999999999999", nil}, {endless, "7-9", []int{7, 8, 9}},
	} {
		got, err := c.p.Select(c.list)
		if (err == nil) != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, %v, want %v", c.list, got, err, c.want)
		}
	}
}
