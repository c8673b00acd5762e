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
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	version = 1
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

// Folder is where the checkpoints of a result folder are.
const Folder = "checkpoints"

const suffix = ".ckpt"

// keep is how many checkpoints of a run stay: the last, and the one before it
// in case a fault of the disk damages the last.
const keep = 2

// Write adds a checkpoint to a result folder and removes those out of date.
func Write(dir string, c *Checkpoint) error {
	data, err := c.Encode()
	if err != nil {
		return err
	}
	folder := filepath.Join(dir, Folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	name := filepath.Join(folder, fmt.Sprintf("%012d%s", c.Meta.Step, suffix))
	if err := writeSynced(name, data); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	all, err := list(dir)
	for len(all) > keep && err == nil {
		err = os.Remove(all[0])
		all = all[1:]
	}
	return err
}

// writeSynced makes the file appear under its name only once it is on disk.
func writeSynced(name string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".writing-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		os.Remove(temp.Name())
		return err
	}
	return syncFolder(filepath.Dir(name))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// list returns the checkpoint files of a result folder, oldest first.
func list(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, Folder))
	var all []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), suffix) {
			all = append(all, filepath.Join(dir, Folder, e.Name()))
		}
	}
	slices.Sort(all)
	return all, err
}

// ReadLast returns the latest whole checkpoint of a result folder, nil if
// there is none yet. skipped is why later ones were passed over.
func ReadLast(dir string) (c *Checkpoint, skipped, err error) {
	all, err := list(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	for _, name := range slices.Backward(all) {
		c, err := Read(name)
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
func Read(name string) (*Checkpoint, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxSize {
		return nil, fmt.Errorf("%s: %w: larger than %d GiB", name, ErrCheckpoint, MaxSize>>30)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	c, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}
