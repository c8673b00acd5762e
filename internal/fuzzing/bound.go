// Package fuzzing bounds what a reader may do with an input that comes from
// outside, for the fuzz tests of all readers.
package fuzzing

import (
	"runtime/metrics"
	"testing"
	"time"
)

// What one input may take: of the processor, and allocated in all.
const (
	mostTime   = 5 * time.Second
	mostMemory = 1 << 30
)

// Bound begins to count what an input takes; the function that it returns fails
// the test where that was too much.
func Bound(t testing.TB) (end func()) {
	began, had := processorTime(), allocated()
	return func() {
		t.Helper()
		if took := processorTime() - began; took > mostTime {
			t.Errorf("took %v of the processor, at most %v", took, mostTime)
		}
		if took := allocated() - had; took > mostMemory {
			t.Errorf("allocated %d bytes, at most %d", took, mostMemory)
		}
	}
}

// allocated returns what was allocated by the program so far [bytes].
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
