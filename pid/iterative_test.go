package pid

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// exchanged returns p(s2,s1,t).
func exchanged(shape []int, p []float64) ([]int, []float64) {
	return []int{shape[1], shape[0], shape[2]}, transposed(p, shape[0], shape[1], shape[2])
}

// TestIterativeMeasuresAreSymmetric: exchanging the sources exchanges their
// atoms, up to 1e-9 bit, for dense and degenerate distributions.
func TestIterativeMeasuresAreSymmetric(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 1))
	worst := 0.0
	for i := range 300 {
		shape, p := degenerateJoint(rnd)
		if i%3 == 0 {
			shape = []int{2 + rnd.IntN(4), 2 + rnd.IntN(4), 2 + rnd.IntN(3)}
			p = randomJoint(shape, 100, uint64(i))
		}
		shape2, p2 := exchanged(shape, p)
		for _, m := range []Measure{BROJA, CCS, DEP} {
			a, err := Decompose(m, shape, p)
			b, err2 := Decompose(m, shape2, p2)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			for k, j := range []int{1, 0, 2, 3} {
				worst = max(worst, math.Abs(a.Atoms[k]-b.Atoms[j]))
			}
		}
	}
	if worst > 1e-9 {
		t.Errorf("atoms differ by %.2g", worst)
	}
	t.Logf("largest difference %.2g", worst)
}

// naiveMaximumEntropy fits the three pairwise marginals, with a loop over all
// cells for each, and returns the distribution.
func naiveMaximumEntropy(shape []int, p []float64, sweeps int) []float64 {
	n2, k := shape[1], shape[2]
	q := make([]float64, len(p))
	for i := range q {
		q[i] = 1
	}
	keys := []func(i int) int{
		func(i int) int { return i / k },
		func(i int) int { return i/(n2*k)*k + i%k },
		func(i int) int { return i/k%n2*k + i%k },
	}
	for range sweeps {
		for _, key := range keys {
			want, have := map[int]float64{}, map[int]float64{}
			for i := range q {
				want[key(i)] += p[i]
				have[key(i)] += q[i]
			}
			for i := range q {
				if h := have[key(i)]; h > 0 {
					q[i] *= want[key(i)] / h
				}
			}
		}
	}
	return q
}

// naiveBROJA minimises I_Q(T:S1,S2) by alternation: the joint distribution m of
// the sources under Q is fixed and, for each t, fitted to the marginals by
// proportional fitting; then m is updated. It returns the minimum [bit].
func naiveBROJA(shape []int, p []float64, rounds int) float64 {
	n1, n2, k := shape[0], shape[1], shape[2]
	at, bt, pt := make([]float64, n1*k), make([]float64, n2*k), make([]float64, k)
	for i, v := range p {
		at[i/(n2*k)*k+i%k] += v
		bt[i/k%n2*k+i%k] += v
		pt[i%k] += v
	}
	q, m := make([]float64, len(p)), make([]float64, n1*n2)
	for i := range m {
		m[i] = 1
	}
	for range rounds {
		for t := range k {
			for g, v := range m {
				q[g*k+t] = v
			}
			for range 30 {
				for a := range n1 {
					scaleTo(q, at[a*k+t], n2, func(b int) int { return (a*n2+b)*k + t })
				}
				for b := range n2 {
					scaleTo(q, bt[b*k+t], n1, func(a int) int { return (a*n2+b)*k + t })
				}
			}
		}
		clear(m)
		for i, v := range q {
			m[i/k] += v
		}
	}
	info := 0.0
	for i, v := range q {
		if v > 0 {
			info += v * math.Log2(v/(m[i/k]*pt[i%k]))
		}
	}
	return info
}

// scaleTo scales n entries to a given sum.
func scaleTo(q []float64, sum float64, n int, at func(i int) int) {
	have := 0.0
	for i := range n {
		have += q[at(i)]
	}
	for i := range n {
		if have > 0 {
			q[at(i)] *= sum / have
		}
	}
}

// TestIterativeTwins compares ccs and broja with plain alternating scaling.
func TestIterativeTwins(t *testing.T) {
	for i, shape := range [][]int{{2, 2, 2}, {3, 4, 2}, {4, 3, 3}, {5, 5, 4}} {
		p := randomJoint(shape, shape[0]*shape[1], uint64(i))
		tb := newTable(new(scratch), shape[:2], shape[2], shape[0]*shape[1])
		tb.fill(p, shape[2])
		tb = tb.trimmed()
		f, cert, err := tb.maximumEntropy()
		if err != nil || cert.Gap > 1e-15 {
			t.Fatal(err, cert)
		}
		want := naiveMaximumEntropy(shape, p, 300)
		if f.n1 != shape[0] || (shape[0] == shape[1] && f.p[1] != p[1]) {
			want = transposed(want, shape[0], shape[1], shape[2])
		}
		for k, v := range f.q {
			if !(math.Abs(v-want[k]) <= 1e-12) {
				t.Fatalf("%v: cell %d is %v, want %v", shape, k, v, want[k])
			}
		}
		d, err := Decompose(BROJA, shape, p)
		if err != nil {
			t.Fatal(err)
		}
		union := d.Atoms[0] + d.Atoms[1] + d.Atoms[2]
		if naive := naiveBROJA(shape, p, 3000); !(math.Abs(naive-union) <= 1e-5) {
			t.Errorf("broja %v: union information %v, alternating %v", shape, union, naive)
		}
	}
}

// TestDependencyTwin compares dep with its definition: the smallest amount that
// the dependency between source 1 and the target adds along the edges of the
// lattice of dependencies. Each maximum-entropy distribution is fitted with
// loops over all cells.
func TestDependencyTwin(t *testing.T) {
	var binding [3]int
	for i := range uint64(40) {
		shape := [][]int{{2, 2, 2}, {3, 4, 2}, {4, 3, 3}}[i%3]
		p := randomJoint(shape, shape[0]*shape[1], i)
		if i%4 == 0 { // sources that are nearly equal, with much information
			for k := range p {
				p[k] *= map[bool]float64{true: 8, false: 1}[k/shape[2]/shape[1] == k/shape[2]%shape[1]]
			}
			normalise(p)
		}
		d, err := Decompose(DEP, shape, p)
		if err != nil {
			t.Fatal(err)
		}
		n2, k := shape[1], shape[2]
		var pt, at, bt [5][5]float64
		for c, v := range p {
			pt[0][c%k] += v
			at[c/k/n2][c%k] += v
			bt[c/k%n2][c%k] += v
		}
		apart := make([]float64, len(p)) // sources that only depend on the target
		for c := range apart {
			apart[c] = at[c/k/n2][c%k] * bt[c/k%n2][c%k] / pt[0][c%k]
		}
		of := func(q []float64) float64 {
			d, err := Decompose(MMI, shape, q)
			if err != nil {
				t.Fatal(err)
			}
			return d.MutualInfo
		}
		edges := [3]float64{d.Cumulative[0], of(apart) - d.Cumulative[1], of(normalise(naiveMaximumEntropy(shape, p, 2000))) - d.Cumulative[1]}
		unique := min(edges[0], edges[1], edges[2])
		for e, v := range edges {
			if v == unique {
				binding[e]++
			}
		}
		near(t, "unique information", d.Atoms[0], unique, 1e-9)
		for a, v := range d.Atoms {
			if v < -1e-12 {
				t.Errorf("atom %d is %v", a, v)
			}
		}
	}
	if binding[1] == 0 || binding[2] == 0 {
		t.Errorf("the edges that count: %v; the cases do not tell them apart", binding)
	}
}

// normalise divides p by its sum, and returns it.
func normalise(p []float64) []float64 {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// TestLargeIterative: sizes that once took minutes, or were refused.
func TestLargeIterative(t *testing.T) {
	shape := []int{50, 50, 10}
	p := randomJoint(shape, 2500, 7)
	d, err := Decompose(CCS, shape, p)
	if err != nil || d.Certificate.Gap > 1e-12 {
		t.Error(d, err)
	}
	shape, p = []int{20, 20, 10}, randomJoint([]int{20, 20, 10}, 400, 7)
	if testing.Short() {
		return
	}
	if d, err = Decompose(BROJA, shape, p); err != nil || d.Certificate.Gap > Tolerance {
		t.Error(d, err)
	}
}

// TestFiveSources compares sx of five sources with sums over pairs of cells,
// and checks the identities of the other measures.
func TestFiveSources(t *testing.T) {
	shape := []int{2, 2, 2, 2, 3, 2}
	p := randomJoint(shape, 12, 3)
	d, err := Decompose(SX, shape, p)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range naiveSX(shape, p) {
		if !(math.Abs(d.Cumulative[i]-want) <= 1e-12) {
			t.Fatalf("%s: %v, want %v", d.lattice.Name(i), d.Cumulative[i], want)
		}
	}
	for _, m := range []Measure{SX, WB, MMI, PM} {
		d, err := Decompose(m, shape, p)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range d.Atoms {
			sum += v
		}
		if !(math.Abs(sum-d.MutualInfo) <= 1e-9) || !(math.Abs(d.MutualInfo+d.Residual-d.TargetEntropy) <= 1e-12) {
			t.Errorf("%v: atoms sum to %v, information is %v", m, sum, d.MutualInfo)
		}
	}
}

// TestFiveSourcesAgreeWithSxPID compares 82 atoms with SxPID (revision 55046f3,
// with the lattice of five sources that its own code makes).
func TestFiveSourcesAgreeWithSxPID(t *testing.T) {
	data, err := os.ReadFile("testdata/sxpid_five.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		P     []float64
		Atoms map[string]float64
	}
	if err := json.Unmarshal(data, &want); err != nil || len(want.Atoms) < 80 {
		t.Fatal(len(want.Atoms), err)
	}
	d, err := Decompose(SX, []int{2, 2, 2, 2, 2, 2}, want.P)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range want.Atoms {
		i, ok := d.Lattice().Index(name)
		if !ok || !(math.Abs(d.Atoms[i]-v) <= 1e-9) {
			t.Errorf("%s: %v, want %v", name, d.Atoms[i], v)
		}
	}
}

// TestHigherOrderInformation: parity is only synergy, copies are only
// redundancy.
func TestHigherOrderInformation(t *testing.T) {
	parity, copies := make([]float64, 16), make([]float64, 16)
	for i := range 8 {
		parity[2*i+(i^i>>1^i>>2)&1] = 1. / 8
	}
	copies[0], copies[15] = .5, .5
	for _, c := range []struct {
		p          []float64
		omega, rsi float64
	}{{parity, -2, 1}, {copies, 2, -2}} {
		in, err := NewInformation([]int{2, 2, 2, 2}, c.p)
		if err != nil {
			t.Fatal(err)
		}
		if got := in.OInformation(7); !(math.Abs(got-c.omega) <= 1e-12) {
			t.Errorf("O-information %v, want %v", got, c.omega)
		}
		if got := in.RedundancySynergyIndex(7); !(math.Abs(got-c.rsi) <= 1e-12) {
			t.Errorf("redundancy-synergy index %v, want %v", got, c.rsi)
		}
		if got, want := in.OInformation(3), in.CoInformation(3); !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("O-information of two sources %v, co-information %v", got, want)
		}
	}
}

// TestOptimum: the optimal distributions have the required marginals, and give
// the values of the decompositions.
func TestOptimum(t *testing.T) {
	for i, shape := range [][]int{{2, 3, 2}, {4, 2, 3}, {3, 3, 3}} {
		p := randomJoint(shape, 5, uint64(i))
		for _, m := range []Measure{BROJA, CCS} {
			q, cert, err := Optimum(m, shape, p)
			if err != nil || cert == nil {
				t.Fatal(err)
			}
			pairs := [][2]int{{0, 2}, {1, 2}}
			if m == CCS {
				pairs = append(pairs, [2]int{0, 1})
			}
			for _, pair := range pairs {
				diff := map[[2]int]float64{}
				for k := range p {
					s := stateOf(shape, k)
					diff[[2]int{s[pair[0]], s[pair[1]]}] += p[k] - q[k]
				}
				for at, v := range diff {
					if !(math.Abs(v) <= 1e-10) {
						t.Errorf("%v %v: marginal %v at %v is off by %v", m, shape, pair, at, v)
					}
				}
			}
			if m == BROJA {
				d, _ := Decompose(BROJA, shape, p)
				dq, err := Decompose(MMI, shape, normalise(q))
				if want := d.Atoms[0] + d.Atoms[1] + d.Atoms[2]; err != nil || !(math.Abs(dq.MutualInfo-want) <= 1e-8) {
					t.Errorf("the optimum tells %v, union information is %v; %v", dq.MutualInfo, want, err)
				}
			}
		}
	}
	if _, _, err := Optimum(SX, []int{2, 2, 2}, randomJoint([]int{2, 2, 2}, 4, 1)); !errors.Is(err, ErrMeasure) {
		t.Error(err)
	}
}

// TestPointwiseXOR: for ccs, the outcomes of XOR and those that only the
// maximum-entropy distribution has, which is uniform.
func TestPointwiseXOR(t *testing.T) {
	list, err := PointwiseBy(CCS, []int{2, 2, 2}, []float64{.25, 0, 0, .25, 0, .25, .25, 0})
	if err != nil || len(list) != 8 {
		t.Fatal(len(list), err)
	}
	for i, r := range list {
		p, syn := .25, 1.0
		if (i>>2^i>>1^i)&1 == 1 {
			p, syn = 0, 0
		}
		if r.P != p || !slices.Equal(r.State, []int{i >> 2, i >> 1 & 1, i & 1}) {
			t.Errorf("outcome %d is %v with %v", i, r.State, r.P)
		}
		near(t, "Q", r.Q, .125, 1e-9)
		for k, want := range []float64{0, 0, 0, syn} { // {1}, {2}, {1}{2}, {12}
			near(t, fmt.Sprintf("outcome %v, atom %d", r.State, k), r.Atoms[k], want, 1e-9)
		}
	}
}

// TestPointwiseByAverages: pointwise values average to the decomposition.
func TestPointwiseByAverages(t *testing.T) {
	for _, c := range []struct {
		m     Measure
		shape []int
	}{{SX, []int{2, 3, 2}}, {PM, []int{3, 2, 2}}, {PM, []int{2, 2, 2, 3}}, {CCS, []int{2, 3, 2}}, {CCS, []int{4, 3, 3}}, {SX, []int{2, 2, 2, 2, 2, 2}}} {
		p := randomJoint(c.shape, 7, 4)
		d, err := Decompose(c.m, c.shape, p)
		if err != nil {
			t.Fatal(err)
		}
		list, err := PointwiseBy(c.m, c.shape, p)
		if err != nil {
			t.Fatal(err)
		}
		for a, want := range d.Cumulative {
			sum := 0.0
			for _, r := range list {
				weight := r.P
				if c.m == CCS && a == 2 {
					weight = r.Q
				}
				if weight > 0 {
					sum += weight * r.Cumulative[a]
				}
			}
			if !(math.Abs(sum-want) <= 1e-10) {
				t.Fatalf("%v %v: %s averages to %v, want %v", c.m, c.shape, d.lattice.Name(a), sum, want)
			}
		}
	}
	if _, err := PointwiseBy(MMI, []int{1, 1, 1}, []float64{1}); !errors.Is(err, ErrMeasure) {
		t.Error(err)
	}
}
