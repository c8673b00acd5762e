package graphio

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// item is a node, or an edge from one node to another, with alternating names
// and values of attributes.
type item struct {
	from, to string
	way      string // for an edge with its own direction: "true" or "false" for directed
	attrs    []string
}

// dialect writes nodes and edges as one kind of file.
type dialect struct {
	name      string
	format    Format
	ways      bool // edges may have their own direction
	nodeAttrs bool // nodes have attributes of any name
	file      func(directed bool, nodes, edges []item) string
}

// each writes attributes with a pattern for name and value.
func (i item) each(pattern string) string {
	var b strings.Builder
	for k := 0; k < len(i.attrs); k += 2 {
		fmt.Fprintf(&b, pattern, i.attrs[k], i.attrs[k+1])
	}
	return b.String()
}

// all writes items one after the other.
func all(items []item, one func(item) string) string {
	var b strings.Builder
	for _, i := range items {
		b.WriteString(one(i))
	}
	return b.String()
}

func list(items []item, one func(item) string) string {
	return strings.TrimSuffix(all(items, func(i item) string { return one(i) + "," }), ",")
}

func pick(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

func asGraphML(directed bool, nodes, edges []item) string {
	return "<graphml><graph edgedefault='" + pick(directed, "directed", "undirected") + "'>" +
		all(nodes, func(i item) string {
			return "<node id='" + i.from + "'>" + i.each("<data key='%s'>%s</data>") + "</node>"
		}) +
		all(edges, func(i item) string {
			way := pick(i.way == "", "", " directed='"+i.way+"'")
			return "<edge source='" + i.from + "' target='" + i.to + "'" + way + ">" + i.each("<data key='%s'>%s</data>") + "</edge>"
		}) + "</graph></graphml>"
}

func asGEXF(directed bool, nodes, edges []item) string {
	return "<gexf><graph defaultedgetype='" + pick(directed, "directed", "undirected") + "'><nodes>" +
		all(nodes, func(i item) string {
			return "<node id='" + i.from + "'>" + i.each("<attvalue for='%s' value='%s'/>") + "</node>"
		}) + "</nodes><edges>" +
		all(edges, func(i item) string {
			way := pick(i.way == "", "", " type='"+pick(i.way == "true", "directed", "undirected")+"'")
			return "<edge source='" + i.from + "' target='" + i.to + "'" + way + ">" + i.each("<attvalue for='%s' value='%s'/>") + "</edge>"
		}) + "</edges></graph></gexf>"
}

func asGML(directed bool, nodes, edges []item) string {
	return "graph [ directed " + pick(directed, "1", "0") +
		all(nodes, func(i item) string { return " node [ id " + i.from + i.each(" %s \"%s\"") + " ]" }) +
		all(edges, func(i item) string {
			return " edge [ source " + i.from + " target " + i.to + i.each(" %s \"%s\"") + " ]"
		}) + " ]"
}

func asDOT(directed bool, nodes, edges []item) string {
	return pick(directed, "digraph {", "graph {") +
		all(nodes, func(i item) string { return i.from + " [" + i.each("\"%s\"=\"%s\", ") + "];" }) +
		all(edges, func(i item) string {
			return i.from + pick(directed, " -> ", " -- ") + i.to + " [" + i.each("\"%s\"=\"%s\", ") + "];"
		}) + "}"
}

func asPajek(directed bool, nodes, edges []item) string {
	number := func(name string) string {
		return strconv.Itoa(1 + slices.IndexFunc(nodes, func(n item) bool { return n.from == name }))
	}
	return "*Vertices " + strconv.Itoa(len(nodes)) + "\n" + all(nodes, func(i item) string { return number(i.from) + " " + i.from + "\n" }) + pick(directed, "*Arcs\n", "*Edges\n") +
		all(edges, func(i item) string { return number(i.from) + " " + number(i.to) + i.each(" \"%s\" \"%s\"") + "\n" })
}

// asCSV writes one column for each attribute of any edge.
func asCSV(sep string) func(bool, []item, []item) string {
	return func(directed bool, nodes, edges []item) string {
		columns, ways := []string{}, false
		for _, e := range edges {
			ways = ways || e.way != ""
			for k := 0; k < len(e.attrs); k += 2 {
				if !slices.Contains(columns, e.attrs[k]) {
					columns = append(columns, e.attrs[k])
				}
			}
		}
		text := pick(directed, "", "#undirected\n") + all(nodes, func(i item) string { return "#node" + sep + i.from + "\n" }) + "source" + sep + "target" + pick(ways, sep+"type", "")
		for _, c := range columns {
			text += sep + c
		}
		return text + "\n" + all(edges, func(i item) string {
			row := i.from + sep + i.to
			if ways {
				row += sep + map[string]string{"true": "directed", "false": "undirected"}[i.way]
			}
			for _, c := range columns {
				if row += sep; slices.Contains(i.attrs, c) {
					row += i.attrs[slices.Index(i.attrs, c)+1]
				}
			}
			return row + "\n"
		})
	}
}

func asEdgeDicts(directed bool, nodes, edges []item) string {
	return pick(directed, "", "#undirected\n") + all(nodes, func(i item) string { return "#node " + i.from + "\n" }) +
		all(edges, func(i item) string { return i.from + " " + i.to + " {" + i.each("'%s': '%s', ") + "}\n" })
}

// asJSON writes objects with their attributes beside the ends, or in an inner
// object.
func asJSON(head, inner string) func(bool, []item, []item) string {
	return func(directed bool, nodes, edges []item) string {
		object := func(i item, ends string) string {
			if i.way != "" {
				ends += `, "directed": ` + i.way
			}
			attrs := i.each(`, "%s": "%s"`)
			if inner != "" && attrs != "" {
				attrs = `, "` + inner + `": {` + attrs[2:] + "}"
			}
			return "{" + ends + attrs + "}"
		}
		return fmt.Sprintf(head, directed, list(nodes, func(i item) string { return object(i, `"id": "`+i.from+`"`) }),
			list(edges, func(i item) string { return object(i, `"source": "`+i.from+`", "target": "`+i.to+`"`) }))
	}
}

func asCytoscape(directed bool, nodes, edges []item) string {
	data := func(i item, ends string) string { return `{"data": {` + ends + i.each(`, "%s": "%s"`) + "}}" }
	return fmt.Sprintf(`{"directed": %v, "elements": {"nodes": [%s], "edges": [%s]}}`, directed, list(nodes, func(i item) string { return data(i, `"id": "`+i.from+`"`) }),
		list(edges, func(i item) string { return data(i, `"source": "`+i.from+`", "target": "`+i.to+`"`) }))
}

func dialects() []dialect {
	return []dialect{
		{"GraphML", GraphML, true, true, asGraphML}, {"GEXF", GEXF, true, true, asGEXF}, {"GML", GML, false, true, asGML}, {"DOT", DOT, false, true, asDOT}, {"Pajek", Pajek, false, false, asPajek},
		{"commas", CSV, true, false, asCSV(",")}, {"semicolons", CSV, true, false, asCSV(";")}, {"tabs", TSV, true, false, asCSV("\t")}, {"bars", CSV, true, false, asCSV("|")}, {"dictionaries", TSV, false, false, asEdgeDicts},
		{"node-link", JSON, true, true, asJSON(`{"directed": %v, "nodes": [%s], "links": [%s]}`, "")}, {"edges", JSON, true, true, asJSON(`{"directed": %v, "nodes": [%s], "edges": [%s]}`, "data")},
		{"graphology", JSON, true, true, asJSON(`{"directed": %v, "nodes": [%s], "edges": [%s]}`, "attributes")}, {"JSON Graph Format", JSON, true, true, asJSON(`{"graph": {"directed": %v, "nodes": [%s], "edges": [%s]}}`, "metadata")},
		{"Cytoscape", JSON, false, true, asCytoscape},
	}
}

var twoNodes = []item{{from: "a"}, {from: "b"}}

// TestAttributesOfEdges: an attribute means the same in every kind of file.
func TestAttributesOfEdges(t *testing.T) {
	for _, c := range []struct {
		attrs []string
		want  string // of the edge from a to b
		note  string
	}{
		{nil, "a>b", ""},
		{[]string{"weight", "2.5"}, "a>b *2.5", ""},
		{[]string{"Weight", "-3"}, "a>b *-3", ""},
		{[]string{"WEIGHTS", "1e-3"}, "a>b *0.001", ""},
		{[]string{"weight", "0"}, "a>b *0", ""},
		{[]string{"weight", "3.4028234663852886e38"}, "a>b *3.4028235e+38", ""},
		{[]string{"weight", " 7 "}, "a>b *7", ""},
		{[]string{"delay", "70000"}, "a>b 70000us", ""},
		{[]string{"Delays", "100"}, "a>b 100us", ""},
		{[]string{"delay_us", "1.5"}, "a>b 2us", ""},
		{[]string{"delay_ms", "1.5"}, "a>b 1500us", ""},
		{[]string{"delay_s", "0.25"}, "a>b 250000us", ""},
		{[]string{"port", "r"}, "a>b r", ""},
		{[]string{"port", "c"}, "a>b", ""},
		{[]string{"port", "L"}, "a>b l", ""},
		{[]string{"Port", "receptive"}, "a>b r", ""},
		{[]string{"port", "Contextual"}, "a>b", ""},
		{[]string{"PORT", "LATERAL"}, "a>b l", ""},
		{[]string{"port", "80"}, "a>b", unusedEdges + "port" + takesOne},
		{[]string{"projection", "p"}, "a>b :p", ""},
		{[]string{"Projection", "p q"}, "a>b :p q", ""},
		{[]string{"colour", "red"}, "a>b", unusedEdges + "colour" + takesOne},
		{[]string{"colour", "red", "weight", "2", "size", "3"}, "a>b *2", unusedEdges + "colour, size" + takesOne},
		{[]string{"weight", "2", "delay_ms", "3", "port", "l", "projection", "p"}, "a>b *2 3000us l :p", ""},
		{[]string{"port", "r", "projection", "p"}, "a>b r :p", ""},
	} {
		for _, d := range dialects() {
			text := d.file(true, twoNodes, []item{{from: "a", to: "b", attrs: c.attrs}})
			meansWith(t, d.format, Options{}, meaning{text, "net[a b] | " + c.want, c.note})
		}
	}
}

// TestAttributesOfNodes: an attribute of a node means the same in every kind of
// file, except that labels are names where ids are technical.
func TestAttributesOfNodes(t *testing.T) {
	for _, c := range []struct {
		attrs []string
		want  string // both nodes and the edge from a to b; a has the attributes
		note  string
	}{
		{nil, "net[a b] | a>b", ""},
		{[]string{"population", "p"}, "p[a] net[b] | a>b", ""},
		{[]string{"POPULATION", "p q"}, "p q[a] net[b] | a>b", ""},
		{[]string{"population", "12"}, "net[a b] | a>b", unusedNodes + "population"},
		{[]string{"kind", "channel"}, "net[b] (inputs[a]) | a>b", ""},
		{[]string{"Kind", "neuron"}, "net[a b] | a>b", ""},
		{[]string{"kind", "dog"}, "net[a b] | a>b", unusedNodes + "kind"},
		{[]string{"population", "p", "x", "1", "y", "-2.5", "z", "1e3"}, "p[a@1,-2.5,1000] net[b] | a>b", ""},
		{[]string{"population", "p", "X", "1"}, "p[a@1,0,0] net[b] | a>b", ""},
		{[]string{"x", "1"}, "net[a b] | a>b", ""}, // b has none
		{[]string{"population", "p", "x", "east"}, "p[a] net[b] | a>b", unusedNodes + "x that is no number"},
		{[]string{"colour", "red"}, "net[a b] | a>b", unusedNodes + "colour"},
		{[]string{"name", "A"}, `net[a "A" b] | a>b`, ""},
		{[]string{"label", "A"}, `net[a "A" b] | a>b`, ""},
		{[]string{"label", "a"}, "net[a b] | a>b", ""},
		{[]string{"kind", "channel", "population", "in"}, "net[b] (in[a]) | a>b", ""},
	} {
		for _, d := range dialects() {
			if !d.nodeAttrs {
				continue
			}
			want := c.want
			if d.name == "GML" {
				want = strings.ReplaceAll(want, `a "A"`, "A")
				want = pick(strings.HasPrefix(want, "net[A"), "net[A b] | A>b", want)
			}
			text := d.file(true, []item{{from: "a", attrs: c.attrs}, {from: "b"}}, []item{{from: "a", to: "b"}})
			meansWith(t, d.format, Options{}, meaning{text, want, c.note})
		}
	}
}

// TestWaysOfEdges: directed and undirected graphs, with edges that state the
// same direction, the other, or none; edges of a node with itself, and several
// edges between one pair.
func TestWaysOfEdges(t *testing.T) {
	ab, ba, aa := item{from: "a", to: "b"}, item{from: "b", to: "a"}, item{from: "a", to: "a"}
	one, both := item{from: "a", to: "b", way: "true"}, item{from: "a", to: "b", way: "false"}
	for _, c := range []struct {
		directed bool
		edges    []item
		want     string
	}{
		{true, []item{ab}, "a>b"},
		{false, []item{ab}, "b>a, a>b | undirected"},
		{true, []item{ab, ab}, "a>b, a>b"},
		{false, []item{ab, ab}, "b>a, b>a, a>b, a>b | undirected"},
		{true, []item{ab, ba}, "b>a, a>b"},
		{true, []item{aa}, "a>a"},
		{false, []item{aa}, "a>a | undirected"},
		{false, []item{aa, ab}, "a>a, b>a, a>b | undirected"},
		{true, []item{both}, "b>a, a>b | undirected"},
		{false, []item{one}, "a>b"},
		{true, []item{both, aa}, "a>a, b>a, a>b"},
		{true, []item{ab, both}, "b>a, a>b, a>b"},
		{false, []item{ab, one}, "b>a, a>b, a>b"},
		{false, []item{one, both}, "b>a, a>b, a>b"},
	} {
		ways := slices.ContainsFunc(c.edges, func(e item) bool { return e.way != "" })
		for _, d := range dialects() {
			if ways && !d.ways {
				continue
			}
			meansWith(t, d.format, Options{}, meaning{d.file(c.directed, twoNodes, c.edges), "net[a b] | " + c.want, ""})
		}
	}
}

// TestForcedUndirected: with the option every edge becomes two synapses,
// whatever its direction says.
func TestForcedUndirected(t *testing.T) {
	for _, directed := range []bool{true, false} {
		for _, way := range []string{"", "true", "false"} {
			for _, d := range dialects() {
				if way != "" && !d.ways {
					continue
				}
				text := d.file(directed, twoNodes, []item{{from: "a", to: "b", way: way, attrs: []string{"weight", "3"}}})
				meansWith(t, d.format, Options{Undirected: true}, meaning{text, "net[a b] | b>a *3, a>b *3 | undirected", ""})
			}
		}
	}
}

// TestOtherNames: the options set the attribute names of weights and delays for
// every kind of file.
func TestOtherNames(t *testing.T) {
	for _, d := range dialects() {
		text := d.file(true, twoNodes, []item{{from: "a", to: "b", attrs: []string{"syn", "4", "weight", "9", "lag", "0.5", "delay", "1"}}})
		_, notes, err := ReadWith(strings.NewReader(text), d.format, Options{Weight: "syn", Delay: "lag", DelayUnit: 1000})
		if err != nil || len(notes) != 1 || !strings.HasPrefix(notes[0], unusedEdges) || !strings.Contains(notes[0], "weight") || !strings.Contains(notes[0], "delay") {
			t.Errorf("%s: %q, %v", d.name, notes, err)
			continue
		}
		meansWith(t, d.format, Options{Weight: "syn", Delay: "lag", DelayUnit: 1000}, meaning{text, "net[a b] | a>b *4 500us", notes[0]})
	}
}

// TestNumbersThatAreNone: every kind of file refuses a weight or delay that is
// not a finite number, with the same error.
func TestNumbersThatAreNone(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"weight", "heavy", `weight "heavy", expected a finite number`}, {"weight", "NaN", `weight "NaN", expected a finite number`},
		{"weight", "-Inf", `weight "-Inf", expected a finite number`}, {"weight", "1e39", `weight "1e39", expected a finite number`},
		{"delay", "0", `delay "0", expected 1 to 2147483647 microseconds`}, {"delay", "-5", `delay "-5", expected 1 to 2147483647 microseconds`},
		{"delay", "2147483648", `delay "2147483648", expected 1 to 2147483647 microseconds`}, {"delay_ms", "1e39", `delay "1e39", expected a finite number`},
		{"delay", "2.5", `delay "2.5", expected whole microseconds; if the file means milliseconds, --delay-unit ms (delay_unit: ms)`},
		{"delay_ms", "0.0001", `delay "0.0001", expected 1 to 2147483647 microseconds`}, {"delay_s", "soon", `delay "soon", expected a finite number`},
	} {
		for _, d := range dialects() {
			_, err := Read(strings.NewReader(d.file(true, twoNodes, []item{{from: "a", to: "b", attrs: []string{c.name, c.value}}})), d.format, Limits{})
			if err == nil || !strings.HasSuffix(err.Error(), ": "+c.want) {
				t.Errorf("%s, %s %s: %v, want %s", d.name, c.name, c.value, err, c.want)
			}
		}
	}
}
