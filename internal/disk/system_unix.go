//go:build linux || darwin || freebsd

package disk

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Lock takes a lock that the system releases when the process ends, for
// whatever reason.
func (system) Lock(name string) (io.Closer, bool, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, false, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		f.Close()
		return nil, true, nil
	}
	return f, false, nil // on a file system without locks there is no lock
}

func (system) Free(dir string) (int64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
