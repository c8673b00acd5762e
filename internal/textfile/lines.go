package textfile

import (
	"bufio"
	"errors"
	"fmt"
	"infomorph/internal/words"
	"io"
	"strings"
)

// maxQuoted limits texts of a file in messages [bytes].
const maxQuoted = 60

// Lines reads a text line by line, and quoted fields that continue on further
// lines. The text must come from Decode.
type Lines struct {
	s     *bufio.Scanner
	limit int
	// Number is the number of the line that Next returned, from 1.
	Number int
	at     int      // lines consumed
	ahead  []string // lines read but not consumed
	ended  bool
	fields []Field
}

// NewLines reads lines of at most limit bytes.
func NewLines(r io.Reader, limit int) *Lines {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, min(1<<16, limit)), limit+1) // plus the line end
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

// take returns and consumes the next line, blank or not.
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
// false if the text ends before it. All lines up to this one are kept in
// memory.
func (l *Lines) Peek(i int) (string, bool) {
	for len(l.ahead) <= i {
		if l.s == nil || l.ended || !l.s.Scan() || l.s.Err() != nil { // half a line before a read error is not returned
			l.ended = true // the scanner must not be used again
			return "", false
		}
		l.ahead = append(l.ahead, l.s.Text())
	}
	return l.ahead[i], true
}

// Unread puts back the line that Next returned last. It must be called before
// Fields reads more lines.
func (l *Lines) Unread(text string) {
	l.ahead = append([]string{text}, l.ahead...)
	l.at--
}

// Err returns the error that ended the reading, nil at the end of the text, and
// its line.
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

// Blanks is the separator for fields that are separated by any number of blanks
// or tabs.
const Blanks = ' '

// Fields splits text, which Next returned, into fields. A field in double
// quotes may contain separators, line ends, and quotes, which are doubled.
// Blanks around fields are dropped; inside quotes they are kept. The slice is
// valid until the next call.
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

// bare reads a field without quotes and returns its end.
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

// quoted reads a field whose content begins at at, after the first quote, and
// further lines if the field continues there. It returns the line in which the
// field ends, and where.
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
			return Field{}, "", 0, fmt.Errorf("text follows the closing quote of %q", words.Clip(string(field), maxQuoted))
		}
		return Field{string(field), true}, text, rest, nil
	}
}

// Split splits one line into fields; a quote that is not closed ends at the end
// of the line.
func Split(text string, sep byte) []Field {
	fields, err := (&Lines{}).Fields(text, sep)
	if err != nil {
		fields = append(fields, Field{Text: text})
	}
	return fields
}

// Separator detects the separator of two lines. Of the separators in prefer it
// returns the one that both lines have most often; a tab that is the first in
// prefer wins if both lines have it. Otherwise it returns Blanks if both lines
// have blanks, or else the first of prefer.
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

// Count returns how often a separator occurs outside quotes.
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

// Quote returns a field so that Fields reads it back, in quotes if necessary: also if it
// contains a character that Separator could take for the separator.
func Quote(s string, sep byte) string {
	if s == "" {
		return s
	}
	special := strings.ContainsAny(s, "\"#%\n\r\t,;|") || strings.IndexByte(s, sep) >= 0 || strings.TrimSpace(s) != s
	if sep == Blanks {
		special = special || strings.Contains(s, " ")
	}
	if !special {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
