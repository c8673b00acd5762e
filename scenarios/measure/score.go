package measure

import (
	"math"

	"infomorph/internal/config"
	"infomorph/scenarios/journal"
)

// unknownChance is the chance level of a score that has none.
var unknownChance = math.NaN()

// finite reports whether v is neither NaN nor infinite.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// enter reports a score, unless it is NaN or infinite. A chance that is NaN or infinite
// is unknown.
func enter(out *journal.Listener, name string, v, chance float64) {
	if !finite(v) {
		return
	}
	if !finite(chance) {
		chance = unknownChance
	}
	out.Score(name, v, chance)
}

// cell returns a cell of a table: v, or nil if v is NaN or infinite.
func cell(v float64) any {
	if !finite(v) {
		return nil
	}
	return v
}

// fault is config.FieldError without a hint.
func fault(key string, got any, expected string) error {
	return config.FieldError(key, got, expected, "")
}

// binaryEntropy returns the entropy of a bit that is 1 with probability p [bit].
func binaryEntropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -p*math.Log2(p) - (1-p)*math.Log2(1-p)
}

// entropy returns the entropy of the distribution that is proportional to counts [bit].
func entropy(counts []float64) float64 {
	total, sum := 0.0, 0.0
	for _, n := range counts {
		total += n
	}
	for _, n := range counts {
		if n > 0 {
			sum -= n / total * math.Log2(n/total)
		}
	}
	return sum
}

func newMatrix(rows, columns int) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = make([]float64, columns)
	}
	return m
}

// fits reports whether m has the given numbers of rows and columns.
func fits(m [][]float64, rows, columns int) bool {
	for _, r := range m {
		if len(r) != columns {
			return false
		}
	}
	return len(m) == rows
}
