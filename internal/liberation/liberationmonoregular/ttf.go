// Package liberationmonoregular has Liberation Sans in place of its own font.
package liberationmonoregular

import "codeberg.org/go-fonts/liberation/liberationsansregular"

// TTF is the data of a TrueType font.
var TTF = liberationsansregular.TTF
