// as: neuron
// want: time.Now in a pure package
// want: time.Since in a pure package
// want: time.Time in a pure package
// want: time.Sleep in a pure package

// Package clock is a planted case of the architecture test.
package clock

import "time"

var start time.Time = time.Now()

func f() time.Duration {
	time.Sleep(time.Second)
	return time.Since(start)
}
