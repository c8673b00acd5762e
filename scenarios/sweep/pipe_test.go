//go:build unix

package sweep

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"infomorph/internal/fault"
)

// TestHalfARunIsNotAdopted: if a file of a run cannot be copied, nothing of the run is.
func TestHalfARunIsNotAdopted(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 1, Over: []string{"neuron.window=16"}})
	if err := s.Run(context.Background(), Options{}); err != nil {
		t.Fatal(err)
	}
	first := s.RunDir(&s.Plan.Runs[0])
	if err := syscall.Mkfifo(filepath.Join(first, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	joined := filepath.Join(t.TempDir(), "joined")
	if _, err := Merge(joined, s.Dir); fault.Kind(err) != fault.ErrFailed || exists(filepath.Join(joined, "runs", filepath.Base(first))) {
		t.Errorf("half a run was adopted: %v", err)
	}
}
