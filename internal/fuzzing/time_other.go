//go:build !unix

package fuzzing

import "time"

var start = time.Now()

// processorTime returns the time since the program began, because processor
// time is not available here.
func processorTime() time.Duration { return time.Since(start) }
