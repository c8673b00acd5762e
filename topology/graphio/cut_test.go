package graphio

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"infomorph/topology"
)

// TestDisksThatFail: wherever reading fails, the result is the error of the
// reader, not a graph, and not an error about the file.
func TestDisksThatFail(t *testing.T) {
	gone := errors.New("the disk is gone")
	for f, text := range three(t) {
		for n := range len(text) {
			in := io.MultiReader(strings.NewReader(text[:n]), iotest.ErrReader(gone))
			if _, err := Read(in, f, Limits{}); err == nil || !strings.Contains(err.Error(), gone.Error()) {
				t.Fatalf("%s fails behind byte %d, %q: %v", f, n, text[max(0, n-20):n], err)
			}
		}
	}
}

// TestCutAnywhere: a truncated file is refused with an error that says so. A
// list of lines cannot tell; it has no more than the whole file.
func TestCutAnywhere(t *testing.T) {
	for f, text := range three(t) {
		lines := f == CSV || f == TSV || f == AdjacencyList || f == Pajek || f == Matrix
		for n := range len(strings.TrimRight(text, "\n")) {
			g, err := Read(strings.NewReader(text[:n]), f, Limits{})
			var ours *Error
			switch {
			case err != nil && !errors.As(err, &ours):
				t.Fatalf("%s, cut behind byte %d: %v is no *Error", f, n, err)
			case err == nil && (!lines || g.NumNeurons() > 4 || g.NumSynapses() > 3):
				t.Fatalf("%s, cut behind byte %d, is read: %s", f, n, describe(g))
			}
		}
	}
}

// TestByteByByte: it does not matter in which pieces a file arrives.
func TestByteByByte(t *testing.T) {
	for f, text := range three(t) {
		whole, err := Read(strings.NewReader(text), f, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for name, in := range map[string]io.Reader{
			"bytes": iotest.OneByteReader(strings.NewReader(text)), "halves": iotest.HalfReader(strings.NewReader(text)), "the end with the rest": iotest.DataErrReader(strings.NewReader(text)),
		} {
			if g, err := Read(in, f, Limits{}); err != nil || describe(g) != describe(whole) {
				t.Errorf("%s in %s: %v", f, name, err)
			}
		}
	}
}

// TestDamagedLetters replaces every byte of a file by others: the result is an
// error of this package or a graph that can be written and read again.
func TestDamagedLetters(t *testing.T) {
	for f, text := range three(t) {
		for at := range len(text) {
			for _, b := range []byte{0, '"', '<', '9', '\n', 0xff} {
				damaged := text[:at] + string([]byte{b}) + text[at+1:]
				g, err := Read(strings.NewReader(damaged), f, Limits{Nodes: 100, Edges: 100})
				var ours *Error
				if err != nil {
					if !errors.As(err, &ours) {
						t.Fatalf("%s, byte %d is %q: %v is no *Error", f, at, b, err)
					}
					continue
				}
				comesBack(t, f, g, damaged)
			}
		}
	}
}

func comesBack(t *testing.T, f Format, g *topology.Graph, from string) {
	t.Helper()
	if f == AdjacencyList {
		f = CSV
	}
	data := encode(t, f, g)
	again, err := Read(bytes.NewReader(data), f, Limits{})
	if err != nil || again.NumSynapses() != g.NumSynapses() || again.NumNeurons() != g.NumNeurons() {
		t.Fatalf("%s: %q\nis read as %s\nand written as %q: %v", f, from, describe(g), data, err)
	}
}
