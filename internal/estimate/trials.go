package estimate

import (
	"fmt"
	"strings"
)

// minTrials is the smallest number of trials for which shuffling is useful.
const minTrials = 5

// trialsOf returns the rows of each trial, nil without a column of trials. A
// trial is a sequence of successive rows with one value in this column.
func (s *samples) trialsOf(f *Frame, cfg *Config) ([]span, error) {
	if cfg.Trials == "" {
		return nil, nil
	}
	c, err := f.Column(cfg.Trials)
	if err != nil {
		return nil, err
	}
	for _, group := range append(cfg.Sources[:len(cfg.Sources):len(cfg.Sources)], cfg.Target) {
		for _, name := range group {
			if name == cfg.Trials {
				return nil, fmt.Errorf("column %q names the trials and cannot be a source or the target", name)
			}
		}
	}
	v := labels(c)
	var trials []span
	seen := map[int32]bool{}
	for i, row := range s.rows {
		if i > 0 && v.symbols[row] == v.symbols[s.rows[i-1]] {
			trials[len(trials)-1].end = i + 1
			continue
		}
		if seen[v.symbols[row]] {
			return nil, f.Fault(row, c, fmt.Errorf("trial %s occurs again after another one; sort the rows by trial", cellText(c, row)))
		}
		seen[v.symbols[row]] = true
		trials = append(trials, span{i, i + 1})
	}
	if len(trials) < minTrials {
		return nil, fmt.Errorf("column %q names %d trials; at least %d are needed to shuffle them", c.Name, len(trials), minTrials)
	}
	return trials, nil
}

// cellText returns a cell for a message.
func cellText(c *Column, row int) string {
	if c.Text != nil {
		return c.Text[row]
	}
	return strings.TrimSpace(fmt.Sprint(c.Numbers[row]))
}
