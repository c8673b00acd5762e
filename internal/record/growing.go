package record

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Growing is a result file of any format that grows while the run goes on and
// outlives its death: it lies below .parts, and takes its name in the folder
// when the run is closed, aborted or recovered. A checkpoint counts its bytes,
// as it counts the rows of tables. It is safe for concurrent use.
type Growing struct {
	run  *Run
	name string

	mu   sync.Mutex // guards what follows
	f    *os.File
	buf  []byte
	sum  hash.Hash
	size int64 // handed to the file
	err  error // the first error: nothing is written after it
}

// GrowingState is where a growing file stands.
type GrowingState struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// growingSuffix ends the names of growing files below .parts.
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
	if name == "" || name != filepath.Base(name) || name[0] == '.' {
		return nil, fmt.Errorf("file %q: want a plain file name without a path", name)
	}
	return r.newGrowing(name, r.growingPath(r.opts.Dir, name))
}

func (r *Run) newGrowing(name, path string) (*Growing, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, fileError(name, err)
	}
	g := &Growing{run: r, name: name, f: f, sum: sha256.New(), buf: make([]byte, 0, streamBuffer)}
	r.growing[name] = g
	return g, nil
}

// Size returns the number of bytes so far.
func (g *Growing) Size() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.size + int64(len(g.buf))
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

// Room returns ErrLowSpace where the disk is so full that the run should end.
// There is room still for what completes the file.
func (g *Growing) Room() error { return g.run.checkSpace(0) }

func (g *Growing) flush() error {
	if g.err != nil || len(g.buf) == 0 {
		return g.err
	}
	n, err := g.f.Write(g.buf)
	g.sum.Write(g.buf[:n])
	g.size += int64(n)
	g.buf = g.buf[:0]
	g.err = fileError(g.name, err)
	return g.err
}

// sync makes all bytes so far survive a power cut and returns how many.
func (g *Growing) sync() (int64, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.flush(); err != nil {
		return 0, err
	}
	return g.size, fileError(g.name, g.f.Sync())
}

// settle gives the file its name in the folder, whole or as far as it came.
func (g *Growing) settle() error {
	_, err := g.sync()
	g.f.Close()
	if err2 := os.Rename(g.f.Name(), filepath.Join(g.run.opts.Dir, g.name)); err2 != nil {
		return errors.Join(err, fileError(g.name, err2))
	}
	g.run.files[g.name] = infoOf(g.size, g.sum)
	return err
}

// settleGrowing gives all growing files their names.
func (r *Run) settleGrowing() error {
	var errs []error
	for name, g := range r.growing {
		errs = append(errs, g.settle())
		delete(r.growing, name)
	}
	return errors.Join(errs...)
}

// restoreGrowing writes a new growing file with the first bytes of what dir
// has of it, and opens it for more.
func (r *Run) restoreGrowing(dir string, st GrowingState) error {
	if st.Name != filepath.Base(st.Name) || st.Name == "." {
		return fmt.Errorf("checkpoint: file %q: want a plain file name without a path", st.Name)
	}
	src, err := os.Open(r.growingPath(dir, st.Name))
	if errors.Is(err, os.ErrNotExist) {
		src, err = os.Open(filepath.Join(dir, st.Name))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", dir, fileError(st.Name, err))
	}
	defer src.Close()
	path := r.growingPath(r.opts.Dir, st.Name)
	g, err := r.newGrowing(st.Name, tempName(path))
	if err != nil {
		return err
	}
	if n, err := io.CopyN(g, src, st.Bytes); err != nil {
		return fmt.Errorf("%s: %s has %d bytes, the checkpoint counted %d: %w", dir, st.Name, n, st.Bytes, bare(err))
	}
	if _, err := g.sync(); err != nil {
		return err
	}
	if err := os.Rename(tempName(path), path); err != nil {
		return fileError(st.Name, err)
	}
	g.f.Close()
	g.f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	return fileError(st.Name, err)
}

// adoptGrowing gives the growing files of a run that was killed their names.
func (r *Run) adoptGrowing() error {
	parts, err := filepath.Glob(filepath.Join(globQuote(r.opts.Dir), partsDir, "*"+growingSuffix))
	for _, part := range parts {
		name := strings.TrimSuffix(filepath.Base(part), growingSuffix)
		if err := os.Rename(part, filepath.Join(r.opts.Dir, name)); err != nil {
			return fileError(name, err)
		}
	}
	return err
}
