package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a result file that is being written. It takes its final name only
// by Commit; Close without Commit leaves nothing. The usual form is
//
//	f, err := run.File("plots/raster.png")
//	…
//	defer f.Close()
//	… write …
//	return f.Commit()
type File struct {
	run  *Run
	name string // slash-separated, below the folder
	path string // final path
	f    *os.File
	sum  hash.Hash
	size int64
	err  error
}

// FileInfo is what the manifest says of a file.
type FileInfo struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// tempName returns the name that path has until it is complete.
func tempName(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".tmp")
}

// createFile opens the temporary file for dir/name and makes its folder.
func createFile(dir, name string) (*File, error) {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return nil, fmt.Errorf("file %q: want a name inside the result folder", name)
	}
	path := filepath.Join(dir, local)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, fileError(name, err)
	}
	f, err := os.OpenFile(tempName(path), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o666)
	if err != nil {
		return nil, fileError(name, err)
	}
	return &File{name: name, path: path, f: f, sum: sha256.New()}, nil
}

// Write implements io.Writer. The first error stays: Commit returns it too.
func (f *File) Write(b []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	if f.f == nil {
		return 0, fmt.Errorf("%s: written after it was closed", f.name)
	}
	n, err := f.f.Write(b)
	f.sum.Write(b[:n])
	f.size += int64(n)
	if err != nil {
		f.err = fileError(f.name, err)
	}
	return n, f.err
}

// Commit syncs the file and gives it its final name, in place of an earlier
// file of that name. After an error nothing of the new content remains.
func (f *File) Commit() error {
	if f.f == nil {
		return fmt.Errorf("%s: committed after it was closed", f.name)
	}
	if f.err == nil {
		f.err = fileError(f.name, f.f.Sync())
	}
	if f.err != nil {
		f.Close()
		return f.err
	}
	err := f.f.Close()
	if err == nil {
		err = os.Rename(tempName(f.path), f.path)
	}
	f.f = nil
	if err != nil {
		os.Remove(tempName(f.path))
		return fileError(f.name, err)
	}
	if err := syncDir(filepath.Dir(f.path)); err != nil {
		return fileError(f.name, err)
	}
	if f.run != nil {
		f.run.files[f.name] = f.info()
	}
	return nil
}

// Close removes the temporary file unless Commit has been called. It returns
// nil always, so that it can be deferred.
func (f *File) Close() error {
	if f.f == nil {
		return nil
	}
	f.f.Close()
	os.Remove(tempName(f.path))
	f.f = nil
	return nil
}

func (f *File) info() FileInfo { return infoOf(f.size, f.sum) }

func infoOf(size int64, sum hash.Hash) FileInfo {
	return FileInfo{Bytes: size, SHA256: hex.EncodeToString(sum.Sum(nil))}
}

// fileError names the file in err once, without the path of the temporary
// file, which means nothing to the user.
func fileError(name string, err error) error {
	if err == nil {
		return nil
	}
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return fmt.Errorf("%s: %s: %w", name, p.Op, p.Err)
	case errors.As(err, &l):
		return fmt.Errorf("%s: %s: %w", name, l.Op, l.Err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// syncDir makes renames in dir survive a power cut, where the system can.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return err
	}
	return nil
}
