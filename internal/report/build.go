package report

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"infomorph/internal/record"
)

// FileName is the name of the report in a result folder.
const FileName = "report.html"

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	styleText string
	//go:embed page.js
	scriptText string

	page = template.Must(template.New(FileName).Parse(pageText))
)

// Build writes the report of the result folder dir. The error names the file
// that is missing, damaged or not understood.
func Build(dir string, w io.Writer) error {
	m, err := record.ReadManifest(dir)
	if err != nil {
		return err
	}
	c, err := collect(dir, m)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	b := bufio.NewWriterSize(w, 1<<16)
	if err := page.Execute(b, c); err != nil {
		return err
	}
	return b.Flush()
}
