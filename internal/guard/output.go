package guard

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
)

// Output is standard output as the program's commands see it. A write that
// fails does not fail the command: results lie in files, and those must be
// completed although nobody reads what is printed about them. The first error
// is kept for the end.
type Output struct {
	mu  sync.Mutex
	f   *os.File
	err error
}

// NewOutput returns the output that f is.
func NewOutput(f *os.File) *Output { return &Output{f: f} }

// Write implements io.Writer. It never returns an error.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		_, o.err = o.f.Write(b)
	}
	return len(b), nil
}

// Fd returns the descriptor, for those who ask whether this is a terminal.
func (o *Output) Fd() uintptr { return o.f.Fd() }

// Err returns why some of the output was not written, nil if all was, or if
// the reader has closed its end because it had enough.
func (o *Output) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil || errors.Is(o.err, syscall.EPIPE) || errors.Is(o.err, io.ErrClosedPipe) {
		return nil
	}
	return errors.New("standard output: " + cause(o.err).Error() + "; what was printed is cut short, files that were written are whole")
}
