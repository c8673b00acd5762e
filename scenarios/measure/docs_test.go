package measure

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const page = "../../docs/measures.md"

// The page on measures lists every score; UPDATE=1 writes the list again.
func TestPageListsScores(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- scores, written by go test ./scenarios/measure -->\n"
	head, was, ok := strings.Cut(string(text), mark)
	if !ok {
		t.Fatal("the page has no place for the scores")
	}
	var b strings.Builder
	kind := "-"
	for _, d := range Docs {
		if d.Kind != kind {
			kind = d.Kind
			title := map[bool]string{true: "Scores of no measure of its own", false: "`" + kind + "`"}[kind == ""]
			fmt.Fprintf(&b, "\n### %s\n\n| score | what it is | chance |\n|---|---|---|\n", title)
		}
		name := d.Name
		if d.Kind != "" {
			name = "NAME." + name
		}
		live := ""
		if d.Live {
			live = " Also live."
		}
		chance := d.Chance
		if chance == "" {
			chance = "none"
		}
		fmt.Fprintf(&b, "| `%s` | %s%s | %s |\n", name, strings.ReplaceAll(d.Text, "|", "\\|"), live, chance)
	}
	if b.String() == was {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatal("docs/measures.md does not list the scores as they are: UPDATE=1 go test ./scenarios/measure")
	}
	if err := os.WriteFile(page, []byte(head+mark+b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
