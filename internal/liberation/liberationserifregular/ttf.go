// Package liberationserifregular has Liberation Sans in place of its own font.
package liberationserifregular

import "codeberg.org/go-fonts/liberation/liberationsansregular"

// TTF is the data of a TrueType font.
var TTF = liberationsansregular.TTF
