package draw

import (
	"bytes"
	"errors"
	"image/png"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

func build(t testing.TB, n int, place string, r topology.Rule) *topology.Graph {
	t.Helper()
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: n, Place: topology.Placement{Kind: place}}},
		Channels:    []topology.Population{{Name: "in", Size: 2, Place: topology.Placement{Kind: place}}},
		Projections: []topology.Projection{
			{From: "net", To: "net", Port: neuron.Contextual, Rule: r, Weights: topology.Normal(0, 1)},
			{From: "in", To: "net", Rule: topology.Rule{Name: "fixed_total_number", Number: min(n, 4)}, Weights: topology.Constant(1)},
		},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestEveryLayoutInBothFormats(t *testing.T) {
	g := build(t, 30, "random", topology.Rule{Name: "watts_strogatz", K: 4, P: .2})
	values := &Values{Name: "v", Of: make([]float64, 30)}
	for i := range values.Of {
		values.Of[i] = float64(i)
	}
	values.Of[3], values.Of[4] = math.NaN(), math.Inf(1)
	for _, layout := range Layouts() {
		for _, classes := range []bool{false, true} {
			opt := Options{Layout: layout, Colour: &Values{Name: "v", Of: values.Of, Classes: classes}, Size: values, Labels: true, Title: "A title"}
			var a, b, svg bytes.Buffer
			for _, out := range []*bytes.Buffer{&a, &b} {
				if err := Write(out, "png", g, opt); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Errorf("%s: two drawings differ", layout)
			}
			img, err := png.Decode(&a)
			if err != nil || img.Bounds().Dx() < 760 {
				t.Errorf("%s: %v %v", layout, img.Bounds(), err)
			}
			checkLetters(t, g, opt)
			if err := Write(&svg, "svg", g, opt); err != nil || !strings.Contains(svg.String(), "A title") || strings.Contains(svg.String(), "NaN") {
				t.Errorf("%s as SVG: %v", layout, err)
			}
		}
	}
}

var fontSize = regexp.MustCompile(`font-size:([0-9.]+)px`)

// checkLetters requires letters of at least 7 pt when a drawing fills one
// column of a journal (85 mm), whether it is scaled down or drawn for that
// width, and in a PDF.
func checkLetters(t *testing.T, g *topology.Graph, opt Options) {
	t.Helper()
	const column = 85 / 25.4 * 72
	for _, width := range []float64{0, column, 178 / 25.4 * 72} {
		opt.Width = width
		var svg, pdf bytes.Buffer
		if err := errors.Join(Write(&svg, "svg", g, opt), Write(&pdf, "pdf", g, opt)); err != nil || !strings.HasPrefix(pdf.String(), "%PDF") {
			t.Fatal(err)
		}
		least, scale := math.Inf(1), 1.0
		if m := regexp.MustCompile(`scale\((0[0-9.]+),`).FindStringSubmatch(svg.String()); m != nil {
			scale, _ = strconv.ParseFloat(m[1], 64)
		}
		for _, m := range fontSize.FindAllStringSubmatch(svg.String(), -1) {
			size, _ := strconv.ParseFloat(m[1], 64)
			least = math.Min(least, size*scale)
		}
		if width == 0 {
			least *= column / opt.withDefaults().Width
		}
		if least < 7-1e-6 || math.IsInf(least, 0) {
			t.Errorf("at %g points letters have %g pt", width, least)
		}
	}
}

func TestSmallGraphs(t *testing.T) {
	for n := range 3 {
		g := build(t, n, "grid", topology.Rule{Name: "all_to_all", Autapses: true})
		for _, layout := range Layouts() {
			var out bytes.Buffer
			if err := Write(&out, "svg", g, Options{Layout: layout}); err != nil || strings.Contains(out.String(), "NaN") {
				t.Errorf("%d neurons, %s: %v", n, layout, err)
			}
		}
	}
	for _, layout := range []string{"force", "circle", "layered"} {
		if err := Write(&bytes.Buffer{}, "png", &topology.Graph{}, Options{Layout: layout}); err != nil {
			t.Errorf("nothing, %s: %v", layout, err)
		}
	}
}

// TestForceLayoutJoinsNeighbours: joined neurons are placed nearer to each
// other than others.
func TestForceLayoutJoinsNeighbours(t *testing.T) {
	g := build(t, 60, "", topology.Rule{Name: "stochastic_block", Sizes: []int{30, 30}, Probabilities: [][]float64{{.3, .01}, {.01, .3}}})
	at, err := Place(g, "force", 1)
	if err != nil {
		t.Fatal(err)
	}
	var in, out, ni, no float64
	for i := range 60 {
		for j := range i {
			d := math.Hypot(at[i].X-at[j].X, at[i].Y-at[j].Y)
			if (i < 30) == (j < 30) {
				in, ni = in+d, ni+1
			} else {
				out, no = out+d, no+1
			}
		}
	}
	if in/ni > .6*out/no {
		t.Errorf("mean distance %.3f inside blocks, %.3f between", in/ni, out/no)
	}
}

func TestLayersFollowThePath(t *testing.T) {
	g := build(t, 12, "", topology.Rule{Name: "feed_forward", Sizes: []int{5, 4, 3}})
	l := layers(g, 14)
	for _, s := range g.Synapses() {
		if l[s.Source] >= l[s.Target] {
			t.Errorf("synapse %d → %d goes from layer %d to %d", s.Source, s.Target, l[s.Source], l[s.Target])
		}
	}
}

func TestBadDrawings(t *testing.T) {
	g := build(t, 5, "", topology.Rule{Name: "star"})
	for _, c := range []struct {
		format string
		opt    Options
	}{
		{"gif", Options{}}, {"png", Options{Layout: "spiral"}}, {"png", Options{Layout: "position"}}, {"png", Options{Colour: &Values{Of: make([]float64, 3)}}},
	} {
		if err := Write(&bytes.Buffer{}, c.format, g, c.opt); err == nil {
			t.Errorf("%s %+v was drawn", c.format, c.opt)
		}
	}
}

// TestMapIsViridis checks both ends and the middle of the colour map.
func TestMapIsViridis(t *testing.T) {
	for x, want := range map[float64][3]uint8{0: {68, 1, 84}, .5: {33, 144, 141}, 1: {253, 231, 37}} {
		if c := mapped(x); [3]uint8{c.R, c.G, c.B} != want {
			t.Errorf("%v: %v, want %v", x, c, want)
		}
	}
}
