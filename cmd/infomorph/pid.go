package main

import (
	"bytes"
	"encoding/json"
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
	var asJSON bool
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
			m, err := pid.ParseMeasure(measure)
			if err != nil {
				return badInput(err)
			}
			in, name, err := openInput(cmd, args)
			if err != nil {
				return badInput(err)
			}
			defer in.Close()
			return decomposeAll(cmd.OutOrStdout(), in, name, decomposeOptions{m, asJSON})
		},
	}
	cmd.Flags().StringVarP(&measure, "measure", "m", "sx", "sx, wb, mmi, pm, ccs or broja")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

type decomposeOptions struct {
	measure pid.Measure
	json    bool
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
