// Package fuzzing limits the time and memory that a reader may use for one
// input. The fuzz tests of all readers use it.
package fuzzing

import (
	"runtime/metrics"
	"testing"
	"time"
)

// Limits for one input: processor time, and memory allocated in total.
const (
	mostTime   = 5 * time.Second
	mostMemory = 1 << 30
)

// Bound starts to measure what an input takes. The function that it returns
// fails the test if this was too much.
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

// allocated returns the memory that the program has allocated so far [bytes].
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
