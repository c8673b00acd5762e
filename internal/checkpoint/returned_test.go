package checkpoint

import (
	"errors"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/disk/disktest"
)

// lives are ways in which a run reaches its end: without a stop, or after it
// was killed early, late, or just before its last manifest.
func lives(t *testing.T) map[string]func() *disktest.FS {
	t.Helper()
	log := disktest.New()
	log.Record = true
	if err := live(log); err != nil {
		t.Fatal(err)
	}
	last := 0
	for i, line := range log.Log {
		if strings.Contains(line, " create "+lifeDir+"/.manifest.json") {
			last = i
		}
	}
	killed := func(at int) func() *disktest.FS {
		return func() *disktest.FS {
			m := disktest.New()
			m.At, m.Fault = at, disktest.Death
			_ = live(m)
			m.Revive(rand.New(rand.NewPCG(1, 1)))
			return m
		}
	}
	return map[string]func() *disktest.FS{"new": disktest.New, "restarted": killed(log.Ops / 4), "resumed": killed(log.Ops * 2 / 3), "closed": killed(last)}
}

// TestEveryFaultIsReturned makes each operation of a run fail once: the caller gets
// the right error, unless nothing is lost.
func TestEveryFaultIsReturned(t *testing.T) {
	for name, begin := range lives(t) {
		counted := begin()
		counted.Record = true
		if err := live(counted); err != nil {
			t.Fatal(name, err)
		}
		quiet := quietly(counted.Log, name == "new")
		for at := 1; at <= counted.Ops; at++ {
			m := begin()
			m.At, m.Fault = at, disktest.Once
			if err := live(m); (err == nil) != quiet[at-1] || err != nil && !errors.Is(err, syscall.EIO) {
				t.Errorf("%s: %s: %v", name, counted.Log[at-1], err)
			}
		}
	}
}

// quietly says which operations may fail without an error: the clean-up after
// the last manifest is on the disk, and the check of whether a run is writing
// the folder.
func quietly(log []string, fresh bool) []bool {
	quiet, done := make([]bool, len(log)), 0
	asked := fresh
	for i, line := range log {
		_, op, _ := strings.Cut(line, " ")
		if strings.HasPrefix(op, "syncdir ") {
			done = i
		}
		if !asked && op == "append "+lifeDir+"/.parts/lock" {
			quiet[i], asked = true, true
		}
	}
	for i := done + 1; i < len(log); i++ {
		quiet[i] = true
	}
	return quiet
}
