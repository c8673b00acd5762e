// Package disk has the file system operations that the recorder of a run needs,
// as an interface. Tests use another implementation (package disktest), which
// fails at any operation they choose or loses what was not synced.
package disk

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"infomorph/internal/guard"
)

// File is an open file. Writes go to its end.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Closer
	Name() string
	// Sync writes the content of the file, but not its name, to the disk.
	Sync() error
	Truncate(size int64) error
	Size() (int64, error)
}

// FS is a file system. Errors name the file as those of package os do.
type FS interface {
	// Open opens a regular file to be read.
	Open(name string) (File, error)
	// Create makes an empty file and replaces an existing one.
	Create(name string) (File, error)
	// Append opens a file for reading and for writing at its end. It creates
	// the file if there is none.
	Append(name string) (File, error)
	Rename(from, to string) error
	Remove(name string) error
	// Mkdir makes one folder.
	Mkdir(name string) error
	// ReadDir returns what is in a folder, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	Stat(name string) (fs.FileInfo, error)
	// SyncDir writes the names in a folder to the disk.
	SyncDir(name string) error
	// Lock locks a file until l is closed. held reports that somebody else has
	// the lock. On a system without locks l is nil.
	Lock(name string) (l io.Closer, held bool, err error)
	// Free returns the number of free bytes on the disk of a folder; false if
	// the system does not know it.
	Free(name string) (int64, bool)
}

// OS is the file system of the machine.
var OS FS = system{}

type system struct{}

type file struct{ *os.File }

func (f file) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func opened(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return file{f}, nil
}

func (system) Open(name string) (File, error) { return opened(guard.Open(name)) }

func (system) Create(name string) (File, error) {
	return opened(os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_RDWR|os.O_APPEND, 0o666))
}

func (system) Append(name string) (File, error) {
	return opened(os.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666))
}

func (system) Rename(from, to string) error { return os.Rename(from, to) }

func (system) Remove(name string) error { return os.Remove(name) }

func (system) Mkdir(name string) error { return os.Mkdir(name, 0o777) }

func (system) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

func (system) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

func (system) SyncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil // some file systems, such as those of networks, cannot
	}
	return err
}

// MkdirAll makes a folder with its parents and writes their names to the disk.
func MkdirAll(fsys FS, name string) error {
	switch info, err := fsys.Stat(name); {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: name, Err: errors.New("a file of that name is there")}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(name)
	if parent != name {
		if err := MkdirAll(fsys, parent); err != nil {
			return err
		}
	}
	if err := fsys.Mkdir(name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return fsys.SyncDir(parent)
}

// RemoveAll removes a file, or a folder with everything in it. It is no error
// if there is none. The error names what could not be removed.
func RemoveAll(fsys FS, name string) error {
	var below error
	entries, _ := fsys.ReadDir(name) // a file has no entries
	for _, e := range entries {
		below = errors.Join(below, RemoveAll(fsys, filepath.Join(name, e.Name())))
	}
	if err := fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cmp.Or(below, err)
	}
	return nil
}

// ReadFile reads a file of at most limit bytes.
func ReadFile(fsys FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(int(min(size, limit)) + bytes.MinRead) // at once: it may be gigabytes
	_, err = b.ReadFrom(io.LimitReader(f, limit+1))
	data := b.Bytes()
	if int64(len(data)) > limit {
		err = &fs.PathError{Op: "read", Path: name, Err: errors.New("longer than it may be")}
	}
	return data, err
}

// Exists reports whether a file or folder of that name exists. If the system
// cannot tell, it returns an error, because a file that may exist must not be
// overwritten.
func Exists(fsys FS, name string) (bool, error) {
	_, err := fsys.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
