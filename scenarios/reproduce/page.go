package reproduce

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const (
	dataBegin = "<!-- data: "
	dataEnd   = " -->\n"
)

const pageIntro = `# Results

<!-- Written by ` + "`infomorph reproduce … --write`" + `; run it again, do not edit. -->

This page shows measured values for the figures of the papers and for the claims of this project.
` + "`infomorph reproduce NAME`" + ` measures an entry again and writes pictures, table and verdict;
` + "`infomorph reproduce all --write docs/results.md`" + ` writes this page.

Means have their 95 % interval over seeds (Student's t), shares of runs have Wilson's interval.
**met**: the whole interval lies in the expected range, and no interval of a baseline does.
**not shown**: the interval lies only partly in the range, so that more seeds are needed, or a
baseline meets the range as well. **missed**: the whole interval lies outside. A baseline is the
same scenario without training or without the part that the claim is about, or a simpler rule, or
a linear rule on the same data. A difference (A − B) is the mean over pairs of runs with the same
seed; it must lie beyond its bound with its whole interval, and the means of A and B stand in the
column of baselines. "Prototype" values come from an earlier program. The time is the sum of the
wall times of all runs.

`

// ReadPage returns the results that a page contains.
func ReadPage(page []byte) ([]Result, error) {
	var all []Result
	for {
		_, rest, found := bytes.Cut(page, []byte(dataBegin))
		if !found {
			return all, nil
		}
		data, after, found := bytes.Cut(rest, []byte(dataEnd))
		var r Result
		if err := json.Unmarshal(data, &r); !found || err != nil {
			return nil, fmt.Errorf("its data is broken after %d entries; it was changed by hand: write a new page", len(all))
		}
		all, page = append(all, r), after
	}
}

// Merge returns the results in now, and those in old whose entries are not in now.
func Merge(old, now []Result) []Result {
	merged := append([]Result(nil), now...)
	seen := map[string]bool{}
	for i := range now {
		seen[now[i].Name] = true
	}
	for i := range old {
		if !seen[old[i].Name] {
			merged = append(merged, old[i])
		}
	}
	return merged
}

// Page writes the page. It has the entries of the registry in their order, if there are
// results for their present checks. The verdicts are those of the present checks. The
// page depends on the registry and the results only.
func (r *Registry) Page(results []Result) ([]byte, error) {
	byName := map[string]*Result{}
	for i := range results {
		if e := r.find(results[i].Name); e != nil && e.judgeAgain(&results[i]) {
			byName[results[i].Name] = &results[i]
		}
	}
	var b bytes.Buffer
	b.WriteString(pageIntro)
	b.WriteString("| entry | score | expected | measured | baselines | verdict | time |\n|---|---|---|---|---|---|---|\n")
	var missing []string
	for i := range r.Entries {
		if res := byName[r.Entries[i].Name]; res != nil {
			writeSummary(&b, res)
		} else {
			missing = append(missing, "`"+r.Entries[i].Name+"`")
		}
	}
	if len(missing) > 0 {
		fmt.Fprintf(&b, "\nNot measured yet: %s.\n", strings.Join(missing, ", "))
	}
	for i := range r.Entries {
		if res := byName[r.Entries[i].Name]; res != nil {
			if err := r.Entries[i].writeSection(&b, res); err != nil {
				return nil, err
			}
		}
	}
	return b.Bytes(), nil
}

// judgeAgain judges a result by the present checks. It returns false if the result is of
// other checks.
func (e *Entry) judgeAgain(res *Result) bool {
	if len(res.Findings) != len(e.Checks) {
		return false
	}
	findings := slices.Clone(res.Findings)
	for i := range findings {
		c, f := &e.Checks[i], &findings[i]
		measured := slices.EqualFunc(c.Against, f.Against, func(name string, r Rival) bool { return name == r.Name })
		if f.Subject != c.Subject() || f.Share != (c.Reach != nil) || !measured {
			return false
		}
		f.Expected, f.Source = c.Range(), c.Source
		f.Verdict = c.verdict(f)
	}
	res.Findings, res.Met = findings, AllMet(findings)
	return true
}

func writeSummary(b *bytes.Buffer, res *Result) {
	for i := range res.Findings {
		f := &res.Findings[i]
		name, took := "", ""
		if i == 0 {
			name, took = fmt.Sprintf("[%s](#%[1]s)", res.Name), Duration(res.Seconds)
		}
		fmt.Fprintf(b, "| %s | `%s` | %s | %s | %s | %s | %s |\n", name, f.Subject, f.Expected, f.Measured(), f.Baselines(), f.Verdict, took)
	}
}

func (e *Entry) writeSection(b *bytes.Buffer, res *Result) error {
	data, err := json.Marshal(res) // json.Marshal escapes >, so the data cannot end the comment
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\n## %s\n\n%s\n", e.Name, e.What)
	if e.Figure != "" {
		fmt.Fprintf(b, "Corresponds to %s.\n", e.Figure)
	}
	b.WriteString("\n| score | expected | source | measured | baselines | verdict |\n|---|---|---|---|---|---|\n")
	for i := range res.Findings {
		f := &res.Findings[i]
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s |\n", f.Subject, f.Expected, f.Source, f.Measured(), f.Baselines(), f.Verdict)
	}
	if e.Few != "" {
		fmt.Fprintf(b, "\nFewer than %d seeds: %s.\n", fewSeeds, e.Few)
	}
	if res.Picture != "" {
		fmt.Fprintf(b, "\n![%s](%s)\n", e.Name, res.Picture)
	}
	fmt.Fprintf(b, "\n`%s`: %d runs, %s; %s of runs; measured %s with %s. One run: `%s`.\n\n%s%s%s",
		res.Command, res.Runs, res.Seeds, Duration(res.Seconds), res.Date, res.Version, res.Run, dataBegin, data, dataEnd)
	return nil
}

// Duration writes seconds as text for the user.
func Duration(s float64) string {
	switch {
	case s < 10:
		return fmt.Sprintf("%.1f s", s)
	case s < 120:
		return fmt.Sprintf("%.0f s", s)
	case s < 7200:
		return fmt.Sprintf("%.0f min", s/60)
	}
	return fmt.Sprintf("%.1f h", s/3600)
}
