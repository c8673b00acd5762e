package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/plot/vg"

	"infomorph/internal/guard"
	"infomorph/internal/plot"
	"infomorph/neuron"
)

// plotFlags say how a figure is drawn again.
type plotFlags struct {
	out, format, width, height, neurons, title string
	from, to                                   time.Duration
}

func newPlotFigureCommand() *cobra.Command {
	var f plotFlags
	c := &cobra.Command{
		Use:   "plot DIR [NAME]",
		Short: "Draw a figure of a result folder again, in the size and format of a journal",
		Long: "Draw a figure of a result folder again. Without NAME the figures are listed, with what they show.\n" +
			"The data of each is beside it, as plots/NAME.csv. Letters stay as large as they are; a figure that\n" +
			"cannot be as narrow with letters of 7 pt is refused with the width that it needs.",
		Example: "  infomorph plot run\n" +
			"  infomorph plot run learning-curve --width 85mm --format pdf\n" +
			"  infomorph plot run raster --neurons 0-9,20 --from 1s --to 1500ms --out spikes.svg",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return listFigures(cmd, args[0])
			}
			return f.draw(cmd, args[0], args[1])
		},
	}
	s := c.Flags()
	s.StringVarP(&f.out, "out", "o", "", "file to write, .svg, .pdf or .png (default NAME with --format), or -")
	s.StringVar(&f.format, "format", "", "svg, pdf or png (default: by --out, or svg)")
	s.StringVar(&f.width, "width", "", "width in mm, cm, in or pt, such as 85mm")
	s.StringVar(&f.height, "height", "", "height (default: in proportion)")
	s.StringVar(&f.neurons, "neurons", "", "only these neurons of a raster, or fields by number: 0-9,20")
	s.DurationVar(&f.from, "from", 0, "of a raster or course over time: from this simulated time")
	s.DurationVar(&f.to, "to", 0, "up to this simulated time; 0: to the end")
	s.StringVar(&f.title, "title", "", "another title; none leaves it out")
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
			return badInput(err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\n", name, cfg.Text())
	}
	return nil
}

// draw draws one figure as the flags say.
func (f *plotFlags) draw(cmd *cobra.Command, dir, name string) error {
	cfg, err := readFigure(dir, name)
	if err == nil {
		err = f.choose(cfg)
	}
	if err != nil {
		return badInput(err)
	}
	figure, err := cfg.Draw()
	if err == nil {
		err = f.resize(figure)
	}
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", name, err))
	}
	format, out, err := f.target(name)
	if err != nil {
		return badInput(err)
	}
	write := map[string]func(io.Writer) error{"svg": figure.SVG, "pdf": figure.PDF, "png": figure.PNG}[format]
	if err := saveTo(cmd, out, write); err != nil {
		return err
	}
	if out != "-" {
		fmt.Fprintln(cmd.ErrOrStderr(), out)
	}
	return nil
}

// target returns the format and the file.
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

// resize sets the size that the flags ask for.
func (f *plotFlags) resize(figure *plot.Figure) error {
	if f.width == "" && f.height == "" {
		return nil
	}
	if f.width == "" {
		return errors.New("--height needs --width")
	}
	width, err := length("--width", f.width)
	if err != nil {
		return err
	}
	var height vg.Length
	if f.height != "" {
		if height, err = length("--height", f.height); err != nil {
			return err
		}
	}
	return figure.Resize(width, height)
}

// length reads a length of a page.
func length(flag, text string) (vg.Length, error) {
	for unit, size := range map[string]vg.Length{"mm": vg.Millimeter, "cm": vg.Centimeter, "in": vg.Inch, "pt": vg.Points(1)} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			if v, err := strconv.ParseFloat(strings.TrimSpace(number), 64); err == nil && v > 0 && vg.Length(v)*size >= 2*vg.Centimeter && vg.Length(v)*size <= 200*vg.Centimeter {
				return vg.Length(v) * size, nil
			}
		}
	}
	return 0, fmt.Errorf("%s %s: expected a length from 20mm to 2000mm, such as 85mm, 8.5cm, 3.3in or 240pt", flag, text)
}

// choose leaves in the figure what the flags ask for; a flag without effect is
// an error.
func (f *plotFlags) choose(cfg plot.Config) error {
	keep, err := numberList(f.neurons)
	if err != nil {
		return err
	}
	title := func(t *string) {
		if f.title == "none" {
			*t = ""
		} else if f.title != "" {
			*t = f.title
		}
	}
	timed, numbered := f.from != 0 || f.to != 0, keep != nil
	switch c := cfg.(type) {
	case *plot.RasterConfig:
		title(&c.Title)
		c.From, c.To = neuron.Time(f.from.Microseconds()), neuron.Time(f.to.Microseconds())
		if numbered {
			c.Spikes = slices.DeleteFunc(c.Spikes, func(s neuron.Spike) bool { return !keep[int(s.Source)] })
		}
		return nil
	case *plot.LinesConfig:
		title(&c.Title)
		if timed && strings.HasPrefix(c.XLabel, "simulated time / s") {
			cutLines(c, f.from.Seconds(), f.to.Seconds())
			timed = false
		}
	case *plot.FieldsConfig:
		title(&c.Title)
		if numbered {
			fieldsOf(c, keep)
			numbered = false
		}
	case *plot.MatrixConfig:
		title(&c.Title)
	case *plot.MapConfig:
		title(&c.Title)
	case *plot.ConfusionConfig:
		title(&c.Title)
	case *plot.GalleryConfig:
		title(&c.Title)
	}
	if timed {
		return fmt.Errorf("--from and --to have no effect: the figure (%s) does not go over simulated time", plot.Kind(cfg))
	}
	if numbered {
		return fmt.Errorf("--neurons has no effect on a figure of kind %s", plot.Kind(cfg))
	}
	return nil
}

func cutLines(c *plot.LinesConfig, from, to float64) {
	for i := range c.Series {
		s := &c.Series[i]
		out := plot.Series{Name: s.Name, Dashed: s.Dashed}
		for k, x := range s.X {
			if x < from || to > 0 && x > to {
				continue
			}
			out.X, out.Y = append(out.X, x), append(out.Y, s.Y[k])
			if s.Low != nil {
				out.Low, out.High = append(out.Low, s.Low[k]), append(out.High, s.High[k])
			}
		}
		*s = out
	}
}

func fieldsOf(c *plot.FieldsConfig, keep map[int]bool) {
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
	c.Fields, c.Names = fields, names
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
