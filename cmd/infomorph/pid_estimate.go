package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/estimate"
	"infomorph/internal/guard"
	"infomorph/internal/table"
	"infomorph/internal/textfile"
	"infomorph/pid"
)

// estimateFlags are the flags of infomorph pid estimate, some as text that is
// parsed later.
type estimateFlags struct {
	cfg                     estimate.Config
	sources, target         string
	bins, edges, discrete   []string
	measures                []string
	binning, correct        string
	rows, surrogate, adjust string
	estimator               string
	format, plot            string
	separator, header       string
	missingValues           []string
	decimalComma, json      bool
}

func newPIDEstimateCommand() *cobra.Command {
	var fl estimateFlags
	cmd := &cobra.Command{
		Use:   "estimate [FILE|-]",
		Short: "Estimate a decomposition from samples",
		Long: `Estimate reads samples, one per row, and prints the atoms of the information
that the source columns have about the target column, with a correction of bias.
Columns of few different whole numbers are symbols; other numbers are binned.`,
		Example: `  for i in 1 2 3 4 5 6 7 8; do printf '%s\n' 0,0,0 0,1,1 1,0,1 1,1,0; done | sed '1i r,c,y' | infomorph pid estimate --sources r,c --target y
  infomorph pid estimate data.csv --sources r,c --target y --bins 20
  infomorph pid estimate data.parquet --sources x+y,c --target spike --bins x=10,y=10 \
      --bootstrap 200 --permutations 200 --plot atoms.svg
  infomorph pid estimate spikes.npy --sources c0,c1 --target c2 --window 500 --step 100 --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: fl.run,
	}
	f := cmd.Flags()
	f.StringVar(&fl.sources, "sources", "", "source columns, comma-separated; a+b joins columns into one source (required)")
	f.StringVar(&fl.target, "target", "", "target column, or a+b (required)")
	f.StringSliceVar(&fl.bins, "bins", []string{"8"}, "number of bins of continuous columns: 20, or by column: r=20,c=5")
	f.StringVar(&fl.binning, "binning", "width", "width (equal width) or count (equal count)")
	f.StringArrayVar(&fl.edges, "edges", nil, "edges of the bins of a column: r=-1,0,1 (can be repeated)")
	f.StringSliceVar(&fl.discrete, "discrete", nil, "columns whose values are symbols or labels")
	f.StringVar(&fl.cfg.Missing, "missing", "drop", "rows with a missing value: drop, error, or category")
	f.StringSliceVarP(&fl.measures, "measure", "m", []string{"sx"}, measureUsage)
	f.StringVar(&fl.correct, "correction", "calibrated", "correction of bias: calibrated, miller-madow, panzeri-treves, jackknife, quadratic, shuffle or none")
	f.IntVar(&fl.cfg.Bootstrap, "bootstrap", 100, "replicates for intervals; 0: none")
	f.IntVar(&fl.cfg.Permutations, "permutations", 0, "surrogates for p-values, 100 or more; 0: none")
	f.StringVar(&fl.adjust, "adjust", "holm", "adjustment of p-values for their number: holm, fdr or none")
	f.StringVar(&fl.rows, "rows", "auto", "independent, series (rows in time order) or auto: series if rows are autocorrelated")
	f.StringVar(&fl.surrogate, "surrogates", "shift", "surrogates of a series: shift (circular) or block (blocks shuffled)")
	f.IntVar(&fl.cfg.Block, "block", 0, "rows of a block of a series (default: estimated)")
	f.StringVar(&fl.cfg.Trials, "trials", "", "column with the trial of each row; trials are shuffled and resampled as a whole")
	f.StringVar(&fl.estimator, "estimator", "bins", "bins; or without bins: gaussian (copula) or ksg (nearest neighbours), with -m mmi or sx")
	f.IntVar(&fl.cfg.Neighbours, "neighbours", 4, "neighbours of ksg")
	f.IntVar(&fl.cfg.Lag, "lag", 0, "number of rows by which the sources are earlier than the target; for one source, x@3 in --sources")
	f.IntVar(&fl.cfg.History, "history", 0, "number of past rows of the target that are a first source, for transfer entropy and its atoms")
	f.Float64Var(&fl.cfg.Level, "level", .95, "level of the intervals")
	f.Uint64Var(&fl.cfg.Seed, "seed", 1, "seed of bootstrap and shuffles")
	f.IntVar(&fl.cfg.Window, "window", 0, "rows of a sliding time course; 0: none")
	f.IntVar(&fl.cfg.Step, "step", 0, "rows between windows (default half a window)")
	f.StringVar(&fl.format, "format", "", "csv, tsv, parquet, npy or npz (default: by the file's name); files may be compressed by gzip, zstd or bzip2")
	f.StringVar(&fl.separator, "separator", "", "separator of a text file: comma, semicolon, tab, bar or blanks (default: detected)")
	f.BoolVar(&fl.decimalComma, "decimal-comma", false, "numbers in a text file have decimal commas: 1,5 is one and a half")
	f.StringVar(&fl.header, "header", "", "whether a text file begins with a line of column names: yes or no (default: detected)")
	f.StringSliceVar(&fl.missingValues, "missing-values", nil, "texts for a missing value, besides the empty one (default: NA, NaN, null and similar)")
	f.StringVar(&fl.plot, "plot", "", "draw the atoms to this .png, .svg or .pdf")
	f.BoolVar(&fl.json, "json", false, "print one JSON document")
	return cmd
}

func (fl *estimateFlags) run(cmd *cobra.Command, args []string) error {
	cfg, err := fl.config()
	if err != nil {
		return badInput(err)
	}
	measures, err := parseMeasures(fl.measures)
	if err != nil {
		return badInput(err)
	}
	if fl.plot != "" && len(measures) != 1 {
		return badInput(errors.New("--plot draws one measure"))
	}
	plotFormat := strings.TrimPrefix(strings.ToLower(filepath.Ext(fl.plot)), ".")
	if fl.plot != "" && !slices.Contains(estimate.PlotFormats, plotFormat) {
		return badInput(fmt.Errorf("--plot %s: the name must end in .png, .svg or .pdf", fl.plot))
	}
	in, name, err := openInput(cmd, args)
	if err != nil {
		return badInput(err)
	}
	defer in.Close()
	options, err := fl.table(name)
	if err != nil {
		return badInput(err)
	}
	frame, err := table.ReadFrame(in, options)
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", name, err))
	}
	for _, note := range frame.Notes {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", name, note)
	}
	results, err := estimateAll(frame, cfg, measuresFor(measures, sourcesOf(&cfg)))
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", name, err))
	}
	for _, w := range warningsOf(results) {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning: "+w)
	}
	if fl.plot != "" {
		if err := writePlotFile(fl.plot, plotFormat, results[0]); err != nil {
			return runFailed(err)
		}
	}
	return runFailed(fl.print(cmd.OutOrStdout(), results))
}

// print writes the results of all measures.
func (fl *estimateFlags) print(out io.Writer, results []*estimate.Result) error {
	if fl.json {
		docs := measuresJSON{}
		for _, r := range results {
			docs.names, docs.docs = append(docs.names, r.Plugin.Measure.String()), append(docs.docs, newEstimateJSON(r))
		}
		if len(results) == 1 {
			return writeJSON(out, docs.docs[0])
		}
		return writeJSON(out, docs)
	}
	for i, r := range results {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := writeEstimate(out, r); err != nil {
			return err
		}
	}
	return nil
}

// estimateAll estimates by each measure.
func estimateAll(frame *estimate.Frame, cfg estimate.Config, measures []pid.Measure) ([]*estimate.Result, error) {
	var results []*estimate.Result
	for _, m := range measures {
		cfg.Measure = m
		r, err := estimate.Estimate(frame, cfg)
		if err != nil && len(measures) > 1 {
			err = fmt.Errorf("measure %v: %w", m, err)
		}
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// sourcesOf returns the number of sources, the target's past included.
func sourcesOf(cfg *estimate.Config) int {
	if cfg.History > 0 {
		return len(cfg.Sources) + 1
	}
	return len(cfg.Sources)
}

// warningsOf returns the warnings of all measures, each once.
func warningsOf(results []*estimate.Result) []string {
	var list []string
	for _, r := range results {
		for _, w := range r.Warnings {
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return list
}

// separators are the names and characters that --separator accepts.
var separators = map[string]byte{
	"comma": ',', ",": ',', "semicolon": ';', ";": ';', "tab": '\t', "\\t": '\t', "\t": '\t', "bar": '|', "|": '|',
	"blanks": textfile.Blanks, " ": textfile.Blanks,
}

// table returns the settings for reading the samples.
func (fl *estimateFlags) table(name string) (table.Options, error) {
	o := table.Options{Name: name, Format: fl.format, DecimalComma: fl.decimalComma, Header: fl.header, Missing: fl.missingValues}
	if fl.separator != "" {
		sep, ok := separators[fl.separator]
		if !ok {
			return o, fmt.Errorf("--separator %q: expected comma, semicolon, tab, bar or blanks", fl.separator)
		}
		o.Separator = sep
	}
	if !slices.Contains([]string{"", "yes", "no"}, fl.header) {
		return o, fmt.Errorf("--header %q: expected yes or no", fl.header)
	}
	return o, nil
}

// config returns the configuration, with the flags that are text parsed.
func (fl *estimateFlags) config() (estimate.Config, error) {
	cfg := fl.cfg
	if fl.sources == "" || fl.target == "" {
		return cfg, fmt.Errorf("--sources and --target are required, such as --sources r,c --target y")
	}
	if !(cfg.Level > 0 && cfg.Level < 1) { // 0 would be the default
		return cfg, fmt.Errorf("--level %v: expected a number between 0 and 1", cfg.Level)
	}
	for _, s := range strings.Split(fl.sources, ",") {
		cfg.Sources = append(cfg.Sources, columnNames(s))
	}
	cfg.Target = columnNames(fl.target)
	for _, b := range fl.bins {
		name, number, named := strings.Cut(b, "=")
		if !named {
			number = name
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 2 {
			return cfg, fmt.Errorf("--bins %s: expected a number from 2 on, or column=number", b)
		}
		if !named {
			cfg.Bins = n
			continue
		}
		if cfg.BinsOf == nil {
			cfg.BinsOf = map[string]int{}
		}
		cfg.BinsOf[name] = n
	}
	for _, e := range fl.edges {
		name, list, ok := strings.Cut(e, "=")
		if !ok {
			return cfg, fmt.Errorf("--edges %s: expected column=edge,edge,edge", e)
		}
		if cfg.Edges == nil {
			cfg.Edges = map[string][]float64{}
		}
		for _, s := range strings.Split(list, ",") {
			v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			if err != nil {
				return cfg, fmt.Errorf("--edges %s: %q is not a number", e, s)
			}
			cfg.Edges[name] = append(cfg.Edges[name], v)
		}
	}
	cfg.Discrete, cfg.Binning, cfg.Correction = fl.discrete, estimate.Binning(fl.binning), estimate.Correction(fl.correct)
	cfg.Estimator = estimate.Estimator(fl.estimator)
	cfg.Rows, cfg.Surrogate, cfg.Adjust = estimate.Dependence(fl.rows), estimate.Surrogate(fl.surrogate), estimate.Adjustment(fl.adjust)
	return cfg, nil
}

// columnNames splits a+b.
func columnNames(s string) []string {
	names := strings.Split(s, "+")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// writePlotFile draws a plot; the file is written completely or not at all.
func writePlotFile(path, format string, r *estimate.Result) error {
	return guard.Save(path, func(w io.Writer) error { return estimate.WritePlot(w, r, format) })
}
