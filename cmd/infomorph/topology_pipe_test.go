//go:build unix

package main

import (
	"io"
	"os"
	"syscall"
	"testing"
)

// namedPipe is a pipe with a name, held open so that writing does not block.
type namedPipe struct {
	name string
	file *os.File
}

func makePipe(t *testing.T, name string) namedPipe {
	t.Helper()
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return namedPipe{name, file}
}

func (p namedPipe) read() string {
	data, _ := io.ReadAll(p.file)
	return string(data)
}
