// Package npy reads and writes the arrays of NumPy: .npy files and .npz
// archives. Sources: NEP 1, numpy.lib.format.
//
// It reads numbers of all sizes, booleans and texts, as plain arrays and as
// records of named fields. It refuses Python objects, which are pickles. Values
// are read one by one in the order of the file; whole numbers are exact.
package npy
