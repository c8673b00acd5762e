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

// Options say how a scenario is run; results do not depend on them. The zero
// value runs it with one actor a neuron on all cores, in a folder of its own
// below runs.
type Options struct {
	Dir     string // result folder; empty: runs/SCENARIO/TIME-SEED-HASH
	NoFiles bool   // no result folder
	CSV     bool   // a CSV twin of each Parquet table
	Lean    bool   // one of many runs: no pictures, no report, no checkpoint of the end

	Engine Engine
	Nodes  string // file with a list of machines to run on; empty: here
	// NodePatience is how long to wait for a node that gets nothing done, or far
	// less than the others; 0: three seconds, less: for ever.
	NodePatience time.Duration

	CheckpointEvery time.Duration // 0: only where the run ends or is interrupted
	CheckpointSteps int           // also every so many presentations or recalls; 0: not by their number

	From *Stopped // go on with this run
	// Task makes what is run of the scenario and the files that it names; nil:
	// scenarios.NewTask.
	Task    func(*scenarios.Scenario, scenarios.Files) (scenarios.Task, error)
	Command []string // that the manifest names

	// Listener is told what the folder is told, after it. What it returns ends the
	// run. It may be nil.
	Listener *journal.Listener
	// Began and Ended are told of a run that is about to begin and one that has
	// come to its end, well or not, while its engine is there. They may be nil.
	Began, Ended func(*Running)
	// Logger makes the log of the run, which should write to file: that is
	// log.jsonl of the result folder, or nothing until there is one. nil is JSON,
	// one object a line.
	Logger func(file io.Writer) *slog.Logger

	again func(*sim.Network) (sim.Engine, error) // runs the network as it was recorded
}

// Running is a run that goes on.
type Running struct {
	Scenario *Scenario
	Task     scenarios.Task
	Engine   sim.Engine
	Dir      string   // empty: no result folder
	Notes    []string // what is allowed but may not be what was meant

	recorder *recorder
}

// ErrBack is the cause of the end of a run that is to go on from its last
// checkpoint, and not from where it is.
var ErrBack = errors.New("the run goes back to its last checkpoint")

// Interventions returns what was done to the run so far, one line of JSON each.
func (r *Running) Interventions() []byte { return r.recorder.is.interventions }

// Amend keeps the scenario of a run that has been touched, with what was done to
// it, one line of JSON each. It must be called where the run stands still.
func (r *Running) Amend(s *scenarios.Scenario, interventions []byte) error {
	return r.recorder.amend(amendment{s, interventions})
}

// Engine says which engine runs a network.
type Engine struct {
	Kind    string // neuron: one actor a neuron; population; none: the sequential reference. Empty: neuron, for more than 200,000 neurons population, for the trials of a study none
	Shards  int    // shard actors; 0: one a worker, fewer for small networks
	Workers int    // cores; 0: all
}

func (e *Engine) workers() int {
	if e.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return e.Workers
}

// Validate reports options that cannot be.
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

// Open makes the engine of a network, in a mode of the scenario language.
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
	kind := e.kind(net)
	if kind == "none" {
		return sim.NewSequential(net)
	}
	o := actors.Options{Mode: actors.Neurons, Shards: e.Shards, Logger: log}
	if kind == "population" {
		o.Mode = actors.Population
	}
	if o.Shards == 0 {
		o.Shards = actors.ShardsFor(net, e.workers())
	}
	return actors.New(net, o)
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

// frugal keeps garbage small beside a large network, of whose gigabytes little
// comes and goes: the collector need not wait until as much again has come. It
// returns what undoes that.
func frugal(net *sim.Network) (undo func()) {
	if net.NumSynapses() < footprint.Large {
		return func() {}
	}
	before := debug.SetGCPercent(footprint.Garbage)
	return func() { debug.SetGCPercent(before) }
}

// further makes an engine for one of the many small networks of a task such as
// a study: the sequential reference, which is fastest for them, unless a kind was
// chosen.
func (e Engine) further(net *sim.Network, log *slog.Logger) (sim.Engine, error) {
	if e.Kind == "" {
		e.Kind = "none"
	}
	return e.Open(net, "lockstep", log)
}

// checkNodes refuses what has no effect on nodes, or cannot run there.
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

// files returns the files of a scenario, which remember what was read of them
// where it goes to nodes.
func (o *Options) files(s *Scenario) scenarios.Files {
	if o.Nodes != "" {
		return bundle.Record(s.Folder)
	}
	return s.Folder
}

// open makes the engine of a run: here, or on the nodes of a list. files is what
// the task has read.
func (o *Options) open(s *Scenario, net *sim.Network, files scenarios.Files, log *slog.Logger) (sim.Engine, error) {
	switch {
	case o.again != nil:
		return o.again(net)
	case o.Nodes == "":
		return o.Engine.Open(net, s.Mode, log)
	}
	m, err := machines.Read(o.Nodes)
	if err != nil {
		return nil, err
	}
	m.Patience = o.NodePatience
	return m.Open(s.Scenario, net, files, log)
}
