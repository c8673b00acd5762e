package record

import (
	"errors"
	"fmt"
	"path/filepath"

	"infomorph/internal/disk"
)

// ErrInUse is returned for a folder that another process is writing.
var ErrInUse = errors.New("another run is writing this result folder")

// lockName is below .parts.
const lockName = "lock"

// lockDir makes .parts and locks the folder.
func (r *Run) lockDir() error {
	parts := filepath.Join(r.opts.Dir, partsDir)
	if err := disk.MkdirAll(r.fsys, parts); err != nil {
		return fmt.Errorf("result folder %s: %w", r.opts.Dir, bare(err))
	}
	l, held, err := r.fsys.Lock(filepath.Join(parts, lockName))
	switch {
	case err != nil:
		return fmt.Errorf("result folder %s: %w", r.opts.Dir, bare(err))
	case held:
		return fmt.Errorf("%w: %s", ErrInUse, r.opts.Dir)
	}
	r.lock = l
	return nil
}

func (r *Run) unlock() {
	if r.lock != nil {
		r.lock.Close()
		r.lock = nil
	}
}

// inUse reports whether a run is writing a folder. If this process may not open
// the lock, such as that of another user, it returns false.
func inUse(fsys disk.FS, dir string) (bool, error) {
	name := filepath.Join(dir, partsDir, lockName)
	if there, err := disk.Exists(fsys, name); !there {
		return false, err
	}
	l, held, _ := fsys.Lock(name)
	if l != nil {
		l.Close()
	}
	return held, nil
}
