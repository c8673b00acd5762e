package draw

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/spatial/r2"

	figures "infomorph/internal/plot"
	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/topology"
)

// square is a picture of 560 by 560 points, for which lengths are not scaled
// and equal those of the equations.
var square = Options{Layout: "position", Width: 560, Height: 560}

// side is two neurons side by side, with synapses between them.
func side(t *testing.T, synapses ...topology.Synapse) *topology.Graph {
	return placed(t, []topology.Point{{0, 0}, {1, 0}}, nil, synapses...)
}

// TestSynapsesAreDrawn: a synapse is a curve that bends to its left, with a
// head where it meets the neuron. It is wider and darker for a larger |weight|,
// coloured if both signs occur, and the weakest are drawn first. It is straight
// and has no head if every synapse has an equal one in reverse.
func TestSynapsesAreDrawn(t *testing.T) {
	discs := []string{"disc 21,285 7.2 #3a6094ff rim 0.9", "disc 539,285 7.2 #3a6094ff rim 0.9"}
	for _, c := range []struct {
		synapses []topology.Synapse
		want     []string
	}{
		{nil, nil},
		{[]topology.Synapse{{Source: 0, Target: 1, Weight: 2}}, []string{"curve 21,285 280,331.62 539,285 #6e7480a6 1.65", "arrow 531.91,286.28 527.35,289.13 526.64,285.19 #6e7480a6"}},
		{[]topology.Synapse{{Source: 0, Target: 1, Weight: -2}}, []string{"curve 21,285 280,331.62 539,285 #6e7480a6 1.65", "arrow 531.91,286.28 527.35,289.13 526.64,285.19 #6e7480a6"}},
		{[]topology.Synapse{{Source: 0, Target: 1}}, []string{"curve 21,285 280,331.62 539,285 #6e7480a6 1.65", "arrow 531.91,286.28 527.35,289.13 526.64,285.19 #6e7480a6"}},
		{[]topology.Synapse{{Source: 0, Target: 1, Weight: 2}, {Source: 1, Target: 0, Weight: -1}}, []string{
			"curve 539,285 280,238.38 21,285 #2864b478 1", "arrow 28.09,283.72 32.65,280.87 33.36,284.81 #2864b478",
			"curve 21,285 280,331.62 539,285 #be4632a6 1.65", "arrow 531.91,286.28 527.35,289.13 526.64,285.19 #be4632a6"}},
		{[]topology.Synapse{{Source: 0, Target: 1, Weight: 2}, {Source: 1, Target: 0, Weight: 0}}, []string{
			"curve 539,285 280,238.38 21,285 #6e74804b 0.35", "arrow 28.09,283.72 32.65,280.87 33.36,284.81 #6e74804b",
			"curve 21,285 280,331.62 539,285 #6e7480a6 1.65", "arrow 531.91,286.28 527.35,289.13 526.64,285.19 #6e7480a6"}},
		{[]topology.Synapse{{Source: 0, Target: 1, Weight: 2}, {Source: 1, Target: 0, Weight: 2}}, []string{"curve 21,285 280,285 539,285 #6e7480a6 1.65"}},
		{[]topology.Synapse{{Source: 0, Target: 1, Weight: 2}, {Source: 1, Target: 0, Weight: 2}, {Source: 1, Target: 1, Weight: 1}}, []string{
			"loop 539,294.36 9.36 #6e748078 1", "curve 21,285 280,285 539,285 #6e7480a6 1.65"}},
	} {
		note := "text 10,9.95 10 #6e7480ff 2 neurons, " + words.Count(len(c.synapses), "synapse")
		shows(t, side(t, c.synapses...), square, slices.Concat(c.want, discs, []string{note})...)
	}
}

// TestChannelsAreSquares: channels are grey squares, and their synapses are
// never drawn as undirected.
func TestChannelsAreSquares(t *testing.T) {
	g := placed(t, []topology.Point{{0, 0}, {1, 0}}, []topology.Point{{0, 1}}, topology.Synapse{Source: 2, Target: 0, Weight: 1})
	shows(t, g, square,
		"curve 21,544 67.62,285 21,26 #6e7480a6 1.65", "arrow 22.28,33.09 25.13,37.65 21.19,38.36 #6e7480a6",
		"disc 21,26 7.2 #3a6094ff rim 0.9", "disc 539,26 7.2 #3a6094ff rim 0.9", "square 21,544 7.2 #c8caceff rim 0.9",
		"text 10,9.95 10 #6e7480ff 2 neurons, 1 synapse, 1 channel")
}

// TestValuesAreDrawn: the area follows the size value, and the largest are
// drawn first. Colours go from the smallest to the largest value; unknown
// values are grey.
func TestValuesAreDrawn(t *testing.T) {
	opt := square
	opt.Title, opt.Labels = "A title", true
	opt.Colour, opt.Size = &Values{Name: "in_degree", Of: []float64{3, 5, math.NaN()}}, &Values{Name: "closeness", Of: []float64{.5, 2, 1.25}}
	g := placed(t, []topology.Point{{0, 0}, {1, 0}, {1, 1}}, nil)
	g.Labels = []string{"left", "right", "top"}
	bars, rest := 0, []string{}
	for _, line := range painted(t, g, opt) {
		if strings.HasPrefix(line, "bar") {
			bars++
		} else {
			rest = append(rest, line)
		}
	}
	want := []string{
		"disc 494,42 15.06 #fde725ff rim 0.9",  // 9·√2.8
		"disc 494,510 11.02 #c8caceff rim 0.9", // 9·√1.5
		"disc 26,42 4.02 #440154ff rim 0.9",    // 9·√0.2
		"text 32.02,39.45 10 #23262dff left", "text 511.06,39.45 10 #23262dff right", "text 507.02,507.45 10 #23262dff top",
		"text 10,541.14 12 #23262dff A title", "text 10,9.95 10 #6e7480ff 3 neurons, 0 synapses", "text 10,23.95 10 #23262dff size: closeness, 0.5 to 2",
		"text 475.51,522.95 10 #23262dff colour: in degree",
	}
	if len(rest) < len(want) || !slices.Equal(rest[:len(want)], want) || bars != 64 {
		t.Errorf("%d bars, %s\nwant %s", bars, strings.Join(rest, "\n"), strings.Join(want, "\n"))
	}
	if ends := strings.Join(rest[len(want):], "; "); ends != "text 527.44,359.95 10 #23262dff 3; text 527.44,434.95 10 #23262dff 4; text 527.44,509.95 10 #23262dff 5" {
		t.Errorf("the bar has %s", ends)
	}
}

// TestColourBar: 64 steps of the map, 150 points high or less if there is no
// room. A single value stands at the middle; without values there is no bar.
func TestColourBar(t *testing.T) {
	for _, c := range []struct {
		height      float64
		values      []float64
		first, last string
		texts       []string
	}{
		{560, []float64{0, 8}, "bar 538,380 550,382.74 #440456ff", "bar 538,527.66 550,530.4 #f8e626ff", []string{"0", "4", "8"}},
		{560, []float64{7, 7}, "bar 538,380 550,382.74 #440456ff", "bar 538,527.66 550,530.4 #f8e626ff", []string{"7"}},
		{200, []float64{0, 8}, "bar 538,42 550,44.4 #440456ff", "bar 538,168 550,170.4 #f8e626ff", []string{"0", "4", "8"}},
		{560, []float64{math.NaN(), math.Inf(1)}, "", "", nil},
	} {
		opt := square
		opt.Height, opt.Colour = c.height, &Values{Name: "v", Of: c.values}
		var bars, texts []string
		for _, line := range painted(t, side(t), opt) {
			if strings.HasPrefix(line, "bar") {
				bars = append(bars, line)
			} else if word := line[strings.LastIndexByte(line, ' ')+1:]; strings.HasPrefix(line, "text 5") {
				texts = append(texts, word)
			}
		}
		if c.first == "" && len(bars) == 0 {
			continue
		}
		if len(bars) != 64 || bars[0] != c.first || bars[63] != c.last || !slices.Equal(slices.DeleteFunc(texts, func(s string) bool { return s == "v" }), c.texts) {
			t.Errorf("%v: %d bars, %q to %q, with %q", c.values, len(bars), bars[0], bars[len(bars)-1], texts)
		}
	}
}

// TestClassesAreListed: each class with its colour, as many as there is room
// for.
func TestClassesAreListed(t *testing.T) {
	opt := square
	opt.Colour = &Values{Name: "module", Of: []float64{0, 2}, Classes: true}
	shows(t, side(t), opt,
		"disc 16,278 7.2 #0072b2ff rim 0.9", "disc 504,278 7.2 #009e73ff rim 0.9",
		"text 10,9.95 10 #6e7480ff 2 neurons, 0 synapses", "text 484.41,540.95 10 #23262dff colour: module",
		"disc 544,524 5 #0072b2ff", "text 529.44,520.95 10 #23262dff 0", "disc 544,510 5 #d55e00ff", "text 529.44,506.95 10 #23262dff 1", "disc 544,496 5 #009e73ff", "text 529.44,492.95 10 #23262dff 2")
	for height, want := range map[float64]string{560: "+66", 200: "+92", 1600: "99"} { // rows of 14 points, from 36 below the top to 56 above the bottom
		opt.Height, opt.Colour = height, &Values{Name: "module", Of: []float64{0, 99}, Classes: true}
		got := painted(t, side(t), opt)
		if last := got[len(got)-1]; !strings.HasSuffix(last, " "+want) {
			t.Errorf("%v points high: %s, want %s", height, last, want)
		}
	}
}

// TestLabelsOnTheCircle: labels stand outside the circle.
func TestLabelsOnTheCircle(t *testing.T) {
	opt := Options{Layout: "circle", Width: 560, Height: 280, Labels: true}
	shows(t, placed(t, make([]topology.Point, 4), nil), opt,
		"disc 280,264 3.6 #3a6094ff rim 0.9", "disc 399,145 3.6 #3a6094ff rim 0.9", "disc 280,26 3.6 #3a6094ff rim 0.9", "disc 161,145 3.6 #3a6094ff rim 0.9",
		"text 277.22,270.55 10 #23262dff 0", "text 404.6,142.45 10 #23262dff 1", "text 277.22,14.35 10 #23262dff 2", "text 149.84,142.45 10 #23262dff 3",
		"text 10,9.95 10 #6e7480ff 4 neurons, 0 synapses")
}

// TestManyNeuronsAreSmall: the radius is 8/10 of 110/√(n+1) points, which is
// bounded to 1.1 to 9. On a circle neighbours do not overlap.
func TestManyNeuronsAreSmall(t *testing.T) {
	radius := func(n int, layout string) float64 {
		g := placed(t, make([]topology.Point, n), nil)
		points := make([]r2.Vec, n)
		p := &picture{g: g, opt: Options{Layout: layout, Width: 560, Height: 560}, unit: 1}
		p.scale(points)
		return p.radius[0]
	}
	for n, want := range map[int][2]float64{ // with positions, and on a circle of 518 points
		1: {7.2, 7.2}, 143: {7.2, .8 * .85 * 518 / 144}, 399: {.8 * 5.5, .8 * .85 * 518 / 400}, 9999: {.8 * 1.1, .8 * .6}, 16000: {.8 * 1.1, .8 * .6},
	} {
		if a, b := radius(n, "position"), radius(n, "circle"); !(math.Abs(a-want[0]) <= 1e-9) || !(math.Abs(b-want[1]) <= 1e-9) {
			t.Errorf("%d neurons: %v, on a circle %v, want %v", n, a, b, want)
		}
	}
}

// TestManySynapsesAreFaint: the opacity is 14/√(m+1), bounded to 5 to 65 %, and
// many synapses are thinner. Up to 400 synapses have heads.
func TestManySynapsesAreFaint(t *testing.T) {
	for m, want := range map[int]string{
		1: "#6e7480a6 1.65", 399: "#6e7480a6 1.65", 400: "#6e7480a6 1.65", 1599: "#6e748059 1.24", 9999: "#6e748024 0.49", 90000: "#6e74800d 0.49",
	} {
		synapses := make([]topology.Synapse, m)
		for i := range synapses {
			synapses[i] = topology.Synapse{Source: 0, Target: 1, Weight: 1}
		}
		got := painted(t, side(t, synapses...), square)
		if !strings.HasSuffix(got[0], want) {
			t.Errorf("%d synapses: %s, want %s", m, got[0], want)
		}
		if arrow := strings.HasPrefix(got[1], "arrow"); arrow != (m <= 400) {
			t.Errorf("%d synapses have heads: %v", m, arrow)
		}
	}
}

// TestHeadsNeedRoom: no heads where neurons almost touch, and smaller heads in
// a small picture.
func TestHeadsNeedRoom(t *testing.T) {
	far := placed(t, []topology.Point{{0, 0}, {.02, 0}, {1, 0}}, nil, topology.Synapse{Source: 0, Target: 1, Weight: 1})
	if got := painted(t, far, square); !strings.HasPrefix(got[0], "curve") || !strings.HasPrefix(got[1], "disc") {
		t.Errorf("%q", got[:2])
	}
	small := square
	small.Width, small.Height = 224, 224
	shows(t, side(t, topology.Synapse{Source: 0, Target: 1, Weight: 1}), small,
		"curve 21,117 112,133.38 203,117 #6e7480a6 0.82", "arrow 200.17,117.51 197.88,118.94 197.53,116.97 #6e7480a6",
		"disc 21,117 2.88 #3a6094ff rim 0.72", "disc 203,117 2.88 #3a6094ff rim 0.72", "text 10,9.95 10 #6e7480ff 2 neurons, 1 synapse")
}

// TestColours: the nine stops of the map and the colours between them, classes,
// unknown values, and opacity.
func TestColours(t *testing.T) {
	stops := []string{"#440154ff", "#472c7aff", "#3b518bff", "#2c718eff", "#21908dff", "#27ad81ff", "#5cc863ff", "#aadc32ff", "#fde725ff"}
	for i, want := range stops {
		if got := hex(mapped(float64(i) / 8)); got != " "+want {
			t.Errorf("stop %d is%s, want %s", i, got, want)
		}
	}
	for x, want := range map[float64]string{-1: stops[0], 2: stops[8], 1. / 16: "#461767ff", 3. / 32: "#462171ff", 15. / 16: "#d4e22cff", .1: "#462372ff"} {
		if got := hex(mapped(x)); got != " "+want {
			t.Errorf("%v is%s, want %s", x, got, want)
		}
	}
	v := &Values{Of: []float64{1, 3, 2, math.NaN(), math.Inf(1)}}
	for i, want := range []string{stops[0], stops[8], stops[4], "#c8caceff", "#c8caceff"} {
		if got := hex(v.colour(i)); got != " "+want {
			t.Errorf("value %d is%s, want %s", i, got, want)
		}
	}
	for i, want := range []float64{0, 1, .5, 0, 0} {
		if got := v.fraction(i); got != want {
			t.Errorf("value %d is at %v, want %v", i, got, want)
		}
	}
	classes := &Values{Of: []float64{0, 1, 10, -1, 9}, Classes: true}
	for i, want := range []int{0, 1, 0, 1, 9} {
		if got := classes.colour(i); got != classColours[want] || len(classColours) != 10 {
			t.Errorf("class %v has colour %v, want %v of %d", classes.Of[i], got, classColours[want], len(classColours))
		}
	}
	alike := &Values{Of: []float64{4, 4}}
	if hex(alike.colour(0)) != " "+stops[4] || alike.fraction(0) != 0 || (*Values)(nil).colour(7) != neutral {
		t.Errorf("alike%s at %v", hex(alike.colour(0)), alike.fraction(0))
	}
	for alpha, want := range map[float64]uint8{-1: 0, 0: 0, .5: 128, 1: 255, 7: 255} {
		if got := faded(color.NRGBA{1, 2, 3, 9}, alpha); got != (color.NRGBA{1, 2, 3, want}) {
			t.Errorf("%v of it is %v", alpha, got)
		}
	}
	if lo, hi := (&Values{}).span(); !math.IsInf(lo, 1) || !math.IsInf(hi, -1) {
		t.Errorf("nothing is from %v to %v", lo, hi)
	}
	for x, want := range map[float64]string{1: "1", .12345: "0.123", 12345: "1.23e+04", -2.5: "-2.5"} {
		if got := short(x); got != want {
			t.Errorf("%v is %s", x, got)
		}
	}
}

// points writes positions in hundredths.
func points(at []r2.Vec) string {
	var out []string
	for _, p := range at {
		out = append(out, fmt.Sprintf("%.0f,%.0f", 100*p.X+0, 100*p.Y+0))
	}
	return strings.Join(out, " ")
}

// TestPlacesKnown compares layouts with the known positions of neurons, in
// hundredths of the unit square.
func TestPlacesKnown(t *testing.T) {
	chain := []topology.Synapse{{Source: 0, Target: 1}, {Source: 1, Target: 2}}
	fan := []topology.Synapse{{Source: 0, Target: 1}, {Source: 0, Target: 2}, {Source: 1, Target: 3}, {Source: 0, Target: 3}}
	crossed := []topology.Synapse{{Source: 0, Target: 3}, {Source: 1, Target: 2}}
	for _, c := range []struct {
		layout string
		g      *topology.Graph
		want   string
	}{
		{"circle", placed(t, make([]topology.Point, 4), nil), "50,100 100,50 50,0 0,50"},
		{"circle", placed(t, make([]topology.Point, 1), make([]topology.Point, 1)), "50,100 50,0"},
		{"circle", placed(t, make([]topology.Point, 1), nil), "50,50"},
		{"position", placed(t, []topology.Point{{0, 0}, {10, 5}}, nil), "0,25 100,75"},
		{"position", placed(t, []topology.Point{{0, 0}, {5, 10}}, []topology.Point{{5, 0}}), "25,0 75,100 75,0"},
		{"position", placed(t, []topology.Point{{0, 0, 0}, {1, 0, 0}, {0, 0, 1}}, nil), "0,40 100,40 35,60"},
		{"position", placed(t, []topology.Point{{7, 7}, {7, 7}}, nil), "50,50 50,50"},
		{"layered", placed(t, make([]topology.Point, 3), nil, chain...), "50,100 50,50 50,0"},
		{"layered", placed(t, make([]topology.Point, 4), nil, fan...), "50,100 0,50 100,50 50,0"},
		{"layered", placed(t, make([]topology.Point, 4), nil, crossed...), "100,100 0,100 0,0 100,0"},
		{"layered", placed(t, make([]topology.Point, 2), make([]topology.Point, 1), topology.Synapse{Source: 2, Target: 0}), "50,0 0,100 100,100"},
		{"force", placed(t, make([]topology.Point, 1), nil), "50,50"},
	} {
		at, err := Place(c.g, c.layout, 1)
		if got := points(at); err != nil || strings.ReplaceAll(got, "-0", "0") != c.want {
			t.Errorf("%s of %d neurons: %s, want %s (%v)", c.layout, c.g.NumNeurons(), got, c.want, err)
		}
	}
}

// TestForceIsDrawn: the layout depends on its seed and stays in the unit
// square; the two ends of a path of neurons are far apart.
func TestForceIsDrawn(t *testing.T) {
	var chain []topology.Synapse
	for i := range neuron.ID(9) {
		chain = append(chain, topology.Synapse{Source: i, Target: i + 1, Weight: 1})
	}
	g := placed(t, make([]topology.Point, 10), nil, chain...)
	lay := func(seed uint64) []r2.Vec {
		at, err := Place(g, "force", seed)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	a, again, other := lay(1), lay(1), lay(2)
	if !slices.Equal(a, again) || slices.Equal(a, other) {
		t.Error("the seed does not decide")
	}
	distance := func(at []r2.Vec, i, j int) float64 { return r2.Norm(r2.Sub(at[i], at[j])) }
	for _, at := range [][]r2.Vec{a, other} {
		lo, hi := 1., 0.
		for _, p := range at {
			lo, hi = min(lo, p.X, p.Y), max(hi, p.X, p.Y)
		}
		if !(math.Abs(lo) <= 1e-9) && !(math.Abs(hi-1) <= 1e-9) || lo < -1e-9 || hi > 1+1e-9 {
			t.Errorf("places from %v to %v", lo, hi)
		}
		for i := range 8 {
			if near, far := distance(at, i, i+1), distance(at, i, i+2); near > .35 || far < .9*near {
				t.Errorf("%d is %v from its neighbour, %v from the one after", i, near, far)
			}
		}
	}
}

// TestLayersKnown: the layer is the longest path to a neuron, and a cycle is in
// one layer. Channels come first. If everything is one cycle, the layers are
// the populations.
func TestLayersKnown(t *testing.T) {
	s := func(pairs ...[2]neuron.ID) (out []topology.Synapse) {
		for _, p := range pairs {
			out = append(out, topology.Synapse{Source: p[0], Target: p[1]})
		}
		return out
	}
	for _, c := range []struct {
		neurons, channels int
		synapses          []topology.Synapse
		want              []int
	}{
		{3, 0, nil, []int{0, 0, 0}},
		{3, 0, s([2]neuron.ID{0, 1}, [2]neuron.ID{1, 2}), []int{0, 1, 2}},
		{3, 0, s([2]neuron.ID{2, 1}, [2]neuron.ID{1, 0}), []int{2, 1, 0}},
		{4, 0, s([2]neuron.ID{0, 1}, [2]neuron.ID{1, 2}, [2]neuron.ID{0, 2}, [2]neuron.ID{2, 3}), []int{0, 1, 2, 3}},
		{4, 0, s([2]neuron.ID{0, 1}, [2]neuron.ID{1, 2}, [2]neuron.ID{2, 1}, [2]neuron.ID{2, 3}), []int{0, 1, 1, 2}},
		{2, 0, s([2]neuron.ID{0, 0}, [2]neuron.ID{0, 1}), []int{0, 1}},
		{2, 1, s([2]neuron.ID{2, 0}, [2]neuron.ID{0, 1}), []int{1, 2, 0}},
		{2, 1, s([2]neuron.ID{2, 1}, [2]neuron.ID{0, 1}), []int{0, 1, 0}},
		{2, 0, s([2]neuron.ID{0, 1}, [2]neuron.ID{1, 0}), []int{0, 0}},
		{2, 1, s([2]neuron.ID{0, 1}, [2]neuron.ID{1, 0}), []int{1, 1, 0}},
		{1, 1, s([2]neuron.ID{1, 0}), []int{1, 0}},
	} {
		channels := make([]topology.Point, c.channels)
		g := placed(t, make([]topology.Point, c.neurons), channels, c.synapses...)
		if c.channels == 0 {
			g.Channels = nil
		}
		if got := layers(g, c.neurons+c.channels); !slices.Equal(got, c.want) {
			t.Errorf("%d neurons, %d channels, %v: %v, want %v", c.neurons, c.channels, c.synapses, got, c.want)
		}
	}
	two := []topology.Population{{Name: "a", Size: 1}, {Name: "b", Size: 2}}
	g, err := topology.FromSynapses(two, nil, nil, []topology.Synapse{{Source: 0, Target: 1, Delay: 1}, {Source: 1, Target: 2, Delay: 1}, {Source: 2, Target: 0, Delay: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if got := layers(g, 3); !slices.Equal(got, []int{0, 1, 1}) {
		t.Errorf("populations of a cycle are %v", got)
	}
}

// TestDrawingsRefuse: the errors of invalid drawings.
func TestDrawingsRefuse(t *testing.T) {
	g := side(t)
	nowhere, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: 1}}, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	many := func(n int) *topology.Graph {
		g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: n - 1}}, []topology.Population{{Name: "in", Size: 1}}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	const layouts = `layout "spiral" is unknown, expected one of [force circle position layered]`
	for _, c := range []struct {
		g      *topology.Graph
		format string
		opt    Options
		want   string
	}{
		{g, "gif", square, `format "gif", expected png, svg or pdf`},
		{g, "", square, `format "", expected png, svg or pdf`},
		{g, "png", Options{Layout: "spiral"}, layouts},
		{nowhere, "png", Options{Layout: "position"}, "layout position: neuron 0 has no position"},
		{g, "png", Options{Colour: &Values{Name: "v", Of: make([]float64, 3)}}, "v has 3 values for 2 neurons"},
		{g, "png", Options{Size: &Values{Name: "s", Of: make([]float64, 1)}}, "s has 1 values for 2 neurons"},
		{many(MaxDrawn + 1), "png", Options{Layout: "spiral"}, "20001 neurons and channels, at most 20000 are drawn: measure it, or draw a part"},
		{many(MaxDrawn), "png", Options{Layout: "spiral"}, layouts},
	} {
		if err := Write(io.Discard, c.format, c.g, c.opt); err == nil || err.Error() != c.want {
			t.Errorf("%s %+v: %v, want %s", c.format, c.opt, err, c.want)
		}
	}
}

func TestDefaults(t *testing.T) {
	for _, c := range []struct{ given, want Options }{
		{Options{}, Options{Layout: "force", Width: float64(figures.Width), Height: float64(figures.Width) * 7 / 8}},
		{Options{Layout: "circle", Width: 80}, Options{Layout: "circle", Width: 80, Height: 70}},
		{Options{Height: 50, Width: 60, Title: "t"}, Options{Layout: "force", Width: 60, Height: 50, Title: "t"}},
	} {
		got := c.given.withDefaults()
		if !(math.Abs(got.Width-c.want.Width) <= 1e-6) || !(math.Abs(got.Height-c.want.Height) <= 1e-6) || got.Layout != c.want.Layout || got.Title != c.want.Title {
			t.Errorf("%+v: %+v, want %+v", c.given, got, c.want)
		}
	}
	var svg bytes.Buffer
	if err := Write(&svg, "svg", side(t), Options{Layout: "circle", Width: 400, Height: 300}); err != nil || !strings.Contains(svg.String(), `width="400pt" height="300pt"`) {
		t.Errorf("%v: %.300s", err, svg.String())
	}
}
