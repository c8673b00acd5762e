// Package graphio reads and writes networks in the formats of other graph
// programs: GraphML, GEXF, GML, Pajek, DOT, edge lists, matrices as text,
// Matrix Market, .npy and .npz, and several kinds of JSON. It also reads
// adjacency lists. Files may be compressed (gzip, zstd, bzip2).
//
// Readers do not trust their input: sizes are limited ([Limits]), numbers must
// be finite, both ends of an edge must exist, and errors contain the line. XML
// entities are never expanded. If no graph is recognised in a file, the error
// says what the file contains. The notes of [ReadWith] list what was ignored or
// guessed.
//
// A node has the attributes population, kind ("neuron" or "channel"), x, y, z
// and label. An edge has weight, delay (whole microseconds, or with a unit),
// port (r, c or l) and projection. All are optional when reading: a plain graph
// of another program becomes one population "net" with weights 1, delays of 1
// ms and the contextual port. Attributes of other programs with the same names
// (a port 80, a population of 285000) are recognised by their values. If the
// node names are the numbers 0 … n−1, they become the ids; other names are kept
// in Graph.Names and are written again.
package graphio
