package config

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
)

// flock is a document with sections by name.
type flock struct {
	Birds  Named[bird]     `yaml:"birds" doc:"Birds by name." maxItems:"9"`
	Counts Named[int]      `yaml:"counts" doc:"Counts by name." min:"1" max:"9"`
	Forms  Named[*bird]    `yaml:"forms" doc:"Birds that may be there." oneof:"what?"`
	Plain  map[string]bird `yaml:"plain" doc:"Birds in the order of the alphabet." oneof:"what?"`
}

type bird struct {
	Like  string             `yaml:"like" doc:"Build on this one."`
	Wings int                `yaml:"wings" doc:"Number of wings." default:"2" min:"0" max:"4"`
	Song  *song              `yaml:"song" doc:"What it sings."`
	Gene  map[string]float64 `yaml:"gene" doc:"Genes by name."`
}

type song struct {
	Pitch float64 `yaml:"pitch" doc:"Pitch." default:"440" exclusiveMin:"0"`
	Loud  bool    `yaml:"loud" doc:"Whether it is loud." default:"false"`
}

func TestNamedKeepsOrder(t *testing.T) {
	const text = "birds:\n  wren:\n    wings: 2\n  auk:\n    wings: 0\n    song:\n      pitch: 100\n      loud: false\n  emu:\n    wings: 2\ncounts:\n  z: 1\n  a: 9\n"
	var f flock
	if err := Decode("f", []byte(text), &f); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Birds.Names(), []string{"wren", "auk", "emu"}) || f.Birds.Get("auk").Song.Pitch != 100 || *f.Counts.Get("a") != 9 || f.Birds.Has("owl") {
		t.Errorf("%v %v", f.Birds, f.Counts)
	}
	out, err := Marshal(&f)
	if err != nil || string(out) != text {
		t.Errorf("%v\n%s", err, out)
	}
	var back flock
	if err := Decode("f", out, &back); err != nil || !back.Birds.Equal(&f.Birds) {
		t.Errorf("%v: %v", err, back)
	}
	doc, err := Parse("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(doc.Set("birds.emu.wings=1", "birds.owl={wings: 3}", "birds.wren=null"), doc.Decode(&back)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back.Birds.Names(), []string{"auk", "emu", "owl"}) || back.Birds.Get("emu").Wings != 1 {
		t.Errorf("after assignments: %v", back.Birds)
	}
	copied := f.Birds.Clone()
	copied.Get("wren").Wings = 4
	if f.Birds.Get("wren").Wings != 2 || f.Birds.Len() != 3 || copied.Len() != 3 {
		t.Error("a copy shares entries")
	}
}

func TestNamedFaults(t *testing.T) {
	var f flock
	err := Decode("f", []byte("birds: {wren: {wings: 9}, auk: {wing: 2}}\ncounts: {a: 10}\n"), &f)
	want := []string{
		"f:1:23: birds.wren.wings: got 9, expected a whole number from 0 to 4",
		`f:1:33: birds.auk.wing: unknown key; did you mean "wings"? (allowed: like, wings, song, gene)`,
		"f:2:13: counts.a: got 10, expected a whole number from 1 to 9",
	}
	if err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("%v", err)
	}
	err = Decode("f", []byte("birds: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {}}\ncounts: 3\n"), &f)
	if err == nil || !strings.Contains(err.Error(), "a section of at most 9") || !strings.Contains(err.Error(), "counts: got 3, expected a section, each value a whole number") {
		t.Errorf("%v", err)
	}
}

func TestNamedIsDocumented(t *testing.T) {
	if err := Lint(&flock{}); err != nil {
		t.Error(err)
	}
	s, err := Schema(&flock{}, "flock", "x")
	if err != nil || !strings.Contains(string(s), `"maxProperties": 9`) || !strings.Contains(string(s), `"additionalProperties": {`) {
		t.Errorf("%v %s", err, s)
	}
	for path, want := range map[string]string{"birds": "map of section", "birds.wren.song.pitch": "birds.<name>.song.pitch", "counts": "allowed: at most"} {
		got, err := Explain(&flock{}, path)
		if want == "allowed: at most" {
			want = "from 1 to 9"
		}
		if err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %v\n%s", path, err, got)
		}
	}
}

func inherit(text string, sets ...string) (*Document, []string, error) {
	doc, err := Parse("f", []byte(text))
	if err != nil {
		return nil, nil, err
	}
	builtin := func(name string) (*Document, bool) {
		if name != "hen" {
			return nil, false
		}
		doc, err := Parse("hen", []byte("# A hen.\nsong: {pitch: 300, loud: true}\ngene: {red: 1, white: 2}\n"))
		return doc, err == nil
	}
	if err := doc.SetWithin([]string{"birds"}, "like", builtin, sets...); err != nil {
		return nil, nil, err
	}
	used, err := doc.Inherit("birds", "like", builtin, []string{"hen"})
	return doc, used, err
}

func TestInherit(t *testing.T) {
	const text = `birds:
  a: {like: b, song.pitch: 7}
  b: {like: hen, gene: {blue: 3}, wings: 1}
  c: {like: b, song: {loud: false}, gene.red: 5}
  d: {gene.red: 1}
  e: {like: hen, song: null, 'gene["odd key"]': 4, "gene.{1}{2}": 6}
  hen: {like: hen, wings: 0}
`
	read := func(sets ...string) map[string]bird {
		t.Helper()
		doc, used, err := inherit(text, sets...)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(used, []string{"b", "hen"}) && len(sets) == 0 {
			t.Errorf("used are %v", used)
		}
		var f flock
		if err := doc.Decode(&f); err != nil {
			t.Fatal(err)
		}
		all := map[string]bird{}
		for name, b := range f.Birds.All() {
			all[name] = *b
		}
		return all
	}
	all := read()
	a, c, e := all["a"], all["c"], all["e"]
	switch {
	case a.Song.Pitch != 7 || !a.Song.Loud || a.Wings != 1 || len(a.Gene) != 1 || a.Gene["blue"] != 3 || a.Like != "":
		t.Errorf("a is %+v %+v", a, a.Song)
	case c.Song.Pitch != 440 || c.Song.Loud || len(c.Gene) != 2 || c.Gene["red"] != 5:
		t.Errorf("a section that is given is complete, a dotted key changes a part: %+v %+v", c, c.Song)
	case len(all["d"].Gene) != 1 || all["d"].Song != nil:
		t.Errorf("d is %+v", all["d"])
	case e.Song != nil || e.Gene["odd key"] != 4 || e.Gene["{1}{2}"] != 6 || e.Gene["white"] != 2:
		t.Errorf("e is %+v", e)
	case all["hen"].Wings != 0 || all["hen"].Gene["red"] != 1:
		t.Errorf("hen is %+v", all["hen"])
	}
	set := read("birds.a.song.loud=false", "birds.b.gene.red=9", "birds.e.song={pitch: 5}", "birds.b.gene={red: 2}")
	if a, e := set["a"], set["e"]; a.Song.Loud || a.Song.Pitch != 7 || a.Gene["red"] != 2 || len(a.Gene) != 1 || e.Song.Pitch != 5 || e.Song.Loud {
		t.Errorf("after assignments: %+v %+v, %+v %+v", a, a.Song, e, e.Song)
	}
}

func TestInheritFaults(t *testing.T) {
	for text, want := range map[string]string{
		"birds: {a: {like: b}, b: {like: a}}":       "f:1:33: birds.b.like: builds on itself",
		"birds: {a: {like: a}}":                     "f:1:19: birds.a.like: builds on something that is not there, got \"a\"; there are hen",
		"birds: {a: {like: han}}":                   `did you mean "hen"?`,
		"birds: {a: {like: hen, gene.red.deep: 3}}": `birds.a["gene.red.deep"]: birds.a.gene.red is 1, not a section`,
		`birds: {a: {like: hen, "song[0]": 3}}`:     "is a section (pitch, loud), not a list",
		"birds: {a: {like: hen, .x: 3}}":            "unknown key",
		"birds: {a: {like: [hen]}}":                 "expected text",
		"birds: 3":                                  "expected a section",
		"birds: {a: 3}":                             "expected a section",
		"birds: {a: {like: b}, b: {like: c}, c: {like: d}, d: {like: e}, e: {like: b}}": "builds on itself",
	} {
		doc, _, err := inherit(text)
		if err == nil {
			err = doc.Decode(&flock{})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, expected %q", text, err, want)
		}
	}
}

func FuzzInherit(f *testing.F) {
	f.Add("birds: {a: {like: b, song.pitch: 7}, b: {like: hen, gene: {blue: 3}}}", "birds.a.song.loud=true")
	f.Add(`birds: {a: {like: hen, 'gene["odd key"]': 3, song: null}}`, `birds.a.gene["x"]=1`)
	f.Add("birds: {a: {like: a}, hen: {like: hen}}", "birds.hen.wings=1")
	f.Fuzz(func(t *testing.T, text, set string) {
		defer fuzzing.Bound(t)()
		doc, _, err := inherit(text, set)
		if err != nil {
			return
		}
		var one, two flock
		if doc.Decode(&one) != nil {
			return
		}
		out, err := Marshal(&one)
		if err != nil {
			t.Fatal(err)
		}
		if err := Decode("again", out, &two); err != nil || !one.Birds.Equal(&two.Birds) {
			t.Fatalf("%v\n%s", err, out)
		}
	})
}

func TestAssign(t *testing.T) {
	var f flock
	if err := Decode("f", []byte("birds: {wren: {song: {}}, auk: {}}"), &f); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, value, want string }{
		{"birds.wren.wings", "4", ""},
		{"birds.wren.song.pitch", "5.5", ""},
		{"birds.auk.gene.red", "1", ""},
		{"birds.wren.wings", "5", "got 5, expected a whole number from 0 to 4"},
		{"birds.wren.wings", "two", `got "two", expected`},
		{"birds.wren.wing", "2", "did you mean wings?"},
		{"birds.owl.wings", "2", "there is no owl"},
		{"birds.auk.song.pitch", "2", "the section is not there"},
		{"birds.wren.wings.x", "2", "unknown key"},
		{"", "2", "is no name of a setting"},
		{"birds..x", "2", "is no name of a setting"},
	} {
		err := Assign(&f, c.path, c.value)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s=%s gives %v, expected %q", c.path, c.value, err, c.want)
		}
	}
	if w := f.Birds.Get("wren"); w.Song.Pitch != 5.5 || f.Birds.Get("auk").Gene["red"] != 1 {
		t.Errorf("%+v", w)
	}
}

func TestLeaves(t *testing.T) {
	doc, err := Parse("f", []byte("a: 1\nb: {c: [2, {d: x}], odd key: []}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Leaves(); !slices.Equal(got, []string{"a", "b.c[0]", "b.c[1].d", `b["odd key"]`}) {
		t.Errorf("leaves are %q", got)
	}
	if text, ok := doc.Text("b.c[1].d"); text != "x" || !ok {
		t.Errorf("text is %q", text)
	}
}
