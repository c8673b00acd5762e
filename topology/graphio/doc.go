// Package graphio reads and writes networks in the formats of other graph
// programs: GraphML, GEXF, DOT, edge lists, Matrix Market, dense .npy matrices
// and node-link JSON.
//
// Readers take nothing on trust: what they read is limited ([Limits]), numbers
// must be finite, every end of an edge must exist, and an error names the line.
// XML entities are never expanded.
//
// A node has the attributes population, kind ("neuron" or "channel"), x, y, z
// and label; an edge has weight, delay (whole microseconds), port (r, c or l)
// and projection. All are optional when reading: a plain graph of another
// program becomes one population "net" with weights 1, delays of 1 ms and the
// contextual port. Nodes whose names are the numbers 0 … n−1 keep them as ids.
package graphio
