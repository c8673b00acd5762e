package graphio

import (
	"bufio"
	"io"
	"strings"
)

type dotKind uint8

const (
	dotEnd dotKind = iota
	dotWord
	dotQuoted
	dotMark
)

type dotToken struct {
	kind dotKind
	text string
}

// dotScanner divides DOT into tokens.
type dotScanner struct {
	r     *bufio.Reader
	line  int
	limit int
}

// get reads a byte; 0 means the end of the file.
func (s *dotScanner) get() (byte, error) {
	b, err := s.r.ReadByte()
	if err == io.EOF {
		return 0, nil
	}
	if b == '\n' {
		s.line++
	}
	return b, err
}

func (s *dotScanner) unget(b byte) {
	if b == 0 {
		return
	}
	if b == '\n' {
		s.line--
	}
	_ = s.r.UnreadByte() // cannot fail: it follows a read
}

// scan skips white space and comments and returns the next token.
func (s *dotScanner) scan() (dotToken, error) {
	for {
		b, err := s.get()
		switch {
		case err != nil:
			return dotToken{}, err
		case b == 0:
			return dotToken{}, nil
		case b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == 0xEF || b == 0xBB || b == 0xBF:
			continue
		case b == '#':
			err = s.skipLine()
		case b == '/':
			err = s.skipComment()
		case b == '"':
			return s.quoted()
		case b == '<':
			return s.html()
		case strings.IndexByte("{}[];,:=", b) >= 0:
			return dotToken{dotMark, string(b)}, nil
		default:
			return s.word(b)
		}
		if err != nil {
			return dotToken{}, err
		}
	}
}

func (s *dotScanner) skipLine() error {
	for {
		if b, err := s.get(); err != nil || b == 0 || b == '\n' {
			return err
		}
	}
}

func (s *dotScanner) skipComment() error {
	b, err := s.get()
	switch {
	case err != nil:
		return err
	case b == '/':
		return s.skipLine()
	case b != '*':
		return fail(s.line, "a lone /, expected a comment")
	}
	for star := false; ; {
		b, err := s.get()
		switch {
		case err != nil:
			return err
		case b == 0:
			return fail(s.line, "the file ends inside a comment")
		case star && b == '/':
			return nil
		}
		star = b == '*'
	}
}

func (s *dotScanner) quoted() (dotToken, error) {
	var text []byte
	for len(text) <= s.limit {
		b, err := s.get()
		if err == nil && b == '\\' {
			if b, err = s.get(); err == nil && b != '"' && b != '\\' && b != '\n' {
				text = append(text, '\\')
			}
			if b == '\n' { // a continued line
				continue
			}
		} else if err == nil && b == '"' {
			return dotToken{dotQuoted, string(text)}, nil
		}
		if err != nil {
			return dotToken{}, err
		}
		if b == 0 {
			return dotToken{}, fail(s.line, "the file ends inside quotes")
		}
		text = append(text, b)
	}
	return dotToken{}, fail(s.line, "a text is longer than %d bytes", s.limit)
}

// html reads <…> with nested brackets as one text.
func (s *dotScanner) html() (dotToken, error) {
	var text []byte
	for depth := 1; len(text) <= s.limit; {
		b, err := s.get()
		switch {
		case err != nil:
			return dotToken{}, err
		case b == 0:
			return dotToken{}, fail(s.line, "the file ends inside <>")
		case b == '<':
			depth++
		case b == '>':
			if depth--; depth == 0 {
				return dotToken{dotQuoted, string(text)}, nil
			}
		}
		text = append(text, b)
	}
	return dotToken{}, fail(s.line, "a text is longer than %d bytes", s.limit)
}

// word reads a name, a number, -> or --.
func (s *dotScanner) word(b byte) (dotToken, error) {
	if b == '-' {
		second, err := s.get()
		if err != nil {
			return dotToken{}, err
		}
		if second == '>' || second == '-' {
			return dotToken{dotMark, "-" + string(second)}, nil
		}
		s.unget(second)
	}
	text := []byte{b}
	number := b == '-' || b == '.' || b >= '0' && b <= '9'
	if !number && !wordByte(b) {
		return dotToken{}, fail(s.line, "unexpected character %q", rune(b))
	}
	for len(text) <= s.limit {
		b, err := s.get()
		if err != nil {
			return dotToken{}, err
		}
		exponent := number && (b == '-' || b == '+') && (text[len(text)-1] == 'e' || text[len(text)-1] == 'E')
		if !wordByte(b) && !exponent && !(number && b == '.') {
			s.unget(b)
			return dotToken{dotWord, string(text)}, nil
		}
		text = append(text, b)
	}
	return dotToken{}, fail(s.line, "a name is longer than %d bytes", s.limit)
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}
