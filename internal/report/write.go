package report

import (
	"maps"
	"slices"
	"strconv"
)

// write writes the page.
func (c *content) write(p *page) {
	p.begin(c.Scenario.Name, `; script-src 'unsafe-inline'`)
	if c.Scenario.Description != "" {
		p.put(markup(`<p class="lead">`), c.Scenario.Description, markup("</p>\n"))
	}
	c.writeFacts(p)
	c.writeLinks(p)
	p.put(markup("</header>\n<main>\n"))
	for _, s := range c.sections() {
		if s.there {
			s.write(p)
		}
	}
	c.writeReproduce(p)
	c.writeProvenance(p)
	p.put(markup("</main>\n"))
	if c.Atoms != nil {
		p.put(markup("<script>"), scriptText, markup("</script>\n"))
	}
	p.put(markup("</body>\n</html>\n"))
}

// section is a part of the page that has a link.
type section struct {
	id, title markup
	there     bool
	write     func(*page)
}

func (c *content) sections() []section {
	return []section{
		{"verdicts", "Verdicts", len(c.Verdicts) > 0, c.writeVerdicts},
		{"figures", "Figures", len(c.Figures) > 0, c.writeFigures},
		{"atoms", "Atoms", c.Atoms != nil, c.writeAtoms},
		{"scores", "Scores", len(c.Scores) > 0, c.writeScores},
		{"tables", "Tables", len(c.Tables) > 0, c.writeTables},
	}
}

func (c *content) writeFacts(p *page) {
	badge := markup("bad")
	if c.Status == "done" {
		badge = "good"
	}
	p.put(markup("<p class=\"facts\">\n<span class=\"badge "), badge, markup(`">`), c.Status, markup("</span>"))
	for _, name := range slices.Sorted(maps.Keys(c.Seeds)) {
		p.put(markup(" <span>seed "), c.Seeds[name])
		if name != "run" {
			p.put(markup(" ("), name, markup(")"))
		}
		p.put(markup("</span>"))
	}
	if c.SimulatedUS != 0 {
		p.put(markup(" <span>"), c.simulated(), markup(" simulated</span>"))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Counts)) {
		p.put(markup(" <span>"), c.Counts[name], markup(" "), name, markup("</span>"))
	}
	p.put(markup("\n<span>"), c.day(), markup("</span></p>\n"))
	if c.Reason != "" {
		p.put(markup(`<p class="problem">The run was not completed: `), c.Reason, markup("</p>\n"))
	}
}

func (c *content) writeLinks(p *page) {
	p.put(markup("<nav>"))
	for _, s := range c.sections() {
		if s.there {
			p.put(markup(`<a href="#`), s.id, markup(`">`), s.title, markup("</a> "))
		}
	}
	p.put(markup(`<a href="#reproduce">Reproduce</a> <a href="#provenance">Provenance</a></nav>` + "\n"))
}

func (c *content) writeVerdicts(p *page) {
	p.section("verdicts", "Verdicts")
	p.met(c.Verdicts, c.Missed)
	p.verdicts(c.Verdicts)
	p.put(markup("\n</section>\n"))
}

func (c *content) writeFigures(p *page) {
	p.section("figures", "Figures")
	p.put(markup("<div class=\"figures\">\n"))
	for i := range c.Figures {
		p.figure(&c.Figures[i], c.Figures[i].caption())
	}
	p.put(markup("</div>\n</section>\n"))
}

func (c *content) writeAtoms(p *page) {
	p.section("atoms", "Atoms over time")
	p.put(markup(`<p>The information between each neuron's output and its sources, in bits. Move over the chart for values (or use the arrow keys), drag to zoom, double-click to see everything again, click a name to hide or show its curve. Atoms may be negative.</p>
<p class="controls"><label>Neuron <select id="pick"></select></label>
<button type="button" id="prev" aria-label="previous neuron">←</button><button type="button" id="next" aria-label="next neuron">→</button>
<button type="button" id="reset">whole time</button> <span id="shown"></span></p>
<div id="legend"></div>
<svg id="chart" viewBox="0 0 960 400" role="img" tabindex="0" aria-label="Atoms over simulated time"></svg>
<noscript><p>The chart needs JavaScript.</p></noscript>
<script type="application/json" id="atoms-data">`))
	p.data(c.Atoms)
	p.put(markup("</script>\n</section>\n"))
}

func (c *content) writeScores(p *page) {
	p.section("scores", "Scores")
	rows := make([][]string, len(c.Scores))
	for i, s := range c.Scores {
		rows[i] = []string{s.Name, s.Value}
	}
	p.table([]string{"Score", "Value"}, rows, "", numbers)
	p.put(markup("\n</section>\n"))
}

func (c *content) writeTables(p *page) {
	p.section("tables", "Tables")
	for i := range c.Tables {
		t := &c.Tables[i]
		open, first := markup(""), ""
		if t.Open {
			open = " open"
		}
		if int64(len(t.Rows)) < t.All {
			first = "first " + strconv.Itoa(len(t.Rows)) + " of "
		}
		p.put(markup("<details"), open, markup("><summary>"), t.Name, markup(": "), first, t.All, markup(" rows</summary>\n<div class=\"scroll\">"))
		p.table(t.Heads, t.Rows)
		p.put(markup("</div></details>\n"))
	}
	p.put(markup("</section>\n"))
}

func (c *content) writeReproduce(p *page) {
	p.section("reproduce", "How to reproduce")
	switch {
	case c.recorded():
		p.put(markup("<p>This run was free-running: the first command started it, but a new run takes another course. In the result folder, <code>replay</code> repeats exactly this run from its recording, and <code>audit</code> checks that every neuron used only what reached it. The last command writes this page again.</p>\n"))
	case c.Mode == "free":
		p.put(markup("<p>This run was free-running and was not recorded: the first command started it, but a new run takes another course. The last command writes this page again.</p>\n"))
	case c.Text != "":
		p.put(markup("<p>The first command started the run. The second, in the result folder, uses the scenario with all settings and gives the same result, if the files that the scenario names can be found from there. The last command writes this page again.</p>\n"))
	default:
		p.put(markup("<p>The first command started the run. The last command writes this page again.</p>\n"))
	}
	p.commands(c.Rerun)
	if c.StateHash != "" {
		when := markup("The result is the same if <code>state_hash</code> in its manifest.json is")
		if c.recorded() {
			when = "The replay is correct if its final state is"
		}
		p.put(markup("<p>"), when, markup(" <code>"), c.StateHash, markup("</code></p>\n"))
	}
	p.folded("scenario.yaml", c.Text)
	p.put(markup("</section>\n"))
}

func (c *content) writeProvenance(p *page) {
	p.section("provenance", "Provenance")
	p.put(markup("<table><tbody>\n"))
	for _, f := range c.provenance() {
		p.put(markup("<tr><th>"), f.Name, markup("<td>"), f.Value, markup("\n"))
	}
	for _, f := range []fact{{"Scenario SHA-256", c.ScenarioHash}, {"Final state SHA-256", c.StateHash}} {
		if f.Value != "" {
			p.put(markup("<tr><th>"), f.Name, markup("<td><code>"), f.Value, markup("</code>\n"))
		}
	}
	p.put(markup("</tbody></table>\n<details><summary>Files and their SHA-256</summary>\n<div class=\"scroll\">"))
	var files [][]string
	for _, f := range c.Listed {
		files = append(files, []string{f.Name, strconv.FormatInt(f.Bytes, 10), f.SHA256})
	}
	p.table([]string{"File", "Bytes", "SHA-256"}, files, "", numbers, code)
	p.put(markup("</div></details>\n"))
	if len(c.Versions.Dependencies) > 0 {
		p.put(markup("<details><summary>Libraries</summary>\n<table><tbody>\n"))
		for _, name := range slices.Sorted(maps.Keys(c.Versions.Dependencies)) {
			p.put(markup("<tr><td>"), name, markup("<td>"), c.Versions.Dependencies[name], markup("\n"))
		}
		p.put(markup("</tbody></table></details>\n"))
	}
	if len(c.Omitted) > 0 {
		p.put(markup("<p>Left out, because the page would be too large:</p><ul>"))
		for _, o := range c.Omitted {
			p.put(markup("<li>"), o)
		}
		p.put(markup("</ul>\n"))
	}
	p.put(markup("</section>\n"))
}

// provenance returns where the run comes from.
func (c *content) provenance() []fact {
	program := c.Versions.Infomorph
	if c.Versions.Revision != "" {
		program += ", revision " + c.Versions.Revision
	}
	if c.Versions.Modified {
		program += ", with changes"
	}
	host := c.Host.OS + "/" + c.Host.Arch + ", " + strconv.Itoa(c.Host.CPUs) + " CPUs"
	if c.Host.Name != "" {
		host = c.Host.Name + ", " + host
	}
	mode := c.Mode
	if c.Workers != 0 {
		mode += ", " + strconv.Itoa(c.Workers) + " workers"
	}
	all := []fact{{"Infomorph", program}, {"Go", c.Versions.Go}, {"Host", host}, {"Mode", mode}, {"Wall-clock time", c.took()}}
	for _, name := range slices.Sorted(maps.Keys(c.Seeds)) {
		all = append(all, fact{"Seed (" + name + ")", strconv.FormatUint(c.Seeds[name], 10)})
	}
	if c.Parent != "" {
		all = append(all, fact{"Forked from", c.Parent})
	}
	return all
}
