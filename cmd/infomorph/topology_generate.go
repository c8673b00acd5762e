package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"infomorph/internal/footprint"
	"infomorph/internal/guard"
	"infomorph/neuron"
	"infomorph/topology"
)

// generateFlags are the flags for a network of one population.
type generateFlags struct {
	n                      int
	rule                   topology.Rule
	weights, delays        string
	port, place, graph     string
	probabilities, network string
	dims                   int
	out, format            string
	seed                   uint64
	list                   bool
}

func newGenerateCommand() *cobra.Command {
	var f generateFlags
	c := &cobra.Command{
		Use:   "generate RULE",
		Short: "Generate a network by a rule, or by a description in a file",
		Example: "  infomorph topology generate watts_strogatz --n 1000 --k 10 --p 0.1 --out ws.graphml\n" +
			"  infomorph topology generate spatial --n 500 --kernel gaussian --p 0.5 --scale 0.1 --place random --delays distance:500us,10ms --out space.gexf\n" +
			"  infomorph topology generate --network net.yaml --out net.json",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.list {
				return listRules(cmd.OutOrStdout())
			}
			network, err := f.describe(cmd, args)
			if err != nil {
				return badInput(err)
			}
			if err := footprint.CheckGraph(network, room.available()); err != nil {
				return badInput(err)
			}
			g, err := topology.Build(network, f.seed)
			if err != nil {
				return badInput(err)
			}
			if err := saveTopology(cmd, f.out, f.format, g); err != nil {
				return err
			}
			describe(cmd, f.out, g)
			return nil
		},
	}
	f.register(c)
	return c
}

func (f *generateFlags) register(c *cobra.Command) {
	s := c.Flags()
	s.IntVar(&f.n, "n", 100, "number of neurons")
	s.IntVar(&f.rule.K, "k", 0, "neighbours per neuron")
	s.Float64Var(&f.rule.P, "p", 0, "probability of a pair, or of rewiring")
	s.IntVar(&f.rule.M, "m", 0, "edges of each new neuron")
	s.IntVar(&f.rule.Indegree, "indegree", 0, "synapses per target")
	s.IntVar(&f.rule.Outdegree, "outdegree", 0, "synapses per source")
	s.IntVar(&f.rule.Number, "number", 0, "synapses, or edges, in all")
	s.IntSliceVar(&f.rule.Shape, "shape", nil, "sides of the lattice, such as 20,30")
	s.BoolVar(&f.rule.Torus, "torus", false, "join the borders of lattice or space")
	s.IntVar(&f.rule.Radius, "radius", 0, "radius on the lattice, in steps (default 1)")
	s.StringVar(&f.rule.Kernel, "kernel", "", "spatial: gaussian, exponential, linear or box")
	s.Float64Var(&f.rule.Scale, "scale", 0, "spatial: length of the kernel")
	s.Float64Var(&f.rule.Extent, "extent", 0, "spatial: side of the torus (default 1)")
	s.Float64Var(&f.rule.Exponent, "exponent", 0, "power_law: exponent")
	s.IntVar(&f.rule.MinK, "min-k", 0, "power_law: smallest degree")
	s.IntVar(&f.rule.MaxK, "max-k", 0, "power_law: largest degree")
	s.IntSliceVar(&f.rule.Sizes, "sizes", nil, "sizes of blocks or layers")
	s.StringVar(&f.probabilities, "probabilities", "", "matrix of block probabilities, with ; between rows, such as '0.5,0.1;0.1,0.5'")
	s.IntVar(&f.rule.Levels, "levels", 0, "hierarchical_modular: levels")
	s.IntVar(&f.rule.Branching, "branching", 0, "hierarchical_modular: modules per module")
	s.Float64Var(&f.rule.Ratio, "ratio", 0, "hierarchical_modular: factor of p from level to level")
	s.IntVar(&f.rule.Core, "core", 0, "core_periphery: neurons of the core")
	s.IntSliceVar(&f.rule.InDegrees, "in-degrees", nil, "configuration_model: in-degrees, or undirected degrees")
	s.IntSliceVar(&f.rule.OutDegrees, "out-degrees", nil, "configuration_model: out-degrees")
	s.Float64Var(&f.rule.Swaps, "swaps", 0, "degree_preserving: swaps per edge (default 10)")
	s.BoolVar(&f.rule.Apart, "apart", false, "blocks: connect neurons of different blocks")
	s.BoolVar(&f.rule.Directed, "directed", false, "draw each direction on its own")
	s.BoolVar(&f.rule.Autapses, "autapses", false, "allow synapses of a neuron to itself")
	s.BoolVar(&f.rule.Multapses, "multapses", false, "allow more than one synapse of a pair")
	s.StringVar(&f.graph, "graph", "", "graph FILE for imported, rewire and degree_preserving")
	s.StringVar(&f.weights, "weights", "1", "weights: NUMBER, uniform:LOW,HIGH, normal:MEAN,SD, lognormal:MEDIAN,SIGMA or distance:VALUE,SLOPE")
	s.StringVar(&f.delays, "delays", "1ms", "delays, like weights but with units, such as uniform:1ms,5ms; distance:500us,10ms is 10 ms per unit of length")
	s.StringVar(&f.port, "port", "c", "port: r, c or l")
	s.StringVar(&f.place, "place", "", "positions: random, grid or circle")
	s.IntVar(&f.dims, "dims", 0, "dimensions of random or grid (default 2)")
	s.StringVar(&f.network, "network", "", "describe the network by a YAML or JSON FILE instead")
	s.StringVarP(&f.out, "out", "o", "-", "FILE to write")
	s.StringVar(&f.format, "format", "", "format, if the extension does not say it")
	s.Uint64Var(&f.seed, "seed", 1, "seed")
	s.BoolVar(&f.list, "list", false, "list the rules and the flags that each of them uses")
}

func listRules(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RULE\tLOOKS AT\tJOINS")
	for _, r := range topology.Rules() {
		fmt.Fprintf(t, "%s\t%s\t%s\n", r.Name, r.Fields, r.About)
	}
	return t.Flush()
}

// describe makes the description of a network from the command line.
func (f *generateFlags) describe(cmd *cobra.Command, args []string) (*topology.Network, error) {
	if (f.network != "") == (len(args) == 1) {
		return nil, fmt.Errorf("expected either a RULE (see --list) or --network FILE")
	}
	if f.network != "" {
		return readNetwork(f.network)
	}
	f.rule.Name = args[0]
	var err error
	if f.rule.Probabilities, err = parseMatrix(f.probabilities); err != nil {
		return nil, err
	}
	if f.graph != "" {
		if f.rule.Graph, err = loadTopology(cmd, f.graph, ""); err != nil {
			return nil, err
		}
		f.n = f.rule.Graph.NumNeurons()
	}
	p := topology.Projection{From: "net", To: "net", Rule: f.rule}
	if p.Port, err = parsePort(f.port); err != nil {
		return nil, fmt.Errorf("--port: %w", err)
	}
	if p.Weights, err = parseDist(f.weights, parseNumber); err != nil {
		return nil, fmt.Errorf("--weights: %w", err)
	}
	if p.Delays, err = parseDist(f.delays, parseMicroseconds); err != nil {
		return nil, fmt.Errorf("--delays: %w", err)
	}
	if p.Delays.Kind == "constant" && p.Delays.Value < 1 {
		return nil, fmt.Errorf("--delays: %s is below 1us", f.delays)
	}
	net := topology.Population{Name: "net", Size: f.n, Place: topology.Placement{Kind: f.place, Dims: f.dims}}
	if f.rule.Graph != nil && f.place == "" && len(f.rule.Graph.Populations) == 1 {
		net.Positions = f.rule.Graph.Populations[0].Positions
	}
	return &topology.Network{Populations: []topology.Population{net}, Projections: []topology.Projection{p}}, nil
}

func parsePort(s string) (neuron.Port, error) {
	i := slices.Index([]string{"r", "c", "l", "receptive", "contextual", "lateral"}, strings.ToLower(s))
	if i < 0 {
		return 0, fmt.Errorf("%q, expected r, c or l", s)
	}
	return neuron.Port(i % neuron.NumPorts), nil
}

func parseMatrix(s string) ([][]float64, error) {
	if s == "" {
		return nil, nil
	}
	var m [][]float64
	for _, row := range strings.Split(s, ";") {
		var r []float64
		for _, field := range strings.Split(row, ",") {
			v, err := parseNumber(field)
			if err != nil {
				return nil, fmt.Errorf("--probabilities: %w", err)
			}
			r = append(r, v)
		}
		m = append(m, r)
	}
	return m, nil
}

func parseNumber(s string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return 0, fmt.Errorf("%q, expected a number", s)
	}
	return v, nil
}

func parseMicroseconds(s string) (float64, error) {
	d, err := time.ParseDuration(strings.TrimSpace(s))
	if err != nil {
		return 0, fmt.Errorf("%q, expected a duration with a unit, such as 5ms", s)
	}
	return float64(d) / float64(time.Microsecond), nil
}

// parseDist reads NUMBER or KIND:A,B. parse reads the numbers, except sigma,
// which is always a plain number.
func parseDist(s string, parse func(string) (float64, error)) (d topology.Dist, err error) {
	kind, list, ok := strings.Cut(s, ":")
	if !ok {
		v, err := parse(s)
		return topology.Constant(v), err
	}
	a, b, _ := strings.Cut(list, ",")
	first, err := parse(a)
	if err != nil {
		return d, err
	}
	if kind == "constant" {
		return topology.Constant(first), nil
	}
	if kind == "lognormal" {
		parse = parseNumber
	}
	second, err := parse(b)
	if err != nil {
		return d, err
	}
	switch d.Kind = kind; kind {
	case "uniform":
		d.Low, d.High = first, second
	case "normal":
		d.Mean, d.SD = first, second
	case "lognormal":
		d.Median, d.Sigma = first, second
	case "distance":
		d.Value, d.Slope = first, second
	default:
		err = fmt.Errorf("%q, expected constant, uniform, normal, lognormal or distance", kind)
	}
	return d, err
}

// networkFile is a description of a network in YAML or JSON: like
// topology.Network, with ports by name and distributions as on the command
// line.
type networkFile struct {
	Populations []topology.Population `yaml:"populations"`
	Channels    []topology.Population `yaml:"channels"`
	Projections []struct {
		Name    string        `yaml:"name"`
		From    string        `yaml:"from"`
		To      string        `yaml:"to"`
		Port    string        `yaml:"port"`
		Rule    topology.Rule `yaml:"rule"`
		Weights string        `yaml:"weights"`
		Delays  string        `yaml:"delays"`
	} `yaml:"projections"`
}

// maxDescription is the longest description that is read [bytes].
const maxDescription = 16 << 20

func readNetwork(name string) (*topology.Network, error) {
	file, err := guard.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxDescription+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxDescription {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, maxDescription)
	}
	var f networkFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", name, yaml.FormatError(err, false, true))
	}
	n := &topology.Network{Populations: f.Populations, Channels: f.Channels}
	for i, p := range f.Projections {
		out := topology.Projection{Name: p.Name, From: p.From, To: p.To, Rule: p.Rule, Weights: topology.Constant(1)}
		out.Port, err = parsePort(p.Port)
		if err == nil && p.Weights != "" {
			out.Weights, err = parseDist(p.Weights, parseNumber)
		}
		if err == nil && p.Delays != "" {
			out.Delays, err = parseDist(p.Delays, parseMicroseconds)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: projections[%d]: %w", name, i, err)
		}
		n.Projections = append(n.Projections, out)
	}
	return n, nil
}
