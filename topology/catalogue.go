package topology

import "slices"

// catalogue is every rule, in the order in which they are listed to users.
func catalogue() []generator {
	return slices.Concat(elementary(), lattices(), randomGraphs(), modular(), spatialGraphs(), importedGraphs())
}
