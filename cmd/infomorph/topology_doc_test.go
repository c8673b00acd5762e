package main

import (
	"os"
	"strings"
	"testing"

	"infomorph/topology"
	"infomorph/topology/measure"
)

// blocks returns the fenced blocks of one language in a Markdown text.
func blocks(text, language string) (out []string) {
	for {
		_, rest, ok := strings.Cut(text, "```"+language+"\n")
		if !ok {
			return out
		}
		block, after, _ := strings.Cut(rest, "```")
		out, text = append(out, block), after
	}
}

// words cuts a command as a shell does, for quotes without nesting.
func words(line string) (out []string) {
	word, quote, open := "", rune(0), false
	for _, r := range line {
		switch {
		case quote == 0 && (r == '\'' || r == '"'):
			quote, open = r, true
		case r == quote:
			quote = 0
		case r == ' ' && quote == 0:
			if open || word != "" {
				out = append(out, word)
			}
			word, open = "", false
		default:
			word += string(r)
		}
	}
	return append(out, word)
}

// TestTopologyGuide runs every command of docs/topology.md and checks that it
// names every rule and measure.
func TestTopologyGuide(t *testing.T) {
	page := absolute(t, "../../docs/topology.md")
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, r := range topology.Rules() {
		if !strings.Contains(text, "| `"+r.Name+"` |") {
			t.Errorf("the guide does not name rule %s", r.Name)
		}
	}
	for _, name := range measure.Names() {
		if !strings.Contains(text, "| `"+name+"` |") {
			t.Errorf("the guide does not name measure %s", name)
		}
	}
	walk(t, page, map[string]bool{"sh": true}, shorter)
}
