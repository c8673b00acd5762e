// Package run runs a scenario in a result folder. It builds the engine, stores the
// results, writes checkpoints, judges the outcome, and resumes a run that was stopped.
//
//	s, err := run.Load("memory-50", "seed=7")         // a file, or a built-in scenario
//	done, err := run.Do(ctx, s, run.Options{Dir: "results"})
//	fmt.Println(done.Scores.Values["recall.clean.mean_overlap"])
//
//	stopped, err := run.Open("results", run.OpenOptions{})
//	done, err = run.Do(ctx, stopped.Scenario, run.Options{From: stopped})
//
// Results depend on the scenario and its seed. They do not depend on the engine, on the
// number of workers, or on whether the run was stopped and resumed. An error has a cause
// that can be tested: errors.Is(err, run.ErrInput), ErrFailed or ErrInterrupted.
package run
