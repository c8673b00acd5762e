package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"infomorph/neuron"
)

var samplesDir = flag.String("samples", "", "write every sample picture to this folder, to look at")

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func letter(rows string) []float64 {
	var p []float64
	for _, c := range strings.Join(strings.Fields(rows), "") {
		p = append(p, map[rune]float64{'#': 1, '.': -1, '?': math.NaN()}[c])
	}
	return p
}

const letterA = `..######..
.########.
.##....##.
.##....##.
.########.
.########.
.##....##.
.##....##.
.##....##.
..........`

func sampleGallery(rows int) GalleryConfig {
	cfg := GalleryConfig{Title: "Recall from cues with 20 % of the pixels flipped", Width: 10, Height: 10, Columns: []string{"stored", "cue", "recalled"}, Compared: true}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		stored := letter(letterA)
		cue := append([]float64(nil), stored...)
		recalled := append([]float64(nil), stored...)
		for j := range cue {
			if rng.Float64() < 0.2 {
				cue[j] = -cue[j]
			}
			if i == 1 && j < 30 {
				cue[j] = math.NaN()
			}
			recalled[j] *= 1 - 0.8*rng.Float64()
		}
		cfg.Rows = append(cfg.Rows, GalleryRow{Name: string(rune('A' + i)), Patterns: [][]float64{stored, cue, recalled}, Captions: []string{"", "0.60", "0.998"}})
	}
	return cfg
}

func sampleSpikes(n, neurons int, signed bool) []neuron.Spike {
	rng := rand.New(rand.NewPCG(3, 4))
	var out []neuron.Spike
	for range n {
		v := float32(1)
		if signed && rng.IntN(3) == 0 {
			v = -1
		}
		id := rng.IntN(neurons)
		out = append(out, neuron.Spike{Time: neuron.Time(rng.IntN(500_000) + 100_000*(id/20%2)), Source: neuron.ID(id), Value: v})
	}
	return out
}

func curveOf(n int, f func(t float64) float64, width float64) Series {
	s := Series{}
	for i := range n {
		t := float64(i) / float64(n)
		s.X = append(s.X, t*30)
		s.Y = append(s.Y, f(t))
		s.Low = append(s.Low, f(t)-width*(1-t/2))
		s.High = append(s.High, f(t)+width*(1-t/2))
	}
	return s
}

func sampleAtoms() []Series {
	var out []Series
	for i, name := range []string{"unq_r", "unq_c", "red", "syn", "h_res"} {
		s := curveOf(200, func(t float64) float64 {
			return []float64{0.3 * (1 - t), -0.1 * t, 0.85 * t, 0.2*math.Exp(-5*t) - 0.05, 0.4 - 0.3*t}[i]
		}, 0.06)
		s.Name = name
		out = append(out, s)
	}
	return out
}

func sampleMatrix(rows, cols int) []float64 {
	rng := rand.New(rand.NewPCG(5, 6))
	v := make([]float64, rows*cols)
	for i := range v {
		v[i] = rng.NormFloat64() * 0.02 * float64(1+i%cols/(1+cols/5))
		if rows == cols && i%cols == i/cols {
			v[i] = math.NaN()
		}
	}
	return v
}

// samples are pictures of made-up data, one of each kind and size.
func samples() map[string]*Figure {
	rng := rand.New(rand.NewPCG(7, 8))
	learning := []Series{curveOf(31, func(t float64) float64 { return 1 - math.Exp(-6*t) }, 0.05), curveOf(31, func(t float64) float64 { return 0.7 - 0.7*math.Exp(-9*t) }, 0.08)}
	learning[0].Name, learning[1].Name = "clean cues", "10 % flipped"
	load := []Series{{Name: "sign recall", X: []float64{1, 2, 5, 10, 50, 100, 1000}, Y: []float64{1, 1, .99, .98, .9, .5, .1}}}
	fields := FieldsConfig{Title: "Receptive fields", Width: 8, Height: 8}
	for i := range 8 {
		f := make([]float64, 64)
		for j := range f {
			f[j] = rng.NormFloat64() * 0.1
			if j/8 == i {
				f[j] += 1 - 2*float64(i%2)
			}
		}
		fields.Fields = append(fields.Fields, f)
		fields.Names = append(fields.Names, "neuron "+string(rune('0'+i)))
	}
	confusion := ConfusionConfig{Title: "Digits: answers on the test set"}
	for i := range 10 {
		row := make([]int, 10)
		for j := range row {
			row[j] = rng.IntN(9)
		}
		row[i] = 900 + rng.IntN(90)
		confusion.Labels = append(confusion.Labels, string(rune('0'+i)))
		confusion.Counts = append(confusion.Counts, row)
	}
	big := Series{Name: "goal"}
	for i := range 100_000 {
		big.X, big.Y = append(big.X, float64(i)), append(big.Y, math.Sin(float64(i)/9000)+0.1*rng.NormFloat64())
	}
	return map[string]*Figure{
		"atoms":         must(Lines(LinesConfig{Title: "PID atoms, mean over 100 neurons (band: 10–90 %)", XLabel: "presentation", YLabel: "information [bit]", Series: sampleAtoms(), Zero: true})),
		"gallery":       must(Gallery(sampleGallery(8))),
		"gallery-one":   must(Gallery(sampleGallery(1))),
		"gallery-many":  must(Gallery(sampleGallery(40))),
		"raster":        must(Raster(RasterConfig{Title: "Spikes", Spikes: sampleSpikes(3000, 100, true), Marks: []Mark{{0.25, "lesion", false}, {0.5, "recovery", true}}})),
		"raster-big":    must(Raster(RasterConfig{Title: "Spikes", Spikes: sampleSpikes(1_000_000, 1000, false)})),
		"raster-plus":   must(Raster(RasterConfig{Title: "Spikes", Spikes: sampleSpikes(200, 10, false)})),
		"matrix":        must(Matrix(MatrixConfig{Title: "Weights", XLabel: "source", YLabel: "target", Rows: 100, Cols: 100, Values: sampleMatrix(100, 100)})),
		"matrix-big":    must(Matrix(MatrixConfig{Title: "Weights", XLabel: "source", YLabel: "target", Rows: 3000, Cols: 3000, Values: sampleMatrix(3000, 3000)})),
		"matrix-wide":   must(Matrix(MatrixConfig{Title: "Weights", XLabel: "source", YLabel: "target", Rows: 5, Cols: 64, Values: sampleMatrix(5, 64)})),
		"learning":      must(Lines(LinesConfig{Title: "Learning curve", XLabel: "presentations per pattern", YLabel: "mean overlap", Series: learning, References: []Reference{{"asked for", 0.95}}})),
		"load":          must(Lines(LinesConfig{Title: "Recall against load", XLabel: "patterns", YLabel: "mean overlap", Series: load, LogX: true, Markers: true, YRange: &[2]float64{0, 1.05}})),
		"lines-big":     must(Lines(LinesConfig{Title: "Goal", XLabel: "update", YLabel: "goal [bit]", Series: []Series{big}})),
		"bars":          must(Bars(BarsConfig{Title: "Capacity by rule", YLabel: "patterns per synapse", Labels: []string{"Hebb", "Storkey", "pseudo-inverse", "infomorphic"}, Values: []float64{.14, .45, 1, 1.6}, Errors: []float64{.01, .02, .03, .05}, References: []Reference{{"Cover's bound", 2}}})),
		"bars-negative": must(Bars(BarsConfig{Title: "Atoms", YLabel: "bit", Labels: atomLabels(), Values: []float64{.2, -.1, .6, .05}})),
		"confusion":     must(Confusion(confusion)),
		"fields":        must(Fields(fields)),
	}
}

func atomLabels() []string { return []string{"unq_r", "unq_c", "red", "syn"} }

func TestSamples(t *testing.T) {
	figures := samples()
	again := samples()
	for name, f := range figures {
		var png, svg, svg2 bytes.Buffer
		for _, err := range []error{f.PNG(&png), f.SVG(&svg), again[name].SVG(&svg2)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(svg.Bytes(), svg2.Bytes()) {
			t.Errorf("%s: the same data give other bytes", name)
		}
		if png.Len() < 2000 || png.Len() > 4<<20 || svg.Len() < 1000 || svg.Len() > 4<<20 {
			t.Errorf("%s: PNG of %d bytes, SVG of %d", name, png.Len(), svg.Len())
		}
		checkSVG(t, name, svg.Bytes())
		if *samplesDir != "" {
			os.WriteFile(filepath.Join(*samplesDir, name+".png"), png.Bytes(), 0o666)
			os.WriteFile(filepath.Join(*samplesDir, name+".svg"), svg.Bytes(), 0o666)
		}
	}
}

var badNumber = regexp.MustCompile(`["( ,][+-]?(NaN|Inf)`)

// checkSVG requires well-formed XML with finite coordinates.
func checkSVG(t *testing.T, name string, doc []byte) {
	t.Helper()
	if m := badNumber.Find(doc); m != nil {
		t.Errorf("%s: %q in the SVG", name, m)
	}
	if n := bytes.Count(doc, []byte("<image ")); n != bytes.Count(doc, []byte("data:image/png;base64,iVBOR")) {
		t.Errorf("%s: an image is not called the PNG file that it is", name)
	}
	for d := xml.NewDecoder(bytes.NewReader(doc)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}
