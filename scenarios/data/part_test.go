package data

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"infomorph/internal/config"
)

const dividedDigits = "digits: {strokes: {train: 7, test: 5, side: 8}, to: {a: image}}\n"

// Parts meet if the source has an item that is in both. The whole begins with the
// training items. Parts of different sources, or of an infinite source, never meet.
func TestMeets(t *testing.T) {
	c := load(t, dividedDigits+"more: {strokes: {train: 7, test: 5, side: 8}, to: {a: image}}\nbars: {bars: {rows: 4}, to: {b: image}}\none: {bars: {rows: 4}, first: 1, to: {b: image}}", nil)
	get := func(ref string) *Part {
		t.Helper()
		p, err := c.Part(ref)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	whole, train, test, bars := get("digits"), get("digits.train"), get("digits.test"), get("bars")
	if whole.Len() != 12 || train.Len() != 7 || test.Len() != 5 || bars.Len() != 0 {
		t.Fatalf("%d items, %d and %d, %d", whole.Len(), train.Len(), test.Len(), bars.Len())
	}
	for _, x := range []struct {
		a, b           *Part
		chosen, others []int
		want           bool
	}{
		{train, test, nil, nil, false}, {train, train, nil, nil, true}, {whole, test, nil, nil, true}, {test, whole, nil, nil, true},
		{whole, train, []int{7, 8}, nil, false}, {whole, test, []int{7, 8}, nil, true}, {whole, test, []int{6, 8}, []int{0, 2}, false}, {whole, test, []int{6, 8}, []int{0, 1}, true},
		{train, train, []int{0, 1}, []int{2, 3}, false}, {train, train, []int{0, 1}, []int{3, 1}, true}, {train, train, []int{}, nil, false},
		{bars, bars, nil, nil, false}, {bars, bars, []int{1}, []int{1}, false}, {get("more.train"), train, nil, nil, false}, {get("one"), get("one"), nil, nil, true},
	} {
		if got := x.a.Meets(x.b, x.chosen, x.others); got != x.want {
			t.Errorf("%s %v and %s %v meet: %v", x.a.Name(), x.chosen, x.b.Name(), x.others, got)
		}
	}
	// an item of the whole equals that of its part
	var one, two Item
	for i := range 12 {
		p, at := train, i
		if i >= 7 {
			p, at = test, i-7
		}
		if err := whole.Item(i, &one); err != nil {
			t.Fatal(err)
		}
		if err := p.Item(at, &two); err != nil {
			t.Fatal(err)
		}
		if one.Label != two.Label || !slices.Equal(one.Fields[0], two.Fields[0]) || one.Index != i || two.Index != at {
			t.Errorf("item %d of the whole is not %d of %s", i, at, p.Name())
		}
	}
	if got := c.Sets(); len(got) != 4 || got[0].Name != "digits" || got[2].Name != "bars" {
		t.Errorf("%d sets", len(got))
	}
}

// For any selections of two parts, they meet if and only if a brute-force search finds an
// item in both.
func TestMeetsByBruteForce(t *testing.T) {
	c := load(t, dividedDigits, nil)
	refs := []string{"digits", "digits.train", "digits.test"}
	first := map[string]int{"digits": 0, "digits.train": 0, "digits.test": 7}
	rapid.Check(t, func(t *rapid.T) {
		var places [2][]int
		var parts [2]*Part
		var chosen [2][]int
		for k := range 2 {
			ref := rapid.SampledFrom(refs).Draw(t, "part")
			p, err := c.Part(ref)
			if err != nil {
				t.Fatal(err)
			}
			parts[k] = p
			chosen[k] = rapid.SliceOfN(rapid.IntRange(0, p.Len()-1), 0, 3).Draw(t, "chosen")
			for _, i := range chosen[k] {
				places[k] = append(places[k], first[ref]+i)
			}
		}
		want := slices.ContainsFunc(places[0], func(i int) bool { return slices.Contains(places[1], i) })
		if got := parts[0].Meets(parts[1], chosen[0], chosen[1]); got != want {
			t.Fatalf("%v and %v meet: %v", places[0], places[1], got)
		}
	})
}

func TestPartsThatThereAreNot(t *testing.T) {
	c := load(t, dividedDigits+"bars: {bars: {rows: 4}, to: {b: image}}", nil)
	for ref, want := range map[string]string{
		"digit":       `data: got "digit", expected a source of the section data: digits, bars`,
		"digits.":     `data: got "digits.", expected digits, digits.train or digits.test`,
		"digits.exam": `data: got "digits.exam", expected digits, digits.train or digits.test`,
		"bars.test":   `data: got "bars.test", expected bars, which has no parts; split divides a source into train and test`,
	} {
		_, err := c.Part(ref)
		if got := fmt.Sprint(config.Within("data", err)); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if _, err := (&Collection{}).Part("x"); fmt.Sprint(config.Within("data", err)) != `data: got "x", expected a source of the section data, which has none` {
		t.Error(err)
	}
}

// Lists of items accept names, numbers and ranges of both, each item once.
func TestSelectOfNames(t *testing.T) {
	p := part(t, "{patterns: {source: text, path: t.txt, width: 2, height: 1}, to: {a: pattern}}", "x", files("t.txt", "= a\n#.\n\n= b-c\n.#\n\n= 7\n##\n\n= d\n##\n"))
	names := make([]string, p.Len())
	for i := range names {
		names[i] = item(t, p, i).Name
	}
	if !slices.Equal(names, []string{"a", "b-c", "7", "d"}) {
		t.Fatalf("names %q", names)
	}
	for list, want := range map[string]string{
		"a": "[0]", "d,a": "[3 0]", "7": "[2]", "#2": "[2]", "1": "[1]", "a-7": "[0 1 2]", "b-c-d": "[1 2 3]", "#1-d": "[1 2 3]", " a , #3 ": "[0 3]", "all": "[0 1 2 3]", "b-c": "[1]",
		"e":    `got "e", expected items of x, #0 to #3 or a, b-c, 7, d; all, or a list of names, numbers and ranges such as A,#3,#5-#9`,
		"#4":   `got "#4", expected items of x, #0 to #3 or a, b-c, 7, d; all, or a list of names, numbers and ranges such as A,#3,#5-#9`,
		"d-a":  `got "d-a", expected items of x, #0 to #3 or a, b-c, 7, d; all, or a list of names, numbers and ranges such as A,#3,#5-#9`,
		"a,#0": `got "a,#0", expected each item once; item #0 is listed twice`,
	} {
		got, err := p.Select(list)
		if text := fmt.Sprint(got); err == nil && text != want || err != nil && err.Error() != want {
			t.Errorf("%s: %v, %v; want %s", list, got, err, want)
		}
	}
	endless := part(t, "{bars: {rows: 4}, to: {b: image}}", "x", nil)
	if all, err := endless.Select("all"); all != nil || err != nil {
		t.Errorf("all of a source without end: %v, %v", all, err)
	}
	if some, err := endless.Select("#5-#7"); !slices.Equal(some, []int{5, 6, 7}) {
		t.Errorf("%v, %v", some, err)
	}
	for list, want := range map[string]string{"x": `got "x", expected items of x, #0 and up; all, or a list of names, numbers and ranges such as A,#3,#5-#9`,
		"#0-#10000000": `got "#0-#10000000", expected at most 10000000 items`} {
		if _, err := endless.Select(list); fmt.Sprint(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, i := range []int{-1, 4} {
		func() {
			defer func() {
				if recover() != "data: no such item" {
					t.Errorf("item %d of 4 is there", i)
				}
			}()
			p.locate(i)
		}()
	}
}

// Pictures of a folder become patterns in the order of their names. A pixel is on if it
// is lighter than the middle of the range. There are as many patterns as requested.
func TestPatternsOfPictures(t *testing.T) {
	f := files("b.png", pngOf(2, 1, 0, 255), "a.png", pngOf(2, 1, 255, 0), "c.png", pngOf(4, 2, 255, 255, 0, 0, 255, 255, 0, 0), "note.txt", "x")
	section := "{patterns: {source: images, path: ., width: 2, height: 1COUNT}, to: {a: {field: pattern, off: -1}}}"
	for count, want := range map[string]string{"": "a[1 -1] b[-1 1] c[1 -1]", ", count: 2": "a[1 -1] b[-1 1]"} {
		p := part(t, strings.ReplaceAll(section, "COUNT", count), "x", f)
		got := ""
		for i := range p.Len() {
			it := item(t, p, i)
			got += fmt.Sprint(" ", it.Name, p.Set().Values(nil, "a", it))
		}
		if got != " "+want {
			t.Errorf("patterns%s, want %s", got, want)
		}
	}
	one := files("a.png", pngOf(2, 1, 0, 255), "a.PNG", pngOf(2, 1, 0, 255))
	if p := part(t, strings.ReplaceAll(section, "COUNT", ", count: 1"), "x", one); p.Len() != 1 || item(t, p, 0).Name != "a" {
		t.Error("with count: 1, the name of another picture matters")
	}
	for want, f := range map[string]folder{
		`two pictures are called "a"`: files("a.png", pngOf(2, 1, 0, 255), "a.PNG", pngOf(2, 1, 0, 255)),
		"no .png or .jpg file in .":   files("note.txt", "x"),
		"a.png: ":                     files("a.png", "no picture"),
	} {
		refused(t, strings.ReplaceAll(section, "COUNT", ""), f, want)
	}
}

// The values, the number and the names of the channels of an input.
func TestInputsOfSets(t *testing.T) {
	p := part(t, "{bars: {rows: 3}, to: {x: image, y: features}}", "x", nil)
	s := p.Set()
	if !slices.Equal(s.Inputs(), []string{"x", "y"}) || s.Into("z") != nil || s.Names("z") != nil {
		t.Errorf("inputs %q", s.Inputs())
	}
	for input, want := range map[string][2]int{"x": {9, 3}, "y": {3, 0}, "z": {0, 0}} {
		if size, width := s.Size(input); [2]int{size, width} != want {
			t.Errorf("%s has %d channels, %d a row", input, size, width)
		}
	}
	defer func() {
		if recover() != "data: the set does not tell this input" {
			t.Error("values of an input that is told nothing")
		}
	}()
	s.Values(nil, "z", &Item{})
}
