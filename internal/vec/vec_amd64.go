package vec

import "golang.org/x/sys/cpu"

// fast is whether the processor has AVX2.
var fast = cpu.X86.HasAVX2

const (
	lanes = 4         // numbers in a register
	strip = 4 * lanes // columns that are worked on at a time
)

// masks has all bits set for the columns below strip, and none for those after it.
var masks = func() (m [2 * strip]uint64) {
	for i := range strip {
		m[i] = ^uint64(0)
	}
	return m
}()

// table is a part of the columns of a table, and the rows of it that are used.
type table struct {
	w     *float64
	width int // of a row of the whole table
	rows  int
	index *int32
	value *float64
	n     int     // number of indices
	mask  *uint64 // which columns of a strip are used
	strip int     // number of columns
}

// tableOf returns some = false if there is nothing to add: ok if there are no indices, not ok if
// the table has not a single row.
func tableOf(w []float64, width int, index []int32, value []float64) (t table, ok, some bool) {
	if len(index) == 0 || len(w) < width {
		return t, len(index) == 0, false
	}
	return table{w: &w[0], width: width, rows: len(w) / width, index: &index[0], value: &value[0], n: len(index)}, true, true
}

// fastAddRows works on strips of columns, whose sums stay in registers.
func fastAddRows(dst, w []float64, index []int32, value []float64) bool {
	t, ok, some := tableOf(w, len(dst), index, value)
	if !some {
		return ok
	}
	at := 0
	for ; at+strip <= len(dst); at += strip {
		t.w = &w[at]
		if !addRowsStrip(&dst[at], &t) {
			return false
		}
	}
	if at == len(dst) {
		return true
	}
	var sums [strip]float64
	copy(sums[:], dst[at:])
	t.w, t.mask = &w[at], &masks[strip-(len(dst)-at)]
	ok = addRowsMasked(&sums[0], &t)
	copy(dst[at:], sums[:])
	return ok
}

// fastAddOuter works on strips of columns of src that stay in registers.
func fastAddOuter(w, src []float64, index []int32, value []float64) bool {
	t, ok, some := tableOf(w, len(src), index, value)
	if !some {
		return ok
	}
	t.strip = strip
	for at := 0; at < len(src); at += t.strip {
		for at+t.strip > len(src) {
			t.strip /= 2
		}
		t.w = &w[at]
		if !addOuterStrip(&src[at], &t) {
			return false
		}
	}
	return true
}

// These return false, and have changed something, if there is no row for an index.

//go:noescape
func addRowsStrip(dst *float64, t *table) (ok bool)

//go:noescape
func addRowsMasked(dst *float64, t *table) (ok bool)

//go:noescape
func addOuterStrip(src *float64, t *table) (ok bool)

//go:noescape
func add(dst, src *float64, n int)

//go:noescape
func logistic(x *float64, n int, table *uint64, c *[13]float64)

//go:noescape
func adam(v *moments, n int, a *AdamStep)
