package graphio

import (
	"errors"
	"strings"

	"infomorph/internal/textfile"
	"infomorph/internal/words"
)

func textFields(line string, sep byte) []string { return texts(textfile.Split(line, sep)) }

// pythonDict reads a Python dictionary with plain values, such as {'weight':
// 3.0, 'kind': "a b"}, and returns names and values.
func pythonDict(text string) (pairs [][2]string, err error) {
	broken := errors.New("the attributes " + words.Clip(text, maxQuoted) + " are no plain dictionary of Python")
	rest := strings.TrimSpace(text)
	if !strings.HasPrefix(rest, "{") || !strings.HasSuffix(rest, "}") {
		return nil, broken
	}
	rest = strings.TrimSpace(rest[1 : len(rest)-1])
	for rest != "" {
		var pair [2]string
		for k, end := range []string{":", ",}"} {
			value, after, ok := pythonValue(rest, end)
			if !ok {
				return nil, broken
			}
			pair[k], rest = value, strings.TrimSpace(after)
			if k == 0 {
				if !strings.HasPrefix(rest, ":") {
					return nil, broken
				}
				rest = strings.TrimSpace(rest[1:])
			}
		}
		pairs = append(pairs, pair)
		rest = strings.TrimSpace(strings.TrimPrefix(rest, ","))
	}
	return pairs, nil
}

// pythonValue reads a quoted text, or the text up to a character of end that is
// outside brackets.
func pythonValue(text, end string) (value, rest string, ok bool) {
	if q := text[:min(1, len(text))]; q == "'" || q == `"` {
		var out strings.Builder
		for i := 1; i < len(text); i++ {
			switch {
			case text[i] == '\\' && i+1 < len(text):
				i++
				out.WriteByte(text[i])
			case text[i:i+1] == q:
				return out.String(), text[i+1:], true
			default:
				out.WriteByte(text[i])
			}
		}
		return "", "", false
	}
	depth := 0
	for i := range len(text) {
		switch c := text[i]; {
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case depth > 0 && strings.IndexByte(")]}", c) >= 0:
			depth--
		case depth == 0 && strings.IndexByte(end, c) >= 0:
			return strings.TrimSpace(text[:i]), text[i:], true
		}
	}
	return strings.TrimSpace(text), "", depth == 0 && text != ""
}
