//go:build race

package remote

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// raced says that the race detector is used.
const raced = true

// Proto.Actor's remote replaces the logger of gRPC each time it starts, while
// connections of another remote in the same process may still log. This race is
// in those libraries, and only tests have several remotes in one process. So
// the detector is told to ignore this race, and no other. It reads its settings
// only when a process starts, so the tests start again.
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
