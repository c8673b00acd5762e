package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"infomorph/internal/guard"
	tables "infomorph/internal/table"
)

// ManyTables are the files that identify a folder of many runs: a table with
// one row per run of a sweep or of run --repeat, or one row per trial of a
// search.
var ManyTables = []string{"table.csv", "trials.csv"}

// maxRunRows is the largest number of rows of the table that a page shows.
const maxRunRows = 500

// many is the content of the page of many runs.
type many struct {
	Name, What, File string
	Rows             int
	More             bool
	Counts           map[string]int
	Head             []string
	Cells            [][]string
	Columns          []*column
	Figures          []figure
	Verdicts         []Verdict // on the means of runs that differ only in their seed
	Missed           int
	Plan             []fact // what was run
	Text             string // scenario.yaml
	Rerun            []string
	Omitted          []string
	points           map[string]bool
	seedsAlone       bool // only the seed was varied
}

// fact is a line of the description of the plan.
type fact struct{ Name, Value string }

// column is the summary of a column of numbers.
type column struct {
	Name                      string
	N                         int
	Mean, SD, Least, Greatest float64
	sum, squares              float64
	place                     int
	status                    bool
}

// BuildMany writes the report of a folder of many runs: verdicts on their means
// if they differ only in the seed, pictures, scores over all runs, the table,
// and what was run. Without judge it has no verdicts.
func BuildMany(dir string, judge Judge, w io.Writer) error {
	name := ManyTables[0]
	for _, f := range ManyTables {
		if _, err := os.Stat(filepath.Join(dir, f)); err == nil {
			name = f
			break
		}
	}
	in, err := guard.Open(filepath.Join(dir, name))
	if err != nil {
		return fmt.Errorf("%s: neither the folder of a run nor of many runs: %w", dir, err)
	}
	defer in.Close()
	t, err := tables.Open(in, tables.Options{Name: name, Header: "yes", Separator: ','})
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
	}
	m := &many{Name: filepath.Base(filepath.Clean(dir)), What: "runs", File: name, Counts: map[string]int{}, points: map[string]bool{}}
	if name == "trials.csv" {
		m.What = "trials"
	}
	if err := m.read(t); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
	}
	if err := m.pictures(dir); err != nil {
		return err
	}
	if err := errors.Join(m.planned(dir), m.judge(judge)); err != nil {
		return err
	}
	p := newPage(w)
	m.write(p)
	return p.flush()
}

// read reads the table.
func (m *many) read(t *tables.Reader) error {
	m.Head = slices.Clone(t.Columns())
	for i, name := range m.Head {
		m.Columns = append(m.Columns, &column{Name: name, place: i, status: name == "status", Least: math.Inf(1), Greatest: math.Inf(-1)})
	}
	for row, err := range t.Rows() {
		if err != nil {
			return err
		}
		if m.Rows++; m.Rows <= maxRunRows {
			cells := make([]string, len(row))
			for i, c := range row {
				cells[i] = short(c)
			}
			m.Cells = append(m.Cells, cells)
		}
		for _, c := range m.Columns {
			if c.Name == "point" {
				m.points[row[c.place].String()] = true
			}
			if c.status {
				m.Counts[row[c.place].String()]++
			} else {
				c.add(row[c.place])
			}
		}
	}
	m.More = m.Rows > maxRunRows
	m.Columns = slices.DeleteFunc(m.Columns, func(c *column) bool {
		return c.N == 0 || slices.Contains([]string{"run", "point", "replicate", "seed", "trial"}, c.Name)
	})
	for _, c := range m.Columns {
		n := float64(c.N)
		c.Mean = c.sum / n
		if c.N > 1 {
			c.SD = math.Sqrt(max(c.squares-n*c.Mean*c.Mean, 0) / (n - 1))
		}
	}
	return nil
}

// short writes a cell for people, numbers with four digits.
func short(c tables.Cell) string {
	if _, whole := c.Whole(); whole || c.Missing() {
		return c.String()
	}
	if v, err := c.Number(); err == nil {
		return fmt.Sprintf("%.4g", v)
	}
	return c.String()
}

func (c *column) add(cell tables.Cell) {
	v, err := cell.Number()
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	c.N++
	c.sum += v
	c.squares += v * v
	c.Least, c.Greatest = min(c.Least, v), max(c.Greatest, v)
}

// pictures reads the pictures of plots/, each once.
func (m *many) pictures(dir string) error {
	entries, err := os.ReadDir(filepath.Join(dir, "plots"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	total := 0
	for _, e := range entries {
		name := e.Name()
		stem, kind := pictureKind("plots/" + name)
		if kind == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, stem+".svg")); err == nil && !strings.HasSuffix(name, ".svg") {
			continue
		}
		data, err := guard.ReadFile(filepath.Join(dir, "plots", name), guard.Small)
		if err != nil {
			return err
		}
		if len(data) > maxFigure || total+len(data) > maxFigures {
			m.Omitted = append(m.Omitted, fmt.Sprintf("plots/%s: %d bytes", name, len(data)))
			continue
		}
		total += len(data)
		text := m.seen(dir, stem)
		m.Figures = append(m.Figures, newFigure(text, text, kind, data))
	}
	return nil
}

// seen returns the description of a picture from the JSON file beside it, or
// its name.
func (m *many) seen(dir, stem string) string {
	var d struct{ Text string }
	data, err := guard.ReadFile(filepath.Join(dir, stem+".json"), guard.Small)
	if err == nil && len(data) <= maxFigures && json.Unmarshal(data, &d) == nil && d.Text != "" {
		return d.Text
	}
	return strings.ReplaceAll(strings.TrimPrefix(stem, "plots/"), "-", " ") + " over all " + m.What
}

// judge compares the means of runs that differ only in their seed with the
// expectations for one run.
func (m *many) judge(judge Judge) (err error) {
	if judge == nil || len(m.points) != 1 && !m.seedsAlone {
		return nil
	}
	means := map[string]float64{}
	for _, c := range m.Columns {
		means[c.Name] = c.Mean
	}
	m.Verdicts, err = judge(means)
	for _, v := range m.Verdicts {
		if !v.Pass {
			m.Missed++
		}
	}
	return err
}

// plan are the parts of sweep.json and search.json that the page shows.
type plan struct {
	Scenario, Source string
	Set              []string
	Plan             struct {
		Axes     []axis
		Seeds    int
		BaseSeed uint64 `json:"base_seed"`
	}
}

type axis struct {
	Path   string
	Values []string
}

// planned reads what was run, if the folder has it.
func (m *many) planned(dir string) error {
	if text, err := guard.ReadFile(filepath.Join(dir, "scenario.yaml"), guard.Small); err == nil && len(text) <= maxScenario {
		m.Text = string(text)
	}
	verb := "sweep"
	data, err := guard.ReadFile(filepath.Join(dir, "sweep.json"), guard.Small)
	if err != nil {
		verb = "search"
		data, err = guard.ReadFile(filepath.Join(dir, "search.json"), guard.Small)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var p plan
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, verb+".json"), err)
	}
	m.Plan = append(m.Plan, fact{"scenario", p.Source})
	for _, s := range p.Set {
		m.Plan = append(m.Plan, fact{"set", s})
	}
	m.seedsAlone = len(p.Plan.Axes) > 0
	for _, a := range p.Plan.Axes {
		m.seedsAlone = m.seedsAlone && a.Path == "seed"
		m.Plan = append(m.Plan, fact{"over", a.Path + " = " + strings.Join(a.Values, ", ")})
	}
	if p.Plan.Seeds > 0 {
		m.Plan = append(m.Plan, fact{"seeds a point", fmt.Sprintf("%d, derived from %d", p.Plan.Seeds, p.Plan.BaseSeed)})
	}
	m.Rerun = []string{"infomorph " + verb + " --resume .", "infomorph report .", "infomorph plot ."}
	return nil
}
