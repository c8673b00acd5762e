package table

import (
	"fmt"
	"infomorph/internal/words"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxQuoted limits texts of a file in messages [bytes].
const maxQuoted = 40

// Kind is the known type of a cell.
type Kind uint8

// The kinds of cells. Cells of text files are Text, even if the text is a
// number.
const (
	Null Kind = iota // no value
	Text
	Bool
	Int
	Uint
	Float
)

// Cell is one value of a table.
type Cell struct {
	Kind  Kind
	text  string  // Text, unchanged
	whole int64   // Bool, Int; Uint wraps around
	float float64 // Bool, Int, Uint, Float
	// label: the text is a label, even if it means a missing value in a column
	// of numbers.
	label   bool
	lacking bool // in a column of numbers, the text means a missing value
	comma   bool // decimal commas
	single  bool // a Float of 32 bits
}

// absent are texts, in lower case, that mean a missing number.
var absent = []string{"", "na", "n/a", "nan", "null", "none", "?", "<na>", "#n/a", "-nan", "1.#qnan"}

// unlabelled are texts that are not labels either, unless they are in quotes:
// pandas, R and NumPy write them for a missing value.
var unlabelled = []string{"", "NA", "<NA>", "NaN", "nan"}

// newText returns a cell of a text file.
func newText(text string, quoted bool, o *Options) Cell {
	c := Cell{Kind: Text, text: text, comma: o.DecimalComma}
	if o.Missing != nil {
		c.lacking = text == "" || slices.Contains(o.Missing, text)
		c.label = !c.lacking
		return c
	}
	c.lacking = len(text) <= 8 && slices.Contains(absent, strings.ToLower(text))
	c.label = !c.lacking || text != "" && quoted || !slices.Contains(unlabelled, text)
	return c
}

// Missing reports whether the cell is empty or has a text that means a missing
// number. A text such as "none" is Missing and still a label: see Label.
func (c Cell) Missing() bool {
	return c.Kind == Null || c.Kind == Text && c.lacking || c.Kind == Float && math.IsNaN(c.float)
}

// Label returns the cell as a symbol, with its text unchanged; false if it has
// no value.
func (c Cell) Label() (string, bool) {
	switch {
	case c.Kind == Text:
		return c.text, c.label
	case c.Missing():
		return "", false
	}
	return c.String(), true
}

// String returns the cell as text; numbers read back exactly.
func (c Cell) String() string {
	switch c.Kind {
	case Text:
		return c.text
	case Bool, Int:
		return strconv.FormatInt(c.whole, 10)
	case Uint:
		return strconv.FormatUint(uint64(c.whole), 10)
	case Float:
		if c.single {
			return strconv.FormatFloat(c.float, 'g', -1, 32)
		}
		return strconv.FormatFloat(c.float, 'g', -1, 64)
	}
	return ""
}

var (
	withComma     = regexp.MustCompile(`^[+-]?\d+,\d+([eE][+-]?\d+)?$`)
	withThousands = regexp.MustCompile(`^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$`)
	// marksNothing are texts that some programs write for a missing value. They
	// are too ambiguous to be recognised unless Options.Missing names them.
	marksNothing = map[string]bool{".": true, "-": true, "*": true}
)

// Number returns the cell as a number: NaN if it is missing, 1 and 0 for true
// and false.
func (c Cell) Number() (float64, error) {
	switch {
	case c.Missing():
		return math.NaN(), nil
	case c.Kind != Text:
		return c.float, nil
	}
	text := c.text
	if c.comma && strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && !strings.ContainsAny(text, "xXpP_") {
		return v, nil
	}
	if b, ok := truth(c.text); ok {
		return b, nil
	}
	switch {
	case !c.comma && withThousands.MatchString(text):
		return 0, fmt.Errorf("%q is not a number: commas that part thousands are to be taken away, decimal ones to be asked for (--decimal-comma, or decimal_comma: true in a scenario)", text)
	case marksNothing[text]:
		return 0, fmt.Errorf("%q is not a number (--missing-values %s if it stands for no value)", text, text)
	}
	if !c.comma && withComma.MatchString(text) {
		return 0, fmt.Errorf("%q is not a number with a decimal point; decimal commas must be asked for (--decimal-comma, or decimal_comma: true in a scenario)", text)
	}
	return 0, fmt.Errorf("%q is not a number", words.Clip(c.text, maxQuoted))
}

// truth returns 1 and 0 for true and false as pandas, R and JSON write them.
func truth(s string) (float64, bool) {
	switch s {
	case "True", "TRUE", "true":
		return 1, true
	case "False", "FALSE", "false":
		return 0, true
	}
	return 0, false
}

// Whole returns the cell as an exact whole number; false if it is missing or
// not a whole number. Numbers from 2⁶³ on wrap around, so that they stay
// different.
func (c Cell) Whole() (int64, bool) {
	switch c.Kind {
	case Bool, Int, Uint:
		return c.whole, true
	case Float:
		return int64(c.float), c.float == math.Trunc(c.float) && math.Abs(c.float) < 1<<53
	case Text:
		if v, err := strconv.ParseInt(c.text, 10, 64); err == nil {
			return v, true
		}
		if v, err := strconv.ParseUint(c.text, 10, 64); err == nil {
			return int64(v), true
		}
		if v, ok := truth(c.text); ok {
			return int64(v), true
		}
		if v, err := strconv.ParseFloat(c.text, 64); err == nil && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), true
		}
	}
	return 0, false
}
