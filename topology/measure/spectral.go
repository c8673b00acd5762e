package measure

import (
	"math"
	"math/cmplx"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

func spectralMeasures() []Measure {
	return []Measure{
		{"spectral_radius", "largest |eigenvalue| of the matrix of weights (signs kept), or of 0/1 if not weighted; Arnoldi above 500 neurons, with the residual as error", false, false, spectralRadius},
	}
}

const (
	denseLimit = 500 // up to this size, the whole spectrum is computed
	krylov     = 80  // dimension of the Krylov space
	restarts   = 60
)

func spectralRadius(n *Net) Result {
	if n.N == 0 {
		return scalar(0)
	}
	if n.N <= denseLimit {
		a := mat.NewDense(n.N, n.N, nil)
		for i := range n.N {
			for k := n.in.off[i]; k < n.in.off[i+1]; k++ {
				a.Set(i, int(n.in.to[k]), n.w(n.in, k))
			}
		}
		var e mat.Eigen
		if !e.Factorize(a, mat.EigenNone) {
			return scalar(math.NaN())
		}
		top := 0.0
		for _, v := range e.Values(nil) {
			top = math.Max(top, cmplx.Abs(v))
		}
		return scalar(top)
	}
	return n.arnoldi()
}

// times sets y = A·x, where the rows of A are the targets.
func (n *Net) times(y, x []float64) {
	for i := range y {
		sum := 0.0
		for k := n.in.off[i]; k < n.in.off[i+1]; k++ {
			sum += n.w(n.in, k) * x[n.in.to[k]]
		}
		y[i] = sum
	}
}

// arnoldi restarts from the leading Ritz vector until its residual is small.
// Source: Saad, Numerical Methods for Large Eigenvalue Problems, 6.2 and 6.4.
func (n *Net) arnoldi() Result {
	rng := rand.New(rand.NewPCG(n.opt.Seed, 6))
	start := make([]float64, n.N)
	for i := range start {
		start[i] = rng.NormFloat64()
	}
	var radius, residual float64
	for range restarts {
		basis, h, size := n.basis(start)
		var e mat.Eigen
		if !e.Factorize(h.Slice(0, size, 0, size), mat.EigenRight) {
			return scalar(math.NaN())
		}
		values := e.Values(nil)
		best := 0
		for i, v := range values {
			if cmplx.Abs(v) > cmplx.Abs(values[best])*(1+1e-12) {
				best = i
			}
		}
		var vectors mat.CDense
		e.VectorsTo(&vectors)
		radius = cmplx.Abs(values[best])
		residual = h.At(size, size-1) * cmplx.Abs(vectors.At(size-1, best))
		if residual <= 1e-12*radius || size < krylov {
			break
		}
		for i := range start {
			start[i] = 0
		}
		for k := range size { // this real vector and its image under A span the complex pair
			floats.AddScaled(start, real(vectors.At(k, best))+imag(vectors.At(k, best)), basis[k])
		}
	}
	r := scalar(radius)
	r.Error = Number(residual)
	return r
}

// basis returns an orthonormal basis of the Krylov space of start, and the
// Hessenberg matrix of A in it. size is less than krylov if the space is
// smaller.
func (n *Net) basis(start []float64) (basis [][]float64, h *mat.Dense, size int) {
	h = mat.NewDense(krylov+1, krylov, nil)
	first := append([]float64(nil), start...)
	floats.Scale(1/floats.Norm(first, 2), first)
	basis = append(basis, first)
	for j := range krylov {
		next := make([]float64, n.N)
		n.times(next, basis[j])
		before := floats.Norm(next, 2)
		for range 2 { // orthogonalise twice: once is not accurate enough
			for i := range basis {
				c := floats.Dot(basis[i], next)
				floats.AddScaled(next, -c, basis[i])
				h.Set(i, j, h.At(i, j)+c)
			}
		}
		norm := floats.Norm(next, 2)
		if norm <= 1e-13*before || norm == 0 {
			return basis, h, j + 1
		}
		h.Set(j+1, j, norm)
		if j+1 < krylov {
			floats.Scale(1/norm, next)
			basis = append(basis, next)
		}
	}
	return basis, h, krylov
}
