package scenarios

import (
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Makkeh et al. 2025, fig. 3: each neuron ends with a bar of its own.
func TestBarsAreSharedOut(t *testing.T) {
	for seed := range 3 {
		n := play(t, "bars", nil, "bars.stimuli=5000", "bars.test=400", "record.atoms=5", "seed="+string(rune('1'+seed)))
		n.want(t, "bars.success", 1, 1)
		n.want(t, "bars.solved_after", 1, 5000)
		n.want(t, "atoms.unq_r", 0.4, 0.8)
	}
}

// Neurons with clocks of their own and late context share the bars out as
// well, because they wait for the context; and so do contextual weights that
// climb the goal.
func TestBarsOtherWays(t *testing.T) {
	for _, name := range []string{"asynchronous-bars", "bars-goal-context"} {
		n := play(t, name, nil, "bars.stimuli=5000", "bars.test=400", "record.atoms=5")
		n.want(t, "bars.success", 1, 1)
		n.want(t, "atoms.unq_r", 0.4, 0.8)
	}
	open := play(t, "asynchronous-bars", nil, "bars.stimuli=5000", "bars.test=400", "neuron.gate.threshold=0")
	open.want(t, "bars.success", 0, 0) // the gate is what does it
}

// Γ of a scenario, named or spelled out.
func TestCoefficients(t *testing.T) {
	for _, c := range []struct {
		name, set, path, atom string
		n                     int
		want                  float64
	}{
		{"bars", "seed=1", "neuron.goal.unq_r", "unq_r", 5, 1},
		{"hidden-layer", "hidden_layer.goal=modified", "hidden_layer.gamma[11]", "{12}{13}", 19, -1},
		{"hidden-layer", "hidden_layer.goal=optimised", "hidden_layer.gamma[0]", "{1}{2}{3}", 19, .21016},
		{"hidden-layer", "hidden_layer.goal=naive", "hidden_layer.gamma[18]", "h_res", 19, 0},
	} {
		s := loadBuiltin(t, c.name, c.set)
		all, err := s.Coefficients()
		if err != nil || len(all) != c.n {
			t.Fatal(len(all), err)
		}
		if i := slices.Index(all, Coefficient{c.path, c.atom, c.want}); i < 0 {
			t.Errorf("%s, %s: no %s in %v", c.name, c.set, c.path, all)
		}
	}
}

func TestBarsVariantsRun(t *testing.T) {
	for name, sets := range map[string][]string{
		"flips":        {"bars.flips=10%"},
		"more neurons": {"network.neurons=10"},
		"hard bits":    {"neuron.hard_bits=true"},
		"clocks":       {"neuron.clock.kind=poisson", "network.delay={uniform: [1ms, 5ms]}"},
	} {
		t.Run(name, func(t *testing.T) {
			n := play(t, "bars", nil, append(sets, "bars.stimuli=300", "bars.test=50")...)
			n.want(t, "bars.found", 0, 8)
		})
	}
	play(t, "crossing-bars", nil, "bars.stimuli=300", "bars.test=50").want(t, "bars.found", 0, 16)
}

func TestPatches(t *testing.T) {
	dir := t.TempDir()
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.IntN(256))
	}
	f, err := os.Create(filepath.Join(dir, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	f.Close()
	sets := []string{"bars.source=patches", "bars.path=.", "bars.stimuli=200", "bars.test=10"}
	n := play(t, "bars", diskFiles(dir), sets...)
	if _, ok := n.scores["bars.success"]; ok {
		t.Error("patches have no bars to find")
	}
	n.want(t, "atoms.unq_r", -1, 1)
	_, err = loadTask(t, "bars", diskFiles(dir), append(sets, "bars.bars=31")...)
	if err == nil || !strings.Contains(err.Error(), "a.png: 40×30 pixels, expected at least 31×31") {
		t.Errorf("got %v", err)
	}
}

func TestBarsMistakes(t *testing.T) {
	for want, sets := range map[string][]string{
		"an even number":                {"bars.source=crossing", "bars.bars=7"},
		"a folder of PNG files":         {"bars.source=patches"},
		"bars: cannot stand beside":     {"digits.passes=1"},
		"neuron.receptive_learning.rat": {"neuron.receptive_learning.rat=1"},
	} {
		if _, err := loadTask(t, "bars", nil, sets...); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(want, "bars: ")) {
			t.Errorf("%v: got %v, want %q", sets, err, want)
		}
	}
}

// Pixels of a picture follow its bars.
func TestStimuli(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	s := stimuli{width: 3, height: 3, bars: 6, crossing: true, p: 0.3}
	pixels, on := make([]float32, 9), make([]bool, 6)
	for range 100 {
		s.draw(pixels, on, rng)
		for i, v := range pixels {
			if lit := on[i/3] || on[3+i%3]; lit != (v > 0) {
				t.Fatalf("pixel %d is %v with bars %v", i, v, on)
			}
		}
	}
}

// The information of a tally against its definition.
func TestTally(t *testing.T) {
	tl := newTally(1, 2)
	for range 50 {
		tl.add(0, 1, []bool{true, true})
		tl.add(0, 0, []bool{false, true})
	}
	if mi := tl.information(); math.Abs(mi[0]-1) > 1e-12 || mi[1] != 0 {
		t.Errorf("got %v, want 1 bit about the first feature and 0 about the second", mi)
	}
	// A channel that errs with 11 % carries half a bit.
	if mi := binaryInformation(0.445, 0.5, 0.5); math.Abs(mi-(1-binaryEntropy(0.11))) > 1e-12 {
		t.Errorf("got %v bits", mi)
	}
	if newTally(1, 1).information()[0] != 0 {
		t.Error("an empty tally knows nothing")
	}
}

// TestBarsResume stops in training, between training and test, and in the test.
func TestBarsResume(t *testing.T) {
	small := []string{"bars.stimuli=300", "bars.test=60", "bars.checks=10", "record.atoms=5"}
	for _, at := range []int{1, 137, 300, 301, 340} {
		resumes(t, at, "bars", small...)
	}
	resumes(t, 150, "asynchronous-bars", small...)
}
