// Package draw lays out networks and draws them as PNG, SVG or PDF. Colour and
// size of each neuron can show any measure or result; width and colour of each
// synapse show its weight.
package draw
