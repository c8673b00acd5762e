package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/plot/vg"

	"infomorph/internal/guard"
	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/neuron"
)

// plotFlags are the flags for drawing a figure again.
type plotFlags struct {
	out, format, width, height, neurons, title string
	from, to                                   time.Duration
	dpi                                        int
	all                                        bool
}

func newPlotFigureCommand() *cobra.Command {
	var f plotFlags
	c := &cobra.Command{
		Use:   "plot DIR [NAME...]",
		Short: "Draw a figure of a result folder again, in the size and format of a journal",
		Long: "Draw a figure of a result folder again. Without NAME, list the figures with their descriptions.\n" +
			"Several figures become panels a, b, c of one figure, below one another.\n" +
			"The data of each figure are in plots/NAME.csv. A figure is 121 mm wide with letters of 10 pt. If it is\n" +
			"narrower, its letters become smaller, too, down to 7 pt in one column of a journal (--width single,\n" +
			"85mm). If it is wider (--width double, 178mm), it gets a new layout.",
		Example: "  infomorph plot run\n" +
			"  infomorph plot run learning-curve --width single --format pdf\n" +
			"  infomorph plot run atoms raster --width double --out figure-2.pdf\n" +
			"  infomorph plot run raster --neurons 0-9,20 --from 1s --to 1500ms --out spikes.svg",
		Args: cobra.RangeArgs(1, 1+plot.MaxPanels),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return listFigures(cmd, args[0])
			}
			return f.draw(cmd, args[0], args[1:])
		},
	}
	s := c.Flags()
	s.StringVarP(&f.out, "out", "o", "", "file to write, .svg, .pdf or .png (default NAME with --format), or -")
	s.StringVar(&f.format, "format", "", "svg, pdf or png (default: by --out, or svg)")
	s.StringVar(&f.width, "width", "", "width in mm, cm, in or pt, such as 85mm; single is 85mm, double 178mm")
	s.StringVar(&f.height, "height", "", "height (default: in proportion)")
	s.StringVar(&f.neurons, "neurons", "", "only these neurons of a raster, fields, curves or rows of a matrix, by number: 0-9,20")
	s.DurationVar(&f.from, "from", 0, "for a raster or a curve over time: from this simulated time")
	s.DurationVar(&f.to, "to", 0, "up to this simulated time; 0: to the end")
	s.StringVar(&f.title, "title", "", "another title; none: no title")
	s.IntVar(&f.dpi, "dpi", 300, "for a PNG: dots per inch, which the file records")
	s.BoolVar(&f.all, "all", false, "all patterns or fields of a picture, even if they do not fit a page")
	return c
}

// figuresOf returns the figures of a folder that can be drawn again.
func figuresOf(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(globEscape.Replace(dir), "plots", "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: there is no figure in plots/ that can be drawn again", dir)
	}
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".json")
	}
	slices.Sort(files)
	return files, nil
}

func readFigure(dir, name string) (plot.Config, error) {
	names, err := figuresOf(dir)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, name) {
		return nil, fmt.Errorf("%s: there is no figure %q; there are %s", dir, name, strings.Join(names, ", "))
	}
	if err := record.CheckRead(dir, "plots/"+name+".json"); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "plots", name+".json")
	data, err := guard.ReadFile(file, 1<<30)
	if err != nil {
		return nil, err
	}
	cfg, err := plot.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return cfg, nil
}

func listFigures(cmd *cobra.Command, dir string) error {
	names, err := figuresOf(dir)
	if err != nil {
		return badInput(err)
	}
	for _, name := range names {
		cfg, err := readFigure(dir, name)
		if err != nil {
			return record.Fault(err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\n", name, cfg.Text())
	}
	return nil
}

// draw draws a figure, or several figures as panels of one.
func (f *plotFlags) draw(cmd *cobra.Command, dir string, names []string) error {
	all := make([]plot.Config, len(names))
	for i, name := range names {
		var err error
		if all[i], err = readFigure(dir, name); err != nil {
			return record.Fault(err)
		}
	}
	if err := f.chooseAll(all); err != nil {
		return badInput(err)
	}
	figure, err := f.figure(names, all)
	if err != nil {
		return badInput(err)
	}
	format, out, err := f.target(strings.Join(names, "+"))
	if err != nil {
		return badInput(err)
	}
	if cmd.Flags().Changed("dpi") && format != "png" {
		return badInput(fmt.Errorf("--dpi has no effect on %s, which has no pixels; it is for PNG", format))
	}
	write := map[string]func(io.Writer) error{"svg": figure.SVG, "pdf": figure.PDF, "png": func(w io.Writer) error { return figure.PNGAt(w, f.dpi) }}[format]
	if err := saveTo(cmd, out, write); err != nil {
		return err
	}
	if out != "-" {
		fmt.Fprintln(cmd.ErrOrStderr(), out)
	}
	return nil
}

// chooseAll keeps in each figure only what the flags select. It returns an
// error for a flag that has no effect on any figure.
func (f *plotFlags) chooseAll(all []plot.Config) error {
	idle := map[string]int{}
	for _, cfg := range all {
		without, err := f.choose(cfg)
		if err != nil {
			return err
		}
		for _, why := range without {
			if idle[why]++; idle[why] == len(all) {
				return errors.New(why)
			}
		}
		f.retitle(cfg)
	}
	return nil
}

// figure draws the figures with the size from the flags.
func (f *plotFlags) figure(names []string, all []plot.Config) (*plot.Figure, error) {
	if len(all) == 1 {
		figure, err := f.sized(all[0])
		if err != nil {
			err = fmt.Errorf("%s: %w", names[0], err)
		}
		return figure, err
	}
	if f.height != "" || f.title != "" && f.title != "none" {
		return nil, errors.New("--height and --title are for one figure; panels have the height that they need")
	}
	width, parts := plot.PageWidth, make([]*plot.Figure, len(all))
	if f.width != "" {
		var err error
		if width, err = length("--width", f.width); err != nil {
			return nil, err
		}
	}
	for i, cfg := range all {
		var err error
		if parts[i], err = plot.DrawAt(cfg, plot.PanelWidth(width), 0); err != nil {
			return nil, fmt.Errorf("%s: %w", names[i], err)
		}
	}
	return plot.Panels(width, parts), nil
}

// target returns the format and the name of the file to write.
func (f *plotFlags) target(name string) (format, out string, err error) {
	format, out = f.format, f.out
	if format == "" {
		format = strings.ToLower(strings.TrimPrefix(filepath.Ext(out), "."))
	}
	if format == "" {
		format = "svg"
	}
	if !slices.Contains([]string{"svg", "pdf", "png"}, format) {
		return "", "", fmt.Errorf("format %q: expected svg, pdf or png", format)
	}
	if out == "" {
		out = name + "." + format
	}
	return format, out, nil
}

// sized draws the figure with the size from the flags.
func (f *plotFlags) sized(cfg plot.Config) (*plot.Figure, error) {
	if f.dpi < 50 || f.dpi > 1200 {
		return nil, fmt.Errorf("--dpi %d: expected 50 to 1200", f.dpi)
	}
	if f.width == "" && f.height == "" {
		return cfg.Draw()
	}
	if f.width == "" {
		return nil, errors.New("--height needs --width")
	}
	width, err := length("--width", f.width)
	if err != nil {
		return nil, err
	}
	var height vg.Length
	if f.height != "" {
		if height, err = length("--height", f.height); err != nil {
			return nil, err
		}
	}
	return plot.DrawAt(cfg, width, height)
}

// length reads a width or height with its unit, or the name of a page width.
func length(flag, text string) (vg.Length, error) {
	if size, ok := map[string]vg.Length{"single": plot.OneColumn, "double": plot.PageWidth}[text]; ok {
		return size, nil
	}
	for unit, size := range map[string]vg.Length{"mm": vg.Millimeter, "cm": vg.Centimeter, "in": vg.Inch, "pt": vg.Points(1)} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			if v, err := strconv.ParseFloat(strings.TrimSpace(number), 64); err == nil && v > 0 && vg.Length(v)*size >= 2*vg.Centimeter && vg.Length(v)*size <= 200*vg.Centimeter {
				return vg.Length(v) * size, nil
			}
		}
	}
	return 0, fmt.Errorf("%s %s: expected a length from 20mm to 2000mm, such as 85mm, 8.5cm, 3.3in or 240pt, or single or double", flag, text)
}

// choose keeps in the figure only what the flags select, and returns the flags
// that have no effect on it.
func (f *plotFlags) choose(cfg plot.Config) (without []string, err error) {
	keep, err := numberList(f.neurons)
	if err != nil {
		return nil, err
	}
	if f.to != 0 && f.to <= f.from || f.from < 0 {
		return nil, fmt.Errorf("--from %v --to %v: expected a span of time", f.from, f.to)
	}
	timed, numbered, all := f.from != 0 || f.to != 0, keep != nil, f.all
	switch c := cfg.(type) {
	case *plot.RasterConfig:
		timed, numbered, err = false, false, f.cutRaster(c, keep)
	case *plot.LinesConfig:
		if timed && c.Timed {
			timed, err = false, cutLines(c, f.from.Seconds(), f.to.Seconds())
		}
		if numbered && c.Alike {
			numbered, err = false, errors.Join(err, linesOf(c, keep))
		}
	case *plot.MatrixConfig:
		if numbered && rowsAreNeurons(c) {
			numbered, err = false, rowsOf(c, keep)
		}
	case *plot.FieldsConfig:
		if numbered {
			numbered, err = false, fieldsOf(c, keep)
		}
		c.All, all = f.all, f.all && len(c.Fields) <= plot.MaxFields
	case *plot.GalleryConfig:
		c.All, all = f.all, f.all && c.Whole()
	}
	if timed {
		without = append(without, "--from and --to have no effect: the figure has no axis of simulated time")
	}
	if numbered {
		without = append(without, "--neurons has no effect: the figure shows no single neurons")
	}
	if all {
		without = append(without, "--all has no effect: the figure shows everything already")
	}
	return without, err
}

// retitle gives the figure another title.
func (f *plotFlags) retitle(cfg plot.Config) {
	if f.title != "" {
		*cfg.Heading() = map[bool]string{true: "", false: f.title}[f.title == "none"]
	}
}

// cutRaster keeps only the spikes of some neurons and of a span of time.
func (f *plotFlags) cutRaster(c *plot.RasterConfig, keep map[int]bool) error {
	c.From, c.To = neuron.Time(f.from.Microseconds()), neuron.Time(f.to.Microseconds())
	first, last := neuron.Time(math.MaxInt64), neuron.Time(0)
	for _, s := range c.Spikes {
		first, last = min(first, s.Time), max(last, s.Time)
	}
	c.Spikes = slices.DeleteFunc(c.Spikes, func(s neuron.Spike) bool {
		return keep != nil && !keep[int(s.Source)] || s.Time < c.From || c.To != 0 && s.Time > c.To
	})
	if len(c.Spikes) == 0 && first <= last {
		return fmt.Errorf("no spike is left: the figure has spikes from %v to %v; the table spikes has all spikes that record.spikes keeps", first, last)
	}
	return nil
}

func cutLines(c *plot.LinesConfig, from, to float64) error {
	left := 0
	for i := range c.Series {
		s := &c.Series[i]
		out := plot.Series{Name: s.Name, Dashed: s.Dashed, Strong: s.Strong}
		for k, x := range s.X {
			if x < from || to > 0 && x > to {
				continue
			}
			out.X, out.Y = append(out.X, x), append(out.Y, s.Y[k])
			if s.Low != nil {
				out.Low, out.High = append(out.Low, s.Low[k]), append(out.High, s.High[k])
			}
		}
		left += len(out.X)
		*s = out
	}
	if left == 0 {
		return errors.New("--from and --to: nothing of the figure is left")
	}
	return nil
}

// linesOf keeps only the curves of some neurons.
func linesOf(c *plot.LinesConfig, keep map[int]bool) error {
	number := 0
	c.Series = slices.DeleteFunc(c.Series, func(plot.Series) bool { number++; return !keep[number-1] })
	if len(c.Series) == 0 {
		return fmt.Errorf("--neurons: the figure has neurons 0 to %d", number-1)
	}
	return nil
}

// rowsAreNeurons reports whether each row of a matrix is that of a neuron.
func rowsAreNeurons(c *plot.MatrixConfig) bool {
	return c.YLabel == "neuron" || strings.HasSuffix(c.YLabel, " neuron")
}

// rowsOf keeps only the rows of some neurons, with their old numbers as names.
func rowsOf(c *plot.MatrixConfig, keep map[int]bool) error {
	var values []float64
	var names []string
	for i := range c.Rows {
		if !keep[i] {
			continue
		}
		values = append(values, c.Values[i*c.Cols:(i+1)*c.Cols]...)
		if i < len(c.RowNames) {
			names = append(names, c.RowNames[i])
		} else {
			names = append(names, strconv.Itoa(i))
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("--neurons: the figure has neurons 0 to %d", c.Rows-1)
	}
	c.Rows, c.Values, c.RowNames = len(names), values, names
	return nil
}

func fieldsOf(c *plot.FieldsConfig, keep map[int]bool) error {
	var fields [][]float64
	var names []string
	for i, f := range c.Fields {
		if keep[i] {
			fields = append(fields, f)
			if i < len(c.Names) {
				names = append(names, c.Names[i])
			}
		}
	}
	if len(fields) == 0 {
		return fmt.Errorf("--neurons: the figure has fields 0 to %d", len(c.Fields)-1)
	}
	c.Fields, c.Names = fields, names
	return nil
}

// numberList reads numbers and ranges: 0-9,20.
func numberList(text string) (map[int]bool, error) {
	if text == "" {
		return nil, nil
	}
	out := map[int]bool{}
	for _, part := range strings.Split(text, ",") {
		lo, hi, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			hi = lo
		}
		a, err1 := strconv.Atoi(lo)
		b, err2 := strconv.Atoi(hi)
		if err1 != nil || err2 != nil || a < 0 || b < a || b-a > 1_000_000 {
			return nil, fmt.Errorf("--neurons %s: expected numbers and ranges, such as 0-9,20", text)
		}
		for i := a; i <= b; i++ {
			out[i] = true
		}
	}
	return out, nil
}
