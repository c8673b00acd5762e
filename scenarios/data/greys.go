package data

import (
	"crypto/sha256"
	"encoding/hex"
)

// greys is grey pictures in memory, with a class each.
type greys struct {
	size   int
	pixels []uint8
	labels []uint8
}

// picture returns the pixels of picture i.
func (g *greys) picture(i int) []uint8 { return g.pixels[i*g.size : (i+1)*g.size] }

// fill gives an item picture i.
func (g *greys) fill(i int, it *Item) {
	it.Label = int(g.labels[i])
	for k, v := range g.picture(i) {
		it.Fields[0][k] = greyLevels[v]
	}
}

// greyLevels is what each byte stands for, from 0 to 1.
var greyLevels = func() (levels [256]float32) {
	for v := range levels {
		levels[v] = float32(v) / 255
	}
	return levels
}()

// sum tells contents apart.
func sum(data ...[]byte) string {
	h := sha256.New()
	for _, d := range data {
		h.Write(d)
	}
	return hex.EncodeToString(h.Sum(nil))
}
