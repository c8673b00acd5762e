//go:build linux || darwin || freebsd

package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// freeSpace returns the bytes that dir's disk has free for this user.
func freeSpace(dir string) (int64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}

// lockDir makes .parts and takes the lock of the folder, which the system
// gives back when the process ends, whatever ends it.
func (r *Run) lockDir() error {
	f, err := tryLock(r.opts.Dir)
	r.lock = f
	return err
}

func tryLock(dir string) (*os.File, error) {
	parts := filepath.Join(dir, partsDir)
	if err := os.MkdirAll(parts, 0o777); err != nil {
		return nil, fmt.Errorf("result folder %s: %w", dir, bare(err))
	}
	f, err := os.OpenFile(filepath.Join(parts, "lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, fmt.Errorf("result folder %s: %w", dir, bare(err))
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		f.Close()
		return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
	}
	return f, nil // a system without locks does without
}

func (r *Run) unlock() {
	if r.lock != nil {
		r.lock.Close()
		r.lock = nil
	}
}
