// Package search looks for the settings that give the best score.
//
//   - Space: named numeric settings with ranges, as points of a cube;
//   - Strategy: covariance matrix adaptation (CMA-ES of gonum/optimize), asked
//     for one generation of points after the other and told their losses.
//
// A search is its seed and the losses it was told, nothing else: whoever tells
// it the same losses again is asked for the same points. That is how a search
// goes on after it was stopped, and why it does not depend on how many trials
// go on at a time.
package search
