package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"infomorph/neuron"
	"infomorph/scenarios/run"
)

func newReplayCommand() *cobra.Command {
	var f recordedFlags
	cmd := &cobra.Command{
		Use:   "replay RUN",
		Short: "Execute a run again, to the same final state",
		Long: "Execute a run again, and compare its final state, every table, picture and score with\n" +
			"those in the folder, bit for bit. A run in lockstep is repeated from its scenario and\n" +
			"seed. A free run is executed from its recording: every neuron gets its recorded inbox\n" +
			"in the order of arrival, what it received is compared with what the others sent, and\n" +
			"the scenario runs again on the replayed output. The output lists what was compared\n" +
			"with what. The result does not depend on the number of workers. Exit code 1 if\n" +
			"anything differs.",
		Example: "  infomorph run free-memory --out results\n" +
			"  infomorph replay results --workers 1",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.replay(cmd, args[0]) },
	}
	f.addOutput(cmd)
	return cmd
}

// replayed is the outcome of a replay, in the form for printing.
type replayed struct {
	Run       string    `json:"run"`
	Pass      bool      `json:"pass"`
	StateHash string    `json:"state_hash"`
	Recorded  string    `json:"recorded_state_hash"`
	Neurons   int       `json:"neurons"`
	Updates   int64     `json:"updates,omitempty"` // of a free run
	Events    int64     `json:"events,omitempty"`
	Spikes    int64     `json:"spikes"`
	Simulated int64     `json:"simulated_us"`
	Workers   int       `json:"workers"`
	Seconds   float64   `json:"seconds"`
	Failed    []audited `json:"failed,omitempty"`

	Compared []run.Comparison `json:"compared"`
}

func (f *recordedFlags) replay(cmd *cobra.Command, dir string) error {
	r, o, done, err := f.open(cmd, dir, "replay")
	if err != nil {
		return err
	}
	began := time.Now()
	got, err := r.Replay(cmd.Context(), o)
	if err := errors.Join(err, done()); err != nil {
		return err
	}
	out := replayed{
		Run: dir, Pass: got.Pass, StateHash: got.StateHash, Recorded: got.Expected,
		Neurons: r.Neurons(), Updates: got.Updates, Events: got.Events, Spikes: got.Spikes,
		Simulated: int64(got.Now), Workers: f.workers, Seconds: time.Since(began).Seconds(), Failed: failures(got.Verdicts),
		Compared: got.Compared,
	}
	if err := out.write(cmd.OutOrStdout(), f.json); err != nil {
		return runFailed(err)
	}
	if !out.Pass {
		return runFailed(fmt.Errorf("%s: the replay differs from the run", dir))
	}
	return nil
}

func (p *replayed) write(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(p)
	}
	verdict := "PASS"
	if !p.Pass {
		verdict = "FAIL"
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	known := func(name string, n int64) { // a run in lockstep that is repeated counts spikes only
		if n > 0 {
			fmt.Fprintf(tw, "%s\t%d\n", name, n)
		}
	}
	fmt.Fprintf(tw, "neurons\t%d\n", p.Neurons)
	known("updates", p.Updates)
	fmt.Fprintf(tw, "spikes\t%d\n", p.Spikes)
	known("events", p.Events)
	fmt.Fprintf(tw, "simulated\t%v\ntime\t%.2f s on %d workers\n", neuron.Time(p.Simulated), p.Seconds, p.Workers)
	fmt.Fprintf(tw, "state of the run\t%s\nstate of the replay\t%s\nverdict\t%s\n", p.Recorded, p.StateHash, verdict)
	if err := tw.Flush(); err != nil {
		return err
	}
	if err := writeFailures(w, p.Failed); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return writeCompared(w, p.Compared)
}

// writeCompared writes the list of comparisons.
func writeCompared(w io.Writer, all []run.Comparison) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "COMPARED\tWITH\tOUTCOME\tOF")
	for _, c := range all {
		of := c.Of
		if c.Why != "" {
			of = strings.TrimPrefix(of+": "+c.Why, ": ")
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", c.What, c.With, c.Outcome, of)
	}
	return tw.Flush()
}
