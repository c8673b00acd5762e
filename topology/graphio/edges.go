package graphio

import (
	"iter"

	"infomorph/neuron"
)

// edge is one edge of a file; its ends are indices into nodes.
type edge struct {
	source, target int32
	weight         float32
	delay          int32
	projection     int16 // −1: the file names none
	port           neuron.Port
	direction      direction
	line           int32
}

// direction is the direction of an edge.
type direction uint8

const (
	asGraph  direction = iota // the default of the graph
	directed                  // one synapse
	bothWays                  // two synapses
)

// newEdge returns an edge with the default values of a plain graph.
func newEdge(line int) edge {
	return edge{weight: 1, delay: 1000, projection: -1, port: neuron.Contextual, line: int32(line)}
}

// edges is a long list of edges, in blocks: to make it longer never copies more than one
// block.
type edges struct{ blocks [][]edge }

// blockEdges is the number of edges in a block, except the last one.
const blockEdges = 1 << 14

func (l *edges) len() int {
	if len(l.blocks) == 0 {
		return 0
	}
	return (len(l.blocks)-1)*blockEdges + len(l.blocks[len(l.blocks)-1])
}

func (l *edges) at(i int) *edge { return &l.blocks[i/blockEdges][i%blockEdges] }

func (l *edges) add(e edge) {
	if n := len(l.blocks); n == 0 || len(l.blocks[n-1]) == blockEdges {
		var block []edge
		if n > 0 {
			block = make([]edge, 0, blockEdges)
		}
		l.blocks = append(l.blocks, block)
	}
	last := &l.blocks[len(l.blocks)-1]
	*last = append(*last, e)
}

// all goes through the edges in their order. They can be changed.
func (l *edges) all() iter.Seq[*edge] {
	return func(yield func(*edge) bool) {
		for _, block := range l.blocks {
			for i := range block {
				if !yield(&block[i]) {
					return
				}
			}
		}
	}
}
