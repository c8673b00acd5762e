package pid

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// naiveSX computes the cumulative sx redundancies directly from the definition:
// for every cell and antichain it sums p over all cells in the event.
// Benchmarks and the fuzz test compare with it.
func naiveSX(shape []int, p []float64) []float64 {
	l := lattices[len(shape)-1]
	n, targets := l.n, shape[l.n]
	cells := len(p) / targets
	digits := make([][]int, cells)
	for s := range digits {
		rest := s
		for k := n - 1; k >= 0; k-- {
			digits[s] = append([]int{rest % shape[k]}, digits[s]...)
			rest /= shape[k]
		}
	}
	target := make([]float64, targets)
	for i, v := range p {
		target[i%targets] += v
	}
	cumulative := make([]float64, l.Len())
	for a := range cumulative {
		for s := range cells {
			for t := range targets {
				v := p[s*targets+t]
				if v == 0 {
					continue
				}
				event, both := 0.0, 0.0
				for o := range cells {
					var agree uint8
					for k := range n {
						if digits[o][k] == digits[s][k] {
							agree |= 1 << k
						}
					}
					if l.members[a].holds(agree) {
						both += p[o*targets+t]
						for u := range targets {
							event += p[o*targets+u]
						}
					}
				}
				cumulative[a] += v * math.Log2(both/(event*target[t]))
			}
		}
	}
	return cumulative
}

// randomJoint returns a random distribution with about the given number of
// occupied source cells.
func randomJoint(shape []int, occupied int, seed uint64) []float64 {
	rnd := rand.New(rand.NewPCG(seed, 9))
	size := 1
	for _, d := range shape {
		size *= d
	}
	targets := shape[len(shape)-1]
	p, sum := make([]float64, size), 0.0
	cells := rnd.Perm(size / targets)
	for _, s := range cells[:min(occupied, len(cells))] {
		for t := range targets {
			v := rnd.ExpFloat64()
			sum += v
			p[s*targets+t] = v
		}
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

var benchShapes = []struct {
	name     string
	shape    []int
	occupied int
	naive    bool
}{
	{"2x2x2", []int{2, 2, 2}, 4, true},
	{"20x20x2", []int{20, 20, 2}, 400, true},
	{"20x20x20x2_200cells", []int{20, 20, 20, 2}, 200, true},
	{"2x2x2x2x2", []int{2, 2, 2, 2, 2}, 16, true},
	{"2x2x2x2x2x2_7579atoms", []int{2, 2, 2, 2, 2, 2}, 32, true},
}

func BenchmarkDecomposeSX(b *testing.B) {
	for _, c := range benchShapes {
		p := randomJoint(c.shape, c.occupied, 1)
		var index []int
		var values []float64
		for i, v := range p {
			if v > 0 {
				index, values = append(index, i), append(values, v)
			}
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decompose(SX, c.shape, p); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/sparse", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := DecomposeSparse(SX, c.shape, index, values); err != nil {
					b.Fatal(err)
				}
			}
		})
		if c.naive {
			b.Run(c.name+"/naive", func(b *testing.B) {
				for b.Loop() {
					naiveSX(c.shape, p)
				}
			})
		}
	}
}

func BenchmarkBatchGoal(b *testing.B) {
	for _, nbins := range [][]int{{20, 20}, {20, 20, 20}} {
		name, atoms := "1024on20x20", map[string]float64{"{1}": -.2, "{2}": .1, "{1}{2}": 1, "{12}": .1}
		if len(nbins) == 3 {
			name, atoms = "1024on20x20x20", map[string]float64{"{1}{2}{3}": .33, "{1}{2}": 1, "{1}{3}": -1, "{12}{13}": -1}
		}
		g := mustGoal(b, len(nbins), atoms, 0)
		bins, theta := randomBatch(nbins, 1024, 3)
		dst := make([]float64, len(theta))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := BatchGoal(dst, g, Samples{NBins: nbins, Bins: bins, Theta: theta}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("gradient/"+name, func(b *testing.B) {
			b.ReportAllocs()
			var batch Batch
			for b.Loop() {
				if err := batch.Gradient(dst, g, Samples{NBins: nbins, Bins: bins, Theta: theta}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// randomBatch draws bins from a Gaussian over ±3σ.
func randomBatch(nbins []int, size int, seed uint64) (bins [][]int, theta []float64) {
	rnd := rand.New(rand.NewPCG(seed, 3))
	bins = make([][]int, len(nbins))
	for range size {
		sum := 0.0
		for k, n := range nbins {
			x := rnd.NormFloat64()
			sum += x
			bins[k] = append(bins[k], Bins{-3, 3, n}.Index(x))
		}
		theta = append(theta, 1/(1+math.Exp(-sum)))
	}
	return bins, theta
}

func BenchmarkWindowPushGradient3(b *testing.B) {
	g := mustGoal(b, 3, map[string]float64{"{1}{2}{3}": .33, "{1}{2}": 1, "{1}{3}": -1, "{12}{13}": -1}, 0)
	nbins := []int{20, 20, 20}
	w, err := NewWindow(WindowConfig{NumBins: nbins, Capacity: 300, Goal: g})
	if err != nil {
		b.Fatal(err)
	}
	bins, theta := randomBatch(nbins, 1024, 3)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		j := i & 1023
		cell := [3]int{bins[0][j], bins[1][j], bins[2][j]}
		w.Push(cell, theta[j])
		w.Gradient(cell)
	}
}

func BenchmarkLog2(b *testing.B) {
	x, sum := .3, 0.0
	for b.Loop() {
		sum += log2(x)
		x += 1e-9
	}
	_ = sum
}

func BenchmarkDecomposeIterative(b *testing.B) {
	for _, m := range []Measure{CCS, BROJA} {
		for _, shape := range [][]int{{2, 2, 2}, {8, 8, 4}, {20, 20, 2}, {20, 20, 10}, {50, 50, 10}} {
			p := randomJoint(shape, shape[0]*shape[1], 7)
			name := m.String() + "/" + fmt.Sprint(shape)
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if _, err := Decompose(m, shape, p); err != nil {
						b.Fatal(err)
					}
				}
			})
			if shape[0] == 50 {
				continue
			}
			b.Run(name+"/naive", func(b *testing.B) {
				for b.Loop() {
					if m == CCS {
						naiveMaximumEntropy(shape, p, 15)
					} else {
						naiveBROJA(shape, p, 300) // with an error of about 1e-4 bit
					}
				}
			})
		}
	}
}
