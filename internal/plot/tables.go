package plot

import (
	"fmt"
	"math"
	"strings"

	"infomorph/neuron"
)

// Draw implements Config.
func (cfg *LinesConfig) Draw() (*Figure, error) { return Lines(*cfg) }

// Draw implements Config.
func (cfg *MatrixConfig) Draw() (*Figure, error) { return Matrix(*cfg) }

// Draw implements Config.
func (cfg *RasterConfig) Draw() (*Figure, error) { return Raster(*cfg) }

// Draw implements Config.
func (cfg *FieldsConfig) Draw() (*Figure, error) { return Fields(*cfg) }

// Draw implements Config.
func (cfg *MapConfig) Draw() (*Figure, error) { return Map(*cfg) }

// Draw implements Config.
func (cfg *ConfusionConfig) Draw() (*Figure, error) { return Confusion(*cfg) }

// Draw implements Config.
func (cfg *GalleryConfig) Draw() (*Figure, error) { return Gallery(*cfg) }

// Draw implements Config.
func (cfg *BarsConfig) Draw() (*Figure, error) { return Bars(*cfg) }

// Heading implements Config.
func (cfg *LinesConfig) Heading() *string { return &cfg.Title }

// Heading implements Config.
func (cfg *MatrixConfig) Heading() *string { return &cfg.Title }

// Heading implements Config.
func (cfg *RasterConfig) Heading() *string { return &cfg.Title }

// Heading implements Config.
func (cfg *FieldsConfig) Heading() *string { return &cfg.Title }

// Heading implements Config.
func (cfg *MapConfig) Heading() *string { return &cfg.Title }

// Heading implements Config.
func (cfg *ConfusionConfig) Heading() *string { return &cfg.Title }

// Heading implements Config.
func (cfg *GalleryConfig) Heading() *string { return &cfg.Title }

// Heading implements Config.
func (cfg *BarsConfig) Heading() *string { return &cfg.Title }

// titled puts the title before the description of a figure.
func titled(title, rest string) string {
	if title == "" {
		return rest
	}
	return title + ": " + rest
}

// among lists up to 12 names, and says where the others are.
func among(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + fmt.Sprintf(" and %d more, which are in the figure's table", len(names)-12)
	}
	return strings.Join(names, ", ")
}

// rangeOf returns the range of the finite values.
func rangeOf(values ...[]float64) interval {
	r := interval{math.Inf(1), math.Inf(-1)}
	for _, list := range values {
		for _, v := range list {
			r.add(v)
		}
	}
	return r
}

// span writes the range of the finite values.
func span(values []float64) string { return rangeOf(values).text(rangeOf(values)) }

// text writes a range with the precision that a figure over the range whole
// shows.
func (r interval) text(whole interval) string {
	if r.lo > r.hi {
		return "no values"
	}
	return whole.number(r.lo) + " to " + whole.number(r.hi)
}

// number writes a value rounded to four digits of the largest value of a range,
// because smaller differences are not visible.
func (r interval) number(v float64) string {
	if largest := max(math.Abs(r.lo), math.Abs(r.hi)); finite(largest) && largest > 0 && finite(v) && math.Abs(v) < largest {
		unit := math.Pow(10, math.Floor(math.Log10(largest))-3)
		if v = math.Round(v/unit) * unit; v == 0 {
			return "0"
		}
	}
	return fmt.Sprintf("%.4g", v)
}

// Text implements Config.
func (cfg *LinesConfig) Text() string {
	over := axisName(cfg.XLabel)
	if cfg.Timed {
		over = "simulated time [s]"
	}
	text := fmt.Sprintf("%s over %s, of %s", axisName(cfg.YLabel), over, cfg.curvesText())
	if over == "" {
		text = fmt.Sprintf("%s of %s", axisName(cfg.YLabel), cfg.curvesText())
	}
	if cfg.Note != "" {
		text += "; " + cfg.Note
	}
	return titled(cfg.Title, text+markText(cfg.shownMarks()))
}

// curvesText describes each curve, or for many individuals their mean.
func (cfg *LinesConfig) curvesText() string {
	all := make([][]float64, len(cfg.Series))
	for i, s := range cfg.Series {
		all[i] = s.Y
	}
	whole := rangeOf(all...)
	course := func(y []float64) string {
		if len(y) == 0 {
			return ""
		}
		return fmt.Sprintf(" (%s, last %s)", rangeOf(y).text(whole), whole.number(y[len(y)-1]))
	}
	if cfg.Alike && len(all) > distinct {
		mean, _, _ := Band(all)
		return fmt.Sprintf("%d curves, %s, and their mean%s", len(all), whole.text(whole), course(mean))
	}
	var names []string
	for _, s := range cfg.Series {
		names = append(names, Readable(s.Name)+course(s.Y))
	}
	return among(names)
}

// shownMarks returns the marks in the span of time that is drawn.
func (cfg *LinesConfig) shownMarks() []Mark {
	if !cfg.Timed {
		return nil
	}
	x := make([][]float64, len(cfg.Series))
	for i, s := range cfg.Series {
		x[i] = s.X
	}
	span := rangeOf(x...)
	return within(cfg.Marks, span.lo, span.hi)
}

// markText describes the marked moments, each kind once.
func markText(marks []Mark) string {
	var names []string
	count := map[string]int{}
	for _, m := range marks {
		if count[m.Name]++; count[m.Name] == 1 {
			names = append(names, m.Name)
		}
	}
	if names == nil {
		return ""
	}
	for i, name := range names {
		names[i] = Readable(name)
		if n := count[name]; n > 1 {
			names[i] += fmt.Sprintf(" (%d times)", n)
		}
	}
	return "; marked: " + among(names)
}

// Table implements Config.
func (cfg *LinesConfig) Table() (columns []string, rows [][]any) {
	for _, s := range cfg.Series {
		for i := range s.X {
			var low, high any
			if s.Low != nil {
				low, high = s.Low[i], s.High[i]
			}
			x := any(s.X[i])
			if at := int(s.X[i]); cfg.Ticks != nil && at >= 0 && at < len(cfg.Ticks) {
				x = cfg.Ticks[at]
			}
			rows = append(rows, []any{s.Name, x, s.Y[i], low, high})
		}
	}
	return []string{"series", "x", "y", "low", "high"}, rows
}

// Text implements Config.
func (cfg *MatrixConfig) Text() string {
	return titled(cfg.Title, fmt.Sprintf("%s as a matrix of %d rows (%s) and %d columns (%s), %s", orElse(axisName(cfg.Value), "values"), cfg.Rows, axisName(cfg.YLabel), cfg.Cols, axisName(cfg.XLabel), span(cfg.Values)))
}

// Table implements Config.
func (cfg *MatrixConfig) Table() (columns []string, rows [][]any) {
	for i, v := range cfg.Values {
		rows = append(rows, []any{i / cfg.Cols, i % cfg.Cols, v})
	}
	return []string{"row", "column", "value"}, rows
}

// Text implements Config.
func (cfg *RasterConfig) Text() string {
	return titled(cfg.Title, cfg.seen())
}

// seen describes what a raster shows.
func (cfg *RasterConfig) seen() string {
	neurons, from, to := map[neuron.ID]bool{}, math.Inf(1), math.Inf(-1)
	for _, s := range cfg.Spikes {
		neurons[s.Source] = true
		from, to = min(from, float64(s.Time)), max(to, float64(s.Time))
	}
	if len(neurons) == 0 {
		return "no spikes"
	}
	unit, name := timeUnit(to - from)
	return fmt.Sprintf("%d spikes of %d neurons over time, from %.4g to %.4g %s", len(cfg.Spikes), len(neurons), from/unit, to/unit, name) + markText(within(cfg.Marks, from/1e6, to/1e6))
}

// Table implements Config.
func (cfg *RasterConfig) Table() (columns []string, rows [][]any) {
	for _, s := range cfg.Spikes {
		rows = append(rows, []any{int64(s.Time), int64(s.Source), int64(s.Value)})
	}
	return []string{"time_us", "source", "value"}, rows
}

// Text implements Config.
func (cfg *FieldsConfig) Text() string {
	return titled(cfg.Title, fmt.Sprintf("%d images of %d×%d, of %s, blue below zero and red above", len(cfg.Fields), cfg.Width, cfg.Height, orElse(cfg.Value, "weights")))
}

// Table implements Config.
func (cfg *FieldsConfig) Table() (columns []string, rows [][]any) {
	for k, f := range cfg.Fields {
		name := fmt.Sprint(k)
		if k < len(cfg.Names) {
			name = cfg.Names[k]
		}
		for i, v := range f {
			rows = append(rows, []any{name, i / cfg.Width, i % cfg.Width, v})
		}
	}
	return []string{"field", "row", "column", "value"}, rows
}

// Text implements Config.
func (cfg *MapConfig) Text() string {
	var all []float64
	for _, r := range cfg.Values {
		all = append(all, r...)
	}
	return titled(cfg.Title, fmt.Sprintf("%s by %s (%s) and %s (%s), %s", orElse(axisName(cfg.Value), "values"), axisName(cfg.YLabel), among(readable(cfg.Rows)), axisName(cfg.XLabel), among(readable(cfg.Columns)), span(all)))
}

// Table implements Config.
func (cfg *MapConfig) Table() (columns []string, rows [][]any) {
	for i, r := range cfg.Values {
		for j, v := range r {
			rows = append(rows, []any{cfg.Rows[i], cfg.Columns[j], v})
		}
	}
	return []string{"row", "column", "value"}, rows
}

// Text implements Config.
func (cfg *ConfusionConfig) Text() string {
	right, all := 0, 0
	for i, r := range cfg.Counts {
		for j, n := range r {
			if all += n; i == j {
				right += n
			}
		}
	}
	return titled(cfg.Title, fmt.Sprintf("answers by truth of %d items in %d classes, %d on the diagonal", all, len(cfg.Labels), right))
}

// Table implements Config.
func (cfg *ConfusionConfig) Table() (columns []string, rows [][]any) {
	for i, r := range cfg.Counts {
		for j, n := range r {
			rows = append(rows, []any{cfg.Labels[i], cfg.Labels[j], int64(n)})
		}
	}
	return []string{"truth", "answer", "count"}, rows
}

// Text implements Config.
func (cfg *GalleryConfig) Text() string {
	rows := fmt.Sprint(len(cfg.Rows))
	if cfg.Hidden > 0 {
		rows += fmt.Sprintf(" of %d", len(cfg.Rows)+cfg.Hidden)
	}
	return titled(cfg.title(), fmt.Sprintf("%s rows of patterns of %d×%d, each as %s", rows, cfg.Width, cfg.Height, among(cfg.Columns)))
}

// Table implements Config.
func (cfg *GalleryConfig) Table() (columns []string, rows [][]any) {
	for _, r := range cfg.Rows {
		for k, p := range r.Patterns {
			note := ""
			if k < len(r.Captions) {
				note = r.Captions[k]
			}
			for i, v := range p {
				rows = append(rows, []any{r.Name, cfg.Columns[k], note, int64(i / cfg.Width), int64(i % cfg.Width), v})
			}
		}
	}
	return []string{"pattern", "shown", "caption", "row", "column", "value"}, rows
}

// Text implements Config.
func (cfg *BarsConfig) Text() string {
	return titled(cfg.Title, fmt.Sprintf("%s of %s, %s", axisName(cfg.YLabel), among(readable(cfg.Labels)), span(cfg.Values)))
}

// Table implements Config.
func (cfg *BarsConfig) Table() (columns []string, rows [][]any) {
	for i, v := range cfg.Values {
		var half any
		if cfg.Errors != nil {
			half = cfg.Errors[i]
		}
		rows = append(rows, []any{cfg.Labels[i], v, half})
	}
	return []string{"label", "value", "half_interval"}, rows
}
