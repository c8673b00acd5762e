package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"infomorph/internal/estimate"
)

// estimateJSON is the machine-readable estimate: the fields of a decomposition
// hold the corrected values, "plugin" the uncorrected decomposition.
type estimateJSON struct {
	Measure      string             `json:"measure"`
	Sources      string             `json:"sources"` // in the form for --sources and --target
	Target       string             `json:"target"`
	Columns      []columnJSON       `json:"columns,omitempty"`
	Missing      string             `json:"missing"`
	Estimator    string             `json:"estimator"`
	Neighbours   int                `json:"neighbours,omitempty"`
	Lag          int                `json:"lag,omitempty"`
	History      int                `json:"history,omitempty"`
	Transfer     *float64           `json:"transfer_entropy,omitempty"`
	Correction   string             `json:"correction"`
	Sound        bool               `json:"correction_sound"`
	Seed         uint64             `json:"seed"`
	Bootstrap    int                `json:"bootstrap"`
	Permutations int                `json:"permutations"`
	Rows         rowsJSON           `json:"rows"`
	Samples      int                `json:"samples"`
	Dropped      int                `json:"dropped"`
	Shape        []int              `json:"shape,omitempty"`
	Occupied     int                `json:"occupied_cells,omitempty"`
	Open         int                `json:"open_outcomes,omitempty"`
	MI           float64            `json:"mi"`
	HT           *float64           `json:"h_t,omitempty"`
	HRes         *float64           `json:"h_res,omitempty"`
	Atoms        namedValues        `json:"atoms"`
	Level        float64            `json:"level,omitempty"`
	Lower        *namedValues       `json:"lower,omitempty"`
	Upper        *namedValues       `json:"upper,omitempty"`
	PValues      *namedValues       `json:"p_values,omitempty"`
	Adjustment   string             `json:"adjustment,omitempty"`
	Adjusted     *namedValues       `json:"p_adjusted,omitempty"`
	Nulls        map[string]string  `json:"nulls,omitempty"`
	Verdicts     map[string]string  `json:"verdicts,omitempty"`
	Tests        []testJSON         `json:"tests,omitempty"`
	MIInterval   []float64          `json:"mi_interval,omitempty"`
	MIPValue     *float64           `json:"mi_p_value,omitempty"`
	Plugin       *decompositionJSON `json:"plugin,omitempty"`
	Course       []pointJSON        `json:"course,omitempty"`
	Warnings     []string           `json:"warnings,omitempty"`
}

// columnJSON says how a column became symbols.
type columnJSON struct {
	Name    string    `json:"name"`
	Kind    string    `json:"binning"`
	Symbols int       `json:"symbols"`
	Edges   []float64 `json:"edges,omitempty"`
}

// rowsJSON says how rows were taken to depend on each other.
type rowsJSON struct {
	Kind  string `json:"kind"`
	Block int    `json:"block"`
	Why   string `json:"why"`
}

// testJSON is the test of one information.
type testJSON struct {
	Name     string  `json:"name"`
	Value    float64 `json:"value"`
	P        float64 `json:"p"`
	Adjusted float64 `json:"p_adjusted"`
	Null     string  `json:"null"`
}

// pointJSON is one window of a time course, uncorrected.
type pointJSON struct {
	First int         `json:"first"`
	Last  int         `json:"last"`
	MI    float64     `json:"mi"`
	HRes  float64     `json:"h_res"`
	Atoms namedValues `json:"atoms"`
}

func newEstimateJSON(r *estimate.Result) estimateJSON {
	l, cfg := r.Plugin.Lattice(), &r.Config
	doc := estimateJSON{
		Measure: r.Plugin.Measure.String(), Sources: columnList(cfg.Sources...), Target: columnList(cfg.Target), Missing: cfg.Missing,
		Correction: string(cfg.Correction), Sound: r.Sound == "", Seed: cfg.Seed,
		Bootstrap: cfg.Bootstrap, Permutations: cfg.Permutations, Rows: rowsJSON{string(r.Rows), r.BlockLen, r.RowsWhy},
		Samples: r.Samples, Dropped: r.Dropped, Shape: r.Shape, Occupied: r.Occupied, Open: r.Open,
		MI: r.MI, Atoms: namedValues{l, r.Atoms}, Warnings: r.Warnings,
		Estimator: string(cfg.Estimator), Lag: cfg.Lag, History: cfg.History,
	}
	if cfg.Estimator == estimate.KSG {
		doc.Neighbours = cfg.Neighbours
	}
	if cfg.Estimator == estimate.Binned {
		plugin, rest := newDecompositionJSON(r.Plugin), r.Plugin.TargetEntropy-r.MI
		doc.Plugin, doc.HT, doc.HRes = &plugin, &r.Plugin.TargetEntropy, &rest
	} else {
		doc.Correction = continuousCorrection(r)
	}
	for _, t := range r.Transfers {
		doc.Transfer = &t.Value
	}
	for _, c := range r.Columns {
		doc.Columns = append(doc.Columns, columnJSON(c))
	}
	if cfg.Bootstrap > 0 {
		doc.Level, doc.MIInterval = cfg.Level, []float64{r.MILower, r.MIUpper}
	}
	if r.Lower != nil {
		doc.Lower, doc.Upper = &namedValues{l, r.Lower}, &namedValues{l, r.Upper}
	}
	if r.PValues != nil {
		doc.addTests(r)
	}
	for _, p := range r.Course {
		doc.Course = append(doc.Course, pointJSON{p.First, p.Last, p.MI, p.HRes, namedValues{l, p.Atoms}})
	}
	return doc
}

// continuousCorrection names the correction that is added to that of an
// estimator without bins: none, or the mean over shifted series or shuffled
// trials.
func continuousCorrection(r *estimate.Result) string {
	return map[estimate.Dependence]string{estimate.Independent: "none", estimate.Series: "shift", estimate.Trials: "shuffle"}[r.Rows]
}

func (doc *estimateJSON) addTests(r *estimate.Result) {
	l := r.Plugin.Lattice()
	doc.PValues, doc.Adjusted, doc.MIPValue = &namedValues{l, r.PValues}, &namedValues{l, r.Adjusted}, &r.MIPValue
	doc.Adjustment = string(r.Config.Adjust)
	doc.Nulls, doc.Verdicts = map[string]string{"mi": r.Tests[0].Null}, map[string]string{"mi": r.MIVerdict}
	for i := range l.Len() {
		doc.Nulls[l.Name(i)], doc.Verdicts[l.Name(i)] = r.AtomNulls[i], r.Verdicts[i]
	}
	for _, t := range r.Tests {
		doc.Tests = append(doc.Tests, testJSON(t))
	}
}

// writeEstimate prints a report for people.
func writeEstimate(out io.Writer, r *estimate.Result) error {
	binned := r.Config.Estimator == estimate.Binned
	if binned {
		fmt.Fprintf(out, "%d samples, %v symbols, %d joint cells occupied; measure %v, correction %s\n",
			r.Samples, r.Shape, r.Occupied, r.Plugin.Measure, r.Config.Correction)
	} else {
		fmt.Fprintf(out, "%d samples, estimator %s; measure %v, correction %s\n", r.Samples, r.Config.Estimator, r.Plugin.Measure, continuousCorrection(r))
	}
	fmt.Fprintf(out, "%s\n", r.RowsWhy)
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	header := "atom\tbit\tplug-in\t"
	if r.Config.Bootstrap > 0 {
		header += fmt.Sprintf("%g%% interval\t", 100*r.Config.Level)
	}
	if r.PValues != nil {
		header += fmt.Sprintf("p\t%s\tverdict\tnull\t", r.Config.Adjust)
	}
	fmt.Fprintln(tw, header)
	nulls := &nullNames{}
	for i, v := range r.Atoms {
		row := estimateRow{name: r.Plugin.Lattice().Name(i), value: v, plugin: r.Plugin.Atoms[i]}
		if r.Lower != nil {
			row.bounds = []float64{r.Lower[i], r.Upper[i]}
		}
		if r.PValues != nil {
			row.p, row.adjusted, row.verdict, row.null = r.PValues[i], r.Adjusted[i], r.Verdicts[i], nulls.of(r.AtomNulls[i])
		}
		row.write(tw, r)
	}
	row := estimateRow{name: "mutual information", value: r.MI, plugin: r.MIRaw, bounds: []float64{r.MILower, r.MIUpper}}
	if r.PValues != nil {
		row.p, row.adjusted, row.verdict, row.null = r.MIPValue, r.Tests[0].Adjusted, r.MIVerdict, nulls.of(r.Tests[0].Null)
	}
	row.write(tw, r)
	if binned {
		fmt.Fprintf(tw, "h_res\t%s\t%s\t\n", bitText(r.Plugin.TargetEntropy-r.MI), bitText(r.Plugin.Residual))
		fmt.Fprintf(tw, "target entropy\t%s\t%s\t\n", bitText(r.Plugin.TargetEntropy), bitText(r.Plugin.TargetEntropy))
	}
	for _, t := range r.Transfers {
		fmt.Fprintf(tw, "transfer entropy from %s\t%s\t\n", t.Sources, bitText(t.Value))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if err := writeTests(out, r, nulls); err != nil {
		return err
	}
	return writeCourse(out, r)
}

// estimateRow is one line of the report.
type estimateRow struct {
	name          string
	value, plugin float64
	bounds        []float64 // of the interval; nil: no interval
	p, adjusted   float64
	verdict, null string
}

func (row estimateRow) write(tw io.Writer, r *estimate.Result) {
	fmt.Fprintf(tw, "%s\t%s\t%s\t", row.name, bitText(row.value), bitText(row.plugin))
	switch {
	case r.Config.Bootstrap == 0:
	case row.bounds == nil:
		fmt.Fprint(tw, "none\t")
	default:
		fmt.Fprintf(tw, "%.4f … %.4f\t", row.bounds[0], row.bounds[1])
	}
	if r.PValues != nil {
		fmt.Fprintf(tw, "%.4g\t%.4g\t%s\t%s\t", row.p, row.adjusted, row.verdict, row.null)
	}
	fmt.Fprintln(tw)
}

// nullNames gives each null a letter, which the report explains below.
type nullNames struct{ words []string }

func (n *nullNames) of(words string) string {
	for i, w := range n.words {
		if w == words {
			return string(rune('a' + i))
		}
	}
	n.words = append(n.words, words)
	return string(rune('a' + len(n.words) - 1))
}

// writeTests prints the tests of informations and what each null assumes.
func writeTests(out io.Writer, r *estimate.Result, nulls *nullNames) error {
	if r.Tests == nil {
		return nil
	}
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tw, "\ninformation\tplug-in\tp\t%s\tnull\t\n", r.Config.Adjust)
	for _, t := range r.Tests {
		fmt.Fprintf(tw, "%s\t%s\t%.4g\t%.4g\t%s\t\n", t.Name, bitText(t.Value), t.P, t.Adjusted, nulls.of(t.Null))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "nulls, from %d surrogates each:\n", r.Config.Permutations)
	for i, w := range nulls.words {
		fmt.Fprintf(out, "  %c: %s\n", 'a'+i, w)
	}
	return nil
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

// columnList joins the columns of sources as the flags take them: a+b,c.
func columnList(sources ...[]string) string {
	joined := make([]string, len(sources))
	for i, s := range sources {
		joined[i] = strings.Join(s, "+")
	}
	return strings.Join(joined, ",")
}
