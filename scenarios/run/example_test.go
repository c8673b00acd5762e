package run_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"infomorph/scenarios/journal"
	"infomorph/scenarios/run"
)

// Run a built-in scenario in a result folder, stop it, resume it, and judge the outcome.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := run.Load("associative-memory", "seed=7", "associative_memory.presentations=60", "associative_memory.recall=[{name: clean, dynamics: sign, count: 2}]", "expect=[{score: recall.clean.mean_overlap, min: 0.9}]")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	stopAt := &journal.Listener{Within: func() int { return 1 }, Step: func(_ string, done, _ int) error {
		if done == 20 {
			stop()
		}
		return nil
	}}
	_, err = run.Do(ctx, s, run.Options{Dir: filepath.Join(dir, "results"), Listener: stopAt})
	fmt.Println("stopped:", errors.Is(err, run.ErrInterrupted))

	stopped, err := run.Open(filepath.Join(dir, "results"), run.OpenOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	done, err := run.Do(context.Background(), stopped.Scenario, run.Options{From: stopped})
	if err != nil {
		fmt.Println(err)
		return
	}
	verdicts, err := done.Judge()
	fmt.Println(done.Simulated(), done.Scores.Values["recall.clean.mean_overlap"] > 0.99, len(verdicts), run.Missed(verdicts), err)
	// Output:
	// stopped: true
	// 3.129562s true 1 <nil> <nil>
}
