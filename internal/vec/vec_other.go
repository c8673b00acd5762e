//go:build !amd64

package vec

const (
	fast  = false
	lanes = 1
)

func fastAddRows([]float64, []float64, []int32, []float64) bool { panic("vec: not on this processor") }

func fastAddOuter([]float64, []float64, []int32, []float64) bool {
	panic("vec: not on this processor")
}

func add(*float64, *float64, int) {}

func logistic(*float64, int, *uint64, *[13]float64) {}

func adam(*moments, int, *AdamStep) {}
