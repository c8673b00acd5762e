package checkpoint

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/fuzzing"
	"infomorph/internal/record"
)

func example(step int64) *Checkpoint {
	return &Checkpoint{
		Meta: Meta{Scenario: "s", Seed: 7, Step: step, TimeUS: 5, Spikes: 3, Recorder: record.State{Files: map[string]record.FileInfo{"scenario.yaml": {Bytes: 3, SHA256: "00"}}}},
		Task: []byte("task"), Engine: bytes.Repeat([]byte{1, 2, 3}, 100),
	}
}

func TestRoundTrip(t *testing.T) {
	want := example(1)
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("got %+v, expected %+v", got, want)
	}
	if raw := len(want.Task) + len(want.Engine); len(data) > raw+512 {
		t.Errorf("%d bytes for %d of state", len(data), raw)
	}
}

func TestEveryDamageIsNoticed(t *testing.T) {
	data, err := example(1).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x10
		if _, err := Decode(bad); !errors.Is(err, ErrCheckpoint) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		if _, err := Decode(data[:i]); !errors.Is(err, ErrCheckpoint) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

// TestInspect finds what Decode finds without holding the file.
func TestInspect(t *testing.T) {
	var whole bytes.Buffer
	pieces := &Source{Task: []byte("task"), Engine: func(w io.Writer) error {
		for range 100 {
			if _, err := w.Write([]byte{1, 2, 3}); err != nil {
				return err
			}
		}
		return nil
	}}
	if err := pieces.writeTo(&whole); err != nil {
		t.Fatal(err)
	}
	data := whole.Bytes()
	c, err := Decode(data)
	if err != nil || !bytes.Equal(c.Engine, bytes.Repeat([]byte{1, 2, 3}, 100)) {
		t.Fatalf("%v %v", c, err)
	}
	name := filepath.Join(t.TempDir(), "x"+suffix)
	inspect := func(data []byte) error {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return Folder{FS: disk.OS}.inspect(name)
	}
	if err := inspect(data); err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x10
		if err := inspect(bad); !errors.Is(err, ErrCheckpoint) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		if err := inspect(data[:i]); !errors.Is(err, ErrCheckpoint) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

func TestFolderKeepsTheLastTwo(t *testing.T) {
	dir := t.TempDir()
	if c, _, err := ReadLast(dir); c != nil || err != nil {
		t.Fatalf("an empty folder gives %v, %v", c, err)
	}
	for step := range int64(5) {
		if err := (Folder{disk.OS, dir}).Write(example(step)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Folder{disk.OS, dir}.list()
	if err != nil || len(all) != Kept {
		t.Fatalf("%v, %v", all, err)
	}
	c, skipped, err := ReadLast(dir)
	if err != nil || skipped != nil || c.Meta.Step != 4 {
		t.Fatalf("%v %v %v", c, skipped, err)
	}
	if err := os.WriteFile(all[1], []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, skipped, err = ReadLast(dir)
	if err != nil || !errors.Is(skipped, ErrCheckpoint) || c.Meta.Step != 3 {
		t.Fatalf("after damage: %v %v %v", c, skipped, err)
	}
	if err := os.WriteFile(all[0], nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err = ReadLast(dir); !errors.Is(err, ErrCheckpoint) {
		t.Fatalf("both damaged: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, FolderName, ".*"))
	if err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v %v", left, err)
	}
}

func FuzzDecode(f *testing.F) {
	data, err := example(1).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		c, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrCheckpoint) {
				t.Fatalf("%v", err)
			}
			return
		}
		if _, err := c.Encode(); err != nil {
			t.Fatal(err)
		}
	})
}

// Write adds a checkpoint and removes those out of date.
func (f Folder) Write(c *Checkpoint) error { return f.WriteFrom(c.source()) }
