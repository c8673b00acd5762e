// Package run runs a scenario in a result folder: it builds the engine, keeps what
// the run tells, writes checkpoints, judges the outcome, and goes on with a run
// that was stopped.
//
//	s, err := run.Load("memory-50", "seed=7")         // a file, or a built-in scenario
//	done, err := run.Do(ctx, s, run.Options{Dir: "results"})
//	fmt.Println(done.Scores.Values["recall.clean.mean_cosine"])
//
//	stopped, err := run.Open("results", run.OpenOptions{})
//	done, err = run.Do(ctx, stopped.Scenario, run.Options{From: stopped})
//
// Results depend on the scenario and its seed, not on the engine, the number of
// workers, or whether the run was stopped on the way. Errors say whose they are:
// errors.Is(err, run.ErrInput), ErrFailed or ErrInterrupted.
package run
