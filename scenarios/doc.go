// Package scenarios is the entry point for experiments: it loads a document of the
// scenario language, prepares it, and runs it on any engine.
//
//	s, err := scenarios.Load("two-areas.yaml", file)
//	task, err := scenarios.NewTask(s, files)
//	engine, err := actors.New(task.Network(), actors.Options{})
//	r, err := task.Start(engine, &journal.Listener{Score: print})
//	err = r.Go(ctx)
//
// A document is one of three things: an experiment in full (package language), an
// experiment in short form (package templates), or a study, which repeats an experiment
// of either form with other settings. A Task describes an experiment and can be started
// any number of times. A Run is one execution of a Task; it can be saved and resumed.
// Package scenarios/run does all this in a result folder. Package protocol defines what
// happens during an experiment.
package scenarios
