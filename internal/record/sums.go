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

// SumsName is the file with the checksums of a folder that is not the folder of
// a run, such as that of a sweep, in the format of sha256sum: sha256sum -c reads
// it too.
const SumsName = "SHA256SUMS"

// NoteSums notes what files of a folder will be that are about to be written, by
// their names in it, or what they are once they have been. What it says of other
// files stays.
//
// Before, the checksum comes beside that of the file that is to be replaced; of a
// new file it stands twice. Afterwards it is alone. Whenever the program dies, one
// of them is that of the file that is there, and only a file that has one alone
// must be there.
func NoteSums(dir string, files map[string][]byte, written bool) error {
	sums := map[string]string{}
	for name, data := range files {
		sums[name] = hex.EncodeToString(sha256Of(data))
	}
	return noteSums(disk.OS, dir, sums, written)
}

// changing keeps two files of this process from noting their checksums at once.
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
// that can be made anew at any time, such as a table of what runs came to. Its
// checksum is noted before and after it takes its name: see [NoteSums].
func Summed(dir, name string) (*File, error) { return summed(disk.OS, dir, name) }

// WriteSummed writes such a file at once.
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

// note enters the checksum of a file that is about to take its name, or has.
func (f *File) note(written bool) error {
	if f.sums == "" {
		return nil
	}
	return noteSums(f.fsys, f.sums, map[string]string{f.name: f.info().SHA256}, written)
}

// CheckSums compares the files of a folder with its SHA256SUMS. A folder without
// that file has nothing to compare. Where names are given, only those files must be
// there: the others can be made anew. The error names every file that differs, and
// wraps ErrDamaged.
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
			continue // it has not come to be, or will be again
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
