package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/floats"

	"infomorph/internal/estimate"
	"infomorph/internal/guard"
	"infomorph/pid"
)

// newPIDCommand returns the command that decomposes information.
func newPIDCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pid",
		Short: "Decompose the information that sources carry about a target",
	}
	cmd.AddCommand(newPIDDecomposeCommand(), newPIDEstimateCommand(), newPIDGridCommand())
	return holder(cmd)
}

func newPIDDecomposeCommand() *cobra.Command {
	var measures []string
	var opt decomposeOptions
	cmd := &cobra.Command{
		Use:   "decompose [FILE|-]",
		Short: "Decompose a distribution given as JSON",
		Long: `Decompose reads a distribution from FILE or standard input and prints the atoms
in bits. The distribution is dense, {"shape":[2,2,2],"p":[…]} with p(s1,…,sn,t)
in row-major order, the target fastest, or a list of outcomes, the target last:
{"outcomes":["000","011"],"p":[0.5,0.5]}. "counts" can be used instead of "p".
For a JSON array of such inputs it prints an array.`,
		Example: `  echo '{"shape":[2,2,2],"p":[0.25,0,0,0.25,0,0.25,0.25,0]}' | infomorph pid decompose
  echo '{"outcomes":["000","010","100","111"],"counts":[7,5,6,9]}' | infomorph pid decompose -m sx,broja
  infomorph pid decompose xor.json --measure broja --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if opt.measures, err = parseMeasures(measures); err != nil {
				return badInput(err)
			}
			if err := opt.check(); err != nil {
				return badInput(err)
			}
			in, name, err := openInput(cmd, args)
			if err != nil {
				return badInput(err)
			}
			defer in.Close()
			return decomposeAll(cmd.OutOrStdout(), in, name, opt)
		},
	}
	cmd.Flags().StringSliceVarP(&measures, "measure", "m", []string{"sx"}, measureUsage)
	cmd.Flags().BoolVar(&opt.json, "json", false, "print one JSON document")
	cmd.Flags().BoolVar(&opt.normalize, "normalize", false, "divide the probabilities by their sum")
	cmd.Flags().BoolVar(&opt.pointwise, "pointwise", false, "add the pointwise atoms of every outcome (sx, pm or ccs, with --json)")
	cmd.Flags().BoolVar(&opt.optimum, "optimum", false, "add the optimal distribution (broja or ccs, with --json)")
	return cmd
}

// measureUsage describes the flag --measure.
const measureUsage = "sx, wb, mmi, pm, ccs, broja or dep; several with commas; all: every measure for the number of sources"

// parseMeasures reads the names of measures; nil means all.
func parseMeasures(names []string) ([]pid.Measure, error) {
	if len(names) == 1 && strings.EqualFold(names[0], "all") {
		return nil, nil
	}
	if len(names) == 0 { // of --measure ""
		return nil, errors.New("--measure: expected " + measureUsage)
	}
	var list []pid.Measure
	for _, name := range names {
		m, err := pid.ParseMeasure(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if slices.Contains(list, m) {
			return nil, fmt.Errorf("--measure names %v twice", m)
		}
		list = append(list, m)
	}
	return list, nil
}

// measuresFor returns the measures to use with n sources.
func measuresFor(list []pid.Measure, n int) []pid.Measure {
	if list != nil {
		return list
	}
	for _, m := range pid.Measures() {
		if n <= m.MaxSources() {
			list = append(list, m)
		}
	}
	return list
}

type decomposeOptions struct {
	measures                   []pid.Measure // nil: all
	json, pointwise, normalize bool
	optimum                    bool
}

// check returns an error for options that a measure does not have.
func (opt *decomposeOptions) check() error {
	one := pid.Measure(0)
	if len(opt.measures) == 1 {
		one = opt.measures[0]
	}
	switch {
	case (opt.pointwise || opt.optimum) && (!opt.json || len(opt.measures) != 1):
		return errors.New("--pointwise and --optimum are for one measure and for --json")
	case opt.pointwise && one != pid.SX && one != pid.PM && one != pid.CCS:
		return fmt.Errorf("--pointwise is for --measure sx, pm or ccs; %v has no pointwise values", one)
	case opt.optimum && one != pid.BROJA && one != pid.CCS:
		return fmt.Errorf("--optimum is for --measure broja or ccs; %v has no optimisation", one)
	}
	return nil
}

// openInput opens the file named by the first argument, or standard input.
func openInput(cmd *cobra.Command, args []string) (io.ReadCloser, string, error) {
	if len(args) == 0 || args[0] == "-" {
		return io.NopCloser(cmd.InOrStdin()), "standard input", nil
	}
	f, err := guard.Open(args[0])
	return f, args[0], err
}

func decomposeAll(out io.Writer, in io.Reader, name string, opt decomposeOptions) error {
	list, array, err := estimate.ReadDistributions(in, opt.normalize)
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", name, err))
	}
	results := make([][]*pid.Decomposition, len(list))
	for i, in := range list {
		if results[i], err = decomposeOne(in, opt); err != nil {
			if array {
				err = fmt.Errorf("distribution %d: %w", i, err)
			}
			return badInput(fmt.Errorf("%s: %w", name, err))
		}
	}
	if opt.json {
		docs := make([]any, len(results))
		for i, byMeasure := range results {
			docs[i] = newDecomposedJSON(list[i], byMeasure, opt)
		}
		if array {
			return runFailed(writeJSON(out, docs))
		}
		return runFailed(writeJSON(out, docs[0]))
	}
	for _, byMeasure := range results {
		write := func() error { return writeSideBySide(out, byMeasure) }
		if len(byMeasure) == 1 {
			write = func() error { return writeDecomposition(out, byMeasure[0]) }
		}
		if err := write(); err != nil {
			return runFailed(err)
		}
	}
	return nil
}

// decomposeOne decomposes a distribution by every requested measure.
func decomposeOne(in estimate.Distribution, opt decomposeOptions) ([]*pid.Decomposition, error) {
	var list []*pid.Decomposition
	for _, m := range measuresFor(opt.measures, len(in.Shape)-1) {
		d, err := pid.Decompose(m, in.Shape, in.P)
		if sum := floats.Sum(in.P); errors.Is(err, pid.ErrNotDistribution) && sum > 0 && math.Abs(sum-1) > 1e-9 {
			err = fmt.Errorf("%w (--normalize divides by the sum)", err)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// newDecomposedJSON returns the JSON document of one distribution: a
// decomposition or, for several measures, an object with one for each.
func newDecomposedJSON(in estimate.Distribution, byMeasure []*pid.Decomposition, opt decomposeOptions) any {
	docs := measuresJSON{}
	for _, d := range byMeasure {
		doc := newDecompositionJSON(d)
		doc.Symbols = in.Symbols
		doc.Information = newInformationJSON(in)
		if opt.pointwise {
			doc.Pointwise = newPointwiseJSON(d, in)
		}
		if opt.optimum {
			if q, _, err := pid.Optimum(d.Measure, in.Shape, in.P); err == nil {
				doc.Optimum = &optimumJSON{in.Shape, q}
			}
		}
		docs.names, docs.docs = append(docs.names, d.Measure.String()), append(docs.docs, doc)
	}
	if len(opt.measures) == 1 {
		return docs.docs[0]
	}
	return docs
}

// measuresJSON is {"measures":{"sx":{…},"broja":{…}}}, in the requested order.
type measuresJSON struct {
	names []string
	docs  []any
}

// MarshalJSON keeps the order.
func (m measuresJSON) MarshalJSON() ([]byte, error) {
	b := []byte(`{"measures":{`)
	for i, doc := range m.docs {
		if i > 0 {
			b = append(b, ',')
		}
		text, err := json.Marshal(doc)
		if err != nil {
			return nil, err
		}
		b = append(append(strconv.AppendQuote(b, m.names[i]), ':'), text...)
	}
	return append(b, "}}"...), nil
}

// decompositionJSON is a decomposition as JSON. Other programs read it, so its
// fields must not change.
type decompositionJSON struct {
	Measure     string           `json:"measure"`
	MI          float64          `json:"mi"`
	HT          float64          `json:"h_t"`
	HRes        float64          `json:"h_res"`
	Symbols     [][]string       `json:"symbols,omitempty"`
	Atoms       namedValues      `json:"atoms"`
	ICap        namedValues      `json:"i_cap"`
	AtomsPlus   *namedValues     `json:"atoms_plus,omitempty"`
	AtomsMinus  *namedValues     `json:"atoms_minus,omitempty"`
	ICapPlus    *namedValues     `json:"i_cap_plus,omitempty"`
	ICapMinus   *namedValues     `json:"i_cap_minus,omitempty"`
	Certificate *certificateJSON `json:"certificate,omitempty"`
	Information *informationJSON `json:"information,omitempty"`
	Pointwise   []outcomeJSON    `json:"pointwise,omitempty"`
	Optimum     *optimumJSON     `json:"optimum,omitempty"`
}

// optimumJSON is the distribution from which an iterative measure gets its
// value.
type optimumJSON struct {
	Shape []int     `json:"shape"`
	P     []float64 `json:"p"`
}

// informationJSON holds classical quantities: I(T:A) by set of sources, and
// quantities of all variables together.
type informationJSON struct {
	Mutual        map[string]float64 `json:"mutual"`
	CoInformation float64            `json:"co_information"`
	OInformation  float64            `json:"o_information"`
	Index         float64            `json:"redundancy_synergy_index"`
}

// outcomeJSON is one outcome with its pointwise atoms.
type outcomeJSON struct {
	State      []int        `json:"state"`
	P          float64      `json:"p"`
	Q          *float64     `json:"q,omitempty"` // of the maximum-entropy distribution; ccs
	Atoms      namedValues  `json:"atoms"`
	AtomsPlus  *namedValues `json:"atoms_plus,omitempty"`
	AtomsMinus *namedValues `json:"atoms_minus,omitempty"`
}

// newInformationJSON returns nil for an invalid distribution, which the
// decomposition has reported already.
func newInformationJSON(in estimate.Distribution) *informationJSON {
	info, err := pid.NewInformation(in.Shape, in.P)
	if err != nil {
		return nil
	}
	doc := &informationJSON{Mutual: map[string]float64{}}
	all := uint8(1)<<(len(in.Shape)-1) - 1
	for set := uint8(1); set <= all; set++ {
		doc.Mutual[(pid.Antichain(1) << set).String()] = info.Mutual(set)
	}
	doc.CoInformation, doc.OInformation, doc.Index = info.CoInformation(all), info.OInformation(all), info.RedundancySynergyIndex(all)
	return doc
}

func newPointwiseJSON(d *pid.Decomposition, in estimate.Distribution) []outcomeJSON {
	list, err := pid.PointwiseBy(d.Measure, in.Shape, in.P)
	if err != nil {
		return nil
	}
	l, docs := d.Lattice(), make([]outcomeJSON, len(list))
	for i, r := range list {
		docs[i] = outcomeJSON{State: r.State, P: r.P, Atoms: namedValues{l, r.Atoms}}
		if r.AtomsPlus != nil {
			docs[i].AtomsPlus, docs[i].AtomsMinus = &namedValues{l, r.AtomsPlus}, &namedValues{l, r.AtomsMinus}
		} else {
			docs[i].Q = &r.Q
		}
	}
	return docs
}

type certificateJSON struct {
	Gap        float64 `json:"gap"`
	Iterations int     `json:"iterations"`
}

func newDecompositionJSON(d *pid.Decomposition) decompositionJSON {
	l := d.Lattice()
	doc := decompositionJSON{
		Measure: d.Measure.String(), MI: d.MutualInfo, HT: d.TargetEntropy, HRes: d.Residual,
		Atoms: namedValues{l, d.Atoms}, ICap: namedValues{l, d.Cumulative},
	}
	if d.AtomsPlus != nil {
		doc.AtomsPlus, doc.AtomsMinus = &namedValues{l, d.AtomsPlus}, &namedValues{l, d.AtomsMinus}
		doc.ICapPlus, doc.ICapMinus = &namedValues{l, d.CumulativePlus}, &namedValues{l, d.CumulativeMinus}
	}
	if c := d.Certificate; c != nil {
		doc.Certificate = &certificateJSON{c.Gap, c.Iterations}
	}
	return doc
}

// namedValues is a vector over a lattice. In JSON it is an object in the order
// of the lattice.
type namedValues struct {
	lattice *pid.Lattice
	values  []float64
}

func (v namedValues) MarshalJSON() ([]byte, error) { //nolint:unparam // json.Marshaler
	b := []byte{'{'}
	for i, x := range v.values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, v.lattice.Name(i)...)
		b = append(b, '"', ':')
		b = strconv.AppendFloat(b, x, 'g', -1, 64)
	}
	return append(b, '}'), nil
}

func writeJSON(out io.Writer, doc any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := out.Write(b.Bytes())
	return err
}

// writeDecomposition prints a table for people.
func writeDecomposition(out io.Writer, d *pid.Decomposition) error {
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	header := "atom\tbit\tredundancy\t"
	if d.AtomsPlus != nil {
		header += "informative\tmisinformative\t"
	}
	fmt.Fprintln(tw, header)
	for i, v := range d.Atoms {
		fmt.Fprintf(tw, "%s\t%s\t%s\t", d.Lattice().Name(i), bitText(v), bitText(d.Cumulative[i]))
		if d.AtomsPlus != nil {
			fmt.Fprintf(tw, "%s\t%s\t", bitText(d.AtomsPlus[i]), bitText(d.AtomsMinus[i]))
		}
		fmt.Fprintln(tw)
	}
	for _, row := range []struct {
		name  string
		value float64
	}{{"mutual information", d.MutualInfo}, {"h_res", d.Residual}, {"target entropy", d.TargetEntropy}} {
		fmt.Fprintf(tw, "%s\t%s\t\n", row.name, bitText(row.value))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	note := "measure " + d.Measure.String()
	if c := d.Certificate; c != nil {
		note += fmt.Sprintf(", certified gap %.1e bit after %d steps", c.Gap, c.Iterations)
	}
	_, err := fmt.Fprintln(out, note)
	return err
}

// writeSideBySide prints the atoms of several measures side by side.
func writeSideBySide(out io.Writer, list []*pid.Decomposition) error {
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(tw, "atom [bit]\t")
	for _, d := range list {
		fmt.Fprintf(tw, "%v\t", d.Measure)
	}
	fmt.Fprintln(tw)
	row := func(name string, value func(d *pid.Decomposition) float64) {
		fmt.Fprint(tw, name+"\t")
		for _, d := range list {
			fmt.Fprint(tw, bitText(value(d))+"\t")
		}
		fmt.Fprintln(tw)
	}
	l := list[0].Lattice()
	for i := range l.Len() {
		row(l.Name(i), func(d *pid.Decomposition) float64 { return d.Atoms[i] })
	}
	row("mutual information", func(d *pid.Decomposition) float64 { return d.MutualInfo })
	row("h_res", func(d *pid.Decomposition) float64 { return d.Residual })
	row("target entropy", func(d *pid.Decomposition) float64 { return d.TargetEntropy })
	return tw.Flush()
}

// bitText formats an information with six decimals and no minus zero.
func bitText(v float64) string {
	s := strconv.FormatFloat(v, 'f', 6, 64)
	if s == "-0.000000" {
		return s[1:]
	}
	return s
}
