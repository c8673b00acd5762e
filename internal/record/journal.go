package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"

	"infomorph/internal/disk"
)

// journalName is below .parts.
const journalName = "commits"

// journal lists every result file before it gets its name. So the files of a
// killed run can be distinguished from those of the user, and checked. A line
// is the CRC-32C of the rest of the line in hexadecimal, a space, and a commit
// in JSON.
type journal struct {
	f    disk.File
	size int64 // of the complete lines
	err  error // the first error, which may leave half a line: nothing is written after it
}

// commit is a file that will get its name next.
type commit struct {
	Name string `json:"name"`
	FileInfo
}

const maxJournal = 1 << 30

// openJournal opens the journal of a folder to append after its complete lines.
func openJournal(fsys disk.FS, dir string, whole int64) (*journal, error) {
	f, err := fsys.Append(journalPath(dir))
	if err != nil {
		return nil, fileError(partsDir+"/"+journalName, err)
	}
	if err := f.Truncate(whole); err != nil {
		f.Close()
		return nil, fileError(partsDir+"/"+journalName, err)
	}
	return &journal{f: f, size: whole}, nil
}

func journalPath(dir string) string { return filepath.Join(dir, partsDir, journalName) }

func (j *journal) add(c commit) error {
	if j.err != nil {
		return j.err
	}
	// Without the sync, a power failure could keep the file under its name but
	// lose the line. The file would then seem to be damaged, or to be one of
	// the user.
	line := journalLine(plainJSON(c))
	_, err := j.f.Write(line)
	if err == nil {
		err = j.f.Sync()
	}
	if err == nil {
		j.size += int64(len(line))
		return nil
	}
	err = fileError(partsDir+"/"+journalName, err)
	if j.f.Truncate(j.size) != nil {
		j.err = err
	}
	return err
}

func journalLine(doc []byte) []byte {
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(doc, castagnoli), doc)
}

// endsDamaged reports whether a line without a newline is a complete line with
// a damaged end, and not one whose write was interrupted.
func endsDamaged(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	_, doc, _ := bytes.Cut(line[:len(line)-1], []byte(" "))
	return bytes.Equal(journalLine(doc), append(line[:len(line)-1:len(line)-1], '\n'))
}

// readJournal returns the commits of a folder and the total length of the
// complete lines. A folder without a journal has no commits.
func readJournal(fsys disk.FS, dir string) (all []commit, whole int64, err error) {
	data, err := disk.ReadFile(fsys, journalPath(dir), maxJournal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fileError(partsDir+"/"+journalName, err)
	}
	for {
		line, rest, ended := bytes.Cut(data, []byte("\n"))
		if !ended && !endsDamaged(line) {
			return all, whole, nil
		}
		var c commit
		_, doc, _ := bytes.Cut(line, []byte(" "))
		if !ended || !bytes.Equal(journalLine(doc), data[:len(line)+1]) || json.Unmarshal(doc, &c) != nil {
			return all, whole, fmt.Errorf("%s/%s: %w", partsDir, journalName, ErrDamaged)
		}
		all, whole, data = append(all, c), whole+int64(len(line))+1, rest
	}
}
