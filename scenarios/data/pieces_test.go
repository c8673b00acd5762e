package data

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"infomorph/neuron"
	"infomorph/scenarios/language"
)

// alike compares numbers to twelve digits.
func alike(t *testing.T, what string, got, want []float64) {
	t.Helper()
	same := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		same = same && math.Abs(got[i]-want[i]) <= 1e-12*max(1, math.Abs(want[i]))
	}
	if !same {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Cumulative sums are 1 from the last possible element on. The first element whose sum is
// above the draw is picked, and never one of probability 0.
func TestCumulate(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		{[]float64{0.25, 0.75}, []float64{0.25, 1}}, {[]float64{0.25, 0.75, 0}, []float64{0.25, 1, 1}}, {[]float64{0, 1, 0, 0}, []float64{0, 1, 1, 1}},
		{[]float64{0.1, 0.2, 0.3, 0.4}, []float64{0.1, 0.3, 0.6, 1}}, {[]float64{1}, []float64{1}}, {[]float64{0.5, 0.4999999999}, []float64{0.5, 1}},
	} {
		alike(t, fmt.Sprint("sums of ", c.p), cumulate(c.p), c.want)
	}
	if sums := cumulate([]float64{0.7, 0.2, 0.1, 0}); sums[2] != 1 || pick(sums, 1-1e-16) != 2 {
		t.Errorf("an element of probability 0 is picked after %v", sums[2])
	}
	sums := []float64{0, 0.25, 0.25, 1}
	for _, c := range []struct {
		u    float64
		want int
	}{{0, 1}, {0.2499, 1}, {0.25, 3}, {0.5, 3}, {0.999, 3}} {
		if got := pick(sums, c.u); got != c.want {
			t.Errorf("at %v comes %d, want %d", c.u, got, c.want)
		}
	}
}

// Chains by hand: their stationary distribution, their entropy rate, and whether they
// have two closed sets.
func TestChainsByHand(t *testing.T) {
	for _, c := range []struct {
		name       string
		matrix     [][]float64
		stationary []float64
		rate       float64
	}{
		{"a coin", [][]float64{{0.5, 0.5}, {0.5, 0.5}}, []float64{0.5, 0.5}, 1},
		{"one that stays", [][]float64{{0.75, 0.25}, {0.25, 0.75}}, []float64{0.5, 0.5}, 2 - 0.75*math.Log2(3)},
		{"a ring", [][]float64{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}, []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}, 0},
		{"an end", [][]float64{{0.5, 0.5}, {0, 1}}, []float64{0, 1}, 0},
		{"two to one", [][]float64{{0.5, 0.5}, {1, 0}}, []float64{2.0 / 3, 1.0 / 3}, 2.0 / 3},
		{"one symbol", [][]float64{{1}}, []float64{1}, 0},
	} {
		pi, err := stationary(c.matrix)
		if err != nil {
			t.Fatal(err)
		}
		alike(t, c.name, pi, c.stationary)
		m := markov{matrix: c.matrix, stationary: pi}
		alike(t, c.name+": rate", []float64{m.entropyRate()}, []float64{c.rate})
		if a, b := twoClosed(c.matrix); a != -1 || b != -1 {
			t.Errorf("%s falls apart between %d and %d", c.name, a, b)
		}
	}
	for _, c := range []struct {
		matrix [][]float64
		want   string
	}{
		{[][]float64{{1, 0}, {0, 1}}, "0 1"}, {[][]float64{{0.5, 0.5, 0}, {0.5, 0.5, 0}, {0, 0, 1}}, "0 2"},
		{[][]float64{{0, 0.5, 0.5}, {0, 1, 0}, {0, 0, 1}}, "1 2"}, {[][]float64{{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 1, 0}}, "0 2"},
		{[][]float64{{0, 1, 0, 0, 0, 0}, {0, 0, 1, 0, 0, 0}, {1, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 1}, {0, 0, 0, 1, 0, 0}}, "0 3"},
	} {
		if a, b := twoClosed(c.matrix); fmt.Sprint(a, b) != c.want {
			t.Errorf("%v: %d and %d, want %s", c.matrix, a, b, c.want)
		}
	}
}

// A cycle of symbols continues over the bounds of blocks, in any order of reading and for
// any reader.
func TestMarkovOverBlocks(t *testing.T) {
	const ring = "{markov: {symbols: [a, b, c], matrix: [[0, 1, 0], [0, 0, 1], [1, 0, 0]]}, to: {x: now, y: before}}"
	p := part(t, ring, "x", nil)
	at := []int{3 * markovBlock, 0, markovBlock, markovBlock - 1, markovBlock + 1, 2*markovBlock - 1, 2 * markovBlock, 5, 3*markovBlock - 1, 3 * markovBlock}
	first := item(t, p, 0).Label
	for _, i := range at {
		it := item(t, p, i)
		now, before := (first+i)%3, (first+i+2)%3
		if it.Label != now || it.Fields[0][now] != 1 || it.Fields[1][before] != 1 || it.Fields[0][before]+it.Fields[1][now] != 0 {
			t.Errorf("symbol %d is %d after %v, want %d", i, it.Label, it.Fields[1], now)
		}
	}
}

// eventOf returns the bytes of an event.
func eventOf(x, y, polarity, time int) []byte {
	return []byte{byte(x), byte(y), byte(polarity<<7 | time>>16), byte(time >> 8), byte(time)}
}

// Events are decoded bit by bit: the last column and row, both polarities, the largest
// time, and the overflow of the clock. Values beyond these are refused, with the number
// of the event.
func TestEventsByHand(t *testing.T) {
	e := eventLayout{width: 4, height: 3}
	for _, c := range []struct {
		events [][]byte
		want   string
	}{
		{[][]byte{eventOf(0, 0, 0, 0)}, "[{0s 0 1}]"}, {[][]byte{eventOf(3, 2, 0, 5)}, "[{5µs 11 1}]"}, {[][]byte{eventOf(0, 0, 1, 5)}, "[{5µs 12 1}]"}, {[][]byte{eventOf(3, 2, 1, 1<<23-1)}, "[{8.388607s 23 1}]"},
		{[][]byte{eventOf(1, 2, 0, 7), eventOf(2, 1, 0, 7)}, "[{7µs 9 1} {7µs 6 1}]"},
		{[][]byte{eventOf(1, 2, 0, 7), eventOf(0, 240, 0, 0), eventOf(2, 1, 0, 1)}, "[{7µs 9 1} {8.193ms 6 1}]"},
		{[][]byte{eventOf(0, 240, 0, 0), eventOf(0, 240, 0, 0), eventOf(2, 1, 0, 1)}, "[{16.385ms 6 1}]"},
		{[][]byte{eventOf(4, 0, 0, 0)}, "f: event 0 (byte 0) is in column 4 and row 0, expected below 4 and 3"},
		{[][]byte{eventOf(0, 0, 0, 0), eventOf(0, 3, 0, 0)}, "f: event 1 (byte 5) is in column 0 and row 3, expected below 4 and 3"},
		{[][]byte{eventOf(0, 0, 0, 6), eventOf(0, 0, 0, 5)}, "f: event 1 (byte 5) is out of order: it is at 5 µs, the one before at 6 µs"},
		{[][]byte{{1, 2, 3}}, "f: 3 bytes, expected a multiple of 5, the bytes of an event"}, {nil, "f: no event in it"}, {[][]byte{eventOf(0, 240, 0, 0)}, "f: no event in it"},
	} {
		spikes, err := e.decode(nil, "f", slices.Concat(c.events...))
		got := fmt.Sprint(spikes)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.events, got, c.want)
		}
	}
	last := eventLayout{width: 4, height: 240} // rows 0 to 239, so row 240 is an overflow
	if spikes, err := last.decode(nil, "f", slices.Concat(eventOf(1, 239, 0, 3), eventOf(1, 240, 0, 3))); err != nil || len(spikes) != 1 || spikes[0].Channel != 957 {
		t.Errorf("%v, %v", spikes, err)
	}
	high := eventLayout{width: 4, height: 241} // with a real row 240
	if spikes, err := high.decode(nil, "f", eventOf(1, 240, 0, 3)); err != nil || len(spikes) != 1 || spikes[0].Channel != 961 {
		t.Errorf("%v, %v", spikes, err)
	}
	before := []Spike{{9, 9, 9}}
	if spikes, err := e.decode(before, "f", eventOf(0, 0, 0, 0)); err != nil || len(spikes) != 2 || spikes[0] != before[0] {
		t.Errorf("%v, %v", spikes, err)
	}
}

// Names of IDX files as packages have them, and the parts of these names.
func TestIDXNames(t *testing.T) {
	for name, want := range map[string]string{
		"train-images-idx3-ubyte": "|train|images|", "t10k-labels-idx1-ubyte": "|t10k|labels|", "t10k-labels.idx1-ubyte.gz": "|t10k|labels|.gz", "emnist-letters-test-images-idx3-ubyte": "emnist-letters-|test|images|",
		"qmnist-train-labels-idx2-int": "qmnist-|train|labels|", "train_images.idx3": "|train|images|", "TRAIN-Images.IDX": "|TRAIN|Images|", "train-images-idx3-ubyte.bin.gz": "|train|images|.gz",
		"train-images": "", "train-images-idx4-ubyte": "", "valid-images-idx3-ubyte": "", "train-images-idx3-ubyte.txt": "", "train-pictures-idx3-ubyte": "",
	} {
		got := ""
		if m := idxName.FindStringSubmatch(name); m != nil {
			got = strings.Join(m[1:], "|")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestRenumber(t *testing.T) {
	a, b := []uint8{7, 3, 255}, []uint8{3, 0}
	if names := renumber(a, b); !slices.Equal(names, []string{"0", "3", "7", "255"}) || !slices.Equal(a, []uint8{2, 1, 3}) || !slices.Equal(b, []uint8{1, 0}) {
		t.Errorf("%q, %v, %v", names, a, b)
	}
}

// Test pictures that are also training pictures: a few in a hundred give a note, more are
// refused. If there are very few pictures, it is refused if all are shared.
func TestSharedPictures(t *testing.T) {
	for _, c := range []struct {
		test, shared int
		refused      bool
		note         string
	}{
		{5, 0, false, ""}, {5, 2, false, "2 of 5 pictures to test on are also among those to learn from, such as test picture 0, which is training picture 0"}, {5, 5, true, "5 of 5 pictures"},
		{99, 40, false, "40 of 99 pictures"}, {100, 1, false, "1 of 100 pictures"}, {100, 2, true, "2 of 100 pictures"}, {200, 2, false, "2 of 200 pictures"}, {200, 3, true, "3 of 200 pictures"},
	} {
		s := &idxPictures{sets: [2]greys{{size: 2}, {size: 2}}}
		for i := range 210 {
			s.sets[0].pixels, s.sets[0].labels = append(s.sets[0].pixels, uint8(i), 1), append(s.sets[0].labels, 0)
		}
		for i := range c.test {
			own := uint8(1)
			if i >= c.shared {
				own = 2
			}
			s.sets[1].pixels, s.sets[1].labels = append(s.sets[1].pixels, uint8(i), own), append(s.sets[1].labels, 0)
		}
		l := &loader{set: &Set{}}
		err := l.checkShared(s)
		told := strings.Join(l.set.Notes, "")
		if err != nil {
			told = err.Error()
		}
		if (err != nil) != c.refused || !strings.HasPrefix(told, c.note) || c.note == "" && told != "" {
			t.Errorf("%d of %d: %v, %q", c.shared, c.test, err, l.set.Notes)
		}
	}
}

// Greys are multiples of 1/255, and each picture has its own.
func TestGreys(t *testing.T) {
	g := greys{size: 2, pixels: []uint8{0, 255, 51, 102}, labels: []uint8{4, 9}}
	it := &Item{Fields: [][]float32{make([]float32, 2)}}
	for i, want := range [][]float32{{0, 1}, {0.2, 0.4}} {
		if g.fill(i, it); !slices.Equal(it.Fields[0], want) || it.Label != int(g.labels[i]) {
			t.Errorf("picture %d: %v of %d", i, it.Fields[0], it.Label)
		}
	}
	if sum([]byte("ab"), []byte("c")) != sum([]byte("abc")) || sum([]byte("abc")) == sum([]byte("abd")) || sum() != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Error("sums")
	}
}

// The threshold is the middle of the range, rounded down; a pixel above it is on.
func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		grey []uint8
		want string
	}{{[]uint8{0, 255, 127, 128}, ".#.#"}, {[]uint8{10, 11}, ".#"}, {[]uint8{10, 13, 11, 12}, ".#.#"}, {[]uint8{7, 7}, ".."}, {[]uint8{200, 100, 150, 151}, "#..#"}} {
		img := &image.Gray{Pix: c.grey, Stride: len(c.grey), Rect: image.Rect(0, 0, len(c.grey), 1)}
		got := []byte(strings.Repeat(".", len(c.grey)))
		threshold(img, func(i int) { got[i] = '#' })
		if string(got) != c.want {
			t.Errorf("%v: %s, want %s", c.grey, got, c.want)
		}
	}
	white := image.NewGray(image.Rect(0, 0, 4, 4))
	for i := range white.Pix {
		white.Pix[i] = 200
	}
	if small := scaled(white, 3, 2); small.Rect != image.Rect(0, 0, 3, 2) || slices.ContainsFunc(small.Pix, func(v uint8) bool { return v != 200 }) {
		t.Errorf("%v", small)
	}
}

// A patch has mean 0 and standard deviation 1, unless its grey values are nearly equal.
func TestPatchesByHand(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 2, 2))
	for i, v := range []uint8{10, 20, 30, 40} {
		img.SetGray(i%2, i/2, color.Gray{Y: v})
	}
	s := &patches{stream: newStream(1, 0, 0), side: 2, pictures: []*image.Gray{img}}
	it := &Item{Fields: [][]float32{make([]float32, 4)}}
	if err := s.item(0, 0, it); err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, v := range it.Fields[0] {
		got = append(got, math.Round(float64(v)*1e5)/1e5)
	}
	alike(t, "pixels", got, []float64{-1.34164, -0.44721, 0.44721, 1.34164}) // ∓15 and ∓5 over √125
	for i := range img.Pix {
		img.Pix[i] = 100 + uint8(i%2)
	}
	if err := s.item(0, 0, it); err != nil || !slices.Equal(it.Fields[0], []float32{-0.5, 0.5, -0.5, 0.5}) {
		t.Errorf("a piece that is nearly even: %v, %v", it.Fields[0], err)
	}
	wide := image.NewGray(image.Rect(0, 0, 5, 3))
	for i := range wide.Pix {
		wide.Pix[i] = uint8(10 * i)
	}
	s = &patches{stream: newStream(1, 0, 0), side: 2, pictures: []*image.Gray{wide}}
	corners := map[string]bool{}
	for i := range 200 {
		if err := s.item(0, i, it); err != nil {
			t.Fatal(err)
		}
		corners[fmt.Sprint(it.Fields[0])] = true
		if it.Fields[0][0] >= it.Fields[0][1] || it.Fields[0][1] >= it.Fields[0][2] {
			t.Fatalf("pixels are out of order: %v", it.Fields[0])
		}
	}
	if len(corners) != 1 { // on an even slope all patches are equal
		t.Errorf("%d different pieces", len(corners))
	}
}

// The number of items of a grammar, and how many choices of an item the number
// determines.
func TestHierarchyCounts(t *testing.T) {
	for _, c := range []struct {
		classes, strings, length, places int
		total                            float64
		domain                           uint64
		nodes, fixed                     int
	}{
		{4, 2, 2, 2, 8, 8, 1, 1}, {4, 2, 2, 4, 32, 32, 3, 3}, {2, 3, 3, 9, 162, 162, 4, 4}, {3, 1, 2, 8, 3, 3, 7, 7}, {2, 256, 2, 16, 2 * math.Pow(256, 15), 2 * 1 << 56, 15, 7},
	} {
		h := hierarchy{classes: c.classes, strings: c.strings, length: c.length}
		h.count(c.places)
		if !(math.Abs(h.total/c.total-1) <= 1e-12) || h.domain != c.domain || h.nodes != c.nodes || h.fixed != c.fixed {
			t.Errorf("%+v: %v items, %d numbers, %d choices, %d of them digits", c, h.total, h.domain, h.nodes, h.fixed)
		}
	}
	for n, half := range map[uint64]int{2: 1, 4: 1, 5: 2, 16: 2, 17: 3, 64: 3, 65: 4, 1 << 40: 20} {
		if s := newScramble(n, rand.New(rand.NewPCG(1, 2))); s.half != half || s.n != n {
			t.Errorf("%d numbers are scrambled on twice %d bits, want %d", n, s.half, half)
		}
	}
	h := hierarchy{symbols: 3, strings: 2, length: 2}
	for _, possible := range []float64{9, 1<<20 + 1} { // a permutation of all strings, or one by one
		rules := h.drawRules(4, possible, rand.New(rand.NewPCG(1, 2)))
		seen := map[string]bool{}
		for k := 0; k < len(rules); k += 2 {
			if seen[fmt.Sprint(rules[k:k+2])] = true; rules[k] > 2 || rules[k+1] > 2 {
				t.Errorf("a symbol of %v", rules[k:k+2])
			}
		}
		if len(rules) != 16 || len(seen) != 8 {
			t.Errorf("%d different strings of %d symbols", len(seen), len(rules))
		}
	}
}

// The chains of fresh patterns and of the mask have the right parameters.
func TestDriftingByHand(t *testing.T) {
	for _, c := range []struct{ p, c, d, freshC, maskC float64 }{
		{0.3, 0.6, 0, 0.6, 0}, {0.3, 0, 0.5, 0, 0}, {0.5, 0.25, 0.2, 0.375, 0}, {0.5, 0.25, 0.5, 0.5, 1.0 / 3}, {0.5, 0.81, 0.5, 0.9, (0.81*1.5 - 0.5*0.9) / (0.5 * 1.71)},
	} {
		fresh, mask := drifting(c.p, c.c, c.d)
		alike(t, fmt.Sprintf("%+v", c), []float64{fresh.p, fresh.correlation, mask.p, mask.correlation}, []float64{c.p, c.freshC, c.d, c.maskC})
	}
	n := [2]int{}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 40_000 {
		n[0] += btoi(chain{0.25, 0.5}.next(false, rng))
		n[1] += btoi(chain{0.25, 0.5}.next(true, rng))
	}
	near(t, "on after off", float64(n[0])/40_000, 0.125, math.Sqrt(0.125*0.875), 40_000)
	near(t, "on after on", float64(n[1])/40_000, 0.625, math.Sqrt(0.625*0.375), 40_000)
	dst, want := make([]float32, 130), rand.New(rand.NewPCG(5, 6))
	fairBits(dst, rand.New(rand.NewPCG(5, 6)))
	words := []uint64{want.Uint64(), want.Uint64(), want.Uint64()}
	for i, v := range dst {
		if on := words[i/64]>>(i%64)&1 == 1; v != sign(on) {
			t.Fatalf("bit %d is %v", i, v)
		}
	}
}

// Disjoint sets, in the order of their first items.
func TestUnion(t *testing.T) {
	u := newUnion(7)
	for _, pair := range [][2]int{{5, 2}, {6, 5}, {3, 4}, {2, 6}} {
		u.join(pair[0], pair[1])
	}
	if got := fmt.Sprint(u.sets()); got != "[[0] [1] [2 5 6] [3 4]]" {
		t.Error(got)
	}
	if u.root(6) != 2 || u.root(4) != 3 || u.root(0) != 0 {
		t.Error("a set goes by its smallest item")
	}
}

// Groups are picked as long as they fit the share; at least the smallest one is picked.
func TestDrawnGroups(t *testing.T) {
	l := &loader{set: &Set{}, seed: 1}
	single := [][]int32{{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}}
	for share, want := range map[float64]int{0.2: 2, 0.25: 2, 0.3: 3, 0.05: 1, 1: 10, 0.999: 9} {
		if got := l.draw(single, share, splitPart); len(got) != want {
			t.Errorf("a share of %v of ten is %d, want %d", share, len(got), want)
		}
	}
	if got := l.draw([][]int32{{0, 1, 2}, {3, 4}, {5, 6, 7, 8}}, 0.1, splitPart); len(got) != 2 || !got[3] || !got[4] {
		t.Errorf("where none fits the smallest is taken: %v", got)
	}
	if got := l.draw([][]int32{{0, 1, 2}, {3}, {4, 5}}, 0.5, splitPart); len(got) != 3 {
		t.Errorf("half of six is %v", got)
	}
	if fmt.Sprint(l.draw(single, 0.5, splitPart)) == fmt.Sprint(l.draw(single, 0.5, heldPart)) {
		t.Error("what is held out is what is for the test")
	}
}

func TestLimited(t *testing.T) {
	for _, c := range []struct{ first, count, want int }{{0, 7, 7}, {3, 7, 3}, {7, 7, 7}, {9, 7, 7}, {3, 0, 3}, {0, 0, 0}} {
		l := &loader{Source: &language.Source{First: c.first}}
		if got := l.limited(c.count); got != c.want {
			t.Errorf("the first %d of %d are %d, want %d", c.first, c.count, got, c.want)
		}
	}
}

// Labels that are all numbers are sorted by value, others as text.
func TestSortLabels(t *testing.T) {
	for _, c := range []struct{ names, want string }{{"10 9 1", "1 9 10"}, {"b a 9", "9 a b"}, {"1.5 -2 0", "-2 0 1.5"}, {"10 9 x", "10 9 x"}, {"1 01 1.0", "01 1 1.0"}, {"1e400 2 1", "1 1e400 2"}, {"inf 9 10", "10 9 inf"}, {"9 NaN 10", "10 9 NaN"}, {"b", "b"}} {
		names := strings.Fields(c.names)
		labels := []int32{-1}
		for k := range names {
			labels = append(labels, int32(k))
		}
		sorted := sortLabels(slices.Clone(names), labels)
		if got := strings.Join(sorted, " "); got != c.want || labels[0] != -1 {
			t.Errorf("%s: %s, want %s", c.names, got, c.want)
		}
		for k, name := range names {
			if sorted[labels[k+1]] != name {
				t.Errorf("%s: item %d has label %s, want %s", c.names, k, sorted[labels[k+1]], name)
			}
		}
	}
}

// Input values: grey values in levels, on and off, and missing labels.
func TestValuesByHand(t *testing.T) {
	tell := func(levels int, scale float64, values ...float32) string {
		in := Into{FieldInto: language.FieldInto{Levels: levels, Scale: scale}}
		dst := make([]float32, len(values))
		in.tellNumbers(dst, values)
		return fmt.Sprint(dst)
	}
	for _, c := range []struct {
		levels int
		scale  float64
		want   string
	}{{0, 1, "[0 0.2 0.25 0.5 0.74 1]"}, {0, 2, "[0 0.4 0.5 1 1.48 2]"}, {2, 1, "[0 0 0 1 1 1]"}, {3, 1, "[0 0 0.5 0.5 0.5 1]"}, {5, -4, "[-0 -1 -1 -2 -3 -4]"}, {1, 3, tell(0, 3, 0, 0.2, 0.25, 0.5, 0.74, 1)}} {
		if got := tell(c.levels, c.scale, 0, 0.2, 0.25, 0.5, 0.74, 1); got != c.want {
			t.Errorf("%d levels, times %v: %s, want %s", c.levels, c.scale, got, c.want)
		}
	}
	p := part(t, "{generate: {code: \"def item(i, random):\\n  return {'v': [1, 2], 'label': 'a' if i else None, 'features': {'g': i}}\", fields: {v: 2}, labels: [a, b], features: [f, g], count: 2}, to: {v: v, l: {field: label, on: 3, off: -2}, f: {field: features, off: -1}}}", "x", nil)
	for i, want := range []string{"[1 2] [-2 -2] [-1 -1]", "[1 2] [3 -2] [-1 1]"} {
		it := item(t, p, i)
		if got := fmt.Sprint(p.set.Values(nil, "v", it), p.set.Values(nil, "l", it), p.set.Values(nil, "f", it)); got != want {
			t.Errorf("item %d tells %s, want %s", i, got, want)
		}
	}
	for input, want := range map[string]string{"v": "2 0", "l": "2 0", "f": "2 0", "none": "0 0"} {
		if size, width := p.set.Size(input); fmt.Sprint(size, width) != want {
			t.Errorf("input %s has %d channels, %d wide", input, size, width)
		}
	}
	for input, want := range map[string]string{"v": "[]", "l": "[a b]", "f": "[]", "none": "[]"} {
		if got := fmt.Sprint(p.set.Names(input)); got != want {
			t.Errorf("channels of %s are called %s", input, got)
		}
	}
	if got := fmt.Sprint(p.set.Inputs()); got != "[v l f]" {
		t.Error(got)
	}
	defer func() {
		if recover() == nil {
			t.Error("an input that is told nothing is told something")
		}
	}()
	p.set.Values(nil, "none", item(t, p, 0))
}

// If all names are the numbers of the channels, there are no names.
func TestNamesOfChannels(t *testing.T) {
	for labels, want := range map[string]string{"0 1 2": "[]", "0 1 3": "[0 1 3]", "a": "[a]", "1 2": "[1 2]", "": "[]"} {
		s := &Set{Labels: strings.Fields(labels), into: []Into{{Input: "l", field: ofLabel}}}
		if got := fmt.Sprint(s.Names("l")); got != want {
			t.Errorf("labels %s: %s, want %s", labels, got, want)
		}
	}
}

// Settings that have no effect on a field are refused.
func TestSettingsOfInputs(t *testing.T) {
	for _, c := range []struct{ to, want string }{
		{"{field: image}", ""}, {"{field: image, levels: 2}", ""}, {"{field: image, levels: 1}", "data.x.to.a.levels: got 1, expected 0 or at least 2"}, {"{field: image, scale: 2}", ""},
		{"{field: image, on: 2}", "data.x.to.a.on: got 2, expected 1, because image is numbers; see scale"}, {"{field: image, off: 2}", "data.x.to.a.off: got 2, expected 0, because image is numbers; see scale"},
		{"{field: label, on: 2, off: -3}", ""}, {"{field: label, levels: 2}", "data.x.to.a.levels: got 2, expected 0, because label is on or off"}, {"{field: label, scale: 2}", "data.x.to.a.scale: got 2, expected 1, because label is on or off; see on and off"},
		{"{field: lable}", `data.x.to.a: got "lable", expected a field of the items: image, label`}, {"{field: features}", `data.x.to.a: got "features", expected a field of the items: image, label`}, {"{field: spikes}", `data.x.to.a: got "spikes", expected a field of the items: image, label`},
	} {
		exp, err := decode("x: {strokes: {train: 5, test: 0}, to: {a: " + c.to + "}}\n")
		if err == nil {
			_, err = Load(exp, nil)
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %s", c.to, err, c.want)
		}
	}
}

// The item of a script is read field by field, and the error names what is missing.
func TestGeneratedItems(t *testing.T) {
	for _, c := range []struct{ item, want string }{
		{`{"v": [1, 2.5]}`, "[[1 2.5]] -1 [0 0] \"\""}, {`{"v": (1, 2), "name": "n", "label": "b", "features": {"g": 2}}`, "[[1 2]] 1 [0 2] \"n\""}, {`{"v": [1, 2], "label": 7}`, "[[1 2]] 2 [0 0] \"\""}, {`{"v": [1, 2], "label": None}`, "[[1 2]] -1 [0 0] \"\""},
		{`{}`, "item(3) returned no field v"}, {`[1]`, "item(3) returned a value of type list, expected a dict"}, {`{"v": 1}`, "item(3) returned for field v a value of type int, expected a list of numbers"}, {`{"v": [1]}`, "item(3) returned for field v 1 numbers, expected 2"},
		{`{"v": [1, "a"]}`, `item(3) returned for field v "a" at place 1, expected a number`}, {`{"v": [1e39, 1]}`, "item(3) returned for field v 1e+39 at place 0, expected a number"}, {`{"v": [1, 2], "name": 3}`, "item(3) returned a name of type int, expected text"},
		{`{"v": [1, 2], "label": "c"}`, "item(3) returned the label c, which is not one of generate.labels: a, b, 7"}, {`{"v": [1, 2], "features": 3}`, "item(3) returned features of type int, expected a dict"}, {`{"v": [1, 2], "features": {"h": 1}}`, `item(3) returned the feature "h", which is not one of generate.features`},
		{`{"v": [1, 2], "features": {"g": 1e39}}`, `item(3) returned 1e+39 for feature g, expected a number`}, {`{"v": [1, 2], "features": {"g": "x"}}`, `item(3) returned "x" for feature g, expected a number`}, {`{"v": [1, 2], "w": 1}`, `item(3) returned keys that mean nothing: ["v" "w"]; expected the fields, name, label, features`}, {`{"v": [1, 2], "features": {"g": 1}, "w": 1}`, `item(3) returned keys that mean nothing: ["v" "features" "w"]; expected the fields, name, label, features`}, {`fail("no")`, "fail: no"},
	} {
		p := part(t, fmt.Sprintf("{generate: {code: %q, fields: {v: 2}, labels: [a, b, '7'], features: [f, g]}, to: {v: v}}", "def item(i, random):\n    return {\"v\": [0, 0]} if i == 0 else "+c.item), "x", nil)
		it := &Item{}
		err := p.Item(3, it)
		got := fmt.Sprintf("%v %d %v %q", it.Fields, it.Label, it.Features, it.Name)
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "data.x.generate.code: ")
		}
		if !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.item, got, c.want)
		}
	}
	for text, want := range map[string]string{strings.Repeat("a", 60): strings.Repeat("a", 60), strings.Repeat("a", 61): strings.Repeat("a", 60) + "…", "x" + strings.Repeat("é", 30): "x" + strings.Repeat("é", 29) + "…"} {
		if got := shortened(text); got != want {
			t.Errorf("%s is shortened to %s", text, got)
		}
	}
	for x, want := range map[float64]bool{math.MaxFloat32: true, -math.MaxFloat32: true, 2 * math.MaxFloat32: false, math.Inf(1): false, math.NaN(): false, 0: true} {
		if finite(x) != want {
			t.Errorf("%v is finite: %v", x, !want)
		}
	}
	if err := numbers(starlark.Tuple{starlark.MakeInt(1)}, make([]float32, 1)); err != nil {
		t.Error(err)
	}
}

// Poisson trains have the right sums: channels of rate 0 are silent, and a train ends
// before its duration.
func TestPoissonByHand(t *testing.T) {
	p := part(t, "{poisson: {rates: [[0, 1000, 0], [0, 0, 0], [200, 0, 600]], duration: 50ms, count: 7, hold: 3ms}, to: {a: spikes}}", "x", nil)
	if p.Len() != 7 || p.set.Channels != 3 || p.set.Hold != 3000 || fmt.Sprint(p.set.Labels) != "[0 1 2]" {
		t.Errorf("%d trains, %+v", p.Len(), p.set)
	}
	for i := range 7 {
		it := item(t, p, i)
		var n [3]int
		last := neuron.Time(0)
		for _, s := range it.Train {
			if n[s.Channel]++; s.Time < last || s.Time >= 50_000 || s.Value != 1 {
				t.Errorf("train %d: %+v after %v", i, s, last)
			}
			last = s.Time
		}
		silent := [3][3]bool{{true, false, true}, {true, true, true}, {false, true, false}}[i%3]
		for k := range n {
			if (n[k] == 0) != silent[k] && n[k] > 0 {
				t.Errorf("train %d: %v spikes", i, n)
			}
		}
		if it.Label != i%3 || it.Duration != 50_000 || i%3 == 0 && n[1] < 20 {
			t.Errorf("train %d of class %d, %v, %v", i, it.Label, it.Duration, n)
		}
	}
}
