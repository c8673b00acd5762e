package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestScriptingExamples runs every scenario that docs/scripting.md shows.
func TestScriptingExamples(t *testing.T) {
	text, err := os.ReadFile("../../docs/scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	blocks := regexp.MustCompile("(?s)```yaml\n(apiVersion.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 3 {
		t.Fatalf("%d examples, want at least 3", len(blocks))
	}
	for i, block := range blocks {
		file := fmt.Sprintf("example%d.yaml", i)
		if err := os.WriteFile(file, []byte(block[1]), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, stderr, code := command(t, "run", file, "--no-files", "--quiet"); code != exitDone {
			t.Errorf("%s: exit code %d: %s", file, code, stderr)
		}
	}
}

// TestDocsNameWhatThereIs: pages to which documents refer exist.
func TestDocsNameWhatThereIs(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), link[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}
