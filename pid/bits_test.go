package pid

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/known"
)

// knownBits compares every bit of results with testdata/bits-….txt, because
// results must be the same bytes on an architecture from one version to the
// next. If a change of the bits is intended, write the files again with -update
// and tell of it in the changelog.
func knownBits(t *testing.T, name string, write func(t *testing.T, b *strings.Builder)) {
	t.Helper()
	known.NeedsSameArithmetic(t)
	var b strings.Builder
	write(t, &b)
	known.Compare(t, "testdata/bits-"+name+".txt", b.String())
}

// digest is a short hash of the bits of numbers.
func digest(vectors ...[]float64) string {
	h := sha256.New()
	for _, v := range vectors {
		if err := binary.Write(h, binary.LittleEndian, v); err != nil {
			panic(err)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

// digestOf is the digest of everything in a decomposition.
func digestOf(d *Decomposition) string {
	return digest([]float64{d.MutualInfo, d.TargetEntropy, d.Residual}, d.Atoms, d.Cumulative, d.AtomsPlus, d.AtomsMinus, d.CumulativePlus, d.CumulativeMinus)
}

// joint is a distribution with its name.
type joint struct {
	name  string
	shape []int
	p     []float64
}

// hardCases are positions in the sequence of degenerate distributions of
// TestIterativeMeasuresConverge with many sweeps or steps, the largest gaps,
// many removed entries, many opened cells, last steps that make the value worse,
// or multipliers that rounding makes infeasible.
var hardCases = []int{
	0, 1, 6, 9, 12, 16, 25, 26, 29, 34, 36, 45, 48, 70, 83, 115, 129, 138, 173, 191, 192, 202, 210, 258, 260, 346, 402, 413, 419, 452, 586, 607, 611,
	632, 637, 660, 686, 720, 730, 745, 757, 829, 910, 1001, 1007, 1014, 1103, 1141, 1170, 1189, 1211, 1222, 1237, 1323, 1371, 1408, 1500, 2045, 2231, 3404,
}

// pairCases are distributions of two sources: gates, and random ones of many
// shapes.
func pairCases() (cases []joint) {
	const q = .25
	for name, p := range map[string][]float64{
		"xor": {q, 0, 0, q, 0, q, q, 0}, "and": {q, 0, q, 0, q, 0, 0, q}, "copy": {q, 0, q, 0, 0, q, 0, q},
		"subnormal": {1, 1e-310, 0, 0, 0, 0, 0, 0}, "constant": {1, 0, 0, 0, 0, 0, 0, 0}, "uniform": {q / 2, q / 2, q / 2, q / 2, q / 2, q / 2, q / 2, q / 2}, "equal": {.5, 0, 0, 0, 0, 0, 0, .5},
		"nearly equal": {.5 - 1e-9, 0, 1e-9, 0, 0, 1e-13, 0, .5 - 1e-13}, "tiny": {.5, 1e-310, 1e-200, 0, 1e-12, 0, 0, .5 - 1e-12},
	} {
		cases = append(cases, joint{name, []int{2, 2, 2}, p})
	}
	slices.SortFunc(cases, func(a, b joint) int { return strings.Compare(a.name, b.name) })
	turning := make([]float64, 32) // p(b−a, t): both sources have the same marginals, but cannot be exchanged
	for i := range turning {
		turning[i] = []float64{.5, .125, .25, 0, .125, .375, .125, .5}[(i/2%4-i/8+4)%4*2+i%2] / 8
	}
	cases = append(cases, joint{"turning", []int{4, 4, 2}, turning})
	for i, shape := range [][]int{{2, 2, 2}, {3, 4, 2}, {4, 3, 2}, {5, 1, 3}, {1, 5, 2}, {4, 4, 5}, {2, 3, 4}, {6, 6, 3}, {9, 7, 2}} {
		for _, share := range []float64{1, .6} {
			occupied := int(math.Ceil(share * float64(shape[0]*shape[1])))
			cases = append(cases, joint{fmt.Sprintf("random %d, %d cells,", i, occupied), shape, randomJoint(shape, occupied, uint64(i))})
		}
	}
	return cases
}

// eachHard visits the hard cases.
func eachHard(visit func(i int, shape []int, p []float64)) {
	rnd := rand.New(rand.NewPCG(11, 5))
	for i := range hardCases[len(hardCases)-1] + 1 {
		if shape, p := degenerateJoint(rnd); slices.Contains(hardCases, i) {
			visit(i, shape, p)
		}
	}
}

// TestKnownBitsOfSolvers: the results of broja and of both solvers of maximum
// entropy in hard cases.
func TestKnownBitsOfSolvers(t *testing.T) { knownBits(t, "solvers", solverBits) }

func solverBits(t *testing.T, b *strings.Builder) {
	eachHard(func(i int, shape []int, p []float64) {
		q, cert, err := Optimum(BROJA, shape, p)
		if err != nil {
			t.Fatal(i, err)
		}
		fmt.Fprintf(b, "== hard %d %v\nbroja %s, gap %x after %d\n", i, shape, digest(q), cert.Gap, cert.Iterations)
		d, err := Decompose(CCS, shape, p)
		if err != nil {
			t.Fatal(i, err)
		}
		fmt.Fprintf(b, "ccs %s, gap %x after %d\n", digestOf(d), d.Certificate.Gap, d.Certificate.Iterations)
		newtonBits(b, fittingOf(shape, p))
	})
}

// fittingBits writes the results of both solvers of maximum entropy.
func fittingBits(b *strings.Builder, f *fitting) {
	sweeps := f.fit()
	fitted := digest(f.q)
	gap := f.gap()
	fmt.Fprintf(b, "fitted by %d sweeps %s, gap %x, mended %s, change %x\n", sweeps, fitted, gap, digest(f.q), f.commonChange())
	newtonBits(b, f)
}

// newtonBits writes the result of the Newton steps of maximum entropy.
func newtonBits(b *strings.Builder, f *fitting) {
	gap, steps := f.newton()
	fmt.Fprintf(b, "fitted by %d steps %s, gap %x, change %x\n", steps, digest(f.q), gap, f.commonChange())
}

// TestKnownBitsOfPairs: decompositions, optima and outcomes of two sources.
func TestKnownBitsOfPairs(t *testing.T) { knownBits(t, "pairs", pairBits) }

func pairBits(t *testing.T, b *strings.Builder) {
	for _, c := range pairCases() {
		fmt.Fprintf(b, "== %s %v\n", c.name, c.shape)
		for _, m := range Measures() {
			d, err := Decompose(m, c.shape, c.p)
			if err != nil {
				fmt.Fprintf(b, "%v: %v\n", m, err)
				continue
			}
			fmt.Fprintf(b, "%v %x, all %s", m, d.Cumulative, digestOf(d))
			if d.Certificate != nil {
				fmt.Fprintf(b, ", gap %x after %d", d.Certificate.Gap, d.Certificate.Iterations)
			}
			if q, _, err := Optimum(m, c.shape, c.p); err == nil {
				fmt.Fprintf(b, ", optimum %s", digest(q))
			}
			b.WriteByte('\n')
		}
		fittingBits(b, fittingOf(c.shape, c.p))
		for _, m := range []Measure{SX, PM, CCS} {
			list, err := PointwiseBy(m, c.shape, c.p)
			if err != nil {
				t.Fatal(c.name, m, err)
			}
			fmt.Fprintf(b, "%d outcomes by %v %s\n", len(list), m, digestOfOutcomes(list))
		}
	}
}

// digestOfOutcomes is the digest of the probabilities and parts of outcomes.
func digestOfOutcomes(list []Realisation) string {
	var all []float64
	for _, r := range list {
		all = slices.Concat(all, []float64{r.P, r.Q}, r.Atoms, r.Cumulative, r.CumulativePlus, r.CumulativeMinus)
	}
	return digest(all)
}

// TestKnownBitsOfLattices: decompositions of two to five sources.
func TestKnownBitsOfLattices(t *testing.T) { knownBits(t, "lattices", latticeBits) }

func latticeBits(t *testing.T, b *strings.Builder) {
	shapes := append(slices.Concat(shapesFor(3), shapesFor(4)), []int{2, 2, 2, 2, 3, 2}, []int{3, 2, 2, 2, 2, 2}, []int{2, 2, 2, 2, 2, 3}, []int{2, 2, 3, 2, 2, 3}, []int{13, 17, 2})
	for i, shape := range shapes {
		p := randomJoint(shape, 40, uint64(i))
		if i%2 == 1 {
			for k := i % 3; k < len(p); k += 3 {
				p[k] = 0
			}
			normalise(p)
		}
		fmt.Fprintf(b, "== sources %v\n", shape)
		for _, m := range []Measure{SX, WB, MMI, PM} {
			d, err := Decompose(m, shape, p)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(b, "%v %x, all %s\n", m, d.Cumulative[0], digestOf(d))
		}
	}
}

// TestKnownBitsOfBatches: goals and gradients, also with firing probabilities of
// 0 and 1 in whole cells.
func TestKnownBitsOfBatches(t *testing.T) { knownBits(t, "batches", batchBits) }

func batchBits(t *testing.T, b *strings.Builder) {
	rnd := rand.New(rand.NewPCG(21, 3))
	for i, nbins := range [][]int{{2, 2}, {3, 4}, {12, 5}, {2, 3, 2}, {4, 3, 5}} {
		atoms := map[string]float64{}
		for _, name := range lattices[len(nbins)].names {
			atoms[name] = rnd.NormFloat64()
		}
		g := mustGoal(t, len(nbins), atoms, rnd.NormFloat64())
		bins, theta := randomBatch(nbins, 70, uint64(i))
		for _, sharp := range []float64{1, 3, math.Inf(1)} {
			some := make([]float64, len(theta))
			for k, v := range theta {
				some[k] = 1 / (1 + math.Pow(1/v-1, sharp))
			}
			dst := make([]float64, len(theta))
			goal, d, err := BatchGoal(dst, g, Samples{NBins: nbins, Bins: bins, Theta: some})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(b, "batch of %v bins, sharpness %v: goal %x, %s, gradient %x, all %s\n", nbins, sharp, goal, digestOf(d), dst[0], digest(dst))
		}
	}
}

// TestKnownBitsOfWindows: goals and gradients of windows of every kind, after 9
// and 200 samples and after a doubled range.
func TestKnownBitsOfWindows(t *testing.T) { knownBits(t, "windows", windowBits) }

func windowBits(t *testing.T, b *strings.Builder) {
	all := configs(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w := newWindow(t, all[name])
		rnd := rand.New(rand.NewPCG(14, 9))
		show := func(when string) {
			d, err := w.Decompose()
			if err != nil {
				t.Fatal(name, when, err)
			}
			var gradients []float64
			for i := range w.dim[0] * w.dim[1] * w.dim[2] {
				c := w.cellOf(int32(i))
				gradients = append(gradients, w.Gradient([3]int{int(c[0]), int(c[1]), int(c[2])}))
			}
			state, _ := w.AppendBinary(nil)
			fmt.Fprintf(b, "window %q %s: goal %x, %s, gradient %x, all %s, state %x\n", name, when, w.Goal(), digestOf(d), gradients[0], digest(gradients), sha256.Sum256(state))
		}
		fill(w, 9, rnd)
		show("after 9")
		fill(w, 191, rnd)
		show("after 200")
		for port := range w.n {
			if err := w.Widen(port, port == 1); err != nil {
				t.Fatal(err)
			}
		}
		show("widened")
	}
}
