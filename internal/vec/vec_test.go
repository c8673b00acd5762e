package vec

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// random returns numbers of very different sizes, so that the order of additions shows.
func random(r *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64() * math.Exp2(float64(r.IntN(60)-30))
	}
	return v
}

// TestSameBytes compares with loops in Go, for rows of every width that has a path of its
// own. The memory after the last row must stay as it is.
func TestSameBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for width := range 70 {
		for _, k := range []int{0, 1, 2, 7, 40} {
			const rows, behind = 9, 3
			index := make([]int32, k)
			for i := range index {
				index[i] = int32(r.IntN(rows))
			}
			value := random(r, k)
			w, v := random(r, rows*width+behind), random(r, width+behind)
			table, row := w[:rows*width], v[:width]

			want := slices.Clone(v)
			addRows(want[:width], table, index, value)
			got := slices.Clone(v)
			AddRows(got[:width], table, index, value)
			if !slices.Equal(got, want) {
				t.Errorf("width %d, %d rows: sums are not those of the loop", width, k)
			}

			wantTable := slices.Clone(w)
			addOuter(wantTable[:rows*width], row, index, value)
			gotTable := slices.Clone(w)
			AddOuter(gotTable[:rows*width], row, index, value)
			if !slices.Equal(gotTable, wantTable) {
				t.Errorf("width %d, %d rows: products are not those of the loop", width, k)
			}

			other := random(r, width)
			for i := range width {
				want[i] += other[i]
			}
			Add(got[:width], other)
			if !slices.Equal(got, want) {
				t.Errorf("width %d: added wrongly", width)
			}
		}
	}
}

// TestKnownSums has values that can be added by hand.
func TestKnownSums(t *testing.T) {
	w := []float64{1, 2, 3, 4, 5, 6}
	dst := []float64{10, 20}
	AddRows(dst, w, []int32{2, 0, 2}, []float64{1, 3, -2})
	if want := []float64{10 + 5 + 3 - 10, 20 + 6 + 6 - 12}; !slices.Equal(dst, want) {
		t.Errorf("sums %v, want %v", dst, want)
	}
	AddOuter(w, []float64{1, -1}, []int32{1, 1}, []float64{2, 0.5})
	if want := []float64{1, 2, 5.5, 1.5, 5, 6}; !slices.Equal(w, want) {
		t.Errorf("table %v, want %v", w, want)
	}
}

// TestNoSuchRow: an index outside the table never reads or writes other memory.
func TestNoSuchRow(t *testing.T) {
	w := make([]float64, 3*20)
	for name, do := range map[string]func(){
		"row after the last":  func() { AddRows(make([]float64, 20), w, []int32{0, 3}, []float64{1, 1}) },
		"negative row":        func() { AddOuter(w, make([]float64, 20), []int32{-1}, []float64{1}) },
		"part of a row":       func() { AddRows(make([]float64, 20), w[:59], []int32{2}, []float64{1}) },
		"fewer values":        func() { AddRows(make([]float64, 20), w, []int32{0, 1}, []float64{1}) },
		"fewer values, outer": func() { AddOuter(w, make([]float64, 20), []int32{0, 1}, []float64{1}) },
		"shorter source":      func() { Add(make([]float64, 20), make([]float64, 19)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			do()
		})
	}
}

// BenchmarkAddRows adds the 150 rows of an image, for a readout and for a hidden layer.
func BenchmarkAddRows(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	index := make([]int32, 150)
	for i := range index {
		index[i] = int32(r.IntN(785))
	}
	value := random(r, len(index))
	for _, width := range []int{10, 100} {
		w, dst := random(r, 785*width), make([]float64, width)
		for name, f := range map[string]func(dst, w []float64, index []int32, value []float64){"loop": addRows, "here": AddRows} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					f(dst, w, index, value)
				}
			})
		}
	}
}
