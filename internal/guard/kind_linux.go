package guard

import "golang.org/x/sys/unix"

// nonBlocking keeps a pipe from waiting for its other end.
const nonBlocking = unix.O_NONBLOCK

// madeUp reports whether a file is one that the system makes up as it is read:
// such a file claims to be regular and to have no bytes.
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
