package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// namesIn returns the names of all mutants of a package, by number of
// occurrences.
func namesIn(t *testing.T, root, pkg string) map[string]int {
	t.Helper()
	s, err := load(pkg, filepath.Join(root, pkg))
	if err != nil {
		t.Fatal(err)
	}
	var points []Point
	s.mutated(&points)
	number(points)
	names := map[string]int{}
	for i := range points {
		names[points[i].name()]++
	}
	return names
}

// TestEquivalentsExist: each entry of equivalent.txt names a mutant that the
// package still has.
func TestEquivalentsExist(t *testing.T) {
	listed, err := readEquivalents(equivalentText)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		pkg, _, _ := strings.Cut(name, " ")
		if known[pkg] == nil {
			known[pkg] = namesIn(t, "../..", pkg)
		}
		if n := known[pkg][name]; n != 1 {
			t.Errorf("equivalent.txt: %d mutants are %s; has its function changed?", n, name)
		}
	}
}

// TestNamesAreUnique: mutants of functions, of methods and of variables have
// names of their own, also if they have the same fault.
func TestNamesAreUnique(t *testing.T) {
	root := module(t, map[string]string{"a/a.go": `package a

type List[T any] struct{ items []T }

var squares = func() (s [4]int) {
	for i := range s {
		s[i] = i * i
	}
	return s
}()

var three, four = 3, 4

func (l *List[T]) Len() int { return len(l.items) }

func (l *List[T]) Both() (int, int) { return 1, 1 }

func (l List[T]) Last() T { return l.items[l.Len()-1] }

func One() int { return 1 }
`})
	want := []string{
		"a List.Both: one more: 1 #1", "a List.Both: one more: 1 #2", "a List.Last: + for -: l.Len() - 1", "a List.Last: one more: 1",
		"a One: one more: 1", "a squares: / for *: i * i", "a squares: left out: s[i] = i * i", "a three: one more: 3", "a three: one more: 4",
	}
	got := namesIn(t, root, "a")
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	for name, n := range got {
		if n != 1 {
			t.Errorf("%d mutants are %s", n, name)
		}
	}
}

// TestEquivalentsAreLeftOut of the draw and counted, or drawn alone.
func TestEquivalentsAreLeftOut(t *testing.T) {
	root := module(t, map[string]string{
		"a/a.go":      "package a\n\nfunc Max(a, b int) int {\n\tif a > b {\n\t\treturn a\n\t}\n\treturn b\n}\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestMax(t *testing.T) {\n\tif Max(1, 2) != 2 || Max(2, 1) != 2 {\n\t\tt.Fail()\n\t}\n}\n",
	})
	const equal = "a Max: >= for >: a > b"
	for only, want := range map[bool]map[string]Fate{
		false: {"a Max: never: a > b": Killed, "a Max: always: a > b": Killed},
		true:  {equal: Survived},
	} {
		r, err := Run(Options{Root: root, Packages: []string{"a"}, Alike: map[string]string{equal: "a is b"}, Only: only})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]Fate{}
		for i := range r.Results {
			got[r.Results[i].name()] = r.Results[i].Fate
		}
		if !reflect.DeepEqual(got, want) || r.Mutants["a"] != 2 || r.Alike["a"] != 1 {
			t.Errorf("only these: %v, got %v, %d mutants and %d left out", only, got, r.Mutants["a"], r.Alike["a"])
		}
		if rates, want := Rates(r), fmt.Sprintf("%d of 2 mutants tried", len(want)); !strings.Contains(rates, want) || !strings.Contains(rates, ", 1 equivalent left out") {
			t.Error(rates)
		}
	}
}

// TestReadEquivalents: comments, reasons of several lines, and what is refused.
func TestReadEquivalents(t *testing.T) {
	got, err := readEquivalents("# a comment\n\na One: one more: 1\n\tnobody\n\treads it\na Two: x #2\n\n\twhy\n")
	if want := map[string]string{"a One: one more: 1": "nobody reads it", "a Two: x #2": "why"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for text, want := range map[string]string{
		"\twhy\n":                            "line 1: a reason without a mutant",
		"a One: x\n":                         "no reason for a One: x",
		"a One: x\n\twhy\na One: x\n\twhy\n": "line 3: a One: x is listed twice",
	} {
		if _, err := readEquivalents(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
