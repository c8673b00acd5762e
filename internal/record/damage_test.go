package record

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDamageIsNoticed(t *testing.T) {
	opts := options(t)
	r := create(t, opts)
	st := checkpointed(t, r, 20)
	must(t, r.Close(nil, Final{}))
	m, err := ReadManifest(opts.Dir)
	must(t, err)
	must(t, m.Verify(opts.Dir))
	path := filepath.Join(opts.Dir, "spikes.parquet")
	data, err := os.ReadFile(path)
	must(t, err)
	data[len(data)/2] ^= 1
	must(t, os.WriteFile(path, data, 0o666))
	if err := m.Verify(opts.Dir); !errors.Is(err, ErrDamaged) || !strings.HasPrefix(err.Error(), "spikes.parquet: ") {
		t.Errorf("Verify: %v", err)
	}
	if _, err := Resume(opts, st); !errors.Is(err, ErrDamaged) {
		t.Errorf("Resume: %v", err)
	}
	must(t, os.Remove(path))
	if err := m.Verify(opts.Dir, "spikes.parquet"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Verify: %v", err)
	}
	if err := m.Verify(opts.Dir, "../x"); err == nil {
		t.Error("Verify leaves the folder")
	}
}

func TestTruncatedTables(t *testing.T) {
	opts := options(t)
	r := create(t, opts)
	must(t, history(r, 0, 20))
	must(t, r.Close(nil, Final{}))
	data, err := os.ReadFile(filepath.Join(opts.Dir, "spikes.parquet"))
	must(t, err)
	path := filepath.Join(t.TempDir(), "cut.parquet")
	for size := 0; size < len(data); size += 17 {
		must(t, os.WriteFile(path, data[:size], 0o666))
		if _, err := ReadColumns(path); err == nil || !strings.HasPrefix(err.Error(), "cut.parquet: ") {
			t.Errorf("a table cut to %d bytes: %v", size, err)
		}
	}
}

func TestBadManifests(t *testing.T) {
	for doc, want := range map[string]string{
		"":                  "unexpected end",
		"{":                 "unexpected end",
		`{"format":99}`:     "format 99: this program reads format 2",
		`{"format":2}`:      "damaged or changed since the run wrote it",
		`{"format":"one"}`:  "cannot unmarshal",
		`[1,2,3]`:           "cannot unmarshal",
		`{"files":{"x":1}}`: "cannot unmarshal",
	} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, manifestName), []byte(doc), 0o666))
		if _, err := ReadManifest(dir); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), manifestName) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}
