// Package vec has the inner loops of learning in batches, and of neurons whose synapses
// adapt their steps. On amd64 processors with AVX2 they use its instructions; the results are the same bytes with and without. On other
// processors they are loops in Go.
package vec

// AddRows adds Σ value[k] · row index[k] of w to dst, where w has rows as long as dst.
// The additions to each element are in the order of index. It panics if there is no such
// row, or if there are fewer values than indices.
func AddRows(dst, w []float64, index []int32, value []float64) {
	value = value[:len(index)]
	switch {
	case len(dst) == 0:
	case !fast:
		addRows(dst, w, index, value)
	case !fastAddRows(dst, w, index, value):
		panic(noRow)
	}
}

// AddOuter adds value[k] · src to row index[k] of w for each k, where w has rows as long
// as src. It panics as AddRows does.
func AddOuter(w, src []float64, index []int32, value []float64) {
	value = value[:len(index)]
	switch {
	case len(src) == 0:
	case !fast:
		addOuter(w, src, index, value)
	case !fastAddOuter(w, src, index, value):
		panic(noRow)
	}
}

const noRow = "vec: there is no such row"

// Add adds src to dst, which must have the same length.
func Add(dst, src []float64) {
	src = src[:len(dst)]
	n := 0
	if fast && len(dst) >= lanes {
		n = len(dst) &^ (lanes - 1)
		add(&dst[0], &src[0], n)
	}
	for i, v := range src[n:] {
		dst[n+i] += v
	}
}

func addRows(dst, w []float64, index []int32, value []float64) {
	n := len(dst)
	for k, i := range index {
		v := value[k]
		for j, x := range w[int(i)*n : (int(i)+1)*n : len(w)] {
			dst[j] += float64(v * x)
		}
	}
}

func addOuter(w, src []float64, index []int32, value []float64) {
	n := len(src)
	for k, i := range index {
		v, row := value[k], w[int(i)*n:(int(i)+1)*n:len(w)]
		for j, x := range src {
			row[j] += float64(v * x)
		}
	}
}
