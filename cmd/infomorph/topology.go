package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/guard"
	"infomorph/topology"
	"infomorph/topology/graphio"
)

func newTopologyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "topology",
		Short: "Generate, measure, convert, compare, lesion and draw networks",
		Long: "Generate, measure, convert, compare, lesion and draw networks.\n\n" +
			"A FILE's extension names its format: .graphml .gexf .gml .net .dot .csv .tsv .adjlist .matrix .mtx .npy\n" +
			".npz .json, also compressed with .gz, .zst or .bz2.\n" +
			"- is standard input or standard output, as JSON unless --format is given. A result folder means\n" +
			"the network that the run has learned, FOLDER:initial the one with which it began.",
	}
	f := c.PersistentFlags()
	f.String("source", "", "column of the sources in an edge list, if its name is not the usual one")
	f.String("target", "", "column of the targets")
	f.String("weight", "", "column, or attribute of edges, that holds the weights")
	f.String("delay", "", "column, or attribute of edges, that holds the delays")
	f.String("delay-unit", "", "unit of the delays in a file: us, ms or s")
	f.Bool("undirected", false, "make two synapses of every edge, even if the file is directed")
	c.AddCommand(newGenerateCommand(), newMeasureCommand(), newConvertCommand(), newCompareCommand(), newLesionCommand(), newPlotCommand(), newExportCommand())
	return holder(c)
}

// formatOf returns the format of a file, or of "-".
func formatOf(name, format string) (graphio.Format, error) {
	switch {
	case format != "":
		return graphio.Format(format), nil
	case name == "-":
		return graphio.JSON, nil
	}
	return graphio.FormatOf(name)
}

// loadTopology reads a graph file, or the network of a run; every error is
// marked as bad input.
func loadTopology(cmd *cobra.Command, name, format string) (*topology.Graph, error) {
	if dir, initial, ok := runFolder(name); ok {
		return loadRunGraph(dir, initial)
	}
	f, err := formatOf(name, format)
	if err != nil {
		return nil, badInput(err)
	}
	in := cmd.InOrStdin()
	if name != "-" {
		file, err := guard.Open(name)
		if err != nil {
			return nil, badInput(err)
		}
		defer file.Close()
		in = file
	}
	options, err := readOptions(cmd)
	if err != nil {
		return nil, badInput(err)
	}
	g, notes, err := graphio.ReadWith(in, f, options)
	var at *graphio.Error
	if errors.As(err, &at) && at.Line > 0 {
		return nil, badInput(fmt.Errorf("%s:%d: %s", name, at.Line, at.Msg))
	}
	if err != nil {
		return nil, badInput(fmt.Errorf("%s: %w", name, err))
	}
	for _, note := range notes {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", name, note)
	}
	return g, nil
}

// readOptions returns the options for reading a graph file from the flags.
func readOptions(cmd *cobra.Command) (o graphio.Options, err error) {
	text := func(name string) string {
		if f := cmd.Flag(name); f != nil {
			return f.Value.String()
		}
		return ""
	}
	o.Source, o.Target, o.Weight, o.Delay = text("source"), text("target"), text("weight"), text("delay")
	o.Undirected = text("undirected") == "true"
	o.Limits.Edges, o.Limits.Why = room.available().MostEdges(graphio.MaxEdges)
	if o.DelayUnit, err = graphio.ParseDelayUnit(text("delay-unit")); err != nil {
		err = fmt.Errorf("--delay-unit: %w", err)
	}
	return o, err
}

// saveTopology writes a graph file, completely or not at all, and prints on
// stderr what the format does not keep.
func saveTopology(cmd *cobra.Command, name, format string, g *topology.Graph) error {
	f, err := formatOf(name, format)
	if err != nil {
		return badInput(err)
	}
	if lost := graphio.Lossy(f, g); lost != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: the format does not keep %s\n", name, strings.Join(lost, ", "))
	}
	return saveTo(cmd, name, func(w io.Writer) error { return graphio.Write(w, f, g) })
}

// saveTo writes a file as saveFile does; "-" is standard output.
func saveTo(cmd *cobra.Command, name string, write func(io.Writer) error) error {
	if name == "-" {
		return runFailed(write(cmd.OutOrStdout()))
	}
	return saveFile(name, write)
}

// saveFile writes a file completely or not at all.
func saveFile(name string, write func(io.Writer) error) error {
	err := guard.Save(name, write)
	if errors.Is(err, guard.ErrKind) || errors.Is(err, fs.ErrNotExist) {
		return badInput(err)
	}
	return runFailed(err)
}

// describe prints the size of a graph on stderr.
func describe(cmd *cobra.Command, name string, g *topology.Graph) {
	// Scripts match this line, so it has the plural also for one.
	text := fmt.Sprintf("%s: %d neurons, %d synapses", name, g.NumNeurons(), g.NumSynapses())
	if c := g.NumChannels(); c > 0 {
		text += fmt.Sprintf(", %d channels", c)
	}
	fmt.Fprintln(cmd.ErrOrStderr(), text)
}

func newConvertCommand() *cobra.Command {
	var from, to string
	c := &cobra.Command{
		Use:     "convert IN OUT",
		Short:   "Convert a graph file to another format",
		Example: "  infomorph topology convert karate.gexf karate.mtx",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := loadTopology(cmd, args[0], from)
			if err != nil {
				return err
			}
			if err := saveTopology(cmd, args[1], to, g); err != nil {
				return err
			}
			describe(cmd, args[1], g)
			return nil
		},
	}
	c.Flags().StringVar(&from, "from", "", "format of IN, if it does not follow from the extension")
	c.Flags().StringVar(&to, "format", "", "format of OUT, if the extension does not say it")
	return c
}
