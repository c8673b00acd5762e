package data

import (
	"crypto/sha256"
	"encoding/hex"
)

// greys is a list of grey pictures in memory, each with a class.
type greys struct {
	size   int
	pixels []uint8
	labels []uint8
}

// picture returns the pixels of picture i.
func (g *greys) picture(i int) []uint8 { return g.pixels[i*g.size : (i+1)*g.size] }

// fill copies picture i and its label to an item.
func (g *greys) fill(i int, it *Item) {
	it.Label = int(g.labels[i])
	for k, v := range g.picture(i) {
		it.Fields[0][k] = greyLevels[v]
	}
}

// greyLevels maps each byte to a grey value from 0 to 1.
var greyLevels = func() (levels [256]float32) {
	for v := range levels {
		levels[v] = float32(v) / 255
	}
	return levels
}()

// sum returns the SHA-256 of data.
func sum(data ...[]byte) string {
	h := sha256.New()
	for _, d := range data {
		h.Write(d)
	}
	return hex.EncodeToString(h.Sum(nil))
}
