package pid

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// TestRoom: windows with memory from one Room behave like windows with their
// own memory, and never affect a neighbour.
func TestRoom(t *testing.T) {
	for name, cfg := range configs(t) {
		like := newWindow(t, cfg)
		var room Room
		many := make([]Window, 3*roomBytes/(8*(like.from[8]+cfg.Capacity))) // several allocations of the Room
		many = many[:min(len(many), 3000)]
		for i := range many {
			many[i] = like.LikeIn(&room)
		}
		for i := range many {
			fill(&many[i], 12, rand.New(rand.NewPCG(uint64(i), 1)))
		}
		for i := range many {
			alone := like.fresh()
			fill(alone, 12, rand.New(rand.NewPCG(uint64(i), 1)))
			sameWindow(t, name, &many[i], alone)
			if a, b := many[i].Bytes(), alone.Bytes(); a != b {
				t.Fatalf("%s: %d bytes in a room, %d alone", name, a, b)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// TestRoomIsUsedUp: one allocation serves many windows, each with all the bins
// and samples that it needs.
func TestRoomIsUsedUp(t *testing.T) {
	cfg := configs(t)["two, no prior"]
	like := newWindow(t, cfg)
	var room Room
	first := like.LikeIn(&room)
	if len(first.sums.narrow) != 3+4+12 || cap(first.ring) != 7 {
		t.Fatalf("%d sums and room for %d samples", len(first.sums.narrow), cap(first.ring))
	}
	many := roomBytes / (8 * (3 + 4 + 12 + 7))
	if len(room.narrow) != (many-1)*19 || len(room.ring) != (many-1)*7 {
		t.Fatalf("room for %d sums and %d samples more, of %d windows", len(room.narrow), len(room.ring), many)
	}
	for range many - 1 {
		like.LikeIn(&room)
	}
	if len(room.narrow) != 0 || len(room.ring) != 0 {
		t.Fatalf("room for %d sums and %d samples is left", len(room.narrow), len(room.ring))
	}
	like.LikeIn(&room)
	if len(room.narrow) != (many-1)*19 {
		t.Error("no new room was made")
	}
	large := newWindow(t, WindowConfig{NumBins: []int{200, 200}, Capacity: 3, Goal: cfg.Goal})
	var own Room
	if first := large.LikeIn(&own); len(first.sums.narrow) != 200+200+40000 || len(own.narrow) != 0 || len(own.ring) != 0 {
		t.Errorf("room for %d sums more than a window as large as a room needs", len(own.narrow))
	}
	wide := newWindow(t, configs(t)["two, forgetting"])
	before := room
	alone := wide.LikeIn(&room)
	if unsafe.SliceData(before.narrow) != unsafe.SliceData(room.narrow) || len(alone.sums.wide) != 19 {
		t.Error("a window of large masses took room")
	}
}

// TestBytes: the values of the documentation.
func TestBytes(t *testing.T) {
	two := mustGoal(t, 2, nil, 0)
	for _, tc := range []struct {
		cfg  WindowConfig
		want int
	}{
		{WindowConfig{NumBins: []int{2, 60}, Capacity: 64, Goal: two}, 8*(2+60+120) + 8*64 + 256},
		{WindowConfig{NumBins: []int{20, 20}, Capacity: 1, Goal: two}, 8*(20+20+400) + 8 + 256},
		{WindowConfig{NumBins: []int{2, 60}, Halflife: 64, Goal: two}, 16*(2+60+120) + 256},
		{WindowConfig{NumBins: []int{3, 4, 5}, Capacity: 9, Goal: mustGoal(t, 3, nil, 0)}, 8*(3+4+5+12+15+20) + 26*10 + 8*9 + 256},
	} {
		if got := newWindow(t, tc.cfg).Bytes(); got != tc.want {
			t.Errorf("%v bins: %d bytes, want %d", tc.cfg.NumBins, got, tc.want)
		}
	}
}

// TestCellsOutside: the bins of each source have two limits; with two sources
// the third bin is ignored.
func TestCellsOutside(t *testing.T) {
	for name, cfg := range configs(t) {
		w := newWindow(t, cfg)
		n := len(cfg.NumBins)
		for k := range 3 {
			for _, bin := range []int{-1, w.dim[k], w.dim[k] - 1, 0} {
				var cell [3]int
				cell[k] = bin
				outside := k < n && (bin < 0 || bin >= cfg.NumBins[k])
				if panics(func() { w.Push(cell, .5) }) != outside {
					t.Errorf("%s: bin %d of source %d: outside %v", name, bin, k+1, outside)
				}
			}
		}
		w.Prefetch() // prefetches existing memory, whatever the window contains
		newWindow(t, cfg).Prefetch()
	}
}

func panics(do func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	do()
	return false
}

// TestSmallDecompositionAllocates only the result: its two structs and slices.
func TestSmallDecompositionAllocates(t *testing.T) {
	for _, c := range []struct {
		shape []int
		want  float64
	}{{[]int{2, 2, 2}, 1}, {[]int{1, 1, 2}, 1}} {
		p := randomJoint(c.shape, 4, 1)
		if n := testing.AllocsPerRun(100, func() { _, _ = Decompose(SX, c.shape, p) }); n != c.want {
			t.Errorf("%v: %v allocations", c.shape, n)
		}
	}
}
