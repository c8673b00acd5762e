package estimate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxLag is the largest lag of a column [rows].
const maxLag = 10_000

// embed returns a frame with the lagged columns that the configuration names:
// "x@3" is column x three rows before. Lag moves every source, History puts the
// target's last values before the sources as one source. A row whose past is
// not in the table, or is in another trial, has a missing value.
func embed(f *Frame, cfg *Config) (*Frame, error) {
	cfg.Sources = embedded(f, cfg)
	var trial *Column
	if cfg.Trials != "" {
		var err error
		if trial, err = f.Column(cfg.Trials); err != nil {
			return nil, err
		}
	}
	extended := &Frame{}
	*extended = *f
	extended.Columns = slices.Clone(f.Columns)
	names := append(slices.Concat(cfg.Sources...), cfg.Target...)
	for _, name := range names {
		base, lag, given := splitLag(f, name)
		if !given || slices.ContainsFunc(extended.Columns, func(c Column) bool { return c.Name == name }) {
			continue
		}
		if lag < 0 || lag > maxLag {
			return nil, fmt.Errorf("%s looks back %d rows; expected 0 to %d", name, lag, maxLag)
		}
		c, err := f.Column(base)
		if err != nil {
			return nil, err
		}
		shifted, left := shift(f, c, trial, lag)
		if left < minRows {
			return nil, fmt.Errorf("%s looks back %d rows: %d of %d rows have as many before them%s; expected a smaller lag or history", name, lag, left, f.Rows, map[bool]string{true: " in their trial"}[trial != nil])
		}
		shifted.Name = name
		extended.Columns = append(extended.Columns, shifted)
	}
	return extended, nil
}

// embedded returns the sources with lags in their names, after the target's
// past as the first source.
func embedded(f *Frame, cfg *Config) [][]string {
	sources := make([][]string, 0, len(cfg.Sources)+1)
	for k := 1; k <= cfg.History; k++ {
		for _, name := range cfg.Target {
			if k == 1 && name == cfg.Target[0] {
				sources = append(sources, nil)
			}
			sources[0] = append(sources[0], laggedName(name, k))
		}
	}
	for _, group := range cfg.Sources {
		moved := slices.Clone(group)
		for i, name := range moved {
			if _, _, given := splitLag(f, name); cfg.Lag > 0 && !given {
				moved[i] = laggedName(name, cfg.Lag)
			}
		}
		sources = append(sources, moved)
	}
	return sources
}

// laggedName returns the name of a column lag rows before.
func laggedName(name string, lag int) string { return name + "@" + strconv.Itoa(lag) }

// splitLag splits "x@3" into column and lag, unless there is a column of this
// name.
func splitLag(f *Frame, name string) (base string, lag int, given bool) {
	i := strings.LastIndexByte(name, '@')
	if i <= 0 || slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Name == name }) {
		return name, 0, false
	}
	lag, err := strconv.Atoi(name[i+1:])
	return name[:i], lag, err == nil
}

// shift returns a column with the values of lag rows before, from the same
// trial if there are trials. left is the number of rows that have such a value.
func shift(f *Frame, c, trial *Column, lag int) (to Column, left int) {
	lacks := func(row int) bool {
		return row < lag || (trial != nil && symbolText(trial, row) != symbolText(trial, row-lag))
	}
	for row := range f.Rows {
		if !lacks(row) {
			left++
		}
		switch {
		case c.Text != nil && lacks(row):
			to.Text = append(to.Text, "")
		case c.Text != nil:
			text, _ := c.Label(row - lag)
			to.Text = append(to.Text, text)
		case lacks(row):
			to.Numbers = append(to.Numbers, math.NaN())
		default:
			to.Numbers = append(to.Numbers, c.Numbers[row-lag])
		}
	}
	return to, left
}

// symbolText returns a cell as text, to tell whether two are equal.
func symbolText(c *Column, row int) string {
	if c.Text != nil {
		text, _ := c.Label(row)
		return text
	}
	return strconv.FormatFloat(c.Numbers[row], 'g', -1, 64)
}
