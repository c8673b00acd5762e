package report

import (
	"bufio"
	"fmt"
	"html"
	"io"
)

// markup is HTML from the program itself. It is written as it is; every other value is
// escaped. So no text of a folder must ever be converted to this type.
type markup string

// page writes HTML. The first error is kept for flush.
type page struct{ w *bufio.Writer }

func newPage(w io.Writer) *page { return &page{bufio.NewWriterSize(w, 1<<16)} }

// put writes markup as it is, and other values as text, for elements and quoted
// attributes.
func (p *page) put(parts ...any) {
	for _, part := range parts {
		text := ""
		switch v := part.(type) {
		case markup:
			text = string(v)
		case string:
			text = html.EscapeString(v)
		default:
			text = html.EscapeString(fmt.Sprint(v))
		}
		_, _ = p.w.WriteString(text) // flush returns the error
	}
}

// data writes a value that needs no escaping: base64, or JSON of the standard library.
func (p *page) data(b []byte) { _, _ = p.w.Write(b) }

func (p *page) flush() error { return p.w.Flush() }

// begin writes the page up to its title; scripts says what the policy of the page
// allows.
func (p *page) begin(title string, scripts markup) {
	p.put(markup(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'`), scripts, markup(`">
<title>`), title, markup(` · Infomorph report</title>
<style>`), styleText, markup(`</style>
</head>
<body>
<header>
<h1>`), title, markup(`</h1>
`))
}

// section begins a section.
func (p *page) section(id markup, title string) {
	p.put(markup(`<section id="`), id, markup("\">\n<h2>"), title, markup("</h2>\n"))
}

// table writes a table; classes are those of its columns, "" for none.
func (p *page) table(heads []string, rows [][]string, classes ...markup) {
	p.put(markup("<table><thead><tr>"))
	for _, h := range heads {
		p.put(markup("<th>"), h)
	}
	p.put(markup("</thead><tbody>\n"))
	for _, row := range rows {
		p.put(markup("<tr>"))
		for i, c := range row {
			switch {
			case i < len(classes) && classes[i] == code:
				p.put(markup("<td><code>"), c, markup("</code>"))
			case i < len(classes) && classes[i] != "":
				p.put(markup(`<td class="`), classes[i], markup(`">`), c)
			default:
				p.put(markup("<td>"), c)
			}
		}
		p.put(markup("\n"))
	}
	p.put(markup("</tbody></table>"))
}

// The classes of columns: numbers, and text of a fixed width.
const (
	numbers markup = "n"
	code    markup = "code"
)

// met writes how many expectations were met.
func (p *page) met(all []Verdict, missed int) {
	if missed > 0 {
		p.put(markup(`<p><strong class="bad">`), missed, markup(" of "), len(all), markup(" expectations not met.</strong></p>\n"))
	} else {
		p.put(markup(`<p><strong class="good">All `), len(all), markup(" expectations met.</strong></p>\n"))
	}
}

// verdicts writes the results of expectations.
func (p *page) verdicts(all []Verdict) {
	p.put(markup("<table><thead><tr><th>Of<th>Expected<th>Got<th>Verdict</thead><tbody>\n"))
	for _, v := range all {
		badge := markup(`<span class="badge bad">FAIL</span>`)
		if v.Pass {
			badge = `<span class="badge good">pass</span>`
		}
		p.put(markup("<tr><td>"), v.Name, markup(`<td class="n">`), v.Expected, markup(`<td class="n">`), v.Got, markup("<td>"), badge, markup("\n"))
	}
	p.put(markup("</tbody></table>"))
}

// figure writes a picture.
func (p *page) figure(f *figure, caption string) {
	p.put(markup(`<figure><img src="data:`), f.Kind, markup(`;base64,`))
	p.data(f.Base64)
	p.put(markup(`" alt="`), f.Text, markup(`"><figcaption>`), caption, markup("</figcaption></figure>\n"))
}

// commands writes commands, one a line.
func (p *page) commands(all []string) {
	p.put(markup("<pre>"))
	for _, c := range all {
		p.put(c, markup("\n"))
	}
	p.put(markup("</pre>\n"))
}

// folded writes a text that the reader can unfold.
func (p *page) folded(title, text string) {
	if text != "" {
		p.put(markup("<details><summary>"), title, markup("</summary><pre>"), text, markup("</pre></details>\n"))
	}
}
