package graphio

import (
	"bufio"
	"math"
	"slices"
	"strconv"

	"infomorph/neuron"
	"infomorph/topology"
)

// attr is an attribute of a node or an edge to be written.
type attr struct {
	name, value string
	number      bool
}

func number(name string, v float64) attr {
	return attr{name, strconv.FormatFloat(v, 'g', -1, 64), true}
}

func float32Text(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }

// writeInt and writeFloat32 do not allocate.
func writeInt[T ~int | ~int32](w *bufio.Writer, v T) {
	w.Write(strconv.AppendInt(w.AvailableBuffer(), int64(v), 10))
}

func writeFloat32(w *bufio.Writer, v float32) {
	w.Write(strconv.AppendFloat(w.AvailableBuffer(), float64(v), 'g', -1, 32))
}

// total returns the number of nodes: neurons and channels.
func total(g *topology.Graph) int { return g.NumNeurons() + g.NumChannels() }

// nodeAttrs returns the attributes of a node.
func nodeAttrs(g *topology.Graph, id neuron.ID, dst []attr) []attr {
	group, _ := g.Member(id)
	kind := "neuron"
	if int(id) >= g.NumNeurons() {
		kind = "channel"
	}
	dst = append(dst[:0], attr{name: "population", value: group.Name}, attr{name: "kind", value: kind})
	if p, ok := g.Position(id); ok {
		dst = append(dst, number("x", p[0]), number("y", p[1]), number("z", p[2]))
	}
	return dst
}

// edgeAttrs returns the attributes of a synapse.
func edgeAttrs(g *topology.Graph, s *topology.Synapse, dst []attr) []attr {
	dst = append(dst[:0],
		attr{"weight", float32Text(s.Weight), true},
		attr{"delay", strconv.Itoa(int(s.Delay)), true},
		attr{"port", s.Port.String(), false})
	if name := linkName(g, s); name != "" {
		dst = append(dst, attr{"projection", name, false})
	}
	return dst
}

func linkName(g *topology.Graph, s *topology.Synapse) string {
	if int(s.Projection) < len(g.Projections) {
		return g.Projections[s.Projection].Name
	}
	return ""
}

// eachSynapse calls f for every synapse in order. For an undirected graph it
// calls f once per edge.
func eachSynapse(g *topology.Graph, undirected bool, f func(*topology.Synapse) error) error {
	for t := range neuron.ID(g.NumNeurons()) {
		in := g.Incoming(t)
		for i, source := range in.Source {
			if undirected && source > t {
				continue
			}
			s := topology.Synapse{Source: source, Target: t, Weight: in.Weight[i], Delay: in.Delay[i], Projection: in.Projection[i], Port: in.Port[i]}
			if err := f(&s); err != nil {
				return err
			}
		}
	}
	return nil
}

// asUndirected reports whether g can be written with undirected edges: it was
// read from such a file, and every synapse still has an equal one in the other
// direction.
func asUndirected(g *topology.Graph) bool {
	if !g.Undirected || g.NumChannels() > 0 {
		return false
	}
	back := topology.Synapse{}
	return eachSynapse(g, false, func(s *topology.Synapse) error {
		in := g.Incoming(s.Source)
		for i, source := range in.Source {
			back = topology.Synapse{Source: s.Source, Target: source, Weight: in.Weight[i], Delay: in.Delay[i], Projection: in.Projection[i], Port: in.Port[i]}
			if back == (topology.Synapse{Source: s.Source, Target: s.Target, Weight: s.Weight, Delay: s.Delay, Projection: s.Projection, Port: s.Port}) {
				return nil
			}
		}
		return fail(0, "no reverse")
	}) == nil
}

// Lossy lists which parts of g a file of format f cannot contain.
func Lossy(f Format, g *topology.Graph) []string {
	dense := f == NPY || f == NPZ || f == Matrix
	if !dense {
		return nil
	}
	var lost []string
	seen := make(map[string]bool)
	note := func(what string, is bool) {
		if is && !seen[what] {
			seen[what] = true
			lost = append(lost, what)
		}
	}
	note("labels", g.Labels != nil && f != Matrix || f == Matrix && g.Labels != nil && !slices.Equal(g.Labels, g.Names))
	note("names", g.Names != nil && f != Matrix)
	note("channels", g.NumChannels() > 0)
	note("populations", len(g.Populations) > 1)
	for i := range g.Populations {
		note("positions", g.Populations[i].Positions != nil)
	}
	_ = eachSynapse(g, false, func(s *topology.Synapse) error {
		note("delays", s.Delay != 1000)
		note("ports", s.Port != neuron.Contextual)
		note("synapses of weight 0", s.Weight == 0 || math.IsNaN(float64(s.Weight)))
		return nil
	})
	return lost
}
