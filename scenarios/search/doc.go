// Package search looks for the settings that give the best score.
//
//   - Space: named numeric settings with ranges, as points of a cube;
//   - Strategy: covariance matrix adaptation (CMA-ES of gonum/optimize). It proposes one
//     generation of points after the other and gets the loss of each point.
//
// A search depends only on its seed and the losses. Given the same losses again, it
// proposes the same points again. This is how a stopped search continues, and why it does
// not depend on the number of concurrent trials.
package search
