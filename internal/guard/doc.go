// Package guard protects the program from bad files and outputs: names of pipes
// or devices instead of files, outputs that fail, and interruptions while files
// are written.
package guard
