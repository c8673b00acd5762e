package data

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"path"
	"strings"

	"infomorph/internal/config"
)

// maxPatternBits limits the patterns in memory.
const maxPatternBits = 1 << 33 // 1 GiB

// patterns opens patterns of ±1.
func (l *loader) patterns() (source, []any, error) {
	p := l.Patterns
	width, height := p.Width, p.Height
	if height == 0 {
		height = width
	}
	l.set.Fields = []Field{{Name: "pattern", Size: width * height, Width: width, binary: true}}
	if p.Source == "random" {
		src, err := l.randomPatterns(width * height)
		return src, []any{*p}, err
	}
	var all *bitmaps
	var err error
	switch p.Source {
	case "letters":
		all, err = letters(width, height)
	case "text":
		all, err = l.textPatterns(width, height)
	default:
		all, err = l.picturePatterns(width, height)
	}
	if err != nil {
		return nil, nil, l.fault("patterns", "path", err)
	}
	if p.Count > len(all.names) {
		return nil, nil, config.FieldError(l.key("patterns", "count"), p.Count, fmt.Sprintf("at most the %d patterns there are", len(all.names)), "")
	}
	if p.Count > 0 {
		all.names, all.pixels = all.names[:p.Count], all.pixels[:p.Count]
	}
	if err := l.tellBlank(all, width*height); err != nil {
		return nil, nil, l.fault("patterns", "path", err)
	}
	return all, []any{*p, all.names, all.pixels}, nil
}

// tellBlank adds a note about patterns in which all pixels are the same. It returns an
// error if all patterns are like that, because then the pictures were not recognised.
func (l *loader) tellBlank(all *bitmaps, size int) error {
	var blank []string
	for k, b := range all.pixels {
		lit := 0
		for i := range size {
			if b.on(i) {
				lit++
			}
		}
		if lit == 0 || lit == size {
			blank = append(blank, all.names[k])
		}
	}
	switch {
	case len(blank) == 0 || size == 1:
		return nil
	case len(blank) == len(all.names):
		return fmt.Errorf("all %d patterns are blank: every pixel is the same", len(blank))
	}
	l.set.Notes = append(l.set.Notes, "blank patterns, in which every pixel is the same: "+strings.Join(blank, ", "))
	return nil
}

func (l *loader) textPatterns(width, height int) (*bitmaps, error) {
	f, err := l.files.Open(l.Patterns.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readText(l.Patterns.Path, f, width, height)
}

// picturePatterns reads the pictures of a folder and scales them to width×height pixels.
// A pixel is on if it is above the middle of the picture's range of grey values.
func (l *loader) picturePatterns(width, height int) (*bitmaps, error) {
	all := &bitmaps{}
	err := eachPicture(l.Patterns.Path, l.files, func(name string, img image.Image) error {
		if n := len(all.names); l.Patterns.Count > 0 && n == l.Patterns.Count {
			return nil
		} else if n*width*height > maxPatternBits {
			return fmt.Errorf("more than %d MiB of patterns", maxPatternBits>>23)
		}
		b := newBits(width * height)
		threshold(scaled(img, width, height), b.set)
		if short := strings.TrimSuffix(name, path.Ext(name)); !all.add(short, b) {
			return fmt.Errorf("%s: two pictures are called %q", name, short)
		}
		return nil
	})
	return all, err
}

// bitmaps is a list of patterns in memory.
type bitmaps struct {
	names  []string
	pixels []bits
	taken  map[string]bool
}

// add adds a pattern. It returns false if the name is taken.
func (b *bitmaps) add(name string, pixels bits) bool {
	if b.taken[name] {
		return false
	}
	if b.taken == nil {
		b.taken = map[string]bool{}
	}
	b.taken[name] = true
	b.names, b.pixels = append(b.names, name), append(b.pixels, pixels)
	return true
}

func (b *bitmaps) parts() []basePart        { return []basePart{{count: len(b.names)}} }
func (b *bitmaps) itemName(_, i int) string { return b.names[i] }
func (b *bitmaps) item(_, i int, it *Item) error {
	it.Name = b.names[i]
	b.pixels[i].unpack(it.Fields[0])
	return nil
}

// randomPatterns opens patterns of random bits.
func (l *loader) randomPatterns(size int) (source, error) {
	p := l.Patterns
	r := &randomPatterns{stream: newStream(l.seed, l.set.number, 0), count: p.Count, size: size}
	r.fresh, r.mask = drifting(float64(p.P), p.Correlation, p.Drift)
	if p.Drift == 0 {
		return r, nil
	}
	if p.Count > maxPatternBits/size {
		return nil, config.FieldError(l.key("patterns", "count"), p.Count, fmt.Sprintf("at most %d patterns of %d bits that drift", maxPatternBits/size, size), "")
	}
	r.drift()
	return r, nil
}

// randomPatterns are random patterns. A bit can correlate with its neighbour and with the
// same bit of the previous pattern.
//
// Without drift a pattern is a stationary two-state Markov chain along its bits: each bit
// is on with probability p, and its correlation with the previous bit is c. With drift d,
// a mask decides for each bit whether it is copied from the previous pattern or taken
// from a fresh pattern. The mask is a chain with mean d, so the correlation of a bit with
// itself one pattern before is d. If neighbours correlate by m in the mask and by f in
// fresh patterns, then they correlate in the result by s = (d² + v) s + ((1−d)² + v) f, v
// = m d (1−d). The code chooses m and f so that s = c.
type randomPatterns struct {
	stream      stream
	count, size int
	fresh, mask chain
	kept        []bits // all patterns, if they drift
}

// chain is a stationary two-state Markov chain.
type chain struct{ p, correlation float64 }

// drifting returns the chains of fresh patterns and of the mask.
func drifting(p, c, d float64) (fresh, mask chain) {
	if d == 0 {
		return chain{p, c}, chain{}
	}
	f := min(c*(1+d)/(1-d), math.Sqrt(c))
	m := 0.0
	if c > 0 {
		m = max((c*(1+d)-(1-d)*f)/(d*(c+f)), 0)
	}
	return chain{p, f}, chain{d, m}
}

// next draws the state that follows another.
func (c chain) next(before bool, rng *rand.Rand) bool {
	p := c.p * (1 - c.correlation)
	if before {
		p += c.correlation
	}
	return rng.Float64() < p
}

// draw draws the bits of a fresh pattern in order.
func (c chain) draw(dst []float32, rng *rand.Rand) {
	if c.p == 0.5 && c.correlation == 0 {
		fairBits(dst, rng)
		return
	}
	on := rng.Float64() < c.p
	for i := range dst {
		if i > 0 {
			on = c.next(on, rng)
		}
		dst[i] = sign(on)
	}
}

// fairBits draws 64 bits at a time.
func fairBits(dst []float32, rng *rand.Rand) {
	var word uint64
	for i := range dst {
		if i&63 == 0 {
			word = rng.Uint64()
		}
		dst[i] = float32(word>>(i&63)&1)*2 - 1
	}
}

// drift draws all patterns in order.
func (r *randomPatterns) drift() {
	values := make([]float32, r.size)
	r.kept = make([]bits, r.count)
	for k := range r.kept {
		rng := r.stream.at(k)
		r.fresh.draw(values, rng)
		b := newBits(r.size)
		copied := rng.Float64() < r.mask.p
		for i, v := range values {
			if i > 0 {
				copied = r.mask.next(copied, rng)
			}
			if k > 0 && copied && r.kept[k-1].on(i) || (k == 0 || !copied) && v > 0 {
				b.set(i)
			}
		}
		r.kept[k] = b
	}
}

func (r *randomPatterns) parts() []basePart { return []basePart{{count: r.count}} }

func (r *randomPatterns) item(_, i int, it *Item) error {
	if r.kept != nil {
		r.kept[i].unpack(it.Fields[0])
		return nil
	}
	r.fresh.draw(it.Fields[0], r.stream.at(i))
	return nil
}
