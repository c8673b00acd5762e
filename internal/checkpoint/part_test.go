package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"infomorph/internal/record"
)

// TestParts: a part is named after its bytes, and every flipped bit shows.
func TestParts(t *testing.T) {
	data := []byte("what a node has written")
	sum := sha256.Sum256(data)
	name := hex.EncodeToString(sum[:]) + PartSuffix
	path := filepath.Join(t.TempDir(), name)
	if err := CheckPart(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a part that is not there: %v", err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckPart(path); err != nil {
		t.Error(err)
	}
	for bit := range 8 * len(data) {
		data[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := CheckPart(path); !errors.Is(err, record.ErrDamaged) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		data[bit/8] ^= 1 << (bit % 8)
	}
	if err := CheckPart(filepath.Dir(path)); err == nil {
		t.Error("a folder is a part")
	}
	for bad, want := range map[string]bool{name: true, name[1:]: false, name[:64]: false, "x" + name[1:]: false} {
		if IsPart(bad) != want {
			t.Errorf("%s: a part? want %v", bad, want)
		}
	}
}
