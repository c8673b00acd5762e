package guard

import "golang.org/x/sys/unix"

// nonBlocking makes opening a pipe not wait for the other end.
const nonBlocking = unix.O_NONBLOCK

// madeUp reports whether a file is virtual: the system makes its content when
// it is read. Such a file says that it is regular and empty.
func madeUp(name string) bool {
	var s unix.Statfs_t
	if err := unix.Statfs(name, &s); err != nil {
		return false
	}
	switch uint64(s.Type) & 0xffffffff {
	case unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.DEBUGFS_MAGIC, unix.TRACEFS_MAGIC,
		unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC, unix.SECURITYFS_MAGIC, unix.BPF_FS_MAGIC:
		return true
	}
	return false
}
