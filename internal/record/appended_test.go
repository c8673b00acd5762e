package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"infomorph/internal/disk/disktest"
)

// die records, into a file system that may die, rows of tables and a file that
// grows, with checkpoints between, and returns the last.
func die(m *disktest.FS) (st State, err error) {
	r, err := Create(Options{Dir: "out", FS: m, AtomNames: AtomNames(2)})
	if err != nil {
		return st, err
	}
	for step := range int64(3) {
		err := history(r, 7*step, 7*(step+1))
		if err != nil {
			return st, err
		}
		g, err := r.Growing("tape.bin")
		if err != nil {
			return st, err
		}
		if _, err := g.Write([]byte("more")); err != nil {
			return st, err
		}
		if _, err := r.Log().Write([]byte("line\n")); err != nil {
			return st, err
		}
		if st, err = r.State(); err != nil {
			return st, err
		}
	}
	return st, nil
}

// TestNoPieceWithoutSum kills a run at every operation: what has been written has
// a checksum, so no flipped bit goes unnoticed in what a killed run leaves.
func TestNoPieceWithoutSum(t *testing.T) {
	counted := disktest.New()
	_, err := die(counted)
	must(t, err)
	for at := 1; at <= counted.Ops; at++ {
		m := disktest.New()
		m.At, m.Fault = at, disktest.Death
		_, _ = die(m)
		m.Revive(nil)
		files := m.Files("out")
		for name, sums := range files {
			part, ok := strings.CutSuffix(name, sumsSuffix)
			if !ok {
				continue
			}
			data, there := files[part]
			if !there {
				data = files[strings.TrimPrefix(part, partsDir+"/")]
			}
			summed := 0
			for ; len(sums) >= entryBytes; sums = sums[entryBytes:] {
				summed += int(binary.LittleEndian.Uint32(sums))
			}
			if len(data) > summed {
				t.Fatalf("killed at operation %d: %s has %d bytes, checksums of %d", at, part, len(data), summed)
			}
		}
	}
}

// TestCheckpointedHasSums: what a checkpoint has counted survives every power
// failure, with its checksums.
func TestCheckpointedHasSums(t *testing.T) {
	for seed := range uint64(100) {
		m := disktest.New()
		st, err := die(m)
		must(t, err)
		m.Revive(rand.New(rand.NewPCG(seed, 1)))
		haveSums(t, m, st)
	}
}

// haveSums fails unless all that a state counts is there with its checksums.
func haveSums(t *testing.T, m *disktest.FS, st State) {
	t.Helper()
	counted := map[string]int64{"tape.bin" + growingSuffix: st.Growing[0].Bytes}
	for _, table := range st.Tables {
		counted[table.Name+rowsSuffix] = table.Part.Bytes
	}
	for name, want := range counted {
		path := "out/" + partsDir + "/" + name
		good, err := checkAppended(m, path, path+sumsSuffix)
		if err != nil || good < want || want < 10 {
			t.Errorf("%s: %d bytes have checksums, the checkpoint counted %d; %v", name, good, want, err)
		}
	}
}

// TestResumedHasSums: whatever a run is resumed from, and then dies, all that it counts has
// checksums at once.
func TestResumedHasSums(t *testing.T) {
	for name, parent := range parents(t) {
		m, st := parent()
		for range 3 {
			r, err := Resume(Options{Dir: "out", FS: m, MinFree: -1, AtomNames: AtomNames(2)}, st)
			must(t, err)
			haveSums(t, m, st)
			more := part(t, r, 10, 12)
			r.release() // it is killed
			haveSums(t, m, more)
			if _, err := CheckOn(m, "out"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestStartOfFile: of a log whose last bytes have no checksum only those before
// are summed.
func TestStartOfFile(t *testing.T) {
	m := disktest.New()
	must(t, m.Mkdir("out"))
	must(t, replace(m, "out/log", []byte("abcdef")))
	for n, want := range map[int64]string{-1: "abcdef", 0: "", 3: "abc", 6: "abcdef"} {
		got, err := hashStart(m, "out/log", n)
		sum := sha256.Sum256([]byte(want))
		if err != nil || got.Bytes != int64(len(want)) || got.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("the first %d bytes: %+v, %v", n, got, err)
		}
	}
}

// asked counts looks at the free space.
type asked struct {
	*disktest.FS
	looks int
}

func (a *asked) Free(string) (int64, bool) { a.looks++; return 1 << 40, true }

// TestLooksAtTheDiskNowAndThen: the free space is checked once per mebibyte of
// rows, not for each row.
func TestLooksAtTheDiskNowAndThen(t *testing.T) {
	m := &asked{FS: disktest.New()}
	r := &Run{fsys: m, opts: Options{Dir: "out"}}
	for n, want := range []int{0, 1, 1, 1, 2} {
		must(t, r.spend([]int64{checkEvery - 1, 1, 1, checkEvery - 2, 1}[n]))
		if m.looks != want {
			t.Errorf("after step %d: %d looks, want %d", n, m.looks, want)
		}
	}
}
