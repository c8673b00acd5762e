// Package guard stands between the program and what a user, a disk or another
// program may hand it: files that are none, outputs that fail, memory that the
// machine does not have.
package guard
