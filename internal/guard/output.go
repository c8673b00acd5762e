package guard

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
)

// Output is the standard output of the commands. A write that fails does not
// stop the command: the results are in files, and these must be completed even
// if nobody reads what is printed. The first error is kept for the end.
type Output struct {
	mu  sync.Mutex
	f   *os.File
	err error
}

// NewOutput returns an Output that writes to f.
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

// Fd returns the file descriptor, to find out whether it is a terminal.
func (o *Output) Fd() uintptr { return o.f.Fd() }

// Err returns why some of the output was not written, nil if all was, or if the
// reader has closed its end of a pipe.
func (o *Output) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil || errors.Is(o.err, syscall.EPIPE) || errors.Is(o.err, io.ErrClosedPipe) {
		return nil
	}
	return errors.New("standard output: " + cause(o.err).Error() + "; what was printed is cut short, files that were written are whole")
}
