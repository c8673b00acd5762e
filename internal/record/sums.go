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
	"sync"

	"infomorph/internal/disk"
)

// SumsName is the file with the checksums of a folder that has no manifest,
// such as that of a sweep. It has the format of sha256sum, so sha256sum -c can
// read it.
const SumsName = "SHA256SUMS"

// NoteSums writes the checksums of files, by their names in the folder, into
// SHA256SUMS. It is called before the files are written (written false) and
// after (true). The entries of other files stay.
//
// Before, the new checksum is added beside that of the file that will be
// replaced; for a new file it is written twice. Afterwards it is the only one.
// So at any time when the program may die, one of the checksums is that of the
// existing file, and only a file with a single checksum must exist.
func NoteSums(dir string, files map[string][]byte, written bool) error {
	sums := map[string]string{}
	for name, data := range files {
		sums[name] = hex.EncodeToString(sha256Of(data))
	}
	return noteSums(disk.OS, dir, sums, written)
}

// changing prevents two goroutines from changing SHA256SUMS at the same time.
var changing sync.Mutex

func noteSums(fsys disk.FS, dir string, files map[string]string, written bool) error {
	changing.Lock()
	defer changing.Unlock()
	sums, err := readSums(fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if sums == nil {
		sums = map[string][]string{}
	}
	for name, sum := range files {
		switch {
		case written:
			sums[name] = []string{sum}
		case len(sums[name]) == 0:
			sums[name] = []string{sum, sum}
		case !slices.Contains(sums[name], sum):
			sums[name] = append(sums[name], sum)
		}
	}
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		for _, sum := range sums[name] {
			fmt.Fprintf(&text, "%s  %s\n", sum, name)
		}
	}
	return fileError(SumsName, replace(fsys, filepath.Join(dir, SumsName), text.Bytes()))
}

// Summed starts a file of a folder with checksums, slash-separated below it,
// that can be made again at any time, such as a table of the results of runs.
// Its checksum is written before and after it gets its name: see [NoteSums].
func Summed(dir, name string) (*File, error) { return summed(disk.OS, dir, name) }

// WriteSummed writes such a file with the given content.
func WriteSummed(dir, name string, data []byte) error {
	f, err := Summed(dir, name)
	if err != nil {
		return err
	}
	return f.whole(data)
}

func summed(fsys disk.FS, dir, name string) (*File, error) {
	f, err := createFile(fsys, dir, name)
	if err != nil {
		return nil, err
	}
	f.sums = dir
	return f, nil
}

// note writes the checksum of a file that will get its name, or has got it.
func (f *File) note(written bool) error {
	if f.sums == "" {
		return nil
	}
	return noteSums(f.fsys, f.sums, map[string]string{f.name: f.info().SHA256}, written)
}

// CheckSums compares the files of a folder with its SHA256SUMS. It returns nil
// for a folder without that file. If names are given, only these files must
// exist, because the others can be made again. The error names every file that
// differs, and wraps ErrDamaged.
func CheckSums(dir string, must ...string) error { return checkSums(disk.OS, dir, must...) }

func checkSums(fsys disk.FS, dir string, must ...string) error {
	sums, err := readSums(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c := checker{fsys: fsys, dir: dir}
	c.seal(reportName)
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		got, err := hashFile(fsys, filepath.Join(dir, filepath.FromSlash(name)))
		if err == nil && !slices.Contains(sums[name], got.SHA256) {
			err = ErrDamaged
		}
		spare := len(sums[name]) > 1 || len(must) > 0 && !slices.Contains(must, name)
		if errors.Is(err, fs.ErrNotExist) && spare {
			continue // it was never completed, or can be made again
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

func readSums(fsys disk.FS, dir string) (map[string][]string, error) {
	data, err := disk.ReadFile(fsys, filepath.Join(dir, SumsName), maxManifest)
	if err != nil {
		return nil, err
	}
	sums := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || len(sum) != 64 || !filepath.IsLocal(filepath.FromSlash(name)) || !strings.HasSuffix(line, "\n") {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, SumsName), ErrDamaged)
		}
		sums[name] = append(sums[name], sum)
	}
	return sums, nil
}
