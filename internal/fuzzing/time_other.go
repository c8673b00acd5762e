//go:build !unix

package fuzzing

import "time"

var start = time.Now()

// processorTime returns the time since the program began, for want of a better.
func processorTime() time.Duration { return time.Since(start) }
