package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/checkpoint"
	"infomorph/internal/footprint"
	"infomorph/internal/record"
	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/design"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/network"
	"infomorph/scenarios/run"
)

func newPlanCommand() *cobra.Command {
	var f sweepFlags
	var budget time.Duration
	cmd := &cobra.Command{
		Use:   "plan SCENARIO",
		Short: "Estimate what a run will take: neurons, synapses, spikes, time, disk, memory",
		Long: "Estimate what a run will take, without running it: build the network, and try the\n" +
			"beginning of the task for about a second. A network of more than five million synapses is\n" +
			"not built unless --try is given; then only its size and memory are estimated. Nothing is\n" +
			"written.",
		Example:           "  infomorph plan memory-50",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenario,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := loadScenario(args[0], f.assignments()...)
			if err != nil {
				return err
			}
			e, err := untried(s)
			if err == nil && (e == nil || cmd.Flags().Changed("try")) {
				e, err = forecastOf(s, budget)
			}
			if err != nil {
				return err
			}
			if err := e.addSweep(s.Scenario, &f); err != nil {
				return badInput(err)
			}
			if f.json {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				return enc.Encode(e)
			}
			return e.print(cmd.OutOrStdout(), args[0])
		},
	}
	f.add(cmd)
	cmd.Flags().DurationVar(&budget, "try", time.Second, "how long to try the task for an estimate")
	f.seeds = 1
	return cmd
}

// forecast is the expected cost of a run.
type forecast struct {
	Neurons  int     `json:"neurons"`
	Channels int     `json:"channels"`
	Synapses int64   `json:"synapses"`
	Tried    bool    `json:"tried"` // false: the fields below about time, spikes and disk are not set
	EpochUS  int64   `json:"epoch_us,omitempty"`
	Phase    string  `json:"phase,omitempty"` // the phase that was tried last
	Steps    int     `json:"steps,omitempty"` // of that phase
	Complete bool    `json:"complete"`        // the trial reached the end of the task: the values are exact
	Spikes   float64 `json:"spikes,omitempty"`
	Events   float64 `json:"events,omitempty"` // spikes that reach a synapse
	Seconds  float64 `json:"seconds,omitempty"`
	Memory   uint64  `json:"memory_bytes"`
	Disk     int64   `json:"disk_bytes,omitempty"`
	Free     int64   `json:"disk_free_bytes,omitempty"`
	Runs     int     `json:"sweep_runs,omitempty"`
}

// errEnough ends a trial whose time is up.
var errEnough = errors.New("enough")

// trial is a journal that keeps nothing and ends the task when its time is up.
type trial struct {
	until       time.Time
	began       time.Time
	phase       string
	done, total int
	before      float64 // seconds of the phases before
	spikes      int64
	spikesThen  int64 // at the beginning of the phase
}

func (t *trial) Epoch(_ neuron.Time, out *neuron.Output) error {
	t.spikes += int64(len(out.Spikes))
	if time.Now().After(t.until.Add(10 * time.Second)) { // no step in all this time
		return errEnough
	}
	return nil
}

func (t *trial) Step(phase string, done, total int) error {
	now := time.Now()
	if phase != t.phase {
		t.before += now.Sub(t.began).Seconds()
		t.phase, t.began, t.spikesThen = phase, now, t.spikes
	}
	t.done, t.total = done, total
	if now.After(t.until) {
		return errEnough
	}
	return nil
}

// untried returns the forecast for a large network without building it. It
// returns nil if the network is small, or if its size is not known in advance.
func untried(s *run.Scenario) (*forecast, error) {
	size, ok, err := scenarios.SizeOf(s.Scenario, s.Folder)
	if err != nil {
		return nil, badInput(err)
	}
	if !ok || size.Synapses < footprint.Large {
		return nil, nil
	}
	return &forecast{Neurons: size.Neurons, Channels: size.Channels, Synapses: size.Synapses, Memory: uint64(size.Bytes)}, nil
}

// forecastOf builds the network and tries the task for a while.
func forecastOf(s *run.Scenario, budget time.Duration) (*forecast, error) {
	task, err := scenarios.NewTask(s.Scenario, s.Folder)
	if err != nil {
		return nil, badInput(err)
	}
	net := task.Network()
	engine, err := sim.NewSequential(net)
	if err != nil {
		return nil, badInput(err)
	}
	defer engine.Close()
	start := time.Now()
	t := &trial{until: start.Add(budget), began: start}
	run, runErr := task.Start(engine, &journal.Listener{Epoch: t.Epoch, Step: t.Step})
	if runErr == nil {
		runErr = run.Go(context.Background())
	}
	took := time.Since(start).Seconds()
	if runErr != nil && !errors.Is(runErr, errEnough) {
		return nil, runFailed(runErr)
	}
	f := &forecast{
		Tried: true, Neurons: net.NumNeurons(), Channels: net.NumChannels(), Synapses: int64(net.NumSynapses()), EpochUS: int64(net.Width()),
		Phase: t.phase, Steps: t.total, Complete: runErr == nil, Spikes: float64(t.spikes), Seconds: took,
		Memory: uint64(footprint.Running(net, batches(task))), // of the whole process
	}
	f.extrapolate(t, took)
	sampling, err := s.Sampling(task)
	if err != nil {
		return nil, badInput(err)
	}
	kept := sampling.Neurons.Count(f.Neurons)
	plan := record.Plan{Atoms: int64(s.Record.Atoms) * int64(kept), AtomNames: 4}
	if s.Record.Spikes {
		plan.Spikes = int64(f.Spikes * float64(kept) / float64(f.Neurons))
	}
	if s.Record.Weights {
		plan.Synapses = f.Synapses
	}
	var saved size
	if err := sim.WriteState(engine, &saved); err != nil {
		return nil, runFailed(err)
	}
	f.Disk = plan.Estimate() + checkpoint.Kept*int64(saved)
	f.Free, _ = record.FreeSpace("runs")
	return f, nil
}

// batches returns a function that reports whether a neuron of a task learns from batches;
// nil for a study.
func batches(t scenarios.Task) func(neuron.ID) bool {
	p := scenarios.PlanOf(t)
	if p == nil {
		return nil
	}
	return network.Batches(p.Experiment, p.Net.Populations)
}

// size counts the bytes that are written.
type size int64

func (s *size) Write(b []byte) (int, error) {
	*s += size(len(b))
	return len(b), nil
}

// extrapolate extends the values of the trial to the end of its last phase.
func (f *forecast) extrapolate(t *trial, took float64) {
	if !f.Complete && t.done > 0 {
		stretch := float64(t.total) / float64(t.done)
		f.Seconds = t.before + (took-t.before)*stretch
		f.Spikes = float64(t.spikesThen) + float64(t.spikes-t.spikesThen)*stretch
	}
	if f.Neurons > 0 {
		f.Events = f.Spikes * float64(f.Synapses) / float64(f.Neurons+f.Channels)
	}
}

// addSweep counts the runs of a sweep section.
func (f *forecast) addSweep(s *scenarios.Scenario, flags *sweepFlags) error {
	if s.Sweep == nil {
		return nil
	}
	r := flags.request()
	d, err := r.Design(s)
	if err != nil {
		return err
	}
	p, err := design.NewPlan(d)
	if err != nil {
		return err
	}
	f.Runs = len(p.Runs)
	return nil
}

func (f *forecast) print(w io.Writer, name string) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	about := "about "
	if f.Complete {
		about = ""
	}
	drawn := ""
	if !f.Tried {
		drawn = "about "
	}
	fmt.Fprintf(tw, "%s\n", name)
	fmt.Fprintf(tw, "neurons\t%d\n", f.Neurons)
	fmt.Fprintf(tw, "channels\t%d\n", f.Channels)
	fmt.Fprintf(tw, "synapses\t%s%d\n", drawn, f.Synapses)
	if f.Tried {
		fmt.Fprintf(tw, "epoch\t%v\n", neuron.Time(f.EpochUS))
		fmt.Fprintf(tw, "spikes\t%s%.3g\n", about, f.Spikes)
		fmt.Fprintf(tw, "synaptic events\tabout %.3g\n", f.Events)
		fmt.Fprintf(tw, "time\tabout %v on one core\n", time.Duration(f.Seconds*float64(time.Second)).Round(10*time.Millisecond))
	}
	fmt.Fprintf(tw, "memory\tabout %s\n", words.Bytes(int64(f.Memory)))
	if f.Tried {
		fmt.Fprintf(tw, "disk\tat most %s (%s free)\n", words.Bytes(f.Disk), words.Bytes(f.Free))
	}
	f.printEnd(tw)
	return tw.Flush()
}

// printEnd prints the cost of a sweep, and how the values were found.
func (f *forecast) printEnd(w io.Writer) {
	switch {
	case f.Runs > 0 && f.Tried:
		hours := time.Duration(f.Seconds * float64(f.Runs) / float64(runtime.GOMAXPROCS(0)) * float64(time.Second))
		fmt.Fprintf(w, "sweep\t%d runs, about %v on %d cores\n", f.Runs, hours.Round(time.Second), runtime.GOMAXPROCS(0))
	case f.Runs > 0:
		fmt.Fprintf(w, "sweep\t%d runs\n", f.Runs)
	}
	switch {
	case !f.Tried:
		fmt.Fprintln(w, "\nThe network is large and was not built; --try 1s builds it, and estimates spikes, time and disk, too.")
	case !f.Complete:
		fmt.Fprintf(w, "\nEstimated from the beginning of %q (%d steps); later phases are not included.\n", f.Phase, f.Steps)
	}
}
