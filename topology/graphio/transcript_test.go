package graphio

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// describe writes everything in a graph on one line: its groups with the name
// of each node, and its label in quotes and its position if there are any; its
// synapses with those values of weight, delay, port and projection that differ
// from a plain graph; and whether it is undirected.
//
//	net[a "A" b@1,2,0] (in[x]) | a>b *2.5 7us r :p | undirected
func describe(g *topology.Graph) string {
	var groups []string
	id := neuron.ID(0)
	for k, list := range [2][]topology.Population{g.Populations, g.Channels} {
		for i := range list {
			text := list[i].Name + "[" + strings.Join(members(g, &list[i], id), " ") + "]"
			if k == 1 {
				text = "(" + text + ")"
			}
			groups = append(groups, text)
			id += neuron.ID(list[i].Size)
		}
	}
	var synapses []string
	for _, s := range g.Synapses() {
		synapses = append(synapses, describeSynapse(g, &s))
	}
	out := strings.Join(groups, " ") + " | " + strings.Join(synapses, ", ")
	if g.Undirected {
		out += " | undirected"
	}
	return out
}

func members(g *topology.Graph, p *topology.Population, first neuron.ID) (out []string) {
	for i := range p.Size {
		id := first + neuron.ID(i)
		text := g.Name(id)
		if g.Labels != nil && g.Label(id) != text {
			text += fmt.Sprintf(" %q", g.Label(id))
		}
		if at, ok := g.Position(id); ok {
			text += fmt.Sprintf("@%v,%v,%v", at[0], at[1], at[2])
		}
		out = append(out, text)
	}
	return out
}

func describeSynapse(g *topology.Graph, s *topology.Synapse) string {
	text := g.Name(s.Source) + ">" + g.Name(s.Target)
	if s.Weight != 1 {
		text += fmt.Sprintf(" *%v", s.Weight)
	}
	if s.Delay != 1000 {
		text += fmt.Sprintf(" %dus", s.Delay)
	}
	if s.Port != neuron.Contextual {
		text += " " + s.Port.String()
	}
	if name := linkName(g, s); name != "" {
		text += " :" + name
	}
	return text
}

// meaning is a file with its graph, as written by describe, and the notes to
// the user, separated by semicolons.
type meaning struct{ text, want, notes string }

// means compares files of one format with their meanings.
func means(t *testing.T, f Format, list ...meaning) {
	t.Helper()
	for _, c := range list {
		meansWith(t, f, Options{}, c)
	}
}

func meansWith(t *testing.T, f Format, o Options, c meaning) {
	t.Helper()
	g, notes, err := ReadWith(strings.NewReader(c.text), f, o)
	if err != nil {
		t.Errorf("%s %.200q: %v", f, c.text, err)
		return
	}
	if got := describe(g); got != c.want {
		t.Errorf("%s %.200q:\n got %s\nwant %s", f, c.text, got, c.want)
	}
	if got := strings.Join(notes, "; "); got != c.notes {
		t.Errorf("%s %.200q:\n told %q\n want %q", f, c.text, got, c.notes)
	}
}

// refusal is a file with its complete error message.
type refusal struct{ text, want string }

// refuses compares files of one format with the errors they must give.
func refuses(t *testing.T, f Format, list ...refusal) {
	t.Helper()
	for _, c := range list {
		refusesWith(t, f, Options{}, c)
	}
}

func refusesWith(t *testing.T, f Format, o Options, c refusal) {
	t.Helper()
	_, _, err := ReadWith(strings.NewReader(c.text), f, o)
	var ours *Error
	switch {
	case err == nil:
		t.Errorf("%s %.200q: no error, want %q", f, c.text, c.want)
	case !errors.As(err, &ours):
		t.Errorf("%s %.200q: %v is not an *Error", f, c.text, err)
	case err.Error() != c.want:
		t.Errorf("%s %.200q:\n got %q\nwant %q", f, c.text, err, c.want)
	}
}
