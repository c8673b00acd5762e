package record

import (
	"encoding/binary"
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
