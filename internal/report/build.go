package report

import (
	_ "embed"
	"fmt"
	"io"

	"infomorph/internal/record"
)

// FileName is the name of the report in a result folder.
const FileName = "report.html"

var (
	//go:embed page.css
	styleFile string
	//go:embed page.js
	scriptFile string

	styleText, scriptText = markup(styleFile), markup(scriptFile)
)

// Verdict is the result of one expectation, as text for people.
type Verdict struct {
	Name, Expected, Got string
	Pass                bool
}

// Judge compares the scores of a run, by name, with what its scenario expects.
// It is called after the files of the folder have been compared with the
// manifest.
type Judge func(scores map[string]float64) ([]Verdict, error)

// Build writes the report of the result folder dir; without judge it has no
// verdicts. If a file is missing, damaged or invalid, the error names it and
// nothing is written.
func Build(dir string, judge Judge, w io.Writer) error {
	m, err := record.ReadManifest(dir)
	if err != nil {
		return err
	}
	c, err := collect(dir, m)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	if err := c.judge(judge); err != nil {
		return err
	}
	p := newPage(w)
	c.write(p)
	return p.flush()
}
