package main

import (
	"os"
	"strings"
	"testing"

	"infomorph/topology"
	"infomorph/topology/measure"
)

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
