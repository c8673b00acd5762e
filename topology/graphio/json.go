package graphio

import (
	"encoding/json"
	"errors"
	"infomorph/internal/words"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// jsonGraph reads a document: node-link (networkx, D3, sigma), adjacency
// (networkx), Cytoscape, JSON Graph Format, graphology, or a plain object of
// lists or of objects.
type jsonGraph struct {
	*collector
	*json.Decoder
	at         *lineIndex
	recognised bool
	said       bool       // the document says whether it is directed
	order      []string   // keys of the nodes, for adjacency and byPlace
	unnamed    int        // nodes without an id; their positions are used
	lists      []stranger // of adjacency; edges are made after all nodes are known
	strangers  []stranger
}

// stranger is an unknown key at the top level.
type stranger struct {
	key   string
	value any
	line  int
}

func readJSON(r io.Reader, c *collector) error {
	at := &lineIndex{r: r}
	d := json.NewDecoder(at)
	d.UseNumber()
	n := &jsonGraph{collector: c, Decoder: d, at: at}
	c.undirected = true
	err := n.document()
	var ours *Error
	if err != nil && !errors.As(err, &ours) {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fail(n.line(), "the file ends too early")
		}
		return fail(n.line(), "%s", words.Clip(err.Error(), maxQuoted))
	}
	return err
}

func (n *jsonGraph) line() int { return n.at.lineOf(n.InputOffset()) }

// open reads one delimiter.
func (n *jsonGraph) open(d json.Delim, what string) error {
	token, err := n.Token()
	if err != nil {
		return err
	}
	if token != d {
		return fail(n.line(), "%s: expected %v", what, d)
	}
	return nil
}

func (n *jsonGraph) document() error {
	token, err := n.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		err = n.members(0)
	case json.Delim('['):
		err = n.list()
	default:
		err = fail(n.line(), "no graph in it: the document is one value, expected an object or a list of edges")
	}
	if err != nil {
		return err
	}
	if _, err := n.Token(); !errors.Is(err, io.EOF) {
		return fail(n.line(), "more text after the document")
	}
	if !n.recognised {
		return n.mapping()
	}
	if err := n.adjacent(); err != nil {
		return err
	}
	n.byPlace()
	n.byName()
	if !n.said {
		n.remark(`nothing says "directed": taken as %s`, map[bool]string{true: "undirected", false: "directed"}[n.undirected])
	}
	return nil
}

// members reads the members of an object with a graph, and the end of the
// object.
func (n *jsonGraph) members(depth int) error {
	for n.More() {
		token, err := n.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if err := n.member(key, depth); err != nil {
			return err
		}
	}
	return n.open('}', "the document")
}

func (n *jsonGraph) member(key string, depth int) error {
	switch key {
	case "nodes":
		return n.nodeList()
	case "links", "edges":
		n.recognised = true
		return n.items(key, func(v any, line int) error { return n.edgeOf(v, line) })
	case "adjacency":
		n.recognised = true
		return n.adjacency()
	case "directed":
		var directed bool
		err := n.Decode(&directed)
		n.undirected, n.said = !directed, true
		return err
	case "options": // graphology
		return n.options()
	case "graphs":
		return n.one(depth)
	case "hyperedges":
		return n.hyperedges()
	case "elements", "graph":
		return n.inner(key, depth)
	}
	return n.stranger(key, depth)
}

// one reads a list of graphs (JSON Graph Format), which may contain only one.
func (n *jsonGraph) one(depth int) error {
	if err := n.open('[', "graphs"); err != nil {
		return err
	}
	if n.More() {
		if err := n.inner("graph", depth); err != nil {
			return err
		}
	}
	if n.More() {
		return fail(n.line(), "several graphs (JSON Graph Format): one graph per file is supported")
	}
	return n.open(']', "graphs")
}

// hyperedges returns an error for an edge between more than two nodes.
func (n *jsonGraph) hyperedges() error {
	line := n.line()
	return n.items("hyperedges", func(any, int) error {
		return fail(line, "hyperedges (JSON Graph Format) are not supported: write an edge for each source and target")
	})
}

// inner reads an object or a list that may contain the graph.
func (n *jsonGraph) inner(key string, depth int) error {
	token, err := n.Token()
	if err != nil {
		return err
	}
	switch {
	case token == json.Delim('{') && depth < 2:
		if !n.said && n.line() > 0 {
			n.undirected = false // the default of Cytoscape and JSON Graph Format
		}
		said, before := n.said, n.recognised
		if err := n.members(depth + 1); err != nil {
			return err
		}
		if !n.recognised && !before && !said && !n.said { // the attributes of a networkx graph
			n.undirected = true
		}
		return nil
	case token == json.Delim('[') && key == "elements":
		n.undirected = n.undirected && n.said
		n.recognised = true
		for n.More() {
			var v any
			if err := n.Decode(&v); err != nil {
				return err
			}
			if err := n.element(v); err != nil {
				return err
			}
		}
		return n.open(']', key)
	}
	return n.rest(token)
}

// rest skips the value that begins with token.
func (n *jsonGraph) rest(token json.Token) error {
	depth := 0
	for {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if token, err = n.Token(); err != nil {
			return err
		}
	}
}

// stranger keeps an unknown member, because the document may be a plain object
// of nodes.
func (n *jsonGraph) stranger(key string, depth int) error {
	if n.recognised || depth > 0 || len(key) > n.limits.Token {
		token, err := n.Token()
		if err != nil {
			return err
		}
		return n.rest(token)
	}
	line := n.line()
	var v any
	if err := n.Decode(&v); err != nil {
		return err
	}
	if len(n.strangers) >= n.limits.Nodes {
		return fail(line, "more than %d members", n.limits.Nodes)
	}
	n.strangers = append(n.strangers, stranger{key, v, line})
	return nil
}

// list reads a document that is a list: of edges, as pandas writes records, or
// of Cytoscape elements.
func (n *jsonGraph) list() error {
	n.recognised, n.undirected = true, false
	for n.More() {
		var v any
		if err := n.Decode(&v); err != nil {
			return err
		}
		object, _ := v.(map[string]any)
		if object == nil {
			return fail(n.line(), "a list of something else than objects; expected edges, each with \"source\" and \"target\"; a matrix or a list of pairs is read from .csv")
		}
		var err error
		if _, element := object["data"]; element {
			err = n.element(v)
		} else {
			n.implicit = true
			err = n.edgeOf(v, n.line())
		}
		if err != nil {
			return err
		}
	}
	return n.open(']', "the document")
}

// options reads the type of a graphology graph.
func (n *jsonGraph) options() error {
	var v any
	if err := n.Decode(&v); err != nil {
		return err
	}
	object, _ := v.(map[string]any)
	if kind, ok := object["type"].(string); ok {
		n.undirected, n.said = kind == "undirected", true
	}
	return nil
}

// items calls one for each item of a list.
func (n *jsonGraph) items(key string, one func(v any, line int) error) error {
	if err := n.open('[', key); err != nil {
		return err
	}
	for n.More() {
		var v any
		if err := n.Decode(&v); err != nil {
			return err
		}
		if err := one(v, n.line()); err != nil {
			return err
		}
	}
	return n.open(']', key)
}

// nodeList reads nodes as a list, or as an object with their keys.
func (n *jsonGraph) nodeList() error {
	n.recognised = true
	token, err := n.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		for n.More() {
			var v any
			if err := n.Decode(&v); err != nil {
				return err
			}
			if err := n.nodeOf(v, "", n.line()); err != nil {
				return err
			}
		}
		return n.open(']', "nodes")
	case json.Delim('{'):
		for n.More() {
			token, err := n.Token()
			if err != nil {
				return err
			}
			key, _ := token.(string)
			var v any
			if err := n.Decode(&v); err != nil {
				return err
			}
			if err := n.nodeOf(v, key, n.line()); err != nil {
				return err
			}
		}
		return n.open('}', "nodes")
	}
	return fail(n.line(), "nodes: expected a list or an object")
}

// text returns a string or a number as text.
func text(object map[string]any, key string) (string, bool) {
	return scalar(object[key])
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// unfold returns the attributes of a node or an edge and their sorted names. It
// includes the attributes in "data" (Cytoscape), "attributes" (graphology),
// "metadata" (JSON Graph Format) and "position".
func unfold(v any) (map[string]any, []string) {
	object, _ := v.(map[string]any)
	if object == nil {
		return nil, nil
	}
	for _, inner := range []string{"data", "attributes", "metadata", "position"} {
		more, ok := object[inner].(map[string]any)
		if !ok {
			continue
		}
		delete(object, inner)
		for _, k := range sortedNames(more) {
			if _, has := object[k]; !has {
				object[k] = more[k]
			}
		}
	}
	return object, sortedNames(object)
}

func (n *jsonGraph) nodeOf(v any, key string, line int) error {
	object, names := unfold(v)
	if object == nil && key == "" {
		if key, _ = scalar(v); key == "" {
			return fail(line, "a node that is neither an object nor a name")
		}
	}
	skip := ""
	for _, name := range []string{"id", "key"} {
		if k, ok := text(object, name); ok && key == "" {
			key, skip = k, name
		}
	}
	if key == "" { // D3 numbers nodes without an id
		name, ok := text(object, "name")
		if !ok && len(object) > 0 {
			return fail(line, `a node without "id" (a text or number)`)
		}
		key = strconv.Itoa(len(n.order))
		n.unnamed++
		if _, has := object["label"]; !has && ok {
			object["label"], skip = name, "name"
		}
	}
	node, err := n.declare(key, line)
	if err != nil {
		return err
	}
	n.order = append(n.order, node.key)
	for _, name := range names {
		if value, ok := text(object, name); ok && name != skip {
			n.setNode(node, name, value)
		} else if !ok {
			n.leave("node", name, "x")
		}
	}
	if label, ok := text(object, "label"); ok {
		node.label = strings.Clone(label)
	}
	return nil
}

// edgeOf reads an edge: an object, or a pair with an optional weight.
func (n *jsonGraph) edgeOf(v any, line int) error {
	if pair, ok := v.([]any); ok && (len(pair) == 2 || len(pair) == 3) {
		v = map[string]any{"source": pair[0], "target": pair[1]}
		if len(pair) == 3 {
			v.(map[string]any)["weight"] = pair[2]
		}
		n.implicit = n.implicit || len(n.nodes) == 0
	}
	object, names := unfold(v)
	from, to := "source", "target"
	if object[from] == nil || object[to] == nil { // other programs use from and to, pre and post, …
		if i, j, ok := pairOf(names); ok {
			from, to = names[i], names[j]
		}
	}
	source, ok1 := text(object, from)
	target, ok2 := text(object, to)
	if !ok1 || !ok2 {
		return fail(line, `a link without "source" and "target" (texts or numbers)`)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == from || name == to })
	return n.edge(object, names, [2]string{source, target}, line)
}

// edge adds an edge between two nodes, with the given attributes and their
// names.
func (n *jsonGraph) edge(object map[string]any, names []string, ends [2]string, line int) error {
	e, projection := newEdge(line), ""
	for _, name := range names {
		value, ok := text(object, name)
		role, _ := n.roleOf(name)
		switch {
		case name == "source" || name == "target" || name == "id" || name == "key" || object[name] == nil:
		case name == "directed" || name == "undirected":
			if value == "true" || value == "false" {
				e.direction = bothWays
				if (value == "true") == (name == "directed") {
					e.direction = directed
				}
			}
		case !ok && role != "":
			return fail(line, "%s is neither a text nor a number", name)
		case !ok:
			n.leave("edge", name, "x")
		default:
			if err := n.setEdge(&e, &projection, name, value); err != nil {
				return err
			}
		}
	}
	if err := n.link(&e, projection); err != nil {
		return err
	}
	return n.add(e, ends[0], ends[1])
}

// element reads an item of a mixed Cytoscape list.
func (n *jsonGraph) element(v any) error {
	object, _ := v.(map[string]any)
	data, _ := object["data"].(map[string]any)
	if data["source"] != nil {
		return n.edgeOf(v, n.line())
	}
	return n.nodeOf(v, "", n.line())
}

// byPlace handles links that refer to nodes by their positions although nodes
// have ids, as in some D3 files: all ends are numbers below the number of
// nodes, and none is an id.
func (n *jsonGraph) byPlace() {
	if n.edges.len() == 0 || len(n.order) == 0 || len(n.nodes) == len(n.order) {
		return
	}
	at := make([]int32, len(n.nodes)) // the node at that position, −1 if the key is no position
	for i := range n.nodes {
		place, err := strconv.Atoi(n.nodes[i].key)
		if at[i] = -1; !n.nodes[i].declared && err == nil && place >= 0 && place < len(n.order) {
			at[i] = n.index[n.order[place]]
		}
	}
	for e := range n.edges.all() {
		if at[e.source] < 0 || at[e.target] < 0 {
			return
		}
	}
	left := make([]int32, len(n.nodes)) // new index of a declared node
	kept := n.nodes[:0]
	for i := range n.nodes {
		if left[i] = int32(len(kept)); n.nodes[i].declared {
			kept = append(kept, n.nodes[i])
		}
	}
	for e := range n.edges.all() {
		e.source, e.target = left[at[e.source]], left[at[e.target]]
	}
	n.nodes = kept
	n.remark("links refer to nodes by their positions in the list, not by their ids")
}

// byName uses the names of nodes without ids as their keys if these are all
// different.
func (n *jsonGraph) byName() {
	if n.unnamed == 0 || n.unnamed != len(n.nodes) {
		return
	}
	seen := make(map[string]bool, len(n.nodes))
	for i := range n.nodes {
		name := n.nodes[i].label
		if name == "" || seen[name] {
			return
		}
		seen[name] = true
	}
	for i := range n.nodes {
		n.nodes[i].key = n.nodes[i].label
	}
}

// adjacency keeps the lists of targets of the nodes, in their order.
func (n *jsonGraph) adjacency() error {
	return n.items("adjacency", func(v any, line int) error {
		if len(n.lists) >= n.limits.Nodes {
			return fail(line, "more than %d nodes", n.limits.Nodes)
		}
		n.lists = append(n.lists, stranger{value: v, line: line})
		return nil
	})
}

// adjacent makes edges of the lists of adjacency. Both directions are listed,
// also in undirected graphs.
func (n *jsonGraph) adjacent() error {
	for i, l := range n.lists {
		list, ok := l.value.([]any)
		if !ok || len(n.lists) != len(n.order) {
			return fail(l.line, "adjacency: %d lists, expected one for each of the %d nodes", len(n.lists), len(n.order))
		}
		for _, v := range list {
			object, names := unfold(v)
			target, ok := text(object, "id")
			if !ok {
				return fail(l.line, `an adjacency without "id"`)
			}
			if err := n.edge(object, names, [2]string{n.order[i], target}, l.line); err != nil {
				return err
			}
			n.edges.at(n.edges.len() - 1).direction = directed
		}
	}
	return nil
}

// mapping reads {"a": ["b"], …} and {"a": {"b": {"weight": 1}}, …}.
func (n *jsonGraph) mapping() error {
	var found []string
	for _, s := range n.strangers {
		found = append(found, strconv.Quote(words.Clip(s.key, maxQuoted)))
	}
	nothing := func() error {
		if len(found) == 0 {
			return fail(0, "the document is empty: no graph in it")
		}
		return fail(0, "no graph in it: there is neither \"nodes\" nor \"links\" or \"edges\", only %s", words.Clip(strings.Join(found, ", "), maxQuoted))
	}
	if len(n.strangers) == 0 {
		return nothing()
	}
	n.undirected, n.implicit = false, true
	for _, s := range n.strangers {
		if _, err := n.declare(s.key, s.line); err != nil {
			return err
		}
	}
	for _, s := range n.strangers {
		switch v := s.value.(type) {
		case []any:
			for _, t := range v {
				target, ok := scalar(t)
				if !ok {
					return nothing()
				}
				if err := n.edge(nil, nil, [2]string{s.key, target}, s.line); err != nil {
					return err
				}
			}
		case map[string]any:
			if err := n.mapOf(s, v); err != nil {
				return err
			}
		default:
			return nothing()
		}
	}
	n.remark("read as an object of neurons and their targets")
	return nil
}

func (n *jsonGraph) mapOf(s stranger, v map[string]any) error {
	for _, target := range sortedNames(v) {
		object, names := unfold(v[target])
		if w, ok := v[target].(json.Number); ok {
			object, names = map[string]any{"weight": w}, []string{"weight"}
		} else if object == nil {
			return fail(s.line, "no graph in it: the member %q of %q is no object of attributes", words.Clip(target, maxQuoted), words.Clip(s.key, maxQuoted))
		}
		if err := n.edge(object, names, [2]string{s.key, target}, s.line); err != nil {
			return err
		}
	}
	return nil
}

func sortedNames(v map[string]any) []string { return slices.Sorted(maps.Keys(v)) }
