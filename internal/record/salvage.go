package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

var errKilled = errors.New("the run was killed")

// salvage turns the part files into tables and writes a manifest of what is
// in the folder.
func (r *Run) salvage(m *Manifest, parts []string) error {
	r.created = m.Created
	if err := r.adoptGrowing(); err != nil {
		return err
	}
	if err := r.adoptFiles(); err != nil {
		return err
	}
	for _, t := range m.Tables {
		r.tables[strings.TrimSuffix(t.File, ".parquet")] = t
	}
	r.adoptTables()
	for _, path := range parts {
		name := strings.TrimSuffix(filepath.Base(path), ".rows")
		if _, err := r.convertPart(name, -1); err != nil {
			return err
		}
		if err := os.Remove(path); err != nil {
			return fileError(name+".rows", err)
		}
	}
	status, reason := m.Status, errors.New(m.Reason)
	if status == StatusRunning {
		status, reason = StatusInterrupted, errKilled
	}
	return r.finish(status, reason, m.Final)
}

// adoptFiles takes every complete file of the folder into the manifest and
// removes those that were being written.
func (r *Run) adoptFiles() error {
	found := make(map[string]FileInfo)
	err := filepath.WalkDir(r.opts.Dir, func(path string, d fs.DirEntry, err error) error {
		base := filepath.Base(path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && base == partsDir:
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		case strings.HasPrefix(base, ".") && strings.HasSuffix(base, ".tmp"):
			return os.Remove(path)
		}
		name, err := filepath.Rel(r.opts.Dir, path)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); name != manifestName && name != logName {
			found[name], err = hashFile(path)
		}
		return err
	})
	maps.Copy(r.files, found)
	return err
}

// adoptTables describes the complete tables that no manifest has listed,
// because the run was killed while it wrote them.
func (r *Run) adoptTables() {
	for file := range r.files {
		name, ok := strings.CutSuffix(file, ".parquet")
		if _, known := r.tables[name]; !ok || known {
			continue
		}
		t, err := OpenTable(filepath.Join(r.opts.Dir, filepath.FromSlash(file)))
		if err != nil {
			continue // another program's file: listed, not described
		}
		r.tables[name] = TableInfo{File: file, Rows: t.Rows(), Columns: t.Columns()}
		t.Close()
	}
}

func hashFile(path string) (FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return FileInfo{}, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return FileInfo{Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// globQuote quotes the characters of dir that a glob pattern gives a meaning.
func globQuote(dir string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(dir)
}
