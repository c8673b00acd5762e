//go:build !unix

package remote

import "time"

var began = time.Now()

// processTime returns the time since the process began where the system is not
// asked for that of its processors: then nobody is found to do nothing.
func processTime() time.Duration { return time.Since(began) }
