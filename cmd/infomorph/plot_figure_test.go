package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestPlotDrawsAgain: a figure drawn again as it was has the bytes that the run
// wrote; a part of it differs; flags without effect are refused.
func TestPlotDrawsAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, stderr, code := command(t, "run", "associative-memory", "--out", "r", "--quiet", "--set", "associative_memory.presentations=3", "--set", "expect=null"); code != exitDone {
		t.Fatal(stderr)
	}
	list, _, code := command(t, "plot", "r")
	if code != exitDone || !strings.Contains(list, "raster\t") {
		t.Fatal(list)
	}
	for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
		name, _, _ := strings.Cut(line, "\t")
		svg, stderr, code := command(t, "plot", "r", name, "--out", "-")
		want, err := os.ReadFile("r/plots/" + name + ".svg")
		if code != exitDone || err != nil || svg != string(want) {
			t.Errorf("%s: drawn again it differs: %s %v", name, stderr, err)
		}
	}
	part, _, _ := command(t, "plot", "r", "raster", "--neurons", "0-3", "--out", "-")
	whole, _, _ := command(t, "plot", "r", "raster", "--out", "-")
	if part == whole || part == "" {
		t.Error("--neurons has no effect")
	}
	rows, stderr, code := command(t, "plot", "r", "weights", "--neurons", "7,42", "--out", "-")
	if code != exitDone || !strings.Contains(rows, ">7</text>") || !strings.Contains(rows, ">42</text>") {
		t.Error("rows of a matrix:", stderr)
	}
	if _, stderr, code := command(t, "plot", "r", "raster", "--width", "85mm", "--format", "pdf"); code != exitDone {
		t.Error(stderr)
	}
	if data, err := os.ReadFile("raster.pdf"); err != nil || !bytes.HasPrefix(data, []byte("%PDF")) {
		t.Error(err)
	}
	panels, stderr, code := command(t, "plot", "r", "raster", "weights", "--neurons", "0-3", "--width", "single", "--out", "-")
	if code != exitDone || !strings.Contains(panels, ">a</text>") || !strings.Contains(panels, ">b</text>") || !strings.Contains(panels, "Weights") {
		t.Error("panels:", stderr)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"r", "raster", "weights", "--title", "x"}, "for one figure"},
		{[]string{"r", "learning-curve", "recall-damaged", "--neurons", "1"}, "no effect"},
		{[]string{"r", "x"}, `no figure "x"; there are`},
		{[]string{"nowhere"}, "no figure in plots/"},
		{[]string{"r", "weights", "--from", "1s"}, "no effect"},
		{[]string{"r", "learning-curve", "--neurons", "1"}, "no effect"},
		{[]string{"r", "weights", "--neurons", "1000"}, "neurons 0 to 99"},
		{[]string{"r", "weights", "--dpi", "600"}, "no effect on svg"},
		{[]string{"r", "recall-clean", "--all"}, "shows everything already"},
		{[]string{"r", "recall-damaged", "--width", "100mm", "--height", "40mm"}, "a height of at least"},
		{[]string{"r", "raster", "--neurons", "x"}, "0-9,20"},
		{[]string{"r", "raster", "--width", "5"}, "85mm"},
		{[]string{"r", "raster", "--format", "gif"}, "svg, pdf or png"},
	} {
		if _, stderr, code := command(t, append([]string{"plot"}, c.args...)...); code != exitBadInput || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d: %s; want %q", c.args, code, stderr, c.want)
		}
	}
}
