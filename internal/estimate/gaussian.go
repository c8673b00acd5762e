package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"
)

// gaussianInformation returns the mutual information of columns and the target
// [bit] if both are jointly Gaussian:
//
//	I = ½·log2( |Σ_A|·|Σ_T| / |Σ_AT| )
//
// minus its bias, which is that of the log-determinants of Wishart matrices.
// For normal scores it is a lower bound on the information, for any marginals
// (Ince and others 2017, Gaussian copula).
func (c *continuous) gaussianInformation(columns [][]float64, of []int) float64 {
	n := len(columns[0])
	of = distinctColumns(columns, of)
	both := append(append([]int{}, of...), c.target...)
	return (halfLogDet(columns, of, n) + halfLogDet(columns, c.target, n) - halfLogDet(columns, both, n)) / math.Ln2
}

// distinctColumns leaves out columns that repeat an earlier one.
func distinctColumns(columns [][]float64, of []int) []int {
	var kept []int
	for _, k := range of {
		if !slices.ContainsFunc(kept, func(j int) bool { return slices.Equal(columns[j], columns[k]) }) {
			kept = append(kept, k)
		}
	}
	return kept
}

// halfLogDet returns ½·ln|Σ| of some columns, corrected for n rows [nat].
func halfLogDet(columns [][]float64, of []int, n int) float64 {
	d := len(of)
	sigma := mat.NewSymDense(d, nil)
	for i, a := range of {
		for j := range i + 1 {
			sigma.SetSym(i, j, stat.Covariance(columns[a], columns[of[j]], nil))
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(sigma) {
		return math.Inf(-1) // one column determines another
	}
	v := chol.LogDet() / 2
	for k := 1; k <= d; k++ {
		v -= (mathext.Digamma(float64(n-k)/2) + math.Ln2 - math.Log(float64(n-1))) / 2
	}
	return v
}

// gaussianShared returns the continuous shared-exclusions redundancy of two
// columns and a target of one [bit] (Ehrlich and others 2024): the statement
// "R is near r or C is near c" has the density f(r)+f(c), so that
//
//	i = log2( [f(t,r) + f(t,c)] / (f(t)·[f(r) + f(c)]) )
//
// averaged over the rows, with Gaussian densities of the correlations observed.
func (c *continuous) gaussianShared(columns [][]float64) float64 {
	r, s, t := columns[c.of[0][0]], columns[c.of[1][0]], columns[c.target[0]]
	conditional := func(x []float64) (slope, deviation float64) {
		rho := stat.Correlation(x, t, nil)
		return rho, math.Sqrt(1 - rho*rho)
	}
	slopeR, devR := conditional(r)
	slopeS, devS := conditional(s)
	sum := 0.0
	sd := stat.StdDev(t, nil) // of normal scores, the same for all columns
	normal := func(x, m, dev float64) float64 { z := (x - m) / dev; return math.Exp(-z*z/2) / dev }
	for i := range t {
		a, b, y := r[i]/sd, s[i]/sd, t[i]/sd
		fa, fb := normal(a, 0, 1), normal(b, 0, 1)
		sum += math.Log2((fa*normal(y, slopeR*a, devR) + fb*normal(y, slopeS*b, devS)) / (normal(y, 0, 1) * (fa + fb)))
	}
	return sum / float64(len(t))
}
