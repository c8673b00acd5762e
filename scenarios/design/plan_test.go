package design

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func axes(t *testing.T, texts ...string) []Axis {
	t.Helper()
	var all []Axis
	for _, text := range texts {
		a, err := ParseAxis(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

func plan(t *testing.T, d Design) *Plan {
	t.Helper()
	p, err := NewPlan(d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func values(p *Plan) string {
	var all []string
	for _, r := range p.Runs {
		all = append(all, strings.Join(r.Values, ","))
	}
	return strings.Join(all, " ")
}

func TestCrossedAndZipped(t *testing.T) {
	a := axes(t, "a=1,2", "b=x,y,z")
	if got := values(plan(t, Design{Axes: a, Seeds: 1})); got != "1,x 1,y 1,z 2,x 2,y 2,z" {
		t.Error(got)
	}
	if got := values(plan(t, Design{Axes: axes(t, "a=1,2", "b=x,y"), Zip: true, Seeds: 2})); got != "1,x 1,x 2,y 2,y" {
		t.Error(got)
	}
	p := plan(t, Design{Seeds: 3})
	if len(p.Runs) != 3 || p.Points() != 1 {
		t.Errorf("%+v", p)
	}
	if got := p.Assignments(&p.Runs[0]); len(got) != 1 || !strings.HasPrefix(got[0], "seed=") {
		t.Error(got)
	}
}

func TestPlanErrors(t *testing.T) {
	for _, c := range []struct {
		d    Design
		want string
	}{
		{Design{Axes: axes(t, "a=1,2", "b=1,2,3"), Zip: true, Seeds: 1}, "--zip: a has 2 values and b has 3"},
		{Design{Axes: axes(t, "a=1,2", "a=3"), Seeds: 1}, "a: swept twice"},
		{Design{Axes: axes(t, "a=lin(0,1)"), Seeds: 1}, "a: an interval needs a number of values"},
		{Design{Axes: axes(t, "a=lin(0,1)"), Sample: "sobol:8", Seeds: 1}, `--sample: got "sobol:8"`},
		{Design{Axes: axes(t, "a=lin(0,1)"), Sample: "lhs:8", Zip: true, Seeds: 1}, "exclude each other"},
		{Design{Axes: axes(t, "seed=1,2"), Seeds: 2}, "seed is swept"},
		{Design{Axes: axes(t, "seed=-1"), Seeds: 1}, "seed=-1"},
		{Design{Seeds: 0}, "seeds: got 0"},
		{Design{Axes: axes(t, "a=1..1000", "b=1..1000", "c=1..1000"), Seeds: 1}, "more than 1000000 points"},
		{Design{Axes: axes(t, "a=1..1000"), Seeds: 2000}, "more than 1000000 runs"},
	} {
		if _, err := NewPlan(c.d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// TestSeedsAreNeverShared: all runs of a large sweep, and of sweeps with other base
// seeds, have different seeds.
func TestSeedsAreNeverShared(t *testing.T) {
	seen := map[uint64]bool{}
	for base := range uint64(5) {
		for _, r := range plan(t, Design{Axes: axes(t, "a=1..100", "b=1..20"), Seeds: 10, BaseSeed: base}).Runs {
			if seen[r.Seed] || r.Seed >= 1<<53 {
				t.Fatalf("seed %d of run %d is shared or too long", r.Seed, r.Index)
			}
			seen[r.Seed] = true
		}
	}
}

// TestSeederAvoidsTakenSeeds makes a collision.
func TestSeederAvoidsTakenSeeds(t *testing.T) {
	first := (&seeder{used: map[uint64]bool{}}).next("k", 0)
	if again := (&seeder{used: map[uint64]bool{first: true}, tries: map[alike]int{}}).next("k", 0); again == first {
		t.Error("a seed that was taken was given again")
	}
}

func TestLargerSweepKeepsSeeds(t *testing.T) {
	small := plan(t, Design{Axes: axes(t, "a=1,2"), Seeds: 2, BaseSeed: 7})
	large := plan(t, Design{Axes: axes(t, "a=0,1,2"), Seeds: 3, BaseSeed: 7})
	seeds := map[string]uint64{}
	for _, r := range large.Runs {
		seeds[r.Values[0]+"/"+strconv.Itoa(r.Replicate)] = r.Seed
	}
	for _, r := range small.Runs {
		if seeds[r.Values[0]+"/"+strconv.Itoa(r.Replicate)] != r.Seed {
			t.Errorf("run %+v has another seed in the larger sweep", r)
		}
	}
}

// TestLatinHypercube: each of N equal parts of each axis has exactly one point.
func TestLatinHypercube(t *testing.T) {
	const n = 40
	d := Design{Axes: axes(t, "a=lin(0,1)", "b=log(1,1024)", "c=1..40"), Sample: "lhs:40", Seeds: 1, BaseSeed: 3}
	p := plan(t, d)
	var hits [2][n]int
	whole := map[string]int{}
	for _, r := range p.Runs {
		a, _ := strconv.ParseFloat(r.Values[0], 64)
		b, _ := strconv.ParseFloat(r.Values[1], 64)
		hits[0][int(a*n)]++
		lo := 0
		for edge := 1.0; edge*1.189207115 <= b && lo < n-1; edge *= 1.189207115 { // 1024^(1/40) = 2^(1/4)
			lo++
		}
		hits[1][lo]++
		whole[r.Values[2]]++
	}
	for axis := range hits {
		for part, k := range hits[axis] {
			if k != 1 {
				t.Errorf("axis %d, part %d: %d points", axis, part, k)
			}
		}
	}
	if len(whole) != n {
		t.Errorf("%d of %d whole numbers", len(whole), n)
	}
	if !reflect.DeepEqual(p, plan(t, d)) {
		t.Error("the same design gave another plan")
	}
	d.BaseSeed++
	if reflect.DeepEqual(p.Runs[0].Values, plan(t, d).Runs[0].Values) {
		t.Error("another base seed gave the same sample")
	}
}
