// as: utils
// want: no place in the architecture

// Package noplace is a planted case of the architecture test.
package noplace
