// Package draw lays networks out and draws them as PNG or SVG: colour and size
// of each neuron by any measure or result, width and colour of each synapse by
// its weight.
package draw
