// as: internal/record
// want: dot import

// Package dotimport is a planted case of the architecture test.
package dotimport

import . "fmt"

var _ = Sprint
