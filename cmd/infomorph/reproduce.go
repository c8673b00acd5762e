package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/reproduce"
	"infomorph/scenarios/run"
)

// reproduceFlags are the flags of infomorph reproduce.
type reproduceFlags struct {
	runFlags
	registry string
	data     string
	seeds    int
	fresh    bool
	write    string
}

func newReproduceCommand() *cobra.Command {
	var f reproduceFlags
	cmd := &cobra.Command{
		Use:   "reproduce [NAME... | all]",
		Short: "Reproduce the figures and tables of the papers, and this project's further claims",
		Long: "Without a name, list the figures and tables of the papers and the further claims of\n" +
			"this project, each with the expected range. With names, or all, run the scenario of each\n" +
			"over its seeds, compare the scores with the expected range, and write pictures and table.\n\n" +
			"Runs that are complete already are kept: an entry that was stopped is continued, a\n" +
			"complete one is only compared again, and one that has changed is run again. Exit code 3\n" +
			"if a score is not in its range.",
		Example: "  infomorph reproduce\n" +
			"  infomorph reproduce bars crossing-bars\n" +
			"  infomorph reproduce mnist-online --data mnist\n" +
			"  infomorph reproduce all --write docs/results.md",
		RunE: f.run,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			names := []string{"all"}
			for _, e := range reproduce.Builtin().Entries {
				names = append(names, e.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.out, "out", "reproductions", "folder for the results, with one folder per entry")
	fs.StringVar(&f.data, "data", "", "folder of data files that are not part of the program (MNIST); without it, entries that need them are skipped")
	fs.StringVar(&f.write, "write", "", "write the results to this page (Markdown); other results on the page stay")
	fs.IntVar(&f.seeds, "seeds", 0, "use this many seeds instead of the entry's own number; the results go to a separate folder")
	fs.BoolVar(&f.fresh, "fresh", false, "run again what is complete already")
	fs.StringVar(&f.registry, "registry", "", "file with your own claims instead of the built-in ones")
	fs.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0), "how many runs at a time; results do not depend on it")
	fs.StringVar(&f.engine.kind, "actors", "none", "neuron, population or none: how each run uses its engine; results do not depend on it")
	fs.BoolVar(&f.json, "json", false, "print one JSON document instead of tables")
	fs.BoolVar(&f.quiet, "quiet", false, "no progress")
	return cmd
}

func (f *reproduceFlags) run(cmd *cobra.Command, args []string) error {
	f.format = "parquet"
	if err := f.check(); err != nil {
		return badInput(err)
	}
	o := f.options()
	o.Dir, o.CheckpointEvery = "", time.Minute
	pack, err := reproduce.Open(reproduce.Options{
		Registry: f.registry, Dir: f.out, Data: f.data, Seeds: f.seeds, Fresh: f.fresh, Run: o, Workers: f.workers,
	})
	if err != nil {
		return badInput(err)
	}
	if len(args) == 0 {
		if f.write != "" {
			return badInput(errors.New("--write needs the entries to measure, or all"))
		}
		return listEntries(cmd.OutOrStdout(), pack, f.json)
	}
	chosen, err := pack.Choose(args)
	if err != nil {
		return badInput(err)
	}
	if f.write != "" { // check before hours of runs, not after them
		if _, err := reproduce.Written(f.write); err != nil {
			return badInput(fmt.Errorf("--write: %w", err))
		}
	}
	begun, err := pack.Begin(chosen)
	if err != nil {
		return record.Fault(err)
	}
	f.announce(cmd.ErrOrStderr(), pack, begun)
	return f.reproduce(cmd, pack, begun)
}

// reproduce runs entries one after the other; within an entry runs are
// parallel. After an entry that fails, it continues with the others.
func (f *reproduceFlags) reproduce(cmd *cobra.Command, pack *reproduce.Pack, begun []*reproduce.Reproduction) error {
	var results []reproduce.Result
	var failed []error
	for _, b := range begun {
		if b.Skipped() {
			continue
		}
		p := f.progress(cmd)
		pack.Progress = p.step
		r, err := pack.Run(cmd.Context(), b)
		p.stop()
		if errors.Is(err, run.ErrInterrupted) {
			again, _ := pack.Command(b.Entry)
			err = fault.Interrupted(fmt.Errorf("interrupted; runs so far are kept, go on with: %s", again))
			return errors.Join(f.save(pack, results), err)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", b.Entry.Name, err))
			continue
		}
		results = append(results, *r)
		if !f.json {
			if err := printResult(cmd.OutOrStdout(), r); err != nil {
				return err
			}
		}
	}
	if f.json {
		enc := json.NewEncoder(cmd.OutOrStdout())
		enc.SetIndent("", "  ")
		if err := enc.Encode(results); err != nil {
			return err
		}
	}
	if err := f.save(pack, results); err != nil {
		return runFailed(fmt.Errorf("--write: %w", err))
	}
	if len(failed) > 0 {
		return runFailed(errors.Join(failed...))
	}
	return missedOf(results)
}

// save updates the page that --write names with results.
func (f *reproduceFlags) save(pack *reproduce.Pack, results []reproduce.Result) error {
	if f.write == "" {
		return nil
	}
	return pack.Write(f.write, results)
}

func missedOf(results []reproduce.Result) error {
	missed := 0
	for i := range results {
		if !results[i].Met {
			missed++
		}
	}
	if missed > 0 {
		return fault.Missed(fmt.Errorf("%d of %d entries not met", missed, len(results)))
	}
	return nil
}

// announce prints what will be run, what is skipped, and about how long it
// takes.
func (f *reproduceFlags) announce(w io.Writer, p *reproduce.Pack, all []*reproduce.Reproduction) {
	if f.quiet {
		return
	}
	var total time.Duration
	entries, runs := 0, 0
	for _, b := range all {
		if b.Skipped() {
			fmt.Fprintf(w, "%s: skipped, needs its data: --data FOLDER\n", b.Entry.Name)
			continue
		}
		if b.Left > 0 {
			entries, runs = entries+1, runs+b.Left
			total += p.Estimate(b.Entry, b.Left)
		}
	}
	if runs > 0 {
		fmt.Fprintf(w, "%d runs of %d entries, about %v\n", runs, entries, total)
	}
}

// listEntries prints the entries and their last results.
func listEntries(w io.Writer, p *reproduce.Pack, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(p.Entries)
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "NAME\tFIGURE\tEXPECTED\tABOUT\tLAST RESULT")
	for i := range p.Entries {
		e := &p.Entries[i]
		figure := e.Figure
		if figure == "" {
			figure = "this project"
		}
		about := "needs --data"
		if p.Runnable(e) {
			about = p.Estimate(e, p.Runs(e)).String()
		}
		c := &e.Checks[0]
		fmt.Fprintf(tw, "%s\t%s\t%s %s\t%s\t%s\n", e.Name, figure, c.Subject(), c.Range(), about, known(p, e))
	}
	return tw.Flush()
}

// known returns the result of the last reproduction of an entry.
func known(p *reproduce.Pack, e *reproduce.Entry) string {
	r, err := p.Last(e)
	if err != nil {
		return "-"
	}
	verdict := reproduce.Met
	if !r.Met {
		verdict = "not met"
	}
	return verdict + ", " + r.Date
}

func printResult(w io.Writer, r *reproduce.Result) error {
	fmt.Fprintf(w, "%s: %d runs, %s of runs\n", r.Name, r.Runs, reproduce.Duration(r.Seconds))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  SCORE\tEXPECTED\tMEASURED\tBASELINES\tVERDICT\tSOURCE")
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t%s\t%s\n", f.Subject, f.Expected, f.Measured(), f.Baselines(), f.Verdict, f.Source)
	}
	return tw.Flush()
}
