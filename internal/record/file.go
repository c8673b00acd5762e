package record

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"

	"infomorph/internal/disk"
)

// File is a result file that is being written. It gets its final name only in
// Commit; Close without Commit removes it. The usual form is
//
//	f, err := r.File("plots/raster.png")
//	…
//	defer f.Close()
//	… write …
//	return f.Commit()
type File struct {
	run  *Run
	fsys disk.FS
	name string // slash-separated, below the folder
	path string // final path
	f    disk.File
	sum  hash.Hash
	size int64
	sums string // folder whose SHA256SUMS lists the file; "": none
	err  error
}

// FileInfo is the entry of a file in the manifest.
type FileInfo struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// tempName returns the name of a file until it is complete.
func tempName(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".tmp")
}

// createFile opens the temporary file for dir/name and makes its folder.
func createFile(fsys disk.FS, dir, name string) (*File, error) {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return nil, fmt.Errorf("file %q: want a name inside the result folder", name)
	}
	path := filepath.Join(dir, local)
	if err := disk.MkdirAll(fsys, filepath.Dir(path)); err != nil {
		return nil, fileError(name, err)
	}
	f, err := fsys.Create(tempName(path))
	if err != nil {
		return nil, fileError(name, err)
	}
	return &File{fsys: fsys, name: name, path: path, f: f, sum: sha256.New()}, nil
}

// Write implements io.Writer. It keeps the first error, which Commit returns
// too.
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

// whole writes the whole content and commits the file.
func (f *File) whole(data []byte) error {
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit()
}

// Commit syncs the file and renames it to its final name; an earlier file of
// that name is replaced. After an error nothing of the new content remains.
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
	if err == nil && f.run != nil {
		err = f.run.journal.add(commit{f.name, f.info()})
	}
	if err == nil {
		err = f.note(false)
	}
	if err == nil {
		err = f.fsys.Rename(tempName(f.path), f.path)
	}
	f.f = nil
	if err != nil {
		_ = f.fsys.Remove(tempName(f.path)) // there may be none
		return fileError(f.name, err)
	}
	if err = f.fsys.SyncDir(filepath.Dir(f.path)); err == nil {
		err = f.note(true)
	}
	switch {
	case f.run != nil && err != nil:
		f.run.unsure = append(f.run.unsure, f.name)
	case f.run != nil:
		f.run.files[f.name] = f.info()
	}
	return fileError(f.name, err)
}

// Close removes the temporary file unless Commit has been called. It always
// returns nil, so that it can be deferred.
func (f *File) Close() error {
	if f.f == nil {
		return nil
	}
	f.f.Close()
	_ = f.fsys.Remove(tempName(f.path)) // an error does no harm: the file was not committed
	f.f = nil
	return nil
}

func (f *File) info() FileInfo { return infoOf(f.size, f.sum) }

// fileError puts the name of the file into err, without the path of the
// temporary file, which the user does not know.
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
