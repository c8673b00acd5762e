// Package graphio reads and writes networks in the formats of other graph
// programs: GraphML, GEXF, GML, Pajek, DOT, edge lists, matrices as text,
// Matrix Market, .npy and .npz, and the dialects of JSON; adjacency lists are
// read. Files may be packed (gzip, zstd, bzip2).
//
// Readers take nothing on trust: what they read is limited ([Limits]), numbers
// must be finite, every end of an edge must exist, and an error names the line.
// XML entities are never expanded. A file in which no graph is recognised is an
// error that says what it holds; what is left alone or guessed is told in the
// notes of [ReadWith].
//
// A node has the attributes population, kind ("neuron" or "channel"), x, y, z
// and label; an edge has weight, delay (whole microseconds, or with a unit),
// port (r, c or l) and projection. All are optional when reading: a plain graph
// of another program becomes one population "net" with weights 1, delays of
// 1 ms and the contextual port. Attributes of other programs that bear the same
// name (a port 80, a population of 285000) are told from ours by their values.
// Nodes whose names are the numbers 0 … n−1 keep them as ids; other names are
// kept in Graph.Names and written again.
package graphio
