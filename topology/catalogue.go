package topology

import "slices"

// catalogue returns all rules, in the order in which users see them.
func catalogue() []generator {
	return slices.Concat(elementary(), lattices(), randomGraphs(), modular(), spatialGraphs(), importedGraphs())
}
