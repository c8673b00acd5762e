package data

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"infomorph/internal/textfile"
)

// Limits on a file of ASCII art.
const (
	maxTextBytes = 16 << 20
	maxBitmaps   = 100_000
)

// readText reads patterns of width×height pixels from ASCII art. Blank lines separate
// patterns, and a line that begins with "= " names the next pattern. The characters # X *
// @ O + 1 █ mean on; . - _ 0 ░ and space mean off. The text can be compressed or in
// UTF-16, can begin with a byte order mark, and can have any line ends and blanks at the
// end of its rows. If blanks mean off, rows can lack blanks at their end. The name file
// appears in errors.
func readText(file string, r io.Reader, width, height int) (*bitmaps, error) {
	plain, err := textfile.Unpack(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	data, err := io.ReadAll(io.LimitReader(textfile.Decode(plain), maxTextBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	case len(data) > maxTextBytes:
		return nil, fmt.Errorf("%s: larger than %d MiB", file, maxTextBytes>>20)
	}
	lines := strings.Split(string(data), "\n")
	t := textReader{file: file, width: width, height: height, all: &bitmaps{}}
	rows := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, "= ") })
	all := strings.Join(rows, "\n")
	t.blanks = strings.Contains(all, " ") && !strings.ContainsAny(all, off)
	for _, line := range lines {
		t.line++
		if err := t.add(line); err != nil {
			return nil, err
		}
	}
	if err := t.end(); err != nil {
		return nil, err
	}
	if len(t.all.names) == 0 {
		return nil, fmt.Errorf("%s: no pattern in it; expected rows of # and .", file)
	}
	return t.all, nil
}

// Characters for pixels that are on or off. A blank is off, too.
const (
	on  = "#X*@O+1█"
	off = ".-_0░"
)

type textReader struct {
	file          string
	width, height int
	blanks        bool // blanks are the only character for off
	line          int
	name          string
	rows          int
	pixels        bits
	all           *bitmaps
}

func (t *textReader) add(line string) error {
	if name, ok := strings.CutPrefix(line, "= "); ok {
		if err := t.end(); err != nil {
			return err
		}
		t.name = strings.TrimSpace(name)
		return nil
	}
	if strings.TrimSpace(line) == "" && (!t.blanks || utf8.RuneCountInString(line) < t.width) {
		return t.end()
	}
	pixels := t.fitted([]rune(line))
	if len(pixels) != t.width {
		return fmt.Errorf("%s:%d: a row of %d characters, expected %d", t.file, t.line, len(pixels), t.width)
	}
	if t.rows == t.height {
		return fmt.Errorf("%s:%d: more than %d rows; separate patterns by a blank line", t.file, t.line, t.height)
	}
	if t.rows == 0 {
		t.pixels = newBits(t.width * t.height)
	}
	for i, c := range pixels {
		switch {
		case strings.ContainsRune(on, c):
			t.pixels.set(t.rows*t.width + i)
		case c != ' ' && !strings.ContainsRune(off, c):
			return fmt.Errorf("%s:%d:%d: character %q, expected # X * @ O + 1 for on or . - _ 0 for off", t.file, t.line, i+1, c)
		}
	}
	t.rows++
	return nil
}

// fitted removes blanks at the end of a row that is too long. If blanks are pixels, it
// adds the ones that an editor has removed.
func (t *textReader) fitted(row []rune) []rune {
	for len(row) > t.width && unicode.IsSpace(row[len(row)-1]) {
		row = row[:len(row)-1]
	}
	for t.blanks && len(row) < t.width {
		row = append(row, ' ')
	}
	return row
}

// end finishes the current pattern, if there is one.
func (t *textReader) end() error {
	if t.rows == 0 {
		return nil
	}
	if t.rows != t.height {
		return fmt.Errorf("%s:%d: the pattern that ends here has %d rows, expected %d", t.file, t.line, t.rows, t.height)
	}
	if len(t.all.names) >= maxBitmaps {
		return fmt.Errorf("%s:%d: more than %d patterns", t.file, t.line, maxBitmaps)
	}
	if t.name == "" {
		t.name = strconv.Itoa(len(t.all.names) + 1)
	}
	if !t.all.add(t.name, t.pixels) {
		return fmt.Errorf("%s:%d: two patterns are called %q", t.file, t.line, t.name)
	}
	t.name, t.rows = "", 0
	return nil
}
