package record

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
)

// rewrite writes two files of a folder with checksums that can be made anew.
func rewrite(m disk.FS, version int) error {
	for _, name := range []string{"table.csv", "plots/a.svg"} {
		f, err := summed(m, "many", name)
		if err != nil {
			return err
		}
		if err := f.whole(fmt.Append(nil, name, " of version ", version)); err != nil {
			return err
		}
	}
	return nil
}

// TestSumsWheneverItDies ends the writing and rewriting of files with checksums
// at every operation: an undamaged file never counts as damaged, and a flipped
// bit always does.
func TestSumsWheneverItDies(t *testing.T) {
	counted := disktest.New()
	must(t, rewrite(counted, 0))
	stride := 1
	if testing.Short() {
		stride = 3
	}
	for at := 1; at <= 2*counted.Ops; at++ {
		for _, fault := range []disktest.Kind{disktest.Once, disktest.Full, disktest.Death} {
			m := disktest.New()
			m.At, m.Fault = at, fault
			for version := range 2 {
				if rewrite(m, version) != nil {
					break
				}
			}
			m.Revive(rand.New(rand.NewPCG(uint64(at), 1)))
			if err := checkSums(m, "many"); err != nil {
				t.Fatalf("operation %d, fault %d: %v\n%s", at, fault, err, m.Files("many")[SumsName])
			}
			must(t, rewrite(m, 2))
			if at%stride == 0 {
				flips(t, m)
			}
		}
	}
}

// flips turns over one bit of each byte below a folder with checksums.
func flips(t *testing.T, m *disktest.FS) {
	t.Helper()
	for name, data := range m.Files("many") {
		if strings.HasSuffix(name, ".tmp") {
			continue
		}
		for i := range data {
			m.Flip("many/"+name, 8*i+i%8)
			if err := checkSums(m, "many"); !errors.Is(err, ErrDamaged) && !strings.Contains(fmt.Sprint(err), SumsName) {
				t.Errorf("%s, byte %d: %v", name, i, err)
			}
			m.Flip("many/"+name, 8*i+i%8)
		}
	}
	must(t, checkSums(m, "many"))
}

// A file that has one checksum alone must be there, unless it can be made anew.
func TestSumsOfMissingFiles(t *testing.T) {
	m := disktest.New()
	must(t, rewrite(m, 0))
	must(t, m.Remove("many/table.csv"))
	if err := checkSums(m, "many"); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "table.csv: damaged or changed since the run wrote it: it is gone") {
		t.Errorf("%v", err)
	}
	must(t, checkSums(m, "many", "plots/a.svg"))
	if err := checkSums(m, "many", "table.csv"); !errors.Is(err, ErrDamaged) {
		t.Errorf("a plan that is gone: %v", err)
	}
}

// The format is that of sha256sum.
func TestSumsFormat(t *testing.T) {
	m := disktest.New()
	f, err := summed(m, "many", "abc")
	must(t, err)
	must(t, f.whole([]byte("abc")))
	want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  abc\n" // FIPS 180-2
	if got := m.Files("many")[SumsName]; !bytes.Equal(got, []byte(want)) {
		t.Errorf("%s", got)
	}
}
