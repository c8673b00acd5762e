package actors

import (
	"bytes"
	"flag"
	"testing"
	"time"

	"infomorph/internal/inboxes"
)

var (
	figures       = flag.Bool("figures", false, "measure how well free-running networks of 100 neurons learn (minutes)")
	figurePattern = flag.Int("patterns", 50, "patterns for -figures")
	figureRuns    = flag.Int("runs", 5, "runs for -figures")
)

// TestFreeFigures tests the claim about learning without any order: 100 neurons
// and 50 patterns with 30 presentations each give at least .98 in each of 5
// runs, 100 patterns at least .95. Each run is recorded and replayed.
func TestFreeFigures(t *testing.T) {
	if !*figures {
		t.Skip("takes minutes; run with -figures")
	}
	const n, presentations = 100, 30
	floor := 0.98
	if *figurePattern > 50 {
		floor = 0.95
	}
	for run := range uint64(*figureRuns) {
		net := freeMemory(t, n, run+1)
		var file bytes.Buffer
		w, err := inboxes.NewWriter(&file, n)
		if err != nil {
			t.Fatal(err)
		}
		e := startFree(t, net, FreeOptions{})
		if err := e.Record(w, nil); err != nil {
			t.Fatal(err)
		}
		l := newLesson(e, n, *figurePattern, run+1)
		began, cpu := time.Now(), cpuTime()
		if err := l.train(presentations); err != nil {
			t.Fatal(err)
		}
		learnt, spent := time.Since(began), cpuTime()-cpu
		overlap, err := l.recall()
		if err != nil {
			t.Fatal(err)
		}
		if err := e.EndRecording(); err != nil {
			t.Fatal(err)
		}
		e.Close()
		began = time.Now()
		r, err := (Recorded{net, open(t, file.Bytes())}).Replay(t.Context(), ReplayOptions{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("run %d: mean overlap %.4f; learnt in %v (CPU %v), recording %d MB, %d M events replayed in %v, whole %v",
			run, overlap, learnt.Round(time.Millisecond), spent.Round(time.Millisecond), file.Len()>>20, r.Events/1e6, time.Since(began).Round(time.Millisecond), r.Whole)
		if overlap < floor || !r.Whole {
			t.Errorf("run %d: mean overlap %.4f, replay whole %v", run, overlap, r.Whole)
		}
	}
}
