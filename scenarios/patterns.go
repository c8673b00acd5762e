package scenarios

import (
	"bufio"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"path"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"infomorph/internal/config"
)

// Patterns says which patterns are stored.
type Patterns struct {
	Source string `yaml:"source" doc:"random: fair bits. letters: the built-in alphabet. text: a file of ASCII art. images: a folder of PNG files." default:"letters" enum:"random,letters,text,images"`
	Count  int    `yaml:"count" doc:"Number of patterns; 0 takes all there are (26 letters, the whole file or folder)." default:"0" min:"0" max:"1000000"`
	Path   string `yaml:"path" doc:"File or folder, for text and images; relative to the scenario's folder."`
	Width  int    `yaml:"width" doc:"Pixels per row." default:"10" min:"1" max:"4096"`
	Height int    `yaml:"height" doc:"Rows; 0 fits the number of neurons." default:"0" min:"0" max:"4096"`
}

// Validate implements config.Validator.
func (p *Patterns) Validate() error {
	switch {
	case (p.Source == "text" || p.Source == "images") && p.Path == "":
		return config.FieldError("path", nil, "a file or folder, because source is "+p.Source, "")
	case p.Source == "letters" && p.Count > 26:
		return config.FieldError("count", p.Count, "at most 26, because source is letters", "use source: random")
	case p.Source == "random" && p.Count == 0:
		return config.FieldError("count", p.Count, "how many patterns, because source is random", "")
	}
	return nil
}

// Pattern is one pattern of ±1 pixels, row by row.
type Pattern struct {
	Name   string
	Pixels []float32
}

// Files gives a task the files its scenario names.
type Files interface {
	Open(name string) (io.ReadCloser, error)
	List(folder string) ([]string, error) // names in order
}

// Limits on pattern files.
const (
	maxTextBytes = 16 << 20
	maxPatterns  = 100_000
)

// load returns the patterns, all of width×height pixels; key is where they
// stand in the scenario.
func (p *Patterns) load(key string, width, height int, files Files, rng *rand.Rand) ([]Pattern, error) {
	var all []Pattern
	var err error
	switch p.Source {
	case "random":
		return randomPatterns(p.Count, width*height, rng), nil
	case "letters":
		all, err = letters(width, height)
	case "text":
		all, err = p.loadText(width, height, files)
	default:
		all, err = p.loadImages(width, height, files)
	}
	if err != nil {
		return nil, fileProblem(key+".path", err)
	}
	if p.Count > len(all) {
		return nil, config.FieldError(key+".count", p.Count, fmt.Sprintf("at most the %d patterns of %s", len(all), p.Path), "")
	}
	if p.Count > 0 {
		all = all[:p.Count]
	}
	return all, nil
}

func randomPatterns(count, size int, rng *rand.Rand) []Pattern {
	patterns := make([]Pattern, count)
	for k := range patterns {
		patterns[k] = Pattern{Name: fmt.Sprint(k + 1), Pixels: make([]float32, size)}
		for i := range patterns[k].Pixels {
			patterns[k].Pixels[i] = float32(rng.IntN(2)*2 - 1)
		}
	}
	return patterns
}

// letters draws A to Z from the Go Bold font, as large as fits.
func letters(width, height int) ([]Pattern, error) {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	const letterShare = 1.32 // of the em that a capital with its margin takes
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(height) * letterShare, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	var all []Pattern
	for r := 'A'; r <= 'Z'; r++ {
		all = append(all, Pattern{Name: string(r), Pixels: threshold(fitGlyph(face, r, width, height))})
	}
	return all, nil
}

// fitGlyph draws one letter over the whole of a width×height picture.
func fitGlyph(face font.Face, r rune, width, height int) *image.Gray {
	bounds, _, _ := face.GlyphBounds(r)
	w, h := (bounds.Max.X - bounds.Min.X).Ceil(), (bounds.Max.Y - bounds.Min.Y).Ceil()
	glyph := image.NewGray(image.Rect(0, 0, max(w, 1), max(h, 1)))
	d := font.Drawer{Dst: glyph, Src: image.White, Face: face, Dot: fixed.Point26_6{X: -bounds.Min.X, Y: -bounds.Min.Y}}
	d.DrawString(string(r))
	out := image.NewGray(image.Rect(0, 0, width, height))
	target := out.Bounds()
	if narrow := w * height / max(h, 1); narrow < width { // keep I and J from filling the square
		target.Min.X += (width - narrow) / 2
		target.Max.X = target.Min.X + narrow
	}
	draw.CatmullRom.Scale(out, target, glyph, glyph.Bounds(), draw.Src, nil)
	return out
}

// threshold turns grey values into ±1 at the middle of their range.
func threshold(img *image.Gray) []float32 {
	lo, hi := uint8(255), uint8(0)
	for _, v := range img.Pix {
		lo, hi = min(lo, v), max(hi, v)
	}
	middle := (int(lo) + int(hi)) / 2
	pixels := make([]float32, len(img.Pix))
	for i, v := range img.Pix {
		pixels[i] = -1
		if int(v) > middle {
			pixels[i] = 1
		}
	}
	return pixels
}

// loadText reads ASCII art: patterns are separated by blank lines, a line that
// begins with "= " names the next pattern, # X * @ O 1 are on and . - _ 0 and
// space are off.
func (p *Patterns) loadText(width, height int, files Files) ([]Pattern, error) {
	f, err := files.Open(p.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ParseText(p.Path, f, width, height)
}

// ParseText reads patterns of width×height pixels from ASCII art; file names
// it in errors.
func ParseText(file string, r io.Reader, width, height int) ([]Pattern, error) {
	limited := &io.LimitedReader{R: r, N: maxTextBytes + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxTextBytes+1)
	t := textReader{file: file, width: width, height: height}
	for lines.Scan() {
		t.line++
		if err := t.add(strings.TrimRight(lines.Text(), "\r")); err != nil {
			return nil, err
		}
	}
	switch {
	case limited.N == 0:
		return nil, fmt.Errorf("%s: larger than %d MiB", file, maxTextBytes>>20)
	case lines.Err() != nil:
		return nil, fmt.Errorf("%s: %w", file, lines.Err())
	}
	if err := t.end(); err != nil {
		return nil, err
	}
	if len(t.all) == 0 {
		return nil, fmt.Errorf("%s: no pattern in it; expected rows of # and .", file)
	}
	return t.all, nil
}

type textReader struct {
	file          string
	width, height int
	line          int
	name          string
	rows          int
	pixels        []float32
	all           []Pattern
}

func (t *textReader) add(line string) error {
	if name, ok := strings.CutPrefix(line, "= "); ok {
		if err := t.end(); err != nil {
			return err
		}
		t.name = strings.TrimSpace(name)
		return nil
	}
	if line == "" {
		return t.end()
	}
	if len(line) != t.width {
		return fmt.Errorf("%s:%d: a row of %d characters, expected %d", t.file, t.line, len(line), t.width)
	}
	for i := range len(line) {
		switch {
		case strings.IndexByte("#X*@O1", line[i]) >= 0:
			t.pixels = append(t.pixels, 1)
		case strings.IndexByte(".-_0 ", line[i]) >= 0:
			t.pixels = append(t.pixels, -1)
		default:
			return fmt.Errorf("%s:%d:%d: character %q, expected # X * @ O 1 for on or . - _ 0 for off", t.file, t.line, i+1, line[i])
		}
	}
	if t.rows++; t.rows > t.height {
		return fmt.Errorf("%s:%d: more than %d rows; separate patterns by a blank line", t.file, t.line, t.height)
	}
	return nil
}

// end finishes the pattern that was being read, if any.
func (t *textReader) end() error {
	if t.rows == 0 {
		return nil
	}
	if t.rows != t.height {
		return fmt.Errorf("%s:%d: the pattern that ends here has %d rows, expected %d", t.file, t.line, t.rows, t.height)
	}
	if len(t.all) >= maxPatterns {
		return fmt.Errorf("%s:%d: more than %d patterns", t.file, t.line, maxPatterns)
	}
	if t.name == "" {
		t.name = fmt.Sprint(len(t.all) + 1)
	}
	for _, p := range t.all {
		if p.Name == t.name {
			return fmt.Errorf("%s:%d: two patterns are called %q", t.file, t.line, t.name)
		}
	}
	t.all = append(t.all, Pattern{t.name, t.pixels})
	t.name, t.rows, t.pixels = "", 0, nil
	return nil
}

// loadImages reads the PNG files of a folder in order of their names, scaled
// and thresholded to width×height.
func (p *Patterns) loadImages(width, height int, files Files) ([]Pattern, error) {
	var all []Pattern
	err := eachImage(p.Path, files, func(name string, img image.Image) error {
		if p.Count == 0 || len(all) < p.Count {
			all = append(all, Pattern{strings.TrimSuffix(name, path.Ext(name)), pixelate(img, width, height)})
		}
		return nil
	})
	return all, err
}

// pixelate scales a picture to width×height pixels of ±1.
func pixelate(img image.Image, width, height int) []float32 {
	out := image.NewGray(image.Rect(0, 0, width, height))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return threshold(out)
}
