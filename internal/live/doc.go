// Package live lets people watch a run and touch it.
//
// A Session stands between a run and whoever watches: it wraps what a run tells
// (Listener), keeps a bounded summary of it, and gives the run what is asked of
// it where it stands still (Attend). Commands are typed (Command); what they
// change of the experiment are events of the scenario language, checked as those
// of a file, at a simulated time. Nothing that a viewer sends is run as code or
// names a file.
//
// The run never waits for a viewer. Viewers pull frames from the summary, 25 a
// second, at most two unacknowledged; what a slow one misses is counted and
// dropped, and nothing is gathered for it meanwhile. Where nobody watches an epoch
// costs one atomic load. What has to be asked of neurons is asked between two
// steps, and not before a hundred times what it cost last has passed; frames, not
// before fifty times.
//
// Serve puts the page, which is embedded, and one WebSocket on HTTP.
package live
