//go:build !unix

package remote

import "time"

var began = time.Now()

// processTime returns the time since the process began, because processor time
// is not read on this system. As a result, no node appears idle.
func processTime() time.Duration { return time.Since(began) }
