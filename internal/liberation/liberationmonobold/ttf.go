// Package liberationmonobold has Liberation Sans in place of its own font.
package liberationmonobold

import "codeberg.org/go-fonts/liberation/liberationsansbold"

// TTF is the data of a TrueType font.
var TTF = liberationsansbold.TTF
