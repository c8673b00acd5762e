package data

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Limits on a file of ASCII art.
const (
	maxTextBytes = 16 << 20
	maxBitmaps   = 100_000
)

// readText reads patterns of width×height pixels from ASCII art: patterns are
// separated by blank lines, a line that begins with "= " names the next pattern,
// # X * @ O 1 are on and . - _ 0 and space are off. file is used in errors.
func readText(file string, r io.Reader, width, height int) (*bitmaps, error) {
	limited := &io.LimitedReader{R: r, N: maxTextBytes + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxTextBytes+1)
	t := textReader{file: file, width: width, height: height, all: &bitmaps{}}
	for lines.Scan() {
		t.line++
		if err := t.add(strings.TrimRight(lines.Text(), "\r")); err != nil {
			return nil, err
		}
	}
	switch {
	case limited.N == 0:
		return nil, fmt.Errorf("%s: larger than %d MiB", file, maxTextBytes>>20)
	case lines.Err() != nil:
		return nil, fmt.Errorf("%s: %w", file, lines.Err())
	}
	if err := t.end(); err != nil {
		return nil, err
	}
	if len(t.all.names) == 0 {
		return nil, fmt.Errorf("%s: no pattern in it; expected rows of # and .", file)
	}
	return t.all, nil
}

type textReader struct {
	file          string
	width, height int
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
	if line == "" {
		return t.end()
	}
	if len(line) != t.width {
		return fmt.Errorf("%s:%d: a row of %d characters, expected %d", t.file, t.line, len(line), t.width)
	}
	if t.rows == t.height {
		return fmt.Errorf("%s:%d: more than %d rows; separate patterns by a blank line", t.file, t.line, t.height)
	}
	if t.rows == 0 {
		t.pixels = newBits(t.width * t.height)
	}
	for i := range len(line) {
		switch {
		case strings.IndexByte("#X*@O1", line[i]) >= 0:
			t.pixels.set(t.rows*t.width + i)
		case strings.IndexByte(".-_0 ", line[i]) < 0:
			return fmt.Errorf("%s:%d:%d: character %q, expected # X * @ O 1 for on or . - _ 0 for off", t.file, t.line, i+1, line[i])
		}
	}
	t.rows++
	return nil
}

// end finishes the pattern that was being read, if any.
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
