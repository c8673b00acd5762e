package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"infomorph/internal/estimate"
	"infomorph/internal/guard"
	"infomorph/internal/table"
	"infomorph/internal/textfile"
	"infomorph/pid"
)

// estimateFlags are the flags of infomorph pid estimate as text.
type estimateFlags struct {
	cfg                       estimate.Config
	sources, target           string
	bins, edges, discrete     []string
	measure, binning, correct string
	format, plot              string
	separator, header         string
	missingValues             []string
	decimalComma, json        bool
}

func newPIDEstimateCommand() *cobra.Command {
	var fl estimateFlags
	cmd := &cobra.Command{
		Use:   "estimate [FILE|-]",
		Short: "Estimate a decomposition from samples",
		Long: `Estimate reads samples, one row each, and prints the atoms of what the source
columns tell about the target column, with a correction of bias. Whole-number
columns with few values are taken as symbols; others are binned.`,
		Example: `  infomorph pid estimate data.csv --sources r,c --target y --bins 20
  infomorph pid estimate data.parquet --sources x+y,c --target spike --bins x=10,y=10 \
      --bootstrap 200 --permutations 200 --plot atoms.svg
  infomorph pid estimate spikes.npy --sources c0,c1 --target c2 --window 500 --step 100 --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return fl.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&fl.sources, "sources", "", "source columns, comma-separated; a+b joins columns into one source (required)")
	f.StringVar(&fl.target, "target", "", "target column, or a+b (required)")
	f.StringSliceVar(&fl.bins, "bins", []string{"8"}, "bins of continuous columns: 20, or by column r=20,c=5")
	f.StringVar(&fl.binning, "binning", "width", "width (equal width) or count (equal count)")
	f.StringArrayVar(&fl.edges, "edges", nil, "given edges of a column, r=-1,0,1; may be repeated")
	f.StringSliceVar(&fl.discrete, "discrete", nil, "columns whose values are symbols or labels")
	f.StringVar(&fl.cfg.Missing, "missing", "drop", "rows that lack a value: drop, error, or category")
	f.StringVarP(&fl.measure, "measure", "m", "sx", "sx, wb, mmi, pm, ccs or broja")
	f.StringVar(&fl.correct, "correction", "miller-madow", "of bias: miller-madow, shuffle, jackknife or none")
	f.IntVar(&fl.cfg.Bootstrap, "bootstrap", 100, "replicates for intervals; 0: none")
	f.IntVar(&fl.cfg.Permutations, "permutations", 0, "shuffles of the target for p-values; 0: none")
	f.Float64Var(&fl.cfg.Level, "level", .95, "level of the intervals")
	f.Uint64Var(&fl.cfg.Seed, "seed", 1, "seed of bootstrap and shuffles")
	f.IntVar(&fl.cfg.Window, "window", 0, "rows of a sliding time course; 0: none")
	f.IntVar(&fl.cfg.Step, "step", 0, "rows between windows (default half a window)")
	f.StringVar(&fl.format, "format", "", "csv, tsv, parquet, npy or npz (default: by the file's name; packed by gzip, zstd or bzip2 or not)")
	f.StringVar(&fl.separator, "separator", "", "of text: comma, semicolon, tab, bar or blanks (default: found out)")
	f.BoolVar(&fl.decimalComma, "decimal-comma", false, "numbers of text have decimal commas: 1,5 is one and a half")
	f.StringVar(&fl.header, "header", "", "whether text begins with a line of column names: yes or no (default: found out)")
	f.StringSliceVar(&fl.missingValues, "missing-values", nil, "texts that stand for no value, besides the empty one (default: NA, NaN, null and the like)")
	f.StringVar(&fl.plot, "plot", "", "draw the atoms to this .png, .svg or .pdf")
	f.BoolVar(&fl.json, "json", false, "print one JSON document")
	return cmd
}

func (fl *estimateFlags) run(cmd *cobra.Command, args []string) error {
	cfg, err := fl.config()
	if err != nil {
		return badInput(err)
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
	r, err := estimate.Estimate(frame, cfg)
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", name, err))
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning: "+w)
	}
	if fl.plot != "" {
		if err := writePlotFile(fl.plot, plotFormat, r); err != nil {
			return runFailed(err)
		}
	}
	if fl.json {
		return runFailed(writeJSON(cmd.OutOrStdout(), newEstimateJSON(r, &cfg)))
	}
	return runFailed(writeEstimate(cmd.OutOrStdout(), r, &cfg))
}

// separators are the names and characters that --separator takes.
var separators = map[string]byte{
	"comma": ',', ",": ',', "semicolon": ';', ";": ';', "tab": '\t', "\\t": '\t', "\t": '\t', "bar": '|', "|": '|',
	"blanks": textfile.Blanks, " ": textfile.Blanks,
}

// table says how the samples are to be read.
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

// config reads the flags that are lists.
func (fl *estimateFlags) config() (estimate.Config, error) {
	cfg := fl.cfg
	if fl.sources == "" || fl.target == "" {
		return cfg, fmt.Errorf("--sources and --target are required, such as --sources r,c --target y")
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
	var err error
	cfg.Measure, err = pid.ParseMeasure(fl.measure)
	return cfg, err
}

// columnNames splits a+b.
func columnNames(s string) []string {
	names := strings.Split(s, "+")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// writePlotFile draws a plot, whole or not at all.
func writePlotFile(path, format string, r *estimate.Result) error {
	return guard.Save(path, func(w io.Writer) error { return estimate.WritePlot(w, r, format) })
}

// estimateJSON is the machine-readable estimate: the fields of a decomposition
// hold the corrected values, "plugin" the uncorrected decomposition.
type estimateJSON struct {
	Measure    string            `json:"measure"`
	Correction string            `json:"correction"`
	Samples    int               `json:"samples"`
	Dropped    int               `json:"dropped"`
	Shape      []int             `json:"shape"`
	Occupied   int               `json:"occupied_cells"`
	MI         float64           `json:"mi"`
	HT         float64           `json:"h_t"`
	HRes       float64           `json:"h_res"`
	Atoms      namedValues       `json:"atoms"`
	Level      float64           `json:"level,omitempty"`
	Lower      *namedValues      `json:"lower,omitempty"`
	Upper      *namedValues      `json:"upper,omitempty"`
	PValues    *namedValues      `json:"p_values,omitempty"`
	MIInterval []float64         `json:"mi_interval,omitempty"`
	MIPValue   *float64          `json:"mi_p_value,omitempty"`
	Plugin     decompositionJSON `json:"plugin"`
	Course     []pointJSON       `json:"course,omitempty"`
	Warnings   []string          `json:"warnings,omitempty"`
}

// pointJSON is one window of a time course, uncorrected.
type pointJSON struct {
	First int         `json:"first"`
	Last  int         `json:"last"`
	MI    float64     `json:"mi"`
	HRes  float64     `json:"h_res"`
	Atoms namedValues `json:"atoms"`
}

func newEstimateJSON(r *estimate.Result, cfg *estimate.Config) estimateJSON {
	l := r.Plugin.Lattice()
	doc := estimateJSON{
		Measure: r.Plugin.Measure.String(), Correction: string(cfg.Correction),
		Samples: r.Samples, Dropped: r.Dropped, Shape: r.Shape, Occupied: r.Occupied,
		MI: r.MI, HT: r.Plugin.TargetEntropy, HRes: r.Plugin.TargetEntropy - r.MI,
		Atoms: namedValues{l, r.Atoms}, Plugin: newDecompositionJSON(r.Plugin), Warnings: r.Warnings,
	}
	if r.Lower != nil {
		doc.Level, doc.MIInterval = cfg.Level, []float64{r.MILower, r.MIUpper}
		doc.Lower, doc.Upper = &namedValues{l, r.Lower}, &namedValues{l, r.Upper}
	}
	if r.PValues != nil {
		doc.PValues, doc.MIPValue = &namedValues{l, r.PValues}, &r.MIPValue
	}
	for _, p := range r.Course {
		doc.Course = append(doc.Course, pointJSON{p.First, p.Last, p.MI, p.HRes, namedValues{l, p.Atoms}})
	}
	return doc
}

// writeEstimate prints a report for people.
func writeEstimate(out io.Writer, r *estimate.Result, cfg *estimate.Config) error {
	fmt.Fprintf(out, "%d samples, %v symbols, %d joint cells occupied; measure %v, correction %s\n",
		r.Samples, r.Shape, r.Occupied, r.Plugin.Measure, cfg.Correction)
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	header := "atom\tbit\tplug-in\t"
	if r.Lower != nil {
		header += fmt.Sprintf("%g%% interval\t", 100*cfg.Level)
	}
	if r.PValues != nil {
		header += "p\t"
	}
	fmt.Fprintln(tw, header)
	row := func(name string, v, raw float64, interval [2]float64, p float64) {
		fmt.Fprintf(tw, "%s\t%s\t%s\t", name, bitText(v), bitText(raw))
		if r.Lower != nil {
			fmt.Fprintf(tw, "%.4f … %.4f\t", interval[0], interval[1])
		}
		if r.PValues != nil {
			fmt.Fprintf(tw, "%.4g\t", p)
		}
		fmt.Fprintln(tw)
	}
	for i, v := range r.Atoms {
		var interval [2]float64
		p := 0.0
		if r.Lower != nil {
			interval = [2]float64{r.Lower[i], r.Upper[i]}
		}
		if r.PValues != nil {
			p = r.PValues[i]
		}
		row(r.Plugin.Lattice().Name(i), v, r.Plugin.Atoms[i], interval, p)
	}
	row("mutual information", r.MI, r.MIRaw, [2]float64{r.MILower, r.MIUpper}, r.MIPValue)
	fmt.Fprintf(tw, "h_res\t%s\t%s\t\n", bitText(r.Plugin.TargetEntropy-r.MI), bitText(r.Plugin.Residual))
	fmt.Fprintf(tw, "target entropy\t%s\t%s\t\n", bitText(r.Plugin.TargetEntropy), bitText(r.Plugin.TargetEntropy))
	if err := tw.Flush(); err != nil {
		return err
	}
	return writeCourse(out, r)
}

// writeCourse prints the time course, a row for each window.
func writeCourse(out io.Writer, r *estimate.Result) error {
	if r.Course == nil {
		return nil
	}
	l := r.Plugin.Lattice()
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(tw, "\nrows\tmi\t")
	for i := range l.Len() {
		fmt.Fprint(tw, l.Name(i)+"\t")
	}
	fmt.Fprintln(tw)
	for _, p := range r.Course {
		fmt.Fprintf(tw, "%d-%d\t%.4f\t", p.First, p.Last, p.MI)
		for _, v := range p.Atoms {
			fmt.Fprintf(tw, "%.4f\t", v)
		}
		fmt.Fprintln(tw)
	}
	return tw.Flush()
}
