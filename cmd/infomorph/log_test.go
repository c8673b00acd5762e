package main

import (
	"bytes"
	"testing"
)

// TestWarnedOnce: equal warnings of many runs are printed once.
func TestWarnedOnce(t *testing.T) {
	var out bytes.Buffer
	o := &once{w: &out, said: map[string]bool{}}
	for _, line := range []string{"a\n", "b\n", "a\n", "a\n"} {
		if n, err := o.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
	}
	if out.String() != "a\nb\n" {
		t.Errorf("%q", out.String())
	}
}
