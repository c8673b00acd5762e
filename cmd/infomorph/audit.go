package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"infomorph/actors"
	"infomorph/neuron"
	"infomorph/scenarios/run"
)

func newAuditCommand() *cobra.Command {
	var f recordedFlags
	var ids []int
	var all bool
	cmd := &cobra.Command{
		Use:   "audit RUN",
		Short: "Prove that neurons of a run used nothing but what reached them",
		Long: "Run neurons again, each alone and only from its own inbox, and compare its output, its\n" +
			"weights, its window and its whole state with those in the run, bit for bit. A neuron\n" +
			"that has used anything else than its inbox fails. In a free run the inbox is the\n" +
			"recorded one. A run in lockstep is repeated from its scenario, and a copy of each\n" +
			"neuron runs beside the network and gets nothing but the inbox of its neuron. The whole\n" +
			"run is there again, so its tables and scores are compared, too. The output lists what\n" +
			"was compared with what. Exit code 1 if anything differs.",
		Example: "  infomorph run associative-memory --out results\n" +
			"  infomorph audit results\n" +
			"  infomorph audit results --neuron 17 --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all && len(ids) > 0 {
				return badInput(errors.New("--all and --neuron: give only one of them"))
			}
			return f.audit(cmd, args[0], ids)
		},
	}
	f.addOutput(cmd)
	cmd.Flags().IntSliceVar(&ids, "neuron", nil, "neurons to audit, such as 3 or 3,5,8 (default all)")
	cmd.Flags().BoolVar(&all, "all", false, "audit all neurons")
	return cmd
}

// audited is the verdict on a neuron, in the form for printing.
type audited struct {
	Neuron  neuron.ID `json:"neuron"`
	Pass    bool      `json:"pass"`
	Spikes  bool      `json:"spikes_equal"`
	Weights bool      `json:"weights_equal"`
	Window  bool      `json:"window_equal"`
	State   bool      `json:"state_equal"`
	Inputs  bool      `json:"inputs_differ,omitempty"`
	Inboxes bool      `json:"inboxes_differ,omitempty"`
	Updates int64     `json:"updates"`
	Events  int64     `json:"events"`
	Sent    int64     `json:"spikes"`
	Reason  string    `json:"reason,omitempty"`
}

func newAudited(v *actors.Verdict) audited {
	lived := v.Ended
	return audited{
		Neuron: v.Neuron, Pass: v.Pass, Updates: v.Updates, Events: v.Events, Sent: v.Spikes, Reason: v.Reason,
		Spikes: lived && !v.Differs.Spikes, Weights: lived && !v.Differs.Weights,
		Window: lived && !v.Differs.Window, State: lived && !v.Differs.State, Inputs: v.Differs.Inputs, Inboxes: v.Differs.Inboxes,
	}
}

// failures returns the verdicts that are not a pass.
func failures(all []actors.Verdict) (failed []audited) {
	for i := range all {
		if !all[i].Pass {
			failed = append(failed, newAudited(&all[i]))
		}
	}
	return failed
}

func (f *recordedFlags) audit(cmd *cobra.Command, dir string, numbers []int) error {
	r, o, done, err := f.open(cmd, dir, "audit")
	if err != nil {
		return err
	}
	got, err := r.Audit(cmd.Context(), o, numbers...)
	if err := errors.Join(err, done()); err != nil {
		return err
	}
	failed := failures(got.Verdicts)
	if f.json {
		err = writeAuditJSON(cmd.OutOrStdout(), dir, got)
	} else {
		err = writeAudit(cmd.OutOrStdout(), got, failed)
	}
	if err != nil {
		return runFailed(err)
	}
	switch {
	case len(failed) > 0:
		return runFailed(fmt.Errorf("%s: %d of %d neurons fail the audit", dir, len(failed), len(got.Verdicts)))
	case !got.Pass:
		return runFailed(fmt.Errorf("%s: the results of the replayed neurons are not those in the folder", dir))
	}
	return nil
}

// fewNeurons is the largest number of neurons with a line each.
const fewNeurons = 20

func writeAuditJSON(w io.Writer, dir string, got *run.Audited) error {
	all := make([]audited, len(got.Verdicts))
	for i := range all {
		all[i] = newAudited(&got.Verdicts[i])
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Run      string           `json:"run"`
		Pass     bool             `json:"pass"`
		Compared []run.Comparison `json:"compared"`
		Neurons  []audited        `json:"neurons"`
	}{dir, got.Pass, got.Compared, all})
}

func writeAudit(w io.Writer, got *run.Audited, failed []audited) error {
	verdicts := got.Verdicts
	write := writeVerdictGrid
	if len(verdicts) <= fewNeurons {
		write = writeVerdicts
	}
	if err := write(w, verdicts); err != nil {
		return err
	}
	var updates, events int64
	for i := range verdicts {
		updates, events = updates+verdicts[i].Updates, events+verdicts[i].Events
	}
	if err := writeFailures(w, failed); err != nil {
		return err
	}
	fmt.Fprintln(w)
	if err := writeCompared(w, got.Compared); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d PASS, %d FAIL: %d neurons were replayed alone, with %d events and %d updates\n",
		len(verdicts)-len(failed), len(failed), len(verdicts), events, updates)
	return err
}

var passOrFail = map[bool]string{true: "PASS", false: "FAIL"}

// writeVerdicts writes a line for each neuron.
func writeVerdicts(w io.Writer, verdicts []actors.Verdict) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "NEURON\tVERDICT\tSPIKES\tWEIGHTS\tWINDOW\tSTATE\tUPDATES\tEVENTS")
	for i := range verdicts {
		a := newAudited(&verdicts[i])
		same := map[bool]string{true: "same", false: "differ"}
		if !verdicts[i].Ended {
			same[false] = "not compared"
		}
		fmt.Fprintf(tw, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%d\n", a.Neuron, passOrFail[a.Pass], same[a.Spikes], same[a.Weights], same[a.Window], same[a.State], a.Updates, a.Events)
	}
	return tw.Flush()
}

// writeVerdictGrid writes the verdicts of many neurons, ten per line.
func writeVerdictGrid(w io.Writer, verdicts []actors.Verdict) error {
	const columns = 10
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, "NEURON")
	for i := range verdicts {
		if i%columns == 0 {
			fmt.Fprintf(tw, "\n%d", verdicts[i].Neuron)
		}
		fmt.Fprint(tw, "\t", passOrFail[verdicts[i].Pass])
	}
	fmt.Fprintln(tw)
	return tw.Flush()
}

// writeFailures says why neurons fail, for the first of them.
func writeFailures(w io.Writer, failed []audited) error {
	for i := range failed {
		if i == fewNeurons {
			_, err := fmt.Fprintf(w, "and %d more, which --json lists\n", len(failed)-i)
			return err
		}
		if _, err := fmt.Fprintf(w, "neuron %d: FAIL: %s\n", failed[i].Neuron, failed[i].Reason); err != nil {
			return err
		}
	}
	return nil
}
