//go:build race

package remote

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// raced says that the race detector watches.
const raced = true

// Proto.Actor's remote replaces the logger of gRPC each time it starts, while
// connections of another remote in the same process may still log. That race is
// theirs, and only tests have several remotes in a process: the detector is told
// to pass over it, and it alone. It reads its settings once, when a process
// starts, so the tests start once more.
func init() {
	settings := os.Getenv("GORACE")
	if strings.Contains(settings, "suppressions=") {
		return
	}
	file, err := filepath.Abs(filepath.Join("testdata", "race.supp"))
	if err == nil {
		err = os.Setenv("GORACE", strings.TrimSpace(settings+" suppressions="+file))
	}
	if err == nil {
		err = syscall.Exec(os.Args[0], os.Args, os.Environ())
	}
	panic(err)
}
