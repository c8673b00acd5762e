package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"infomorph/internal/guard"
	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/lesion"
	"infomorph/topology/measure"
)

// measureFlags are the flags of measures: which, and how they are computed.
type measureFlags struct {
	names   []string
	lengths string
	exact   bool
	opt     measure.Options
	format  string
	perNode string
	json    bool
	list    bool

	strongest float64
}

func (f *measureFlags) register(c *cobra.Command) {
	s := c.Flags()
	s.StringSliceVar(&f.names, "measures", []string{"all"}, "measures by name, or all (see measure --list)")
	s.BoolVar(&f.opt.Weighted, "weighted", false, "use weights in measures that can use them")
	s.StringVar(&f.lengths, "lengths", "hops", "length of a synapse in path measures: hops, inverse (1/|weight|) or delay")
	s.IntVar(&f.opt.Samples, "samples", 0, "random sources for measures quadratic in the neurons (0: as many as 2·10⁹ steps allow)")
	s.BoolVar(&f.exact, "exact", false, "never sample")
	s.IntVar(&f.opt.Nulls, "nulls", 10, "null models for small-worldness and rich club")
	s.Uint64Var(&f.opt.Seed, "seed", 1, "seed of samples, null models and communities")
	s.Float64Var(&f.strongest, "strongest", 1, "measure only this share of the synapses, those of the largest |weight|")
	s.BoolVar(&f.json, "json", false, "write one JSON document")
}

func newMeasureCommand() *cobra.Command {
	var f measureFlags
	c := &cobra.Command{
		Use:   "measure FILE",
		Short: "Measure the structure of a network",
		Example: "  infomorph topology measure karate.gexf\n" +
			"  infomorph topology measure net.graphml --measures betweenness,clustering --per-node nodes.csv",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.list {
				return listMeasures(cmd.OutOrStdout())
			}
			if len(args) != 1 {
				return badInput(fmt.Errorf("expected a graph FILE"))
			}
			return f.run(cmd, args[0])
		},
	}
	f.register(c)
	c.Flags().StringVar(&f.perNode, "per-node", "", "write the values of each neuron to a CSV FILE")
	c.Flags().StringVar(&f.format, "format", "", "format of FILE, if the extension does not say it")
	c.Flags().BoolVar(&f.list, "list", false, "list the measures")
	return c
}

func listMeasures(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MEASURE\tEACH NEURON\tSAMPLED\tIS")
	mark := map[bool]string{true: "yes"}
	for _, m := range measure.All() {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", m.Name, mark[m.PerOne], mark[m.Costly], m.About)
	}
	return t.Flush()
}

// affordable is the number of steps, some seconds, up to which a path measure
// is computed exactly by default. Above it, the measure is sampled.
const affordable = 2e9

// measure computes the measures that the flags select.
func (f *measureFlags) measure(g *topology.Graph) ([]measure.Result, error) {
	switch f.opt.Lengths = measure.Lengths(f.lengths); f.opt.Lengths {
	case measure.Hops, measure.Inverse, measure.Delay:
	default:
		return nil, badInput(fmt.Errorf("--lengths %q, expected hops, inverse or delay", f.lengths))
	}
	if f.opt.Samples < 0 || f.opt.Nulls < 1 {
		return nil, badInput(fmt.Errorf("--samples and --nulls: expected numbers ≥ 0 and ≥ 1"))
	}
	g, err := f.strong(g)
	if err != nil {
		return nil, err
	}
	opt := f.opt
	if steps := float64(g.NumNeurons()+g.NumSynapses()) + 1; !f.exact && opt.Samples == 0 && steps*float64(g.NumNeurons()) > affordable {
		opt.Samples = max(30, int(affordable/10/steps))
	}
	if f.exact {
		opt.Samples = 0
	}
	names := f.names
	if slices.Equal(names, []string{"all"}) {
		names = measure.Names()
	}
	results, err := measure.Compute(measure.New(g, opt), names...)
	return results, badInput(err)
}

// strong returns the graph of the strongest synapses.
func (f *measureFlags) strong(g *topology.Graph) (*topology.Graph, error) {
	if f.strongest == 0 || f.strongest == 1 { // 0: a command without the flag
		return g, nil
	}
	if !(f.strongest > 0 && f.strongest < 1) {
		return nil, badInput(fmt.Errorf("--strongest %v, expected a share above 0, at most 1", f.strongest))
	}
	weak := lesion.Choice{Of: "synapses", By: "weight", Fraction: 1 - f.strongest, Smallest: true}
	change, err := weak.Change(g, rand.New(rand.NewPCG(f.opt.Seed, 9)))
	if err != nil {
		return nil, badInput(err)
	}
	return g.Without(nil, change.Synapses)
}

func (f *measureFlags) run(cmd *cobra.Command, name string) error {
	g, err := loadTopology(cmd, name, f.format)
	if err != nil {
		return err
	}
	results, err := f.measure(g)
	if err != nil {
		return err
	}
	if f.perNode != "" {
		if err := saveTo(cmd, f.perNode, func(w io.Writer) error { return writePerNode(w, g, results) }); err != nil {
			return err
		}
	}
	if f.json {
		return writeJSONDoc(cmd, map[string]any{
			"file": name, "neurons": g.NumNeurons(), "channels": g.NumChannels(), "synapses": g.NumSynapses(), "measures": results,
		})
	}
	describe(cmd, name, g)
	return runFailed(writeResults(cmd.OutOrStdout(), results))
}

func writeJSONDoc(cmd *cobra.Command, doc any) error {
	e := json.NewEncoder(cmd.OutOrStdout())
	e.SetIndent("", " ")
	return runFailed(e.Encode(doc))
}

func writeResults(w io.Writer, results []measure.Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MEASURE\tVALUE\t±\tMIN\tMEDIAN\tMAX\tNOTE")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%s\t", r.Name, figure(r.Value))
		if r.Error != 0 {
			fmt.Fprint(t, figure(r.Error))
		}
		if r.Summary != nil {
			fmt.Fprintf(t, "\t%s\t%s\t%s\t", figure(r.Summary.Min), figure(r.Summary.Median), figure(r.Summary.Max))
		} else {
			fmt.Fprint(t, "\t\t\t\t")
		}
		fmt.Fprintln(t, resultNote(r))
	}
	return t.Flush()
}

// resultNote returns a short note on samples and details.
func resultNote(r measure.Result) string {
	var notes []string
	if r.Samples > 0 {
		notes = append(notes, fmt.Sprintf("%d samples", r.Samples))
	}
	if r.Name == "motifs" || r.Name == "assortativity" || strings.HasSuffix(r.Name, "_components") {
		for _, e := range r.Detail {
			if e.Value != 0 && len(notes) < 16 {
				notes = append(notes, e.Key+" "+figure(e.Value))
			}
		}
	}
	return strings.Join(notes, ", ")
}

func figure(x measure.Number) string {
	if math.IsNaN(float64(x)) {
		return "undefined"
	}
	if x == measure.Number(math.Trunc(float64(x))) && math.Abs(float64(x)) < 1e15 {
		return strconv.FormatFloat(float64(x), 'f', -1, 64)
	}
	return strconv.FormatFloat(float64(x), 'g', 6, 64)
}

// writePerNode writes one row for each neuron and a column for each measure.
func writePerNode(w io.Writer, g *topology.Graph, results []measure.Result) error {
	out := csv.NewWriter(w)
	header := []string{"neuron", "label"}
	for _, r := range results {
		if r.PerNode != nil {
			header = append(header, r.Name)
		}
	}
	_ = out.Write(header) // Flush keeps the error
	for i := range g.NumNeurons() {
		row := []string{strconv.Itoa(i), guard.Cell(g.Label(neuron.ID(i)))}
		for _, r := range results {
			if r.PerNode != nil {
				row = append(row, strconv.FormatFloat(r.PerNode[i], 'g', -1, 64))
			}
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

func newCompareCommand() *cobra.Command {
	var f measureFlags
	c := &cobra.Command{
		Use:   "compare FIRST SECOND | RUN",
		Short: "Compare two networks of the same neurons, or the learned network of a run with its initial one",
		Example: "  infomorph topology compare initial.graphml learned.graphml --weighted\n" +
			"  infomorph topology compare RUN --weighted --strongest 0.2",
		Args: cobra.RangeArgs(1, 2),
		RunE: f.compare,
	}
	f.register(c)
	return c
}

func (f *measureFlags) compare(cmd *cobra.Command, names []string) error {
	var graphs [2]*topology.Graph
	var results [2][]measure.Result
	if len(names) == 1 {
		if _, _, ok := runFolder(names[0]); !ok {
			return badInput(fmt.Errorf("%s: not a result folder; expected one, or two graphs", names[0]))
		}
		names = []string{names[0] + initialSuffix, names[0]}
	}
	for i, name := range names {
		var err error
		if graphs[i], err = loadTopology(cmd, name, ""); err != nil {
			return err
		}
		if results[i], err = f.measure(graphs[i]); err != nil {
			return err
		}
	}
	pairs, err := measure.Compare(graphs[0], graphs[1])
	if err != nil {
		return badInput(err)
	}
	if f.json {
		return writeJSONDoc(cmd, map[string]any{"first": names[0], "second": names[1], "pairs": pairs,
			"measures": map[string]any{"first": results[0], "second": results[1]}})
	}
	return runFailed(writeComparison(cmd.OutOrStdout(), pairs, results))
}

func writeComparison(w io.Writer, c *measure.Comparison, results [2][]measure.Result) error {
	fmt.Fprintf(w, "pairs kept %d, removed %d, added %d (Jaccard %s)\n", c.Kept, c.Removed, c.Added, figure(c.Jaccard))
	fmt.Fprintf(w, "weights of kept pairs: correlation %s, mean change %s, rms change %s, sign flips %d\n",
		figure(c.WeightCorrelation), figure(c.MeanChange), figure(c.RMSChange), c.SignFlips)
	fmt.Fprintf(w, "norm of weights: %s → %s; correlation of in-degrees %s, out-degrees %s, in-strengths %s\n\n",
		figure(c.NormFirst), figure(c.NormSecond), figure(c.InDegreeCorr), figure(c.OutDegreeCorr), figure(c.StrengthCorr))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MEASURE\tFIRST\tSECOND\tCHANGE")
	for i, a := range results[0] {
		b := results[1][i]
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", a.Name, figure(a.Value), figure(b.Value), figure(b.Value-a.Value))
	}
	return t.Flush()
}
