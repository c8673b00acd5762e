// Package sweep runs a scenario over settings and seeds, in a folder, and
// tabulates its scores.
//
//	s, err := sweep.New(sweep.Request{Scenario: "memory-50", Over: []string{"neuron.window=16,32"}, Seeds: 5, Dir: "windows"})
//	err = s.Create()
//	err = s.Run(ctx, sweep.Options{})
//	for _, p := range s.Results().ByPoint() {
//		fmt.Println(p.Values, p.Scores["recall.clean.exact"])
//	}
//
// A sweep that was stopped is opened again with Open and goes on with Run; its
// tables are the same bytes as if it had never been stopped, whatever the number of
// workers. Parts of a sweep run on several machines and are joined by Merge. What
// there is to run is a plan of package design; each run is one of package run.
package sweep
