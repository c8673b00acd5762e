package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/config"
	"infomorph/internal/guard"
	"infomorph/internal/reproduce"
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
			"this project, with what is expected of each. With names, or all, run the scenario of\n" +
			"each over its seeds and write pictures, table and a verdict against the expected range.\n\n" +
			"Runs that are done already are kept: what was stopped goes on, what is complete is only\n" +
			"judged again, and an entry that has changed is run anew. A verdict that is not met ends\n" +
			"with exit code 3.",
		Example: "  infomorph reproduce\n" +
			"  infomorph reproduce bars crossing-bars\n" +
			"  infomorph reproduce mnist-online --data mnist\n" +
			"  infomorph reproduce all --write docs/results.md",
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			names := []string{"all"}
			for _, e := range reproduce.Builtin().Entries {
				names = append(names, e.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.out, "out", "reproductions", "folder of the results, one folder an entry")
	fs.StringVar(&f.data, "data", "", "folder of data files that do not come with the program (MNIST); entries that need one are skipped without")
	fs.StringVar(&f.write, "write", "", "write the results to this page (Markdown), beside those that it has already")
	fs.IntVar(&f.seeds, "seeds", 0, "take this many seeds instead of the entry's own; results go to a folder of their own")
	fs.BoolVar(&f.fresh, "fresh", false, "run again what is done already")
	fs.StringVar(&f.registry, "registry", "", "file with claims of your own instead of the built-in ones")
	fs.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0), "how many runs at a time; results do not depend on it")
	fs.StringVar(&f.engine.kind, "actors", "none", "neuron, population or none: how each run uses its engine; results do not depend on it")
	fs.BoolVar(&f.json, "json", false, "print one JSON document instead of tables")
	fs.BoolVar(&f.quiet, "quiet", false, "no progress")
	return cmd
}

func (f *reproduceFlags) run(cmd *cobra.Command, args []string) error {
	if f.seeds < 0 || f.seeds > 100_000 {
		return badInput(fmt.Errorf("--seeds: got %d, expected at most 100000", f.seeds))
	}
	pack, err := f.open()
	if err != nil {
		return badInput(err)
	}
	if len(args) == 0 {
		if f.write != "" {
			return badInput(errors.New("--write needs the entries to measure, or all"))
		}
		return pack.list(cmd.OutOrStdout())
	}
	chosen, err := pack.choose(args)
	if err != nil {
		return badInput(err)
	}
	return pack.reproduceAll(cmd, chosen)
}

// pack is a registry with the flags that say how its entries are run.
type pack struct {
	*reproduceFlags
	*reproduce.Registry
	base string // folder that its scenario files are named from
}

func (f *reproduceFlags) open() (*pack, error) {
	if f.data != "" {
		var err error
		if f.data, err = filepath.Abs(f.data); err != nil {
			return nil, err
		}
		if info, err := os.Stat(f.data); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("--data: %s is not a folder", f.data)
		}
	}
	if f.registry == "" {
		return &pack{f, reproduce.Builtin(), "."}, nil
	}
	file, err := guard.Open(f.registry)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := config.ReadAll(f.registry, file)
	if err != nil {
		return nil, err
	}
	r, err := reproduce.Read(f.registry, data)
	return &pack{f, r, filepath.Dir(f.registry)}, err
}

// choose returns the entries of these names, in the order of the registry.
func (p *pack) choose(names []string) ([]*reproduce.Entry, error) {
	wanted := map[string]bool{}
	for _, name := range names {
		if name == "all" {
			for i := range p.Entries {
				wanted[p.Entries[i].Name] = true
			}
			continue
		}
		if _, err := p.Find(name); err != nil {
			return nil, err
		}
		wanted[name] = true
	}
	var chosen []*reproduce.Entry
	for i := range p.Entries {
		if e := &p.Entries[i]; wanted[e.Name] {
			chosen = append(chosen, e)
		}
	}
	return chosen, nil
}

// list prints the entries and what is known of them already.
func (p *pack) list(w io.Writer) error {
	if p.json {
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
		if p.runnable(e) {
			runs := p.count(e) * e.Points()
			for i := range e.Baselines {
				runs += min(p.count(e), e.Baselines[i].Seeds)
			}
			about = p.estimate(e, runs).String()
		}
		c := &e.Checks[0]
		fmt.Fprintf(tw, "%s\t%s\t%s %s\t%s\t%s\n", e.Name, figure, c.Subject(), c.Range(), about, p.known(e))
	}
	return tw.Flush()
}

// known says what the last reproduction of an entry found.
func (p *pack) known(e *reproduce.Entry) string {
	r, err := readResult(p.folder(e))
	if err != nil {
		return "-"
	}
	verdict := reproduce.Met
	if !r.Met {
		verdict = "not met"
	}
	return verdict + ", " + r.Date
}

func (p *pack) runnable(e *reproduce.Entry) bool { return e.Data == "" || p.data != "" }

// count returns how many seeds an entry is run with.
func (p *pack) count(e *reproduce.Entry) int {
	if p.seeds > 0 {
		return p.seeds
	}
	return e.Seeds
}

// folder returns the folder of an entry's results. Other numbers of seeds have
// folders of their own, so that a quick look does not cost the real thing.
func (p *pack) folder(e *reproduce.Entry) string {
	name := e.Name
	if n := p.count(e); n != e.Seeds {
		name = fmt.Sprintf("%s-seeds-%d", name, n)
	}
	return filepath.Join(p.out, name)
}

// estimate tells how long that many runs of an entry take, about.
func (p *pack) estimate(e *reproduce.Entry, runs int) time.Duration {
	at := max(1, min(p.workers, runs, runtime.GOMAXPROCS(0)))
	seconds := e.Seconds * float64(runs) / float64(at)
	return max(time.Second, time.Duration(seconds)*time.Second)
}

// command returns the command line that reproduces an entry, and the one of a
// single run, as a user would write them.
func (p *pack) command(e *reproduce.Entry) (all, one string) {
	all = "infomorph reproduce " + e.Name
	one = "infomorph run " + e.Scenario
	if p.registry != "" {
		all += " --registry " + p.registry
	}
	if p.count(e) != e.Seeds {
		all += fmt.Sprint(" --seeds ", p.seeds)
	}
	for _, set := range e.Set {
		if strings.ContainsAny(set, " {}[]*$'\"") {
			set = "'" + set + "'"
		}
		one += " --set " + set
	}
	if e.Data != "" {
		all += " --data FOLDER"
		one += " --set " + e.Data + "=FOLDER"
	}
	return all, one
}
