// Package sweep runs a scenario with many settings and seeds, in a folder, and makes a
// table of its scores.
//
//	s, err := sweep.New(sweep.Request{Scenario: "memory-50", Over: []string{"neuron.window=16,32"}, Seeds: 5, Dir: "windows"})
//	err = s.Create()
//	err = s.Run(ctx, sweep.Options{})
//	for _, p := range s.Results().ByPoint() {
//	fmt.Println(p.Values, p.Scores["recall.clean.exact"])
//	}
//
// To continue a sweep that was stopped, call Open and then Run. Its tables are the same
// bytes as without the stop, for any number of workers. Parts of a sweep can run on
// several machines; Merge joins them. Package design plans the runs, and package run
// executes each of them.
package sweep
