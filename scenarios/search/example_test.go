package search_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"infomorph/scenarios/search"
)

// Search the rate and window of a memory that recalls best.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := search.New(search.Request{
		Scenario: "associative-memory", Sets: []string{"associative_memory.presentations=3", "associative_memory.recall=[{name: clean, count: 1}]"}, Dir: filepath.Join(dir, "search"),
		Design: search.Design{Over: []string{"neuron.window=8..64", "neuron.learning.rate=log(0.1,10)"}, Trials: 4, Seeds: 1, Population: 4, Step: 0.2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Create(); err != nil {
		fmt.Println(err)
		return
	}
	found, err := s.Run(context.Background(), search.Options{})
	fmt.Println(len(found.Trials), "trials of", s.Score, found.Best != nil, err)
	// Output:
	// 4 trials of recall.clean.mean_overlap true <nil>
}
