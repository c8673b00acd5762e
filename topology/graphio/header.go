package graphio

import (
	"infomorph/internal/words"
	"slices"
	"strconv"
	"strings"
)

// ends are the names that programs use for the two ends of an edge.
var ends = [][2]string{
	{"source", "target"}, {"from", "to"}, {"pre", "post"}, {"presynaptic", "postsynaptic"}, {"src", "dst"}, {"src", "tgt"}, {"src", "dest"},
	{"source", "destination"}, {"source", "dest"}, {"source", "sink"}, {"sender", "receiver"}, {"start", "end"}, {"tail", "head"}, {"upstream", "downstream"}, {"parent", "child"},
	{"efferent", "afferent"}, {"1", "2"}, {"a", "b"}, {"i", "j"}, {"u", "v"}, {"row", "col"}, {"row", "column"},
}

// findColumns finds the columns of source and target in the first line; false
// if that line is an edge itself.
func (l *edgeList) findColumns(names []string) (bool, error) {
	o := l.opts
	asked := false // options name a column, so this line must be a header
	for _, n := range []string{o.Source, o.Target, o.Weight, o.Delay} {
		if asked = asked || n != ""; n != "" && !slices.Contains(names, n) {
			return false, fail(l.Number, "there is no column %q; there are %s", n, words.Clip(strings.Join(names, ", "), maxQuoted))
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
			return false, fail(l.Number, "source and target are one column, %q", words.Clip(names[s], maxQuoted))
		}
		l.source, l.target = s, t
		return true, nil
	}
	if asked || l.namesAnyway(names) {
		return false, fail(l.Number, "the first line names the columns %s, none of which is known as source and target: say --source NAME --target NAME", words.Clip(strings.Join(names, ", "), maxQuoted))
	}
	return false, nil
}

// pairOf finds the columns of source and target: two names that differ like one
// of the pairs in ends. Columns of ids are preferred to others (such as
// pre_pt_position).
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
	// Single letters, or row and column, may also be names of nodes, but they
	// count too.
	return source, target, best > 0
}

// partner returns the index of the other name of the pair that a belongs to, or
// −1.
func partner(plain []string, a string, pair [2]string) int {
	if len(pair[0]) == 1 && pair[0] != "1" { // must be the whole name, not a letter in it
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

// namesAnyway reports whether a line without known names is still a header:
// words above numbers, or a list of nodes.
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
