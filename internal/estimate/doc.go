// Package estimate estimates partial information decompositions from samples:
// it reads tables, bins columns, counts, corrects bias and gives intervals and
// p-values. Package pid computes the decompositions.
package estimate
