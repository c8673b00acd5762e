// Package dataset makes and reads labelled images: procedural stroke digits
// that need no download, and the IDX files of MNIST and its kin.
//
// Making digits is pure: no file, clock or global randomness. Reading takes an
// io.Reader, is bounded, and answers bad data with one error that names the
// file and what is wrong.
package dataset
