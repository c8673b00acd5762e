package graphio

import (
	"slices"
	"strconv"
	"strings"
)

// ends are pairs of words by which programs call the two ends of an edge.
var ends = [][2]string{
	{"source", "target"}, {"from", "to"}, {"pre", "post"}, {"presynaptic", "postsynaptic"}, {"src", "dst"}, {"src", "tgt"}, {"src", "dest"},
	{"source", "destination"}, {"source", "dest"}, {"source", "sink"}, {"sender", "receiver"}, {"start", "end"}, {"tail", "head"}, {"upstream", "downstream"}, {"parent", "child"},
	{"efferent", "afferent"}, {"1", "2"}, {"a", "b"}, {"i", "j"}, {"u", "v"}, {"row", "col"}, {"row", "column"},
}

// findColumns finds source and target in the first line; false if it is an
// edge itself.
func (l *edgeList) findColumns(names []string) (bool, error) {
	o := l.opts
	asked := false // for columns by name, so that these are names
	for _, n := range []string{o.Source, o.Target, o.Weight, o.Delay} {
		if asked = asked || n != ""; n != "" && !slices.Contains(names, n) {
			return false, fail(l.Number, "there is no column %q; there are %s", n, clip(strings.Join(names, ", ")))
		}
	}
	s, t, ok := pairOf(names)
	if o.Source != "" {
		s, ok = slices.Index(names, o.Source), ok || o.Target != ""
	}
	if o.Target != "" {
		t, ok = slices.Index(names, o.Target), ok || o.Source != ""
	}
	if ok {
		if s == t {
			return false, fail(l.Number, "source and target are one column, %q", clip(names[s]))
		}
		l.source, l.target = s, t
		return true, nil
	}
	if asked || l.namesAnyway(names) {
		return false, fail(l.Number, "the first line names the columns %s, none of which is known as source and target: say --source NAME --target NAME", clip(strings.Join(names, ", ")))
	}
	return false, nil
}

// pairOf finds the columns of source and target: two names that differ as one
// of the pairs of ends does. Columns of ids go before others (pre_pt_position).
func pairOf(names []string) (source, target int, ok bool) {
	plain := make([]string, len(names))
	for i, n := range names {
		if plain[i] = plainName(n); plain[i] == "" {
			plain[i] = "\x00"
		}
	}
	best := -1
	for _, pair := range ends {
		for i, a := range plain {
			j := partner(plain, a, pair)
			if j < 0 || i == j {
				continue
			}
			score := 1
			switch {
			case a == pair[0] && len(a) > 1:
				score = 4
			case a == pair[0]:
				score = 2
			case slices.ContainsFunc([]string{"id", "name", "neuron", "cell", "node", "body", "label"}, func(w string) bool { return strings.Contains(a, w) }):
				score = 3
			}
			if score > best {
				source, target, best = i, j, score
			}
		}
	}
	// Two letters, or row and column, are names of nodes as likely as not.
	return source, target, best > 0
}

// partner returns the place of the name that a becomes by the pair, or −1.
func partner(plain []string, a string, pair [2]string) int {
	if len(pair[0]) == 1 && pair[0] != "1" { // a whole name, not a letter in one
		if a != pair[0] || pair[0] == "a" {
			return -1
		}
		return slices.Index(plain, pair[1])
	}
	if at := strings.Index(a, pair[0]); at >= 0 && (pair[0] != "1" || at > 0 && at == len(a)-1) {
		return slices.Index(plain, a[:at]+pair[1]+a[at+len(pair[0]):])
	}
	return -1
}

// namesAnyway tells whether a line without known names is a header all the
// same: words above numbers, or a list of nodes.
func (l *edgeList) namesAnyway(names []string) bool {
	number := func(s string) bool {
		if l.comma {
			s = strings.Replace(s, ",", ".", 1)
		}
		_, err := strconv.ParseFloat(s, 64)
		return err == nil
	}
	if slices.ContainsFunc(names, number) {
		return false
	}
	plain := make([]string, len(names))
	for i, n := range names {
		plain[i] = plainName(n)
	}
	if slices.Contains(plain, "id") && (slices.Contains(plain, "label") || len(plain) > 2) { // a list of nodes
		return true
	}
	next, ok := l.Peek(0)
	if !ok {
		return false
	}
	words, numbers := 0, 0
	for _, f := range textFields(next, l.sep) {
		if number(f) {
			numbers++
		} else {
			words++
		}
	}
	return numbers > 0 && (words == 0 || len(names) > 2)
}
