package textfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Lines reads a text line by line, and fields that go on over several lines
// because of quotes. The text is what Decode returns.
type Lines struct {
	s     *bufio.Scanner
	limit int
	// Number is the number of the line that Next returned, from 1.
	Number int
	at     int      // lines taken
	ahead  []string // lines read but not taken
	ended  bool
	fields []Field
}

// NewLines reads lines of at most limit bytes.
func NewLines(r io.Reader, limit int) *Lines {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, min(1<<16, limit)), limit+1) // and the line end
	return &Lines{s: s, limit: limit}
}

// Next returns the next line that is not blank.
func (l *Lines) Next() (string, bool) {
	for {
		text, ok := l.take()
		if !ok {
			return "", false
		}
		if strings.TrimSpace(text) != "" {
			l.Number = l.at
			return text, true
		}
	}
}

// take returns the next line as it stands.
func (l *Lines) take() (string, bool) {
	text, ok := l.Peek(0)
	if ok {
		l.at++
		if l.ahead = l.ahead[1:]; len(l.ahead) == 0 {
			l.ahead = nil
		}
	}
	return text, ok
}

// Peek returns the line that comes i lines after the next one, blank or not;
// false if the text ends before it. What is looked at is held in memory.
func (l *Lines) Peek(i int) (string, bool) {
	for len(l.ahead) <= i {
		if l.s == nil || l.ended || !l.s.Scan() || l.s.Err() != nil { // half a line, where the reading failed, is none
			l.ended = true // a scanner is not asked again
			return "", false
		}
		l.ahead = append(l.ahead, l.s.Text())
	}
	return l.ahead[i], true
}

// Unread gives back the line that Next returned last, before Fields was asked
// for more lines.
func (l *Lines) Unread(text string) {
	l.ahead = append([]string{text}, l.ahead...)
	l.at--
}

// Err returns what ended the reading, if it was not the end of the text, and
// the line where it did.
func (l *Lines) Err() (line int, err error) {
	err = l.s.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = fmt.Errorf("the line is longer than %d bytes", l.limit)
	}
	return l.at + len(l.ahead) + 1, err
}

// Field is one cell of a line.
type Field struct {
	Text   string
	Quoted bool
}

// Blanks is the separator of fields that are apart by any number of blanks or
// tabs.
const Blanks = ' '

// Fields cuts text, which Next returned, into fields. A field in double quotes
// may hold separators, line ends and, doubled, quotes; blanks around fields
// are dropped, inside quotes they are kept. The slice is used again by the
// next call.
func (l *Lines) Fields(text string, sep byte) ([]Field, error) {
	l.fields = l.fields[:0]
	if sep != Blanks && strings.IndexByte(text, '"') < 0 {
		for {
			end := strings.IndexByte(text, sep)
			if end < 0 {
				return append(l.fields, Field{Text: strings.TrimSpace(text)}), nil
			}
			l.fields = append(l.fields, Field{Text: strings.TrimSpace(text[:end])})
			text = text[end+1:]
		}
	}
	for at := 0; ; {
		for at < len(text) && (text[at] == ' ' || text[at] == '\t' && sep != '\t') {
			at++
		}
		if sep == Blanks && at == len(text) {
			return l.fields, nil
		}
		var f Field
		var err error
		if at < len(text) && text[at] == '"' {
			f, text, at, err = l.quoted(text, at+1, sep)
		} else {
			f, at = bare(text, at, sep)
		}
		if err != nil {
			return nil, err
		}
		l.fields = append(l.fields, f)
		if at >= len(text) {
			return l.fields, nil
		}
		at++ // the separator
	}
}

// bare reads a field without quotes and returns where it ends.
func bare(text string, at int, sep byte) (Field, int) {
	end := strings.IndexByte(text[at:], sep)
	if sep == Blanks {
		end = strings.IndexAny(text[at:], " \t")
	}
	if end < 0 {
		end = len(text) - at
	}
	return Field{Text: strings.TrimSpace(text[at : at+end])}, at + end
}

// quoted reads a field whose first quote is behind at, with more lines if it
// goes on, and returns the text that it ends in, and where.
func (l *Lines) quoted(text string, at int, sep byte) (Field, string, int, error) {
	line := l.Number
	var field []byte
	for {
		if at >= len(text) {
			more, ok := l.take()
			if len(field) > l.limit || !ok {
				return Field{}, "", 0, fmt.Errorf("the quotes that open on line %d are not closed", line)
			}
			field = append(field, '\n')
			text, at = more, 0
			continue
		}
		b := text[at]
		at++
		if b != '"' {
			field = append(field, b)
			continue
		}
		if at < len(text) && text[at] == '"' {
			field = append(field, '"')
			at++
			continue
		}
		rest := at
		for sep != Blanks && rest < len(text) && text[rest] != sep && (text[rest] == ' ' || text[rest] == '\t') {
			rest++
		}
		if rest < len(text) && text[rest] != sep && (sep != Blanks || text[rest] != '\t') {
			return Field{}, "", 0, fmt.Errorf("text follows the closing quote of %q", clip(string(field)))
		}
		return Field{string(field), true}, text, rest, nil
	}
}

// Split cuts one line into fields; quotes that do not close in it end with it.
func Split(text string, sep byte) []Field {
	fields, err := (&Lines{}).Fields(text, sep)
	if err != nil {
		fields = append(fields, Field{Text: text})
	}
	return fields
}

// Separator finds what the fields of two lines are apart by: of those preferred
// the one that both have most of, a tab at once if it comes first; else blanks
// if both lines have them; else the first.
func Separator(first, second string, prefer []byte) byte {
	best, most := byte(0), 0
	for i, sep := range prefer {
		n := min(Count(first, sep), Count(second, sep))
		if n > 0 && i == 0 && sep == '\t' {
			return sep
		}
		if n > most {
			best, most = sep, n
		}
	}
	blanks := len(strings.Fields(first))
	switch {
	case best != 0:
		return best
	case Count(first, prefer[0]) == 0 && blanks > 1 && blanks <= len(strings.Fields(second)) && first != second:
		return Blanks
	}
	return prefer[0]
}

// Count counts a separator outside quotes.
func Count(line string, sep byte) (n int) {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == sep && !quoted:
			n++
		}
	}
	return n
}

// clip shortens what is quoted in an error.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// Quote returns a field as Fields reads it back, in quotes where it must be.
func Quote(s string, sep byte) string {
	if s == "" {
		return s
	}
	special := strings.ContainsAny(s, "\"#%\n\r") || strings.IndexByte(s, sep) >= 0 || strings.TrimSpace(s) != s
	if sep == Blanks {
		special = special || strings.ContainsAny(s, " \t")
	}
	if !special {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
