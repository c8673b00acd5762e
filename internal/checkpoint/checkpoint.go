// Package checkpoint keeps the state of a run in one file that is either whole
// or not there: written under a temporary name, synced, renamed, and checked
// by its length and SHA-256 when it is read.
package checkpoint

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"infomorph/internal/disk"
	"infomorph/internal/record"
)

// A checkpoint file is
//
//	"IMcheck\n" version:u32 meta:u32 task:u64 (lengths)
//	meta (JSON) | task state | engine state | engine:u64 (length)
//	SHA-256 of all before
//
// in little-endian. The length of the engine's state comes after it because it
// is known only once the state, which may be gigabytes, is written.
const (
	magic   = "IMcheck\n"
	version = 3
	head    = len(magic) + 4 + 4 + 8
	tail    = 8 + sha256.Size
)

// MaxSize bounds what is read as a checkpoint.
const MaxSize = 16 << 30

const maxMeta = 16 << 20

// ErrCheckpoint is wrapped by errors about files that are no whole checkpoint.
var ErrCheckpoint = errors.New("not a checkpoint that can be resumed")

// Meta describes a checkpoint.
type Meta struct {
	Scenario string       `json:"scenario"` // name
	Folder   string       `json:"folder"`   // names of files in the scenario are relative to it
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

// Source is a checkpoint whose engine's state is written as it is made.
type Source struct {
	Meta   Meta
	Task   []byte
	Engine func(w io.Writer) error
}

// writeTo writes the bytes of a checkpoint file.
func (c *Source) writeTo(out io.Writer) error {
	meta, err := json.Marshal(c.Meta)
	if err != nil {
		panic("checkpoint: plain data do not marshal")
	}
	sum := sha256.New()
	w := &counted{w: io.MultiWriter(out, sum)}
	b := append(make([]byte, 0, head+len(meta)+len(c.Task)), magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(meta)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(c.Task)))
	if _, err = w.Write(append(append(b, meta...), c.Task...)); err != nil {
		return err
	}
	w.n = 0
	if err := c.Engine(w); err != nil {
		return err
	}
	if _, err = w.Write(binary.LittleEndian.AppendUint64(nil, w.n)); err == nil {
		_, err = out.Write(sum.Sum(nil))
	}
	return err
}

// counted counts what is written.
type counted struct {
	w io.Writer
	n uint64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += uint64(n)
	return n, err
}

// frame is the lengths of what a checkpoint file holds.
type frame struct{ meta, task, engine uint64 }

// frameOf reads and checks the lengths in a file of size bytes. first holds at
// least the head of the file and last its tail, if the file is long enough.
func frameOf(first, last []byte, size int64) (f frame, err error) {
	if size < int64(head+tail) || string(first[:len(magic)]) != magic {
		return f, fmt.Errorf("%w: it does not begin as one", ErrCheckpoint)
	}
	b := first[len(magic):]
	if v := binary.LittleEndian.Uint32(b); v != version {
		return f, fmt.Errorf("%w: version %d, this program reads version %d", ErrCheckpoint, v, version)
	}
	f = frame{uint64(binary.LittleEndian.Uint32(b[4:])), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(last)}
	body := uint64(size) - uint64(head+tail)
	if f.meta > maxMeta || f.task > body || f.engine > body || f.meta+f.task+f.engine != body {
		return f, fmt.Errorf("%w: it is cut short or longer than it says", ErrCheckpoint)
	}
	return f, nil
}

var errSum = fmt.Errorf("%w: its bytes are damaged", ErrCheckpoint)

// Decode returns the checkpoint in data, the content of a checkpoint file. The
// states point into data.
func Decode(data []byte) (*Checkpoint, error) {
	f, err := frameOf(data, data[max(0, len(data)-tail):], int64(len(data)))
	if err != nil {
		return nil, err
	}
	end := len(data) - sha256.Size
	if sum := sha256.Sum256(data[:end]); !bytes.Equal(sum[:], data[end:]) {
		return nil, errSum
	}
	c := &Checkpoint{}
	rest := data[head:]
	if err := json.Unmarshal(rest[:f.meta], &c.Meta); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	rest = rest[f.meta:]
	c.Task, c.Engine = rest[:f.task], rest[f.task:f.task+f.engine]
	return c, nil
}

// FolderName is where the checkpoints of a result folder are.
const FolderName = "checkpoints"

const suffix = ".ckpt"

// Kept is how many checkpoints of a run stay: the last, and the one before it
// in case a fault of the disk damages the last.
const Kept = 2

// Folder is a result folder with checkpoints.
type Folder struct {
	FS  disk.FS
	Dir string
}

// Write adds a checkpoint to a result folder and removes those out of date.
func Write(dir string, c *Source) error { return Folder{disk.OS, dir}.WriteFrom(c) }

// WriteFrom adds a checkpoint, whose state is written as it is made, and removes
// those out of date.
func (f Folder) WriteFrom(c *Source) error {
	if err := disk.MkdirAll(f.FS, filepath.Join(f.Dir, FolderName)); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := f.writeSynced(fmt.Sprintf("%012d%s", c.Meta.Step, suffix), c); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	all, err := f.list()
	for len(all) > Kept && err == nil {
		err = f.FS.Remove(all[0])
		all = all[1:]
	}
	return err
}

// writeSynced makes the file appear under its name only once it is on disk.
func (f Folder) writeSynced(base string, c *Source) error {
	folder := filepath.Join(f.Dir, FolderName)
	name, temp := filepath.Join(folder, base), filepath.Join(folder, "."+base+".tmp")
	file, err := f.FS.Create(temp)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	err = c.writeTo(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = f.FS.Rename(temp, name)
	}
	if err != nil {
		_ = f.FS.Remove(temp) // there may be none
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
	return all, err
}

// ReadLast returns the latest whole checkpoint of a result folder, nil if there
// is none yet. skipped says why later ones were skipped.
func ReadLast(dir string) (c *Checkpoint, skipped, err error) { return Folder{disk.OS, dir}.ReadLast() }

// ReadLast returns the latest whole checkpoint, nil if there is none yet.
// skipped says why later ones were skipped.
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
	return nil, nil, skipped
}

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

// inspect returns the fault of a checkpoint file, or nil. It does not keep the
// content in memory.
func (f Folder) inspect(name string) error {
	file, err := f.FS.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return err
	}
	first, last := make([]byte, min(int64(head), size)), make([]byte, min(int64(tail), size))
	_, err1 := file.ReadAt(first, 0)
	_, err2 := file.ReadAt(last, size-int64(len(last)))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if _, err = frameOf(first, last, size); err == nil {
		sum := sha256.New()
		if _, err = io.Copy(sum, io.LimitReader(file, size-sha256.Size)); err == nil && !bytes.Equal(sum.Sum(nil), last[8:]) {
			err = errSum
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Check compares a result folder, its checkpoints included, with the checksums
// that were taken as it was written: see [record.CheckOn].
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
		if bad := f.inspect(name); errors.Is(bad, ErrCheckpoint) {
			err = errors.Join(err, fmt.Errorf("%w: %w", bad, record.ErrDamaged))
		} else if bad != nil && !errors.Is(bad, fs.ErrNotExist) { // else the run has just removed it
			err = errors.Join(err, bad)
		}
	}
	return m, errors.Join(err, f.checkParts())
}

// PartsFolder is the folder, beside the checkpoints, for copies of the parts of
// checkpoints that nodes have written.
const PartsFolder = "parts"

// PartSuffix is the end of a part's file name. The SHA-256 of the part comes
// before it.
const PartSuffix = ".part"

// IsPart reports whether a file is a part of a checkpoint, by its name.
func IsPart(name string) bool {
	sum, err := hex.DecodeString(strings.TrimSuffix(name, PartSuffix))
	return err == nil && len(sum) == sha256.Size && strings.HasSuffix(name, PartSuffix)
}

// CheckPart checks that a part has the SHA-256 that its name says.
func CheckPart(path string) error { return checkPart(disk.OS, path) }

func checkPart(fsys disk.FS, path string) error {
	f, err := fsys.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if hex.EncodeToString(sum.Sum(nil))+PartSuffix != filepath.Base(path) {
		return fmt.Errorf("%s: part of a checkpoint: %w", path, record.ErrDamaged)
	}
	return nil
}

// checkParts checks the copies of parts against their names.
func (f Folder) checkParts() error {
	folder := filepath.Join(f.Dir, FolderName, PartsFolder)
	entries, err := f.FS.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !IsPart(e.Name()) {
			continue
		}
		if bad := checkPart(f.FS, filepath.Join(folder, e.Name())); !errors.Is(bad, fs.ErrNotExist) { // else the run has just removed it
			err = errors.Join(err, bad)
		}
	}
	return err
}
