// Package pid decomposes the information that several sources carry about a
// target into redundant, unique and synergistic atoms.
package pid
