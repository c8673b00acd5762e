package network

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/topology"
)

// labels holds the names of neurons and channels.
type labels struct {
	names []string // by id; "" means no label; nil if there are no labels at all
	ids   map[string][]neuron.ID
	bare  map[string]bool // populations whose neurons have no labels
}

func (l *labels) of(id neuron.ID) string {
	if int(id) >= len(l.names) || id < 0 {
		return ""
	}
	return l.names[id]
}

// label names neurons and channels by the document, else by the graph file. It also names
// channels by the data that they receive.
func (b *builder) label() error {
	n := b.net
	n.labels = labels{ids: map[string][]neuron.ID{}, bare: map[string]bool{}}
	all := make([]string, n.Sim.NumNeurons()+n.Sim.NumChannels())
	some := false
	enter := func(g Group, own []string, section string) error {
		names := own
		if names == nil {
			names = b.fileLabels(g)
		}
		if names == nil {
			names = b.dataLabels(g)
		}
		if own != nil && len(own) != g.Size() {
			return config.FieldProblem(config.JoinPath(section, g.Name)+".labels", fmt.Sprintf("has %d labels for %d members", len(own), g.Size()), "name all or none")
		}
		n.labels.bare[g.Name] = names == nil
		some = some || names != nil
		copy(all[g.First:], names)
		return nil
	}
	n.Sim.Names = b.fileNames()
	var errs []error
	for _, g := range n.Populations {
		errs = append(errs, enter(g, b.exp.Populations.Get(g.Name).Labels, "populations"))
	}
	for _, g := range n.Inputs {
		errs = append(errs, enter(g, b.exp.Inputs.Get(g.Name).Labels, "inputs"))
	}
	if !some {
		return errors.Join(errs...)
	}
	n.labels.names = all
	for id := range neuron.ID(n.Sim.NumNeurons()) {
		if l := all[id]; l != "" {
			n.labels.ids[l] = append(n.labels.ids[l], id)
		}
	}
	n.Sim.Labels = make([]string, len(all))
	for id := range all {
		n.Sim.Labels[id] = n.Label(neuron.ID(id))
	}
	return errors.Join(errs...)
}

// fileNames returns the names of neurons and channels in graph files, and the numbers of
// those without a name there. It returns nil if there are no names, or if two are equal.
func (b *builder) fileNames() []string {
	all := make([]string, b.net.Sim.NumNeurons()+b.net.Sim.NumChannels())
	for id := range all {
		all[id] = strconv.Itoa(id)
	}
	some := false
	for _, groups := range [2][]Group{b.net.Populations, b.net.Inputs} {
		for _, g := range groups {
			if file, first := b.fileOf(g); file != nil && file.Names != nil {
				some = true
				copy(all[g.First:g.Last], file.Names[first:])
			}
		}
	}
	seen := make(map[string]bool, len(all))
	for _, name := range all {
		if some = some && !seen[name]; !some {
			return nil
		}
		seen[name] = true
	}
	return all
}

// fileLabels returns the names of a group in its graph file, nil if there are none but
// numbers.
func (b *builder) fileLabels(g Group) []string {
	file, first := b.fileOf(g)
	if file == nil {
		return nil
	}
	return names(file, first, first+neuron.ID(g.Size()))
}

// dataLabels returns the names of an input's channels in the data that it receives. It
// returns nil if there are no names, or if sets of data disagree. A population receives no
// data.
func (b *builder) dataLabels(g Group) []string {
	if b.data == nil {
		return nil
	}
	var names []string
	for _, set := range b.data.Sets() {
		if set.Into(g.Name) == nil {
			continue
		}
		own := set.Names(g.Name)
		if own == nil || names != nil && !slices.Equal(names, own) {
			return nil
		}
		names = own
	}
	if len(names) != g.Size() {
		return nil
	}
	return names
}

// fileOf returns the graph file that contains a group, and the number of the group's
// first member there. It returns nil if there is no such file.
func (b *builder) fileOf(g Group) (*topology.Graph, neuron.ID) {
	if b.graph != nil {
		if of, ok := b.graph.group(g.Name); ok {
			return b.graph.Graph, of.first
		}
	}
	return b.ruledGraph(g.Name), 0
}

// names returns the names that a file has for some of its neurons or channels: their
// labels if all are different, else the file's own names. It returns nil if these are the
// numbers 0, 1, ….
func names(g *topology.Graph, first, last neuron.ID) []string {
	for _, all := range [2][]string{g.Labels, g.Names} {
		if all == nil {
			continue
		}
		own, seen, numbers := all[first:last], map[string]bool{"": true}, true
		for i, l := range own {
			if seen[l] {
				own = nil
				break
			}
			seen[l] = true
			numbers = numbers && l == strconv.Itoa(int(first)+i)
		}
		if own != nil && !numbers {
			return own
		}
	}
	return nil
}

// Select returns the neurons in a list, sorted. The list is "all", or names with commas
// between them. A name is one of these:
//
//   - a population
//   - a population with a label or number of one of its neurons (V1:AVAL, V1:#3)
//   - a label
//   - a number or range of numbers in the whole network (#3, #0-#9)
//
// If no neuron has a label, the # can be left out. If there are labels, a name without #
// is a label, even if it looks like a number. A name that contains a comma must be in
// quotes. The error is from config.FieldError, with an empty path.
func (n *Network) Select(list string) ([]neuron.ID, error) {
	return n.selectIn(Group{Last: neuron.ID(n.Sim.NumNeurons())}, list)
}

// SelectIn is Select among the neurons of one population. Numbers count from its first
// neuron.
func (n *Network) SelectIn(population, list string) ([]neuron.ID, error) {
	g, ok := n.Population(population)
	if !ok {
		return nil, n.unknown(population)
	}
	return n.selectIn(g, list)
}

// selectIn returns the neurons of scope that are in a list. The scope is a population, or
// the whole network if its name is empty.
func (n *Network) selectIn(scope Group, list string) ([]neuron.ID, error) {
	var ids []neuron.ID
	for _, entry := range splitList(list) {
		found, err := n.entry(scope, entry)
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// splitList splits a list at its commas, except those in quotes.
func splitList(list string) []string {
	var parts []string
	quoted, from := false, 0
	for i, r := range list {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			parts, from = append(parts, list[from:i]), i+1
		}
	}
	parts = append(parts, list[from:])
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
		if q, err := strconv.Unquote(parts[i]); err == nil && strings.HasPrefix(parts[i], `"`) {
			parts[i] = q
		}
	}
	return parts
}

// entry returns the neurons of one entry of a list.
func (n *Network) entry(scope Group, entry string) ([]neuron.ID, error) {
	if entry == "all" {
		return span(scope.First, scope.Last), nil
	}
	if g, ok := n.Population(entry); ok && (scope.Name == "" || g == scope) {
		return span(g.First, g.Last), nil
	}
	if ids, err := n.labelled(scope, entry); ids != nil || err != nil {
		return ids, err
	}
	if ids, ok, err := n.numbered(scope, entry); ok {
		return ids, err
	}
	if population, rest, ok := strings.Cut(entry, ":"); ok {
		g, there := n.Population(population)
		switch {
		case !there && scope.Name == "":
			return nil, n.unknown(population)
		case there && (scope.Name == "" || scope == g):
			return n.entry(g, rest)
		}
	}
	return nil, n.nobody(scope, entry)
}

// labelled returns the neuron with a label, nil if there is none. It returns an error if
// several neurons in scope have the label.
func (n *Network) labelled(scope Group, label string) ([]neuron.ID, error) {
	var within []neuron.ID
	for _, id := range n.labels.ids[label] {
		if scope.Holds(id) {
			within = append(within, id)
		}
	}
	if len(within) < 2 {
		return within, nil
	}
	var of []string
	for _, id := range within {
		g, i := n.Of(id)
		of = append(of, fmt.Sprintf("%s:#%d", g.Name, i))
	}
	return nil, config.FieldProblem("", fmt.Sprintf("names %q, which is the name of several neurons", label), "say which: "+config.Abridge(of, 8))
}

var numberForm = regexp.MustCompile(`^(#?)([0-9]{1,9})(?:-(#?)([0-9]{1,9}))?$`)

// numbered returns the neurons of a number or range. It returns ok = false if the entry
// is neither.
func (n *Network) numbered(scope Group, entry string) (ids []neuron.ID, ok bool, err error) {
	m := numberForm.FindStringSubmatch(entry)
	if m == nil || m[1] == "" && m[3] != "" || m[1] == "" && n.hasLabels(scope) {
		return nil, false, nil
	}
	lo, _ := strconv.Atoi(m[2]) // has at most nine digits
	hi := lo
	if m[4] != "" {
		hi, _ = strconv.Atoi(m[4])
	}
	switch {
	case hi < lo:
		return nil, true, config.FieldError("", entry, "the smaller number first", "")
	case hi >= scope.Size():
		return nil, true, config.FieldError("", entry, fmt.Sprintf("numbers from 0 to %d", scope.Size()-1), n.scopeHint(scope))
	}
	return span(scope.First+neuron.ID(lo), scope.First+neuron.ID(hi)+1), true, nil
}

func (n *Network) scopeHint(scope Group) string {
	if scope.Name != "" {
		return "numbers count within " + scope.Name
	}
	return ""
}

// hasLabels reports whether any neuron of a scope has a label.
func (n *Network) hasLabels(scope Group) bool {
	for _, g := range n.Populations {
		if !n.labels.bare[g.Name] && (scope.Name == "" || scope == g) {
			return true
		}
	}
	return false
}

func span(first, last neuron.ID) []neuron.ID {
	ids := make([]neuron.ID, 0, last-first)
	for id := first; id < last; id++ {
		ids = append(ids, id)
	}
	return ids
}

// unknown is the error for a population that does not exist.
func (n *Network) unknown(name string) error {
	var names []string
	for _, g := range n.Populations {
		names = append(names, g.Name)
	}
	hint := "there are " + config.Abridge(names, 8)
	if like := config.Closest(name, names); like != "" {
		hint = fmt.Sprintf("did you mean %s?", like)
	}
	return config.FieldError("", name, "a population", hint)
}

// nobody is the error for an entry that matches no neuron.
func (n *Network) nobody(scope Group, entry string) error {
	var names []string
	for _, g := range n.Populations {
		if scope.Name == "" || g == scope {
			names = append(names, g.Name)
		}
	}
	expected := "all, or a list of populations, labels and numbers such as #0-#9"
	if !n.hasLabels(scope) {
		expected = "all, or a list of populations and numbers such as 0-9,20"
	}
	for id := scope.First; id < scope.Last && len(names) < 10_000; id++ {
		if l := n.labels.of(id); l != "" {
			names = append(names, l)
		}
	}
	hint := ""
	switch like := config.Closest(entry, names); {
	case numberForm.MatchString(entry):
		hint = "no neuron has this label; numbers are written #" + strings.ReplaceAll(entry, "-", "-#")
	case like != "":
		hint = fmt.Sprintf("did you mean %s?", like)
	}
	return config.FieldError("", entry, expected, hint)
}
