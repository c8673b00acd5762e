package fuzzing

import (
	"fmt"
	"strings"
	"testing"
)

// told keeps the errors of a test.
type told struct {
	testing.TB
	all []string
}

func (l *told) Helper() {}

func (l *told) Errorf(format string, args ...any) {
	l.all = append(l.all, fmt.Sprintf(format, args...))
}

var sink []byte

func TestBound(t *testing.T) {
	small, large := &told{TB: t}, &told{TB: t}
	end := Bound(small)
	sink = make([]byte, 1<<20)
	end()
	if len(small.all) > 0 {
		t.Errorf("a megabyte: %v", small.all)
	}
	end = Bound(large)
	sink = make([]byte, mostMemory+1) // takes no memory as long as it is not used
	end()
	sink = nil
	if len(large.all) != 1 || !strings.Contains(large.all[0], "allocated") {
		t.Errorf("a gigabyte: %v", large.all)
	}
}
