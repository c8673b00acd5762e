// Package checkpoint keeps the state of a run in one file that is either whole
// or not there: written under a temporary name, synced, renamed, and checked
// by its length and SHA-256 when it is read.
package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"infomorph/internal/disk"
	"infomorph/internal/record"
)

// A checkpoint file is
//
//	"IMcheck\n" version:u32 meta:u32 task:u64 engine:u64 (lengths)
//	meta (JSON) | task state | engine state | SHA-256 of all before
//
// in little-endian.
const (
	magic   = "IMcheck\n"
	version = 2
	head    = len(magic) + 4 + 4 + 8 + 8
)

// MaxSize bounds what is read as a checkpoint.
const MaxSize = 16 << 30

const maxMeta = 16 << 20

// ErrCheckpoint is wrapped by errors about files that are no whole checkpoint.
var ErrCheckpoint = errors.New("not a checkpoint that can be resumed")

// Meta says what a checkpoint is of.
type Meta struct {
	Scenario string       `json:"scenario"` // name
	Folder   string       `json:"folder"`   // that files of the scenario are named from
	Seed     uint64       `json:"seed"`
	Step     int64        `json:"step"` // steps of the task so far
	TimeUS   int64        `json:"time_us"`
	Spikes   int64        `json:"spikes"`
	Recorder record.State `json:"recorder"`
}

// Checkpoint is the state of a run between two steps of its task.
type Checkpoint struct {
	Meta         Meta
	Task, Engine []byte
}

// Encode returns the bytes of a checkpoint file.
func (c *Checkpoint) Encode() ([]byte, error) {
	meta, err := json.Marshal(c.Meta)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, head+len(meta)+len(c.Task)+len(c.Engine)+sha256.Size)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(meta)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(c.Task)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(c.Engine)))
	b = append(append(append(b, meta...), c.Task...), c.Engine...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// Decode is the inverse of Encode. The states point into data.
func Decode(data []byte) (*Checkpoint, error) {
	if len(data) < head+sha256.Size || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrCheckpoint)
	}
	f := data[len(magic):]
	if v := binary.LittleEndian.Uint32(f); v != version {
		return nil, fmt.Errorf("%w: version %d, this program reads version %d", ErrCheckpoint, v, version)
	}
	meta, task, engine := uint64(binary.LittleEndian.Uint32(f[4:])), binary.LittleEndian.Uint64(f[8:]), binary.LittleEndian.Uint64(f[16:])
	body := uint64(len(data) - head - sha256.Size)
	if meta > maxMeta || task > body || engine > body || meta+task+engine != body {
		return nil, fmt.Errorf("%w: it is cut short or longer than it says", ErrCheckpoint)
	}
	end := len(data) - sha256.Size
	if sum := sha256.Sum256(data[:end]); !bytes.Equal(sum[:], data[end:]) {
		return nil, fmt.Errorf("%w: its bytes are damaged", ErrCheckpoint)
	}
	c := &Checkpoint{}
	rest := data[head:end]
	if err := json.Unmarshal(rest[:meta], &c.Meta); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	c.Task, c.Engine = rest[meta:meta+task], rest[meta+task:]
	return c, nil
}

// FolderName is where the checkpoints of a result folder are.
const FolderName = "checkpoints"

const suffix = ".ckpt"

// keep is how many checkpoints of a run stay: the last, and the one before it
// in case a fault of the disk damages the last.
const keep = 2

// Folder is a result folder with checkpoints.
type Folder struct {
	FS  disk.FS
	Dir string
}

// Write adds a checkpoint to a result folder and removes those out of date.
func Write(dir string, c *Checkpoint) error { return Folder{disk.OS, dir}.Write(c) }

// Write adds a checkpoint and removes those out of date.
func (f Folder) Write(c *Checkpoint) error {
	data, err := c.Encode()
	if err != nil {
		return err
	}
	if err := disk.MkdirAll(f.FS, filepath.Join(f.Dir, FolderName)); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := f.writeSynced(fmt.Sprintf("%012d%s", c.Meta.Step, suffix), data); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	all, err := f.list()
	for len(all) > keep && err == nil {
		err = f.FS.Remove(all[0])
		all = all[1:]
	}
	return err
}

// writeSynced makes the file appear under its name only once it is on disk.
func (f Folder) writeSynced(base string, data []byte) error {
	folder := filepath.Join(f.Dir, FolderName)
	name, temp := filepath.Join(folder, base), filepath.Join(folder, "."+base+".tmp")
	file, err := f.FS.Create(temp)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = f.FS.Rename(temp, name)
	}
	if err != nil {
		_ = f.FS.Remove(temp) // as far as there is one
		return err
	}
	return f.FS.SyncDir(folder)
}

// list returns the checkpoint files, oldest first.
func (f Folder) list() ([]string, error) {
	entries, err := f.FS.ReadDir(filepath.Join(f.Dir, FolderName))
	var all []string
	for _, e := range entries {
		if name := e.Name(); name[0] != '.' && strings.HasSuffix(name, suffix) {
			all = append(all, filepath.Join(f.Dir, FolderName, name))
		}
	}
	slices.Sort(all)
	return all, err
}

// ReadLast returns the latest whole checkpoint of a result folder, nil if
// there is none yet. skipped is why later ones were passed over.
func ReadLast(dir string) (c *Checkpoint, skipped, err error) { return Folder{disk.OS, dir}.ReadLast() }

// ReadLast returns the latest whole checkpoint, nil if there is none yet.
// skipped is why later ones were passed over.
func (f Folder) ReadLast() (c *Checkpoint, skipped, err error) {
	all, err := f.list()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	for _, name := range slices.Backward(all) {
		c, err := f.read(name)
		if err == nil {
			return c, skipped, nil
		}
		skipped = errors.Join(skipped, err)
	}
	if skipped != nil {
		return nil, nil, skipped
	}
	return nil, nil, nil
}

// Read reads one checkpoint file.
func Read(name string) (*Checkpoint, error) { return Folder{FS: disk.OS}.read(name) }

func (f Folder) read(name string) (*Checkpoint, error) {
	data, err := disk.ReadFile(f.FS, name, MaxSize)
	if err != nil {
		return nil, err
	}
	c, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// Check compares a result folder, its checkpoints included, with the checksums
// that were taken as it was written: see [record.Check].
func Check(dir string) (*record.Manifest, error) { return Folder{disk.OS, dir}.Check() }

// Check compares the folder, its checkpoints included, with the checksums that
// were taken as it was written.
func (f Folder) Check() (*record.Manifest, error) {
	m, err := record.CheckOn(f.FS, f.Dir)
	if m == nil {
		return nil, err
	}
	all, listErr := f.list()
	if errors.Is(listErr, fs.ErrNotExist) {
		listErr = nil
	}
	err = errors.Join(err, listErr)
	for _, name := range all {
		if _, bad := f.read(name); errors.Is(bad, ErrCheckpoint) {
			err = errors.Join(err, fmt.Errorf("%w: %w", bad, record.ErrDamaged))
		} else if bad != nil && !errors.Is(bad, fs.ErrNotExist) { // else the run has just removed it
			err = errors.Join(err, bad)
		}
	}
	return m, err
}
