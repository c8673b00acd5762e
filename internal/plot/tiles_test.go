package plot

import (
	"math"
	"strings"
	"testing"
)

// TestMistakes: in galleries that compare, pixels with the other sign than in the first
// column are orange, and the picture says so. Zero and unknown pixels are no mistakes.
func TestMistakes(t *testing.T) {
	cfg := GalleryConfig{Title: "t", Width: 4, Height: 1, Columns: []string{"stored", "cue"}, Compared: true}
	stored := []float64{1, -1, 1, -1}
	for _, c := range []struct {
		v     float64
		i     int
		wrong bool
	}{{1, 0, false}, {-1, 0, true}, {0.2, 1, true}, {-0.2, 1, false}, {0, 0, false}, {math.NaN(), 1, false}} {
		if got := &cfg.colors(stored, c.v, c.i)[0] == &mistakes[0]; got != c.wrong {
			t.Errorf("value %v where %v is right: wrong is %v", c.v, stored[c.i], got)
		}
	}
	if &cfg.colors(nil, -1, 0)[0] != &patterns[0] {
		t.Error("a pattern is wrong that is compared with none")
	}
	if !strings.Contains(cfg.Text(), "t; orange: wrong") {
		t.Errorf("text %q", cfg.Text())
	}
	drawn := cfg
	drawn.Rows = []GalleryRow{{Patterns: [][]float64{stored, stored}}}
	if f, err := Gallery(drawn); err != nil || f.title != "t; orange: wrong" {
		t.Errorf("%v, %v", f, err)
	}
	if cfg.Compared = false; &cfg.colors(stored, -1, 0)[0] != &patterns[0] || strings.Contains(cfg.Text(), "orange") {
		t.Error("pixels are wrong in a gallery that does not compare")
	}
}
