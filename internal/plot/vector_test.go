package plot

import (
	"bytes"
	"image/color"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// TestAreasCover draws random grids: areas cover the cells of their colour and no
// other cell, but for the thin joints between them.
func TestAreasCover(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		w, h, n := 1+rng.IntN(9), 1+rng.IntN(9), 1+rng.IntN(3)
		at := make([]int, w*h)
		for i := range at {
			at[i] = rng.IntN(n)
		}
		for k := range n {
			all := areas(at, w, h, k)
			for i, c := range at {
				x, y := float64(i%w), float64(i/w)
				// The middle of a cell, and points near its corners.
				for _, p := range [][2]float64{{.5, .5}, {.1, .1}, {.9, .1}, {.1, .9}, {.9, .9}} {
					px, py := x+p[0], y+p[1]
					in := slices.ContainsFunc(all, func(a area) bool { return a.x0 < px && px < a.x1 && a.y0 < py && py < a.y1 })
					if in != (c == k) {
						t.Fatalf("%d×%d cells %v, colour %d: (%g, %g) is covered: %v", w, h, at, k, px, py, in)
					}
				}
			}
		}
	}
}

// TestAreasAreFew: equal runs of rows become one area, and areas that touch get a
// joint over what they share.
func TestAreasAreFew(t *testing.T) {
	for _, c := range []struct {
		name string
		w    int
		at   []int
		want []area
	}{
		{"a block", 3, []int{0, 1, 1, 0, 1, 1}, []area{{1, 3, 0, 2}}},
		{"two runs", 3, []int{1, 0, 1}, []area{{0, 1, 0, 1}, {2, 3, 0, 1}}},
		{"a step", 3, []int{1, 1, 0, 0, 1, 1}, []area{{0, 2, 0, 1}, {1, 3, 1, 2}, {1, 2, 1 - overlap, 1 + overlap}}},
		{"a corner only", 2, []int{1, 0, 0, 1}, []area{{0, 1, 0, 1}, {1, 2, 1, 2}}},
		{"nothing", 2, []int{0, 0}, nil},
		{"a gap between rows", 1, []int{1, 0, 1}, []area{{0, 1, 0, 1}, {0, 1, 2, 3}}},
	} {
		if got := areas(c.at, c.w, len(c.at)/c.w, 1); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestCellColors: the most frequent colour is the first.
func TestCellColors(t *testing.T) {
	red, blue, grey := color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 255}, color.NRGBA{9, 9, 9, 255}
	of := []color.NRGBA{red, blue, grey, grey, blue, grey}
	at, colors := cells(3, 2, 12, func(x, y int) color.NRGBA { return of[3*y+x] }).colors()
	if !slices.Equal(colors, []color.NRGBA{grey, blue, red}) || !slices.Equal(at, []int{2, 1, 0, 0, 1, 0}) {
		t.Errorf("%v, %v", at, colors)
	}
}

// TestVectorCanvas: few cells in few opaque colours become areas, other images stay
// images.
func TestVectorCanvas(t *testing.T) {
	shades := func(n, alpha int) func(x, y int) color.NRGBA {
		return func(x, y int) color.NRGBA { return color.NRGBA{uint8((x + y) % n), 0, 0, uint8(alpha)} }
	}
	for _, c := range []struct {
		name            string
		w, h, n, alpha  int
		images, regions int
	}{
		{"one colour", 10, 10, 1, 255, 0, 1},
		{"as many colours as allowed", 32, 32, 4, 255, 0, 4},
		{"a colour too many", 10, 10, 5, 255, 1, 0},
		{"a cell too many", 25, 41, 2, 255, 1, 0},
		{"transparent", 10, 10, 2, 254, 1, 0},
	} {
		svg := vgsvg.New(100, 100)
		(&vectorCanvas{Canvas: svg}).DrawImage(vg.Rectangle{Max: vg.Point{X: 50, Y: 50}}, cells(c.w, c.h, tilePixels, shades(c.n, c.alpha)))
		var b bytes.Buffer
		if _, err := svg.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(b.String(), "<image"); got != c.images {
			t.Errorf("%s: %d images, want %d", c.name, got, c.images)
		}
		if got := strings.Count(b.String(), "<path"); got != c.regions {
			t.Errorf("%s: %d areas, want %d", c.name, got, c.regions)
		}
	}
	svg := vgsvg.New(100, 100)
	(&vectorCanvas{Canvas: svg}).DrawImage(vg.Rectangle{Max: vg.Point{X: 50, Y: 50}}, cells(2, 1, 2, shades(1, 255)).enlarged())
	var b bytes.Buffer
	if _, err := svg.WriteTo(&b); err != nil || strings.Count(b.String(), "<image") != 1 {
		t.Errorf("an image that has no cells: %v, %s", err, b.String())
	}
}

// TestAreasInPlace: the first row of cells is at the top, and the second column to
// the right of the first.
func TestAreasInPlace(t *testing.T) {
	svg := vgsvg.New(100, 100)
	(&vectorCanvas{Canvas: svg}).DrawImage(vg.Rectangle{Min: vg.Point{X: 10, Y: 20}, Max: vg.Point{X: 30, Y: 60}}, cells(2, 2, 2, func(x, y int) color.NRGBA {
		return color.NRGBA{R: uint8(255 * x * (1 - y)), A: 255} // only the upper right cell is red
	}))
	var b bytes.Buffer
	if _, err := svg.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	// SVG counts y downwards; the canvas is turned over by a transform.
	if want := `<path d="M20,60L30,60L30,40L20,40Z" style="fill:#FF0000`; !strings.Contains(b.String(), want) {
		t.Errorf("no %q in %s", want, b.String())
	}
}
