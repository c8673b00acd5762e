package record

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
)

// Growing is a result file of any format that grows during the run and survives
// if the process dies. It is below .parts, and gets its name in the folder when
// the run is closed or aborted. A checkpoint counts its bytes, like the rows of
// tables. It is safe for concurrent use.
type Growing struct {
	run  *Run
	name string

	mu   sync.Mutex // guards the fields below
	file *appended
	buf  []byte
	err  error // the first error: nothing is written after it
}

// GrowingState is the state of a growing file in a checkpoint.
type GrowingState struct {
	Name string `json:"name"`
	FileInfo
}

// growingSuffix is the end of the names of growing files below .parts.
const growingSuffix = ".part"

func (r *Run) growingPath(dir, name string) string {
	return filepath.Join(dir, partsDir, name+growingSuffix)
}

// Growing returns the growing file of that name, made on first use.
func (r *Run) Growing(name string) (*Growing, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	if g := r.growing[name]; g != nil {
		return g, nil
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	path := r.growingPath(r.opts.Dir, name)
	file, err := newAppended(r.fsys, path, path+sumsSuffix)
	if err != nil {
		return nil, fileError(name, err)
	}
	return r.addGrowing(name, file), nil
}

func (r *Run) addGrowing(name string, file *appended) *Growing {
	g := &Growing{run: r, name: name, file: file, buf: make([]byte, 0, streamBuffer)}
	r.growing[name] = g
	return g
}

// checkName returns an error for a name that is not a plain file name.
func checkName(name string) error {
	if name == "" || name != filepath.Base(name) || name[0] == '.' {
		return fmt.Errorf("file %q: want a plain file name without a path", name)
	}
	return nil
}

// Size returns the number of bytes so far.
func (g *Growing) Size() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.file.size + int64(len(g.buf))
}

// Write implements io.Writer.
func (g *Growing) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.buf)+len(b) > streamBuffer {
		if err := g.flush(); err != nil {
			return 0, err
		}
	}
	g.buf = append(g.buf, b...)
	return len(b), g.err
}

// Room returns ErrLowSpace if the disk is so full that the run should end.
// There is still space to complete the file.
func (g *Growing) Room() error { return g.run.checkSpace(0) }

func (g *Growing) flush() error {
	if g.err != nil || len(g.buf) == 0 {
		return g.err
	}
	g.err = fileError(g.name, g.file.write(g.buf))
	g.buf = g.buf[:0]
	return g.err
}

// sync syncs all bytes so far to the disk and returns their number and hash.
func (g *Growing) sync() (FileInfo, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.flush(); err != nil {
		return FileInfo{}, err
	}
	if err := g.file.sync(); err != nil {
		g.err = fileError(g.name, err) // what is on the disk is unknown
	}
	return g.file.info(), g.err
}

// settle gives the file its name in the folder, also if it is incomplete.
func (g *Growing) settle() error {
	_, err := g.sync()
	if err != nil { // remove what follows the last whole piece
		if again := errors.Join(g.file.f.Truncate(g.file.size), g.file.f.Sync()); again != nil {
			return errors.Join(err, fileError(g.name, again))
		}
	}
	info := g.file.info()
	if err := g.run.journal.add(commit{g.name, info}); err != nil {
		return err
	}
	if err := g.run.fsys.Rename(g.file.path, filepath.Join(g.run.opts.Dir, g.name)); err != nil {
		return fileError(g.name, err)
	}
	g.file.close()
	if err := g.run.fsys.SyncDir(g.run.opts.Dir); err != nil {
		return fileError(g.name, err)
	}
	g.run.files[g.name] = info
	delete(g.run.growing, g.name)
	g.end()
	return err
}

// end makes further writes fail.
func (g *Growing) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = errClosed
}

// settleGrowing gives all growing files their names.
func (r *Run) settleGrowing() error {
	var errs []error
	for _, g := range r.growing {
		errs = append(errs, g.settle())
	}
	return errors.Join(errs...)
}
