package pid

import (
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
)

// TestAtomOrder pins the order of vectors (design, section 2).
func TestAtomOrder(t *testing.T) {
	for n, want := range map[int]string{
		2: "{1} {2} {1}{2} {12}",
		3: "{1}{2}{3} {1}{2} {1}{3} {2}{3} {1}{23} {2}{13} {3}{12} {1} {2} {3} {12}{13}{23} {12}{13} {12}{23} {13}{23} {12} {13} {23} {123}",
	} {
		if got := strings.Join(lattices[n].names, " "); got != want {
			t.Errorf("%d sources:\n%s\nwant\n%s", n, got, want)
		}
	}
	if n := lattices[4].Len(); n != 166 {
		t.Errorf("%d antichains of 4 sources, want 166", n)
	}
}

// TestLatticeIsAnOrder: reflexive, antisymmetric, transitive, with a bottom and
// a top; covers are the direct edges.
func TestLatticeIsAnOrder(t *testing.T) {
	for n := 2; n <= 3; n++ {
		l := lattices[n]
		for i, a := range l.members {
			if !a.LessEq(a) || !l.members[l.Len()-1].containsSuperset(uint8(1<<n-1)) {
				t.Errorf("%v: order broken", a)
			}
			for j, b := range l.members {
				if i != j && a.LessEq(b) && b.LessEq(a) {
					t.Errorf("%v and %v below each other", a, b)
				}
				for _, c := range l.members {
					if a.LessEq(b) && b.LessEq(c) && !a.LessEq(c) {
						t.Errorf("%v ≤ %v ≤ %v", a, b, c)
					}
				}
			}
			var covers []int
			for _, j := range l.Below(i) {
				if !slices.ContainsFunc(l.Below(i), func(k int) bool { return k != j && l.members[j].LessEq(l.members[k]) }) {
					covers = append(covers, j)
				}
			}
			if got := l.Covers(i); !slices.Equal(got, covers) {
				t.Errorf("%v covers %v, want %v", a, got, covers)
			}
		}
		top, _ := l.Index(l.Name(l.Len() - 1))
		if len(l.Below(top)) != l.Len()-1 {
			t.Error("the last antichain is not the top")
		}
	}
	if _, err := NewLattice(6); err == nil {
		t.Error("six sources are accepted")
	}
	if l, err := NewLattice(4); err != nil || l.NumSources() != 4 || l.Antichain(0) != lattices[4].members[0] {
		t.Error("no lattice of four sources")
	}
}

func TestParseAntichain(t *testing.T) {
	for in, want := range map[string]string{"{1}{2}": "{1}{2}", " {23}{1}": "{1}{23}", "{31}{12}": "{12}{13}", "{4}": "{4}"} {
		if a, err := ParseAntichain(in); err != nil || a.String() != want {
			t.Errorf("%q: %v, %v", in, a, err)
		}
	}
	for _, in := range []string{"", "{}", "1", "{1", "{1}2", "{6}", "{11}", "{1}{12}", "{12}{1}", "{1}{1}", "{0}"} {
		if a, err := ParseAntichain(in); err == nil || a != 0 {
			t.Errorf("%q is read as %v", in, a)
		}
	}
}

func FuzzParseAntichain(f *testing.F) {
	f.Add("{1}{23}")
	f.Add("{12}{34}{1")
	f.Fuzz(func(t *testing.T, s string) {
		defer fuzzing.Bound(t)()
		if a, err := ParseAntichain(s); err == nil {
			if b, err := ParseAntichain(a.String()); err != nil || a != b {
				t.Errorf("%q: %v is not read back: %v, %v", s, a, b, err)
			}
		}
	})
}

func TestGoal(t *testing.T) {
	g := mustGoal(t, 2, map[string]float64{"unq_r": 1, "{1}{2}": 1}, .5)
	if g != mustGoal(t, 2, map[string]float64{"{1}": 1, "red": 1}, .5) {
		t.Error("the same goal by other names differs")
	}
	if v, ok := g.Gamma("red"); !ok || v != 1 {
		t.Error("gamma of red:", v, ok)
	}
	if v, ok := g.Gamma("h_res"); !ok || v != .5 {
		t.Error("gamma of h_res:", v, ok)
	}
	if _, ok := g.Gamma("{3}"); ok {
		t.Error("two sources have no {3}")
	}
	if s := g.String(); s != "{1} 1 {1}{2} 1 h_res 0.5" || (Goal{}).String() != "0" || g.NumSources() != 2 {
		t.Error(s)
	}
	for _, atoms := range []map[string]float64{{"red": 1, "{1}{2}": 1}, {"{3}": 1}, {"x": 1}, {"red": inf()}} {
		if _, err := NewGoal(2, atoms, 0); err == nil {
			t.Errorf("%v is accepted", atoms)
		}
	}
	if _, err := NewGoal(4, nil, 0); err == nil {
		t.Error("a goal of four sources is accepted")
	}
	if _, err := NewGoal(2, nil, inf()); err == nil {
		t.Error("an infinite residual is accepted")
	}
}

func inf() float64 { v := 1e308; return v * 10 }

// TestLatticeOfFive: the number of antichains is the number of monotone
// functions minus two; sum and difference are inverse and agree with sums over
// the members below; names are found; covers are the direct edges.
func TestLatticeOfFive(t *testing.T) {
	l, err := NewLattice(5)
	if err != nil || l.Len() != 7579 {
		t.Fatal(l.Len(), err)
	}
	atoms := make([]float64, l.Len())
	for i := range atoms {
		atoms[i] = math.Sin(float64(i * i))
	}
	cumulative := l.Cumulative(nil, atoms)
	for _, i := range []int{0, 1, 100, 3000, 7000, 7578} {
		sum := atoms[i]
		for _, j := range l.Below(i) {
			sum += atoms[j]
			if !l.Antichain(j).LessEq(l.Antichain(i)) {
				t.Fatalf("%s is not below %s", l.Name(j), l.Name(i))
			}
		}
		if !(math.Abs(sum-cumulative[i]) <= 1e-9) {
			t.Errorf("%s: %v, want %v", l.Name(i), cumulative[i], sum)
		}
		if j, ok := l.Index(l.Name(i)); !ok || i != j {
			t.Errorf("%s is found at %d, not %d", l.Name(i), j, i)
		}
		below := l.Below(i)
		highest := func(j int) bool { // among those below
			return !slices.ContainsFunc(below, func(k int) bool { return k != j && l.Antichain(j).LessEq(l.Antichain(k)) })
		}
		if i > 7000 { // the others have few members below them, or thousands
			for _, j := range below[max(0, len(below)-300):] {
				if highest(j) != slices.Contains(l.Covers(i), j) {
					t.Errorf("%s is a direct edge below %s: %v", l.Name(j), l.Name(i), highest(j))
				}
			}
		}
		for _, c := range l.Covers(i) {
			if !slices.Contains(below, c) || slices.ContainsFunc(below, func(j int) bool { return j != c && l.Antichain(c).LessEq(l.Antichain(j)) }) {
				t.Errorf("%s is no direct edge below %s", l.Name(c), l.Name(i))
			}
		}
	}
	for i, v := range l.Atoms(nil, cumulative) {
		if !(math.Abs(v-atoms[i]) <= 1e-8) {
			t.Fatalf("atom %s: %v, want %v", l.Name(i), v, atoms[i])
		}
	}
	for name, edges := range map[string]int{"{12345}": 5, "{1}{2}{3}{4}": 1} {
		i, _ := l.Index(name)
		if got := l.Covers(i); len(got) != edges {
			t.Errorf("%d edges below %s, want %d", len(got), name, edges)
		}
	}
	bottom, ok := l.Index("{1}{2}{3}{4}{5}")
	if l.Name(7578) != "{12345}" || !ok || len(l.Below(bottom)) != 0 || len(l.Covers(bottom)) != 0 {
		t.Error(l.Name(7578), bottom, ok)
	}
	for _, name := range []string{"", "x", "red", "{1}{1}", "{6}", "{12345"} {
		if i, ok := l.Index(name); ok {
			t.Errorf("%q is at %d", name, i)
		}
	}
}

// TestNamesInAnyOrder: an antichain is found for any order of its sets and of
// the sources in them. A name with other sources is not found.
func TestNamesInAnyOrder(t *testing.T) {
	for n := 2; n <= 4; n++ {
		l := lattices[n]
		for i, name := range l.names {
			sets := strings.Split(strings.Trim(name, "{}"), "}{")
			slices.Reverse(sets)
			for k, s := range sets {
				sources := []byte(s)
				slices.Reverse(sources)
				sets[k] = string(sources)
			}
			other := "{" + strings.Join(sets, "}{") + "}"
			if got, ok := l.Index(other); got != i || !ok {
				t.Errorf("%s is at %d, %v; want %d as %s", other, got, ok, i, name)
			}
		}
		for _, name := range []string{"", "x", "x1}", "12}", "{1}x2}", "{1", "{}", "{1}{1}", "{" + strings.Repeat("1", n) + "}", "{5}"} {
			if got, ok := l.Index(name); ok {
				t.Errorf("%q of %d sources is at %d", name, n, got)
			}
		}
		if _, ok := l.Index("red"); ok != (n == 2) {
			t.Errorf("red is known of %d sources: %v", n, ok)
		}
	}
}

// TestGoalsInWords: weights are written in the shortest exact form; atoms that
// are not listed have weight 0.
func TestGoalsInWords(t *testing.T) {
	g := mustGoal(t, 3, map[string]float64{"{1}{2}{3}": -0.125, "{3}": 2.0625, "{123}": 1e-7}, 0.3125)
	if got, want := g.String(), "{1}{2}{3} -0.125 {3} 2.0625 {123} 1e-07 h_res 0.3125"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, name := range []string{"{4}", "red", "", "{1}{2}{3}{4}"} {
		if v, ok := g.Gamma(name); v != 0 || ok {
			t.Errorf("%q weighs %v, %v", name, v, ok)
		}
	}
	if v, ok := (Goal{}).Gamma("{1}"); v != 0 || ok || (Goal{}).NumSources() != 0 {
		t.Errorf("no goal weighs %v, %v", v, ok)
	}
	if v, ok := (Goal{residual: 2}).Gamma("h_res"); v != 2 || !ok {
		t.Errorf("h_res weighs %v, %v", v, ok)
	}
}
