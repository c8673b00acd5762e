package record

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"infomorph/internal/disk"
)

// SumsName is the file with the checksums of a folder that is not the folder of
// a run, such as that of a sweep, in the format of sha256sum: sha256sum -c reads
// it too.
const SumsName = "SHA256SUMS"

// WriteSums notes what files of a folder are, by their names in it. What it
// says of other files stays.
func WriteSums(dir string, files map[string][]byte) error { return writeSums(disk.OS, dir, files) }

func writeSums(fsys disk.FS, dir string, files map[string][]byte) error {
	sums, err := readSums(fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if sums == nil {
		sums = map[string]string{}
	}
	for name, data := range files {
		sums[name] = hex.EncodeToString(sha256Of(data))
	}
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&text, "%s  %s\n", sums[name], name)
	}
	return fileError(SumsName, replace(fsys, filepath.Join(dir, SumsName), text.Bytes()))
}

// CheckSums compares the files of a folder with its SHA256SUMS. A folder without
// that file has nothing to compare. The error names every file that differs, and
// wraps ErrDamaged.
func CheckSums(dir string) error { return checkSums(disk.OS, dir) }

func checkSums(fsys disk.FS, dir string) error {
	sums, err := readSums(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c := checker{fsys: fsys, dir: dir}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		got, err := hashFile(fsys, filepath.Join(dir, filepath.FromSlash(name)))
		if err == nil && got.SHA256 != sums[name] {
			err = ErrDamaged
		}
		if err != nil {
			c.fault(name, err)
		}
	}
	if err := errors.Join(c.errs...); err != nil {
		return fmt.Errorf("%s: %w (or %s is)", dir, err, SumsName)
	}
	return nil
}

func readSums(fsys disk.FS, dir string) (map[string]string, error) {
	data, err := disk.ReadFile(fsys, filepath.Join(dir, SumsName), maxManifest)
	if err != nil {
		return nil, err
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(data)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || len(sum) != 64 || !filepath.IsLocal(filepath.FromSlash(name)) || !strings.HasSuffix(line, "\n") {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, SumsName), ErrDamaged)
		}
		sums[name] = sum
	}
	return sums, nil
}
