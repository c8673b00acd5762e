//go:build unix

package sweep

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestHalfARunIsNotAdopted: if a file of a run cannot be copied, nothing of the run is.
func TestHalfARunIsNotAdopted(t *testing.T) {
	r := Request{Scenario: small(t, ""), Seeds: 2}
	from, to := planned(t, r), planned(t, r)
	first := &from.Plan.Runs[0]
	put(t, "", from.RunDir(first), "a.txt")
	if err := syscall.Mkfifo(filepath.Join(from.RunDir(first), "b.txt"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := to.adopt(first, from); err == nil || exists(to.RunDir(first)) {
		t.Errorf("half a run was adopted: %v", err)
	}
}
