package search

import (
	"errors"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// Strategy is a search in progress. Call Ask for a generation, then Tell with its losses,
// and so on. It owns a goroutine until Close.
//
// Source: Krause, Arbonès, Igel 2016 (CMA-ES with Cholesky factors), as in
// gonum/optimize.
type Strategy struct {
	method     *optimize.CmaEsChol
	operations chan optimize.Task
	results    chan optimize.Task
	asked      []optimize.Task
}

// NewStrategy starts a search at a point of the cube. The step is the initial standard
// deviation. The population is the number of points of a generation; 0 means 4 +
// ⌊3·ln(dimensions)⌋.
func NewStrategy(start []float64, step float64, population int, seed uint64) *Strategy {
	dim := len(start)
	spread := mat.NewDiagDense(dim, nil)
	for i := range dim {
		spread.SetDiag(i, step*step)
	}
	var chol mat.Cholesky
	chol.Factorize(spread)
	if population == 0 {
		population = DefaultPopulation(dim)
	}
	s := &Strategy{
		method: &optimize.CmaEsChol{InitStepSize: 1, InitCholesky: &chol, Population: population,
			StopLogDet: math.NaN(), Src: rand.NewPCG(seed, 0x5ea7c4)},
		operations: make(chan optimize.Task, population),
		results:    make(chan optimize.Task, population),
	}
	n := s.method.Init(dim, population)
	tasks := make([]optimize.Task, n)
	for i := range tasks {
		tasks[i].Location = &optimize.Location{X: append([]float64(nil), start...)}
	}
	go s.method.Run(s.operations, s.results, tasks)
	return s
}

// DefaultPopulation returns the default number of points of a generation.
func DefaultPopulation(dim int) int { return 4 + int(3*math.Log(float64(dim))) }

// Ask returns the points of the next generation.
func (s *Strategy) Ask() [][]float64 {
	s.asked = s.asked[:0]
	points := make([][]float64, s.method.Population)
	for range points {
		t := <-s.operations
		s.asked = append(s.asked, t)
		points[t.ID] = append([]float64(nil), t.X...)
	}
	return points
}

// Tell sets the loss of each point from Ask; the loss of a failed trial is +Inf. It
// returns an error if the search cannot continue.
func (s *Strategy) Tell(losses []float64) error {
	for _, t := range s.asked {
		t.F = losses[t.ID]
		s.results <- t
	}
	t := <-s.operations
	if t.Op == optimize.MethodDone {
		return errors.New("search: the strategy has collapsed onto one point")
	}
	s.results <- t
	return nil
}

// Close ends the search. It drops points that have no loss yet.
func (s *Strategy) Close() {
	go func() { // the method may be about to send points
		for range s.operations {
		}
	}()
	s.results <- optimize.Task{Op: optimize.PostIteration}
	close(s.results)
}
