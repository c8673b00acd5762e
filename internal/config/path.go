package config

import (
	"regexp"
	"strconv"
	"strings"
)

// step is one part of a path: a key, or an index if key is empty.
type step struct {
	key   string
	index int
}

var wordForm = regexp.MustCompile(`^[A-Za-z0-9_-]+`)

// pathWord returns key as a part of a path; odd keys become ["odd key"].
func pathWord(key string) string {
	if wordForm.FindString(key) == key && key != "" {
		return key
	}
	return "[" + strconv.Quote(key) + "]"
}

func joinPath(base, word string) string {
	if base == "" || word == "" || word[0] == '[' {
		return base + word
	}
	return base + "." + word
}

func indexPath(base string, i int) string { return base + "[" + strconv.Itoa(i) + "]" }

// splitPath reads a path such as events[0].at or names["odd key"] from the
// start of s and returns what follows it. If s does not start with a step,
// steps is empty and rest is s.
func splitPath(s string) (steps []step, rest string) {
	for {
		rest = s
		if len(steps) > 0 {
			s = strings.TrimPrefix(s, ".")
		}
		word := wordForm.FindString(s)
		switch {
		case word != "" && (len(steps) == 0 || s != rest):
			steps, s = append(steps, step{key: word}), s[len(word):]
		case strings.HasPrefix(s, "[") && s == rest:
			st, n, ok := bracketStep(s)
			if !ok {
				return steps, rest
			}
			steps, s = append(steps, st), s[n:]
		default:
			return steps, rest
		}
	}
}

// bracketStep reads [3] or ["key"] and returns its length.
func bracketStep(s string) (step, int, bool) {
	if strings.HasPrefix(s, `["`) {
		quoted, err := strconv.QuotedPrefix(s[1:])
		end := 1 + len(quoted)
		if err != nil || !strings.HasPrefix(s[end:], "]") {
			return step{}, 0, false
		}
		key, err := strconv.Unquote(quoted)
		return step{key: key}, end + 1, err == nil && key != ""
	}
	end := strings.IndexByte(s, ']')
	if end < 0 || end > 10 {
		return step{}, 0, false
	}
	i, err := strconv.Atoi(s[1:end])
	return step{index: i}, end + 1, err == nil && i >= 0
}

// child returns the value that st leads to from n, or nil.
func (n *node) child(st step) *node {
	if st.key != "" {
		return n.get(st.key)
	}
	if n.kind == List && st.index < len(n.items) {
		return n.items[st.index].value
	}
	return nil
}

// locate returns the position of the value at path below n, or of the nearest
// enclosing one that is present.
func (n *node) locate(path string) Pos {
	steps, _ := splitPath(path)
	for _, st := range steps {
		c := n.child(st)
		if c == nil {
			break
		}
		n = c
	}
	return n.pos
}

// PathWord returns key as a part of a path; odd keys become ["odd key"].
func PathWord(key string) string { return pathWord(key) }

// JoinPath returns the path of a key within the section at path.
func JoinPath(path, key string) string { return joinPath(path, pathWord(key)) }
