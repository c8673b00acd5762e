// Package npy reads and writes the arrays of NumPy: .npy files and .npz
// archives. Sources: NEP 1, numpy.lib.format.
//
// Numbers of all sizes, booleans and texts are read, as plain arrays and as
// records of named fields; Python objects, which are pickles, are refused.
// Values come one by one in the order of the file, whole numbers exact.
package npy
