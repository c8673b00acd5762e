package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// write writes the page of many runs.
func (m *many) write(p *page) {
	p.begin(m.Name, "")
	p.put(markup(`<p class="facts"><span>`), m.Rows, markup(" "), m.What, markup("</span>"))
	for _, status := range slices.Sorted(maps.Keys(m.Counts)) {
		p.put(markup(" <span>"), m.Counts[status], markup(" "), status, markup("</span>"))
	}
	p.put(markup("</p>\n</header>\n<main>\n"))
	if len(m.Verdicts) > 0 {
		p.section("verdicts", "Verdicts on the means")
		p.met(m.Verdicts, m.Missed)
		p.put(markup(`<div class="wide">`))
		p.verdicts(m.Verdicts)
		p.put(markup("</div>\n</section>\n"))
	}
	m.writeFigures(p)
	m.writeScores(p)
	m.writeTable(p)
	m.writePlan(p)
	p.put(markup("</main>\n</body>\n</html>\n"))
}

func (m *many) writeFigures(p *page) {
	if len(m.Figures) == 0 {
		return
	}
	p.section("figures", "Figures")
	p.put(markup("<div class=\"figures\">\n"))
	for i := range m.Figures {
		p.figure(&m.Figures[i], m.Figures[i].Text)
	}
	p.put(markup("</div>\n"))
	for _, o := range m.Omitted {
		p.put(markup("<p>Left out of this page: "), o, markup("</p>\n"))
	}
	p.put(markup("</section>\n"))
}

func (m *many) writeScores(p *page) {
	p.section("scores", "Scores over all "+m.What)
	var rows [][]string
	for _, c := range m.Columns {
		rows = append(rows, []string{c.Name, strconv.Itoa(c.N), fmt.Sprintf("%.4g", c.Mean), fmt.Sprintf("%.3g", c.SD), fmt.Sprintf("%.4g", c.Least), fmt.Sprintf("%.4g", c.Greatest)})
	}
	p.put(markup(`<div class="wide">`))
	p.table([]string{"Column", "Values", "Mean", "s.d.", "Least", "Greatest"}, rows, "", numbers, numbers, numbers, numbers, numbers)
	p.put(markup("</div>\n</section>\n"))
}

func (m *many) writeTable(p *page) {
	p.section("table", "Table")
	if m.More {
		p.put(markup("<p>The first "), len(m.Cells), markup(" of "), m.Rows, markup(" rows; all are in "), m.File, markup(".</p>\n"))
	}
	p.put(markup(`<div class="wide">`))
	p.table(m.Head, m.Cells, slices.Repeat([]markup{numbers}, len(m.Head))...)
	p.put(markup("</div>\n</section>\n"))
}

func (m *many) writePlan(p *page) {
	if len(m.Plan) == 0 {
		return
	}
	p.section("provenance", "What was run")
	p.put(markup("<div class=\"wide\"><table><tbody>\n"))
	for _, f := range m.Plan {
		p.put(markup("<tr><th>"), f.Name, markup("<td>"), f.Value, markup("\n"))
	}
	p.put(markup("</tbody></table></div>\n<p>Each run has a folder of its own in runs/, with its seed, versions and checksums. In this folder:</p>\n"))
	p.commands(m.Rerun)
	p.folded("scenario.yaml", m.Text)
	p.put(markup("</section>\n"))
}
