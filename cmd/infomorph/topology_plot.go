package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/guard"
	"infomorph/internal/table"
	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/draw"
	"infomorph/topology/lesion"
	"infomorph/topology/measure"
)

func newPlotCommand() *cobra.Command {
	var opt draw.Options
	var out, colour, size, format, width, height string
	var m measureFlags
	c := &cobra.Command{
		Use:   "plot FILE",
		Short: "Draw a network as PNG, SVG or PDF",
		Long: "Draw a network as PNG, SVG or PDF. Colour and size of the neurons show a measure, given by\n" +
			"name, or a column of a table, given as FILE.csv:COLUMN (or .tsv). The table has one row for each\n" +
			"neuron, with its key in a column \"neuron\", \"id\" or \"label\", or else in order.",
		Example: "  infomorph topology plot karate.gexf --colour community --size betweenness --labels --out karate.png\n" +
			"  infomorph topology plot net.graphml --layout circle --colour result.csv:accuracy --out net.svg",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := loadTopology(cmd, args[0], format)
			if err != nil {
				return err
			}
			if opt.Colour, err = m.values(g, colour); err != nil {
				return err
			}
			if opt.Size, err = m.values(g, size); err != nil {
				return err
			}
			if opt.Width, opt.Height, err = sizeOf(width, height); err != nil {
				return badInput(err)
			}
			opt.Seed = m.opt.Seed
			kind := strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), ".")
			var picture bytes.Buffer
			if err := draw.Write(&picture, kind, g, opt); err != nil {
				return badInput(fmt.Errorf("%s: %w", out, err))
			}
			return saveTo(cmd, out, func(w io.Writer) error {
				_, err := picture.WriteTo(w)
				return err
			})
		},
	}
	s := c.Flags()
	s.StringVarP(&out, "out", "o", "topology.png", "FILE to write, .png, .svg or .pdf")
	s.StringVar(&opt.Layout, "layout", "force", "layout: force, circle, position or layered")
	s.StringVar(&colour, "colour", "community", "measure or FILE.csv:COLUMN for the colour, none for one colour")
	s.StringVar(&size, "size", "degree", "measure or FILE.csv:COLUMN for the size, none for one size")
	s.BoolVar(&opt.Labels, "labels", false, "write the label of each neuron")
	s.StringVar(&opt.Title, "title", "", "title")
	s.StringVar(&width, "width", "121mm", "width in mm, cm, in or pt, such as 85mm; single is 85mm, double 178mm")
	s.StringVar(&height, "height", "", "height (default: in proportion)")
	s.Uint64Var(&m.opt.Seed, "seed", 1, "seed of layout and communities")
	s.BoolVar(&m.opt.Weighted, "weighted", false, "use weights in measures that can use them")
	s.StringVar(&format, "format", "", "format of FILE, if the extension does not say it")
	m.lengths, m.opt.Nulls = string(measure.Hops), 10
	return c
}

// sizeOf reads the size of a drawing [pt]; with height 0 the drawing chooses
// its height.
func sizeOf(width, height string) (w, h float64, err error) {
	x, err := length("--width", width)
	if err != nil || height == "" {
		return float64(x), 0, err
	}
	y, err := length("--height", height)
	return float64(x), float64(y), err
}

// classes are the measures whose numbers are labels of classes.
var classes = []string{"community", "strong_components", "weak_components"}

// values returns one number for each neuron, by a measure or from a file.
func (f *measureFlags) values(g *topology.Graph, name string) (*draw.Values, error) {
	if name == "" || name == "none" {
		return nil, nil
	}
	if at := tableColumn.FindStringSubmatch(name); at != nil {
		v, err := readColumn(at[1], at[2], g)
		return &draw.Values{Name: at[2], Of: v}, badInput(err)
	}
	f.names = []string{name}
	results, err := f.measure(g)
	if err != nil {
		return nil, err
	}
	if results[0].PerNode == nil {
		return nil, badInput(fmt.Errorf("measure %s has no value for each neuron", name))
	}
	return &draw.Values{Name: name, Of: results[0].PerNode, Classes: slices.Contains(classes, name)}, nil
}

// tableColumn matches the name of a file followed by the name of a column.
var tableColumn = regexp.MustCompile(`(?i)^(.*\.[ct]sv):(.+)$`)

// placesBy returns the numbers of neurons by the keys that a column of a table
// uses: names, or labels in a column called label.
func placesBy(g *topology.Graph, column string) map[string]int {
	place := make(map[string]int, g.NumNeurons())
	for i := range g.NumNeurons() {
		name := g.Name(neuron.ID(i))
		if column == "label" && g.Labels != nil && g.Labels[i] != "" {
			name = g.Labels[i]
		}
		place[name] = i
	}
	return place
}

// readColumn reads one number for each neuron of g: in the order of rows, or by
// a column with their numbers, names or labels.
func readColumn(name, column string, g *topology.Graph) ([]float64, error) {
	file, err := guard.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	fault := func(err error) error { return fmt.Errorf("%s: %w", name, err) }
	t, err := table.Open(file, table.Options{Name: name, MaxBytes: 1 << 30})
	if err != nil {
		return nil, fault(err)
	}
	at, err := t.Index(column)
	if err != nil {
		return nil, fault(err)
	}
	id := slices.IndexFunc(t.Columns(), func(c string) bool { return c != column && slices.Contains([]string{"neuron", "id", "label"}, c) })
	byNumber := id < 0
	var place map[string]int
	if !byNumber {
		place = placesBy(g, t.Columns()[id])
	}
	values := slices.Repeat([]float64{math.NaN()}, g.NumNeurons())
	for row, err := range t.Rows() {
		if err != nil {
			return nil, fault(err)
		}
		number, _ := t.Place()
		target, known := number-1, number <= len(values)
		if !byNumber {
			if target, known = place[row[id].String()]; !known {
				return nil, fault(t.Errorf(id, "neuron %q, expected the number or name of one of %d", row[id].String(), len(values)))
			}
		}
		if !known {
			return nil, fault(t.Errorf(at, "neuron %d, expected 0 to %d", target, len(values)-1))
		}
		if values[target], err = row[at].Number(); err != nil {
			return nil, fault(t.Errorf(at, "%w", err))
		}
	}
	return values, nil
}

func newLesionCommand() *cobra.Command {
	var choice lesion.Choice
	var out, format string
	var synapses bool
	var seed uint64
	c := &cobra.Command{
		Use:   "lesion FILE",
		Short: "Remove neurons (their synapses) or synapses from a network",
		Example: "  infomorph topology lesion net.graphml --by betweenness --fraction 0.05 --out cut.graphml\n" +
			"  infomorph topology lesion net.graphml --synapses --by random --count 100 --out cut.graphml",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := loadTopology(cmd, args[0], "")
			if err != nil {
				return err
			}
			cut, err := cutOut(g, &choice, synapses, seed)
			if err != nil {
				return badInput(err)
			}
			if err := saveTopology(cmd, out, format, cut); err != nil {
				return err
			}
			describe(cmd, out, cut)
			return nil
		},
	}
	s := c.Flags()
	s.StringVar(&choice.By, "by", "random", "random, degree, betweenness, weight, community or id")
	s.IntVar(&choice.Count, "count", 0, "how many")
	s.Float64Var(&choice.Fraction, "fraction", 0, "or the fraction of all")
	s.BoolVar(&choice.Smallest, "smallest", false, "smallest instead of largest first")
	s.Int64SliceVar(&choice.IDs, "ids", nil, "neurons, or numbers of synapses, by id")
	s.IntSliceVar(&choice.Communities, "communities", nil, "communities, 0 the first")
	s.BoolVar(&synapses, "synapses", false, "remove synapses instead of neurons")
	s.StringVarP(&out, "out", "o", "-", "FILE to write")
	s.StringVar(&format, "format", "", "format, if the extension does not say it")
	s.Uint64Var(&seed, "seed", 1, "seed")
	return c
}

func cutOut(g *topology.Graph, choice *lesion.Choice, synapses bool, seed uint64) (*topology.Graph, error) {
	choice.Channels = true
	if synapses {
		choice.Of = "synapses"
	}
	change, err := choice.Change(g, rand.New(rand.NewPCG(seed, 8)))
	if err != nil {
		return nil, err
	}
	if len(change.Neurons)+len(change.Synapses) == 0 {
		return nil, errors.New("nothing would be removed; say how much with --count or --fraction, or what with --ids or --communities")
	}
	return g.Without(change.Neurons, change.Synapses)
}
