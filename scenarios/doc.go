// Package scenarios is the door to experiments: it loads a document of the
// scenario language, prepares it, and runs it on any engine.
//
//	s, err := scenarios.Load("two-areas.yaml", file)
//	task, err := scenarios.NewTask(s, files)
//	engine, err := actors.New(task.Network(), actors.Options{})
//	r, err := task.Start(engine, &journal.Listener{Score: print})
//	err = r.Go(ctx)
//
// A document is an experiment in full (package language), one in short form
// (package templates), or a study of either: the same experiment again and again
// with other settings. A Task describes and can be started any number of times; a
// Run is one life of it, that can be saved and resumed. Package scenarios/run does
// all this in a result folder. What happens in an
// experiment is package protocol's business.
package scenarios
