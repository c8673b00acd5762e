// as: pid
// want: imports os
// want: imports io/fs
// want: imports log
// want: log may be imported only in [cmd actors internal/machines internal/live scenarios/run]
// want: imports net/http
// want: imports sync/atomic
// want: imports math/rand
// want: imports log/slog
// want: log/slog may be
// want: imports runtime

// Package importimpure is a planted case of the architecture test.
package importimpure

import (
	_ "io/fs"
	_ "log"
	_ "log/slog"
	_ "math/rand"
	_ "net/http"
	_ "os"
	_ "runtime"
	_ "sync/atomic"

	_ "math/rand/v2"
)
