package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"infomorph/internal/disk/disktest"
)

// die records, into a file system that may die, rows of tables and a file that
// grows, with checkpoints between.
func die(m *disktest.FS) error {
	r, err := Create(Options{Dir: "out", FS: m, AtomNames: AtomNames(2)})
	if err != nil {
		return err
	}
	for step := range int64(3) {
		err := history(r, 7*step, 7*(step+1))
		if err != nil {
			return err
		}
		g, err := r.Growing("tape.bin")
		if err != nil {
			return err
		}
		if _, err := g.Write([]byte("more")); err != nil {
			return err
		}
		if _, err := r.Log().Write([]byte("line\n")); err != nil {
			return err
		}
		if _, err := r.State(); err != nil {
			return err
		}
	}
	return nil
}

// TestNoPieceWithoutSum kills a run at every operation: what has been written has
// a checksum, so no flipped bit goes unnoticed in what a killed run leaves.
func TestNoPieceWithoutSum(t *testing.T) {
	counted := disktest.New()
	must(t, die(counted))
	for at := 1; at <= counted.Ops; at++ {
		m := disktest.New()
		m.At, m.Fault = at, disktest.Death
		_ = die(m)
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

// TestLooksAtTheDiskNowAndThen: once for each mebibyte of rows, not for each row.
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
