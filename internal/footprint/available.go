package footprint

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
)

// Available returns the memory that this process can still use, 0 bytes if the
// system does not report it. On Linux it is the memory of the machine that is
// available without swapping or, if this is less, what the limit of the control
// group leaves.
func Available() Room {
	_, free := Machine()
	room := Room{free, "the machine"}
	if group := cgroup("/sys/fs/cgroup", "/proc/self/cgroup"); group > 0 && (room.Bytes == 0 || group < room.Bytes) {
		return Room{group, "the control group"}
	}
	return room
}

// Machine returns the memory of the machine, and how much of it is available
// without swapping [bytes]. Both are 0 if the system does not report them.
func Machine() (total, available int64) {
	const info = "/proc/meminfo"
	return memory(info, "MemTotal"), memory(info, "MemAvailable")
}

// memory reads a line of a file such as /proc/meminfo.
func memory(name, line string) int64 {
	f, err := os.Open(name)
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kib int64
		if n, _ := fmt.Sscanf(s.Text(), line+": %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}

// cgroup returns the memory that the control groups above this process leave,
// the smallest of them (version 2: memory.max and memory.current; version 1:
// memory.limit_in_bytes).
func cgroup(root, self string) int64 {
	data, err := os.ReadFile(self)
	if err != nil {
		return 0
	}
	least := int64(math.MaxInt64)
	for line := range strings.Lines(string(data)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 {
			continue
		}
		switch {
		case f[1] == "":
			least = min(least, climb(root, f[2], "memory.max", "memory.current"))
		case strings.Contains(","+f[1]+",", ",memory,"):
			least = min(least, climb(path.Join(root, "memory"), f[2], "memory.limit_in_bytes", "memory.usage_in_bytes"))
		}
	}
	if least > 1<<60 { // no limit: the kernel writes a huge number
		return 0
	}
	return max(least, 1)
}

// climb returns the smallest amount that a group or one of its parents leaves.
func climb(root, group, limit, usage string) int64 {
	least := int64(math.MaxInt64)
	for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
		most, ok1 := number(path.Join(root, dir, limit))
		used, ok2 := number(path.Join(root, dir, usage))
		if ok1 && ok2 {
			least = min(least, most-used)
		}
		if dir == "/" {
			return least
		}
	}
}

func number(name string) (int64, bool) {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil
}

// ParseBytes reads a size such as 512M, 1.5GiB or 2000000.
func ParseBytes(text string) (int64, error) {
	digits := strings.TrimRight(text, "KMGTiBkmgtb ")
	x, err := strconv.ParseFloat(digits, 64)
	unit := strings.ToUpper(strings.TrimSpace(text[len(digits):]))
	power, ok := map[string]int{"": 0, "B": 0, "K": 1, "KB": 1, "KIB": 1, "M": 2, "MB": 2, "MIB": 2, "G": 3, "GB": 3, "GIB": 3, "T": 4, "TB": 4, "TIB": 4}[unit]
	if err != nil || !ok || !(x > 0) || x*math.Pow(1024, float64(power)) > 1<<60 {
		return 0, fmt.Errorf("got %q, expected a size such as 512M or 1.5G", text)
	}
	return int64(x * math.Pow(1024, float64(power))), nil
}
