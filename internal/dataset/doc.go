// Package dataset makes and reads labelled images: procedural stroke digits
// that need no download, and IDX files such as those of MNIST.
//
// Making digits is pure: no file, clock or global randomness. Reading takes an
// io.Reader and is limited in size. For bad data it returns one error that
// names the file and the fault.
package dataset
