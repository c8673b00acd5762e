package condition

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// class is the class of a token.
type class uint8

const (
	end class = iota
	literal
	quoted
	name
	sign
)

// token is a word of a condition.
type token struct {
	class
	text   string // without quotes
	number float64
	at     int // byte where it begins
}

// String describes the token for messages.
func (t *token) String() string {
	switch t.class {
	case end:
		return "the end"
	case quoted:
		return strconv.Quote(t.text)
	}
	return t.text
}

// signs are the operators and brackets, the longer ones first.
var signs = []string{"**", "<=", ">=", "==", "!=", "&&", "||", "<", ">", "!", "+", "-", "*", "/", "%", "^", "(", ")", "[", "]", ","}

// lexer divides a condition into tokens.
type lexer struct {
	source string
	at     int // what follows it is not read yet
}

// problem returns an error about the character at a byte, counted from 1.
func (l *lexer) problem(at int, format string, args ...any) error {
	return fmt.Errorf("character %d: %s", utf8.RuneCountInString(l.source[:at])+1, fmt.Sprintf(format, args...))
}

// next reads the next token.
func (l *lexer) next() (token, error) {
	rest := strings.TrimLeft(l.source[l.at:], " \t\r\n")
	l.at = len(l.source) - len(rest)
	switch {
	case rest == "":
		return token{at: l.at}, nil
	case isDigit(rest[0]), rest[0] == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.readNumber(rest)
	case isLetter(rest[0]):
		n := nameLength(rest)
		return l.take(token{class: name, text: rest[:n]}, n), nil
	case rest[0] == '"', rest[0] == '\'':
		return l.readText(rest)
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			return l.take(token{class: sign, text: s}, len(s)), nil
		}
	}
	c, _ := utf8.DecodeRuneInString(rest)
	if c == '=' {
		return token{}, l.problem(l.at, "= assigns, and a condition only compares; expected ==")
	}
	return token{}, l.problem(l.at, "%q has no meaning here", c)
}

// take returns a token of n bytes and moves behind it.
func (l *lexer) take(t token, n int) token {
	t.at = l.at
	l.at += n
	return t
}

func (l *lexer) readNumber(rest string) (token, error) {
	n := 0
	for n < len(rest) && (isDigit(rest[n]) || isLetter(rest[n]) || rest[n] == '.' || (rest[n] == '+' || rest[n] == '-') && exponent(rest[:n])) {
		n++
	}
	text := rest[:n]
	v, err := strconv.ParseFloat(text, 64)
	if strings.ContainsAny(text, "_xXoObB") {
		var whole int64
		whole, err = strconv.ParseInt(text, 0, 64) // 0x1F, 1_000
		v = float64(whole)
	}
	if err != nil {
		return token{}, l.problem(l.at, "%s is no number", text)
	}
	return l.take(token{class: literal, text: text, number: v}, n), nil
}

// exponent reports whether a decimal number ends with the letter of its exponent.
func exponent(text string) bool {
	return (strings.HasSuffix(text, "e") || strings.HasSuffix(text, "E")) && !strings.HasPrefix(text, "0x") && !strings.HasPrefix(text, "0X")
}

func (l *lexer) readText(rest string) (token, error) {
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == rest[0]:
			return l.take(token{class: quoted, text: b.String()}, i+1), nil
		case c == '\\':
			if i++; i == len(rest) || !strings.ContainsRune(`\"'`, rune(rest[i])) {
				return token{}, l.problem(l.at+i-1, `a \ stands before ", ' or \ only`)
			}
		}
		b.WriteByte(rest[i])
	}
	return token{}, l.problem(l.at, "the text that begins here has no end; expected %c", rest[0])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }

// nameLength returns the length of the name with dots that a text begins with.
func nameLength(text string) int {
	n := 0
	for n < len(text) && (isLetter(text[n]) || isDigit(text[n]) || text[n] == '.' && n+1 < len(text) && isLetter(text[n+1])) {
		n++
	}
	return n
}
