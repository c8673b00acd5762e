package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"infomorph/internal/disk"
	"infomorph/internal/fault"
)

// ErrDamaged is returned for a file that is not as its run left it.
var ErrDamaged = errors.New("damaged or changed since the run wrote it")

// reportName is the report of a run. The manifest does not list it, because it
// can be written again at any time; it contains its own checksum.
const reportName = "report.html"

// CheckOn compares the content of a result folder with the checksums that were
// taken when it was written: the files in the manifest, what a killed run has
// left below .parts, and the report. It ignores files that no run has written.
// In a folder that a run is writing, it compares only the files in the
// manifest. The error names every file that differs, and wraps ErrDamaged.
func CheckOn(fsys disk.FS, dir string) (*Manifest, error) {
	m, err := readManifest(fsys, dir)
	if err != nil {
		return nil, err
	}
	c := &checker{fsys: fsys, dir: dir}
	c.listed(m)
	c.seal(reportName)
	if used, err := inUse(fsys, dir); err != nil {
		c.fault(partsDir+"/"+lockName, err)
	} else if !used {
		c.parts(m)
	}
	if err := errors.Join(c.errs...); err != nil {
		return m, fmt.Errorf("%s: %w", dir, err)
	}
	return m, nil
}

// CheckRead compares files of a folder that will be read, by slash-separated
// name, with the checksums of its run or sweep. It accepts a file without a
// checksum.
func CheckRead(dir string, names ...string) error {
	m, err := readManifest(disk.OS, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return CheckSums(dir, names...)
	}
	if err != nil {
		return err
	}
	c := &checker{fsys: disk.OS, dir: dir, only: names}
	c.listed(m)
	if err := errors.Join(c.errs...); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}

type checker struct {
	fsys disk.FS
	dir  string
	only []string // names to check; none: all
	errs []error
}

func (c *checker) fault(name string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: it is gone", ErrDamaged)
	}
	c.errs = append(c.errs, fileError(name, err))
}

// listed checks the files in the manifest and in the journal. If the journal
// lists a file twice, the older version is correct too: the run may have been
// killed before the newer one got its name. A file that only the journal lists
// may not exist.
func (c *checker) listed(m *Manifest) {
	commits, _, err := readJournal(c.fsys, c.dir)
	if err != nil {
		c.errs = append(c.errs, err)
	}
	accept := map[string][]FileInfo{}
	for name, info := range m.Files {
		accept[name] = []FileInfo{info}
	}
	for _, e := range commits {
		accept[e.Name] = append(accept[e.Name], e.FileInfo)
	}
	for _, name := range slices.Sorted(maps.Keys(accept)) {
		if len(c.only) > 0 && !slices.Contains(c.only, name) {
			continue
		}
		local := filepath.FromSlash(name)
		if !filepath.IsLocal(local) {
			c.errs = append(c.errs, fmt.Errorf("%s: not inside the folder", name))
			continue
		}
		_, must := m.Files[name]
		got, err := hashFile(c.fsys, filepath.Join(c.dir, local))
		switch {
		case err != nil && !must && errors.Is(err, fs.ErrNotExist):
		case err != nil:
			c.fault(name, err)
		case !slices.Contains(accept[name], got):
			c.fault(name, ErrDamaged)
		}
	}
}

// parts checks what a killed run has left below .parts.
func (c *checker) parts(m *Manifest) {
	if m.Status == StatusRunning {
		path, sums := logPaths(c.dir)
		there, err := disk.Exists(c.fsys, path)
		if there {
			_, err = checkAppended(c.fsys, path, sums)
		}
		if err != nil {
			c.fault(logName, err)
		}
	}
	parts := filepath.Join(c.dir, partsDir)
	entries, err := c.fsys.ReadDir(parts)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.fault(partsDir, err)
	}
	for _, e := range entries {
		name := e.Name()
		path := filepath.Join(parts, name)
		switch {
		case name == ballastName:
			data, err := disk.ReadFile(c.fsys, path, ballastBytes)
			if err == nil && len(bytes.Trim(data, "\x00")) > 0 {
				err = ErrDamaged
			}
			if err != nil {
				c.fault(partsDir+"/"+name, err)
			}
		case name[0] != '.' && isPart(name) && !finished(m, name):
			if _, err := checkAppended(c.fsys, path, path+sumsSuffix); err != nil {
				c.fault(partsDir+"/"+name, err)
			}
		}
	}
}

func isPart(name string) bool {
	return strings.HasSuffix(name, rowsSuffix) || strings.HasSuffix(name, growingSuffix)
}

// finished reports whether the manifest lists the final file of a part. Then
// the part is not needed any more, and may be half removed.
func finished(m *Manifest, part string) bool {
	_, table := m.Files[strings.TrimSuffix(part, rowsSuffix)+".parquet"]
	_, file := m.Files[strings.TrimSuffix(part, growingSuffix)]
	return m.Status != StatusRunning && (table || file)
}

// seal checks a file, if it exists, against the checksum at its end.
func (c *checker) seal(name string) {
	data, err := disk.ReadFile(c.fsys, filepath.Join(c.dir, name), maxManifest)
	if err == nil && !sealed(data) {
		err = ErrDamaged
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.fault(name, err)
	}
}

const (
	sealBegin = "<!-- sha256 "
	sealEnd   = " -->\n"
)

// Seal returns an HTML page with its checksum at the end, as a comment.
func Seal(page []byte) []byte {
	sum := sha256.Sum256(page)
	return append(page[:len(page):len(page)], sealBegin+hex.EncodeToString(sum[:])+sealEnd...)
}

func sealed(data []byte) bool {
	n := len(data) - len(sealBegin) - 2*sha256.Size - len(sealEnd)
	return n >= 0 && bytes.Equal(data, Seal(data[:n]))
}

// Verify compares files of the folder with the hashes in the manifest: the
// named ones, or all. The error names every file that differs or is gone.
func (m *Manifest) Verify(dir string, names ...string) error {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(m.Files))
	}
	var errs []error
	for _, name := range names {
		want, listed := m.Files[name]
		if local := filepath.FromSlash(name); !listed || !filepath.IsLocal(local) {
			errs = append(errs, fmt.Errorf("%s: not listed in %s", name, manifestName))
		} else if got, err := hashFile(disk.OS, filepath.Join(dir, local)); err != nil {
			errs = append(errs, fileError(name, err))
		} else if got != want {
			errs = append(errs, fmt.Errorf("%s: %w", name, ErrDamaged))
		}
	}
	return errors.Join(errs...)
}

// Fault marks an error about a result folder: damage as a failed run,
// everything else as bad input.
func Fault(err error) error {
	if errors.Is(err, ErrDamaged) {
		return fault.Failed(err)
	}
	return fault.Input(err)
}
