package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/actors"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
)

// TestRecordedRunsLiveAgain: replaying a free run gives its final state, and needs
// nothing but the recorded inboxes of the neurons.
func TestRecordedRunsLiveAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "free")
	run := done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	told := 0
	got, err := r.Replay(context.Background(), actors.ReplayOptions{Workers: 2, Progress: func(int, int) { told++ }})
	if err != nil || !got.Pass || got.StateHash != run.Final.StateHash || got.Expected != got.StateHash || told == 0 {
		t.Fatalf("%v, %v of %s", err, got.Compared, run.Final.StateHash)
	}
	all, err := r.Audit(context.Background(), actors.ReplayOptions{Workers: 1})
	if err != nil || len(all.Verdicts) != r.Neurons() || !all.Pass {
		t.Fatal(all, err)
	}
	for _, v := range all.Verdicts {
		if !v.Pass {
			t.Errorf("neuron %d: %s", v.Neuron, v.Reason)
		}
	}
	some, err := r.Audit(context.Background(), actors.ReplayOptions{Workers: 1}, 3, 5)
	if err != nil || len(some.Verdicts) != 2 || some.Verdicts[1].Neuron != 5 || !some.Pass {
		t.Error(some, err)
	}
	lockstep := executed(t, small(t))
	for _, n := range []int{-1, r.Neurons(), 1 << 40} {
		for _, r := range []*Recorded{r, lockstep} {
			got, err := r.Audit(context.Background(), actors.ReplayOptions{Workers: 1}, 2, n)
			if want := fmt.Sprintf("got %d, the network has neurons 0 to 15", n); got != nil || !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Replay(ctx, actors.ReplayOptions{Workers: 1}); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
}

func TestRecordedRefuses(t *testing.T) {
	free := filepath.Join(t.TempDir(), "free")
	done(t, small(t, "mode=free"), Options{Dir: free, Lean: true})
	silent := filepath.Join(t.TempDir(), "silent")
	done(t, small(t, "mode=free", "record.inboxes=false"), Options{Dir: silent, Lean: true})
	for dir, want := range map[string]string{silent: "record.inboxes is false", t.TempDir(): ""} {
		if _, err := OpenRecorded(dir); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	name := filepath.Join(free, inboxes.Name)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRecorded(free); !errors.Is(err, record.ErrDamaged) || !errors.Is(err, ErrFailed) {
		t.Error(err)
	}
}
