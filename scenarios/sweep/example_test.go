package sweep_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"infomorph/scenarios/sweep"
)

// Run a scenario over two settings and two seeds, and read its scores by point.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := sweep.New(sweep.Request{
		Scenario: "associative-memory", Sets: []string{"associative_memory.presentations=5", "associative_memory.recall=[{name: clean, count: 1}]"},
		Over: []string{"neuron.window=16,32"}, Seeds: 2, Dir: filepath.Join(dir, "windows"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Create(); err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Run(context.Background(), sweep.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range s.Results().ByPoint() {
		fmt.Println(p.Values, p.Done, "runs", len(p.Scores["recall.clean.mean_overlap"]), "scores")
	}
	// Output:
	// [16] 2 runs 2 scores
	// [32] 2 runs 2 scores
}
