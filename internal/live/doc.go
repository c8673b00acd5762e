// Package live lets people watch a run and change it while it runs. Such a
// change is called a touch.
//
// A Session connects a run with its viewers. It receives the reports of the run
// (Listener), keeps a summary of limited size, and passes requests to the run
// between two steps (Attend). Commands are typed (Command). A command that
// changes the experiment has an event of the scenario language, which is
// checked like an event in a file and happens at a simulated time. Nothing that
// a viewer sends is run as code or names a file.
//
// The run never waits for a viewer. Viewers pull frames from the summary, 25
// per second, with at most two unacknowledged. Frames that a slow viewer misses
// are counted and dropped, and no data are collected for them. If nobody
// watches, an epoch costs one atomic load. Reports of neurons are requested
// between two steps, and after a request there is a pause of lookShare times
// its cost; after a frame it is frameShare times its cost per viewer.
//
// Serve serves the embedded page and one WebSocket over HTTP.
package live
