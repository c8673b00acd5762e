//go:build linux

package guard

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

func TestOutputThatFails(t *testing.T) {
	signal.Ignore(syscall.SIGPIPE)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	o := NewOutput(full)
	if n, err := o.Write([]byte("abc")); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if err := o.Err(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("a full disk: %v", err)
	}
	r, w, err := os.Pipe()
	must(t, err)
	r.Close()
	o = NewOutput(w)
	o.Write([]byte("abc"))
	if err := o.Err(); err != nil {
		t.Errorf("a reader that had enough: %v", err)
	}
}
