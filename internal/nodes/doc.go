// Package nodes reads the list of machines that a run is spread over, and makes
// the certificates with which they know each other.
package nodes
