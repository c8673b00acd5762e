package run

import (
	"errors"
	"io"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"infomorph/actors"
	"infomorph/internal/bundle"
	"infomorph/internal/fault"
	"infomorph/internal/footprint"
	"infomorph/internal/machines"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
)

// Options define how a scenario is run. Results do not depend on them. The zero value
// runs it with one actor per neuron on all cores, in a new folder below runs.
type Options struct {
	Dir     string // result folder; empty: runs/SCENARIO/TIME-SEED-HASH
	NoFiles bool   // no result folder
	CSV     bool   // also write each Parquet table as CSV
	Lean    bool   // for one of many runs: no pictures, no report, no final checkpoint

	Engine Engine
	Nodes  string // file with a list of machines to run on; empty: run here
	// NodePatience is how long to wait for a node that makes no progress, or much less
	// than the others. 0 means three seconds, less than 0 means for ever.
	NodePatience time.Duration

	CheckpointEvery time.Duration // 0: only when the run ends or is interrupted
	CheckpointSteps int           // also after this many presentations or recalls; 0: not by number

	From *Stopped // continue this run
	// Task makes the task from the scenario and its files; nil means scenarios.NewTask.
	Task    func(*scenarios.Scenario, scenarios.Files) (scenarios.Task, error)
	Command []string // command line for the manifest

	// Listener receives everything that the result folder receives, after it. An error
	// from it ends the run. It may be nil.
	Listener *journal.Listener
	// Began is called before a run begins, and Ended after it has ended, with or without
	// an error. The engine is still open then. They may be nil.
	Began, Ended func(*Running)
	// Logger makes the log of the run. It should write to file, which is log.jsonl of the
	// result folder; until the folder exists, it drops everything. nil means JSON, one
	// object per line.
	Logger func(file io.Writer) *slog.Logger

	again func(*sim.Network) (sim.Engine, error) // for a replay or an audit: makes the engines
}

// Running is a run in progress.
type Running struct {
	Scenario *Scenario
	Task     scenarios.Task
	Engine   sim.Engine
	Dir      string   // empty: no result folder
	Notes    []string // remarks about settings that are allowed but may be unintended

	recorder *recorder
}

// ErrBack is the cause with which to cancel the context of a run that will continue from
// its last checkpoint, and not from its present state.
var ErrBack = errors.New("the run goes back to its last checkpoint")

// Interventions returns all interventions in the run so far, one line of JSON each.
func (r *Running) Interventions() []byte { return r.recorder.is.interventions }

// Amend stores the scenario of a run after a touch, and all interventions, one line of
// JSON each. It must be called while the engine is idle.
func (r *Running) Amend(s *scenarios.Scenario, interventions []byte) error {
	return r.recorder.amend(amendment{s, interventions})
}

// Engine selects the engine that runs a network.
type Engine struct {
	Kind    string // neuron: one actor a neuron; population; none: the sequential reference. Empty: neuron, for more than 200,000 neurons population, for the trials of a study none
	Shards  int    // number of shard actors; 0: one per worker, fewer for small networks
	Workers int    // cores; 0: all
}

func (e *Engine) workers() int {
	if e.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return e.Workers
}

// Validate reports options that are out of range.
func (e *Engine) Validate() error {
	var faults []error
	if e.Workers < 0 || e.Workers > 4096 {
		faults = append(faults, fault.BadOption("workers", "got %d, expected 1 to 4096", e.Workers))
	}
	if e.Shards < 0 || e.Shards > 4096 {
		faults = append(faults, fault.BadOption("shards", "got %d, expected 0 to 4096", e.Shards))
	}
	switch e.Kind {
	case "", "none", "neuron", "population":
	default:
		faults = append(faults, fault.BadOption("actors", "got %q, expected neuron, population or none", e.Kind))
	}
	return errors.Join(faults...)
}

// Open makes the engine of a network, for a mode of the scenario language.
func (e Engine) Open(net *sim.Network, mode string, log *slog.Logger) (sim.Engine, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	if mode == scenarios.ModeFree {
		if e.Kind != "neuron" && e.Kind != "" || e.Shards != 0 {
			return nil, errors.New("--actors and --shards: a network runs free with one actor per neuron and no shards; leave them out")
		}
		return actors.NewFree(net, actors.FreeOptions{Logger: log})
	}
	if e.kind(net) == "none" {
		return sim.NewSequential(net)
	}
	return actors.New(net, e.actors(net, log))
}

// actors returns the options of the actors that run a network in lockstep.
func (e *Engine) actors(net *sim.Network, log *slog.Logger) actors.Options {
	o := actors.Options{Mode: actors.Neurons, Shards: e.Shards, Logger: log}
	if e.kind(net) == "population" {
		o.Mode = actors.Population
	}
	if o.Shards == 0 {
		o.Shards = actors.ShardsFor(net, e.workers())
	}
	return o
}

// kind returns the kind of engine that runs a network in lockstep.
func (e *Engine) kind(net *sim.Network) string {
	switch {
	case e.Kind != "":
		return e.Kind
	case net.NumNeurons() > footprint.MostActors:
		return "population"
	}
	return "neuron"
}

// frugal makes the garbage collector run more often if the network is large. Most of its
// memory is permanent, so by default the heap could grow to twice its size before a
// collection. The function that it returns undoes this.
func frugal(synapses int) (undo func()) {
	if synapses < footprint.Large {
		return func() {}
	}
	before := debug.SetGCPercent(footprint.Garbage)
	return func() { debug.SetGCPercent(before) }
}

// further makes an engine for one of the many small networks of a task such as a study.
// It is the sequential reference engine, the fastest one for small networks, unless the
// options select a kind.
func (e Engine) further(net *sim.Network, log *slog.Logger) (sim.Engine, error) {
	if e.Kind == "" {
		e.Kind = "none"
	}
	return e.Open(net, "lockstep", log)
}

// checkNodes refuses options that have no effect on nodes, and scenarios that cannot run
// there.
func (o *Options) checkNodes(s *Scenario) error {
	switch {
	case o.Nodes == "":
		return nil
	case s.Mode == scenarios.ModeFree:
		return fault.BadOption("nodes", "a network that runs free runs on one machine; several run in lockstep (--mode lockstep)")
	case o.Engine.Kind != "" || o.Engine.Shards != 0:
		return fault.BadOption("nodes", "each node has shard actors of its own; leave --actors and --shards out")
	}
	return nil
}

// files returns the files of a scenario. If the run uses nodes, they record what was read
// from them.
func (o *Options) files(s *Scenario) scenarios.Files {
	if o.Nodes != "" {
		return bundle.Record(s.Folder)
	}
	return s.Folder
}

// open makes the engine of a run: on this machine, or on the nodes of a list. The
// argument files is what the task has read.
func (o *Options) open(s *Scenario, net *sim.Network, files scenarios.Files, log *slog.Logger) (sim.Engine, error) {
	switch {
	case o.again != nil:
		return o.again(net)
	case o.Nodes == "":
		return o.Engine.Open(net, s.Mode, log)
	}
	m, err := o.machines()
	if err != nil {
		return nil, err
	}
	return m.Open(s.Scenario, net, files, log)
}

// machines reads the list of nodes.
func (o *Options) machines() (*machines.Machines, error) {
	m, err := machines.Read(o.Nodes)
	if err != nil {
		return nil, err
	}
	m.Patience = o.NodePatience
	return m, nil
}
