// Package nodes reads the list of machines on which a run is distributed, and
// makes the certificates with which they identify each other.
package nodes
