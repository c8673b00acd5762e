// Package scenarios says what a network is to do: scenario files with their
// schema and validation, the tasks (stimuli, readouts, scores) and the
// built-in scenarios. It describes what happens, never how it is run: a task
// plays on any sim.Engine and starts no goroutine.
//
// Parts:
//
//   - Scenario: the file, read by Load; every key is documented in its tag;
//   - Task: made from a scenario by NewTask; knows its network and how to run;
//   - Stage: what a task plays on: an engine, and a journal for its results.
package scenarios
