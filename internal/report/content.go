package report

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"infomorph/internal/guard"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
)

// maxScenario is the largest scenario that is read and shown [bytes].
const maxScenario = 1 << 20

// content is what the page shows.
type content struct {
	*record.Manifest
	Scenario scenario
	Text     string // scenario.yaml
	Verdicts []Verdict
	Missed   int
	Scores   []score
	byName   map[string]float64 // the same scores; nil: the run was not completed
	Figures  []figure
	Atoms    []byte // JSON of atoms; nil: not recorded, or too large
	Tables   []table
	Listed   []listedFile
	Omitted  []string // what was left out to limit the size
	Rerun    []string // commands
}

// scenario is what the page needs of scenario.yaml.
type scenario struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
}

type score struct{ Name, Value string }

type listedFile struct {
	Name string
	record.FileInfo
}

// collect reads the folder.
func collect(dir string, m *record.Manifest) (*content, error) {
	c := &content{Manifest: m}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		c.Listed = append(c.Listed, listedFile{name, m.Files[name]})
	}
	if err := c.readScenario(dir); err != nil {
		return nil, err
	}
	if err := c.readScores(dir); err != nil {
		return nil, err
	}
	if err := c.readFigures(dir); err != nil {
		return nil, err
	}
	if err := c.readTables(dir); err != nil {
		return nil, err
	}
	c.Rerun = rerun(m)
	return c, nil
}

// judge compares a completed run with its expectations.
func (c *content) judge(judge Judge) (err error) {
	if c.byName == nil || judge == nil {
		return nil
	}
	c.Verdicts, err = judge(c.byName)
	for _, v := range c.Verdicts {
		if !v.Pass {
			c.Missed++
		}
	}
	return err
}

// read returns a file of the folder after checking that it is unchanged.
func (c *content) read(dir, name string) ([]byte, error) {
	if err := c.Verify(dir, name); err != nil {
		return nil, err
	}
	return guard.ReadFile(filepath.Join(dir, filepath.FromSlash(name)), guard.Small)
}

func (c *content) readScenario(dir string) error {
	const name = "scenario.yaml"
	c.Scenario.Name = c.Manifest.Scenario
	info, listed := c.Files[name]
	if !listed {
		return nil
	}
	if info.Bytes > maxScenario {
		return fmt.Errorf("%s: larger than %d KiB", name, maxScenario>>10)
	}
	text, err := c.read(dir, name)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, &c.Scenario); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.Text = string(text)
	return nil
}

// readScores reads the summary, which only a completed run has.
func (c *content) readScores(dir string) error {
	const name = "summary.json"
	if _, listed := c.Files[name]; !listed {
		return nil
	}
	if err := c.Verify(dir, name); err != nil {
		return err
	}
	scores, err := record.ReadSummary(dir)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		c.Scores = append(c.Scores, score{name, number(scores[name])})
	}
	c.byName = scores
	return nil
}

// number prints x for people.
func number(x float64) string {
	if math.IsNaN(x) {
		return "not a number"
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// took returns the wall-clock time of the run.
func (c *content) took() string {
	if c.Finished.IsZero() {
		return "unknown"
	}
	return c.Finished.Sub(c.Created).Round(10 * time.Millisecond).String()
}

// simulated returns the simulated time of the run.
func (c *content) simulated() string {
	return (time.Duration(c.SimulatedUS) * time.Microsecond).String()
}

// day returns when the run began.
func (c *content) day() string { return c.Created.UTC().Format("2006-01-02 15:04:05 UTC") }

// recorded reports whether the run can be replayed.
func (c *content) recorded() bool {
	_, recorded := c.Files[inboxes.Name]
	return recorded
}

// omit records what is not on the page.
func (c *content) omit(format string, args ...any) {
	c.Omitted = append(c.Omitted, fmt.Sprintf(format, args...))
}

// rerun returns the commands that reproduce the run.
func rerun(m *record.Manifest) []string {
	var lines []string
	if len(m.Command) > 0 {
		words := []string{"infomorph"}
		for _, word := range m.Command[1:] {
			words = append(words, quote(word))
		}
		lines = append(lines, strings.Join(words, " "))
	}
	switch _, recorded := m.Files[inboxes.Name]; {
	case recorded:
		return append(lines, "infomorph replay .", "infomorph audit .", "infomorph report .")
	case m.Mode == "free":
		return append(lines, "infomorph report .")
	}
	if _, listed := m.Files["scenario.yaml"]; listed {
		lines = append(lines, "infomorph run scenario.yaml")
	}
	return append(lines, "infomorph report .")
}

// quote quotes a word for a shell if necessary.
func quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./=:,+@%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
