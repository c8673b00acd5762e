package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"infomorph/internal/estimate"
	"infomorph/pid"
)

// newPIDCommand returns the command that decomposes information.
func newPIDCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pid",
		Short: "Decompose the information that sources carry about a target",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPIDDecomposeCommand(), newPIDEstimateCommand())
	return cmd
}

func newPIDDecomposeCommand() *cobra.Command {
	var measure string
	var opt decomposeOptions
	cmd := &cobra.Command{
		Use:   "decompose [FILE|-]",
		Short: "Decompose a distribution given as JSON",
		Long: `Decompose reads {"shape":[2,2,2],"p":[…]} from FILE or standard input and
prints the atoms in bits. p is p(s1,…,sn,t) in row-major order, the target
fastest, with 2 to 4 sources. A JSON array of such inputs gives an array.`,
		Example: `  echo '{"shape":[2,2,2],"p":[.25,0,0,.25,0,.25,.25,0]}' | infomorph pid decompose
  infomorph pid decompose xor.json --measure broja --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if opt.measure, err = pid.ParseMeasure(measure); err != nil {
				return badInput(err)
			}
			if opt.pointwise && (opt.measure != pid.SX || !opt.json) {
				return badInput(errors.New("--pointwise is for --measure sx with --json"))
			}
			in, name, err := openInput(cmd, args)
			if err != nil {
				return badInput(err)
			}
			defer in.Close()
			return decomposeAll(cmd.OutOrStdout(), in, name, opt)
		},
	}
	cmd.Flags().StringVarP(&measure, "measure", "m", "sx", "sx, wb, mmi, pm, ccs or broja")
	cmd.Flags().BoolVar(&opt.json, "json", false, "print one JSON document")
	cmd.Flags().BoolVar(&opt.pointwise, "pointwise", false, "add the pointwise atoms of every outcome (sx, with --json)")
	return cmd
}

type decomposeOptions struct {
	measure         pid.Measure
	json, pointwise bool
}

// openInput opens the file named by the first argument, or standard input.
func openInput(cmd *cobra.Command, args []string) (io.ReadCloser, string, error) {
	if len(args) == 0 || args[0] == "-" {
		return io.NopCloser(cmd.InOrStdin()), "standard input", nil
	}
	f, err := os.Open(args[0])
	return f, args[0], err
}

func decomposeAll(out io.Writer, in io.Reader, name string, opt decomposeOptions) error {
	list, array, err := estimate.ReadDistributions(in)
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", name, err))
	}
	results := make([]*pid.Decomposition, len(list))
	for i, in := range list {
		if results[i], err = pid.Decompose(opt.measure, in.Shape, in.P); err != nil {
			if array {
				err = fmt.Errorf("distribution %d: %w", i, err)
			}
			return badInput(fmt.Errorf("%s: %w", name, err))
		}
	}
	if opt.json {
		docs := make([]decompositionJSON, len(results))
		for i, d := range results {
			docs[i] = newDecompositionJSON(d)
			docs[i].Information = newInformationJSON(list[i])
			if opt.pointwise {
				docs[i].Pointwise = newPointwiseJSON(d.Lattice(), list[i])
			}
		}
		if array {
			return runFailed(writeJSON(out, docs))
		}
		return runFailed(writeJSON(out, docs[0]))
	}
	for _, d := range results {
		if err := writeDecomposition(out, d); err != nil {
			return runFailed(err)
		}
	}
	return nil
}

// decompositionJSON is the machine-readable form; see the design's contract.
type decompositionJSON struct {
	Measure     string           `json:"measure"`
	MI          float64          `json:"mi"`
	HT          float64          `json:"h_t"`
	HRes        float64          `json:"h_res"`
	Atoms       namedValues      `json:"atoms"`
	ICap        namedValues      `json:"i_cap"`
	AtomsPlus   *namedValues     `json:"atoms_plus,omitempty"`
	AtomsMinus  *namedValues     `json:"atoms_minus,omitempty"`
	ICapPlus    *namedValues     `json:"i_cap_plus,omitempty"`
	ICapMinus   *namedValues     `json:"i_cap_minus,omitempty"`
	Certificate *certificateJSON `json:"certificate,omitempty"`
	Information *informationJSON `json:"information,omitempty"`
	Pointwise   []outcomeJSON    `json:"pointwise,omitempty"`
}

// informationJSON holds classical quantities: I(T:A) by set of sources, and
// the co-information of all.
type informationJSON struct {
	Mutual        map[string]float64 `json:"mutual"`
	CoInformation float64            `json:"co_information"`
}

// outcomeJSON is one outcome with its pointwise atoms.
type outcomeJSON struct {
	State      []int       `json:"state"`
	P          float64     `json:"p"`
	Atoms      namedValues `json:"atoms"`
	AtomsPlus  namedValues `json:"atoms_plus"`
	AtomsMinus namedValues `json:"atoms_minus"`
}

// newInformationJSON is for distributions that were decomposed without error.
func newInformationJSON(in estimate.Distribution) *informationJSON {
	info, err := pid.NewInformation(in.Shape, in.P)
	if err != nil {
		return nil
	}
	doc := &informationJSON{Mutual: map[string]float64{}}
	all := uint8(1)<<(len(in.Shape)-1) - 1
	for set := uint8(1); set <= all; set++ {
		doc.Mutual[pid.Antichain(1<<set).String()] = info.Mutual(set)
	}
	doc.CoInformation = info.CoInformation(all)
	return doc
}

func newPointwiseJSON(l *pid.Lattice, in estimate.Distribution) []outcomeJSON {
	list, err := pid.Pointwise(in.Shape, in.P)
	if err != nil {
		return nil
	}
	docs := make([]outcomeJSON, len(list))
	for i, r := range list {
		docs[i] = outcomeJSON{r.State, r.P, namedValues{l, r.Atoms}, namedValues{l, r.AtomsPlus}, namedValues{l, r.AtomsMinus}}
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

// namedValues is a vector of a lattice, an object in JSON in the lattice's
// order.
type namedValues struct {
	lattice *pid.Lattice
	values  []float64
}

func (v namedValues) MarshalJSON() ([]byte, error) {
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

// bitText formats an information with six decimals and no minus zero.
func bitText(v float64) string {
	s := strconv.FormatFloat(v, 'f', 6, 64)
	if s == "-0.000000" {
		return s[1:]
	}
	return s
}
