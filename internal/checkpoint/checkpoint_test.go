package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
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

// inspectBytes writes a file and looks for its fault.
func inspectBytes(t *testing.T, data []byte) error {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x"+suffix)
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return Folder{FS: disk.OS}.inspect(name)
}

// TestInspect: inspect finds the same faults as Decode, without the file in
// memory.
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
	inspect := func(data []byte) error { return inspectBytes(t, data) }
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

// TestWrongHeaderIsRefused: a checkpoint with wrong header data is refused even
// if its checksum is right.
func TestWrongHeaderIsRefused(t *testing.T) {
	data, err := example(1).Encode()
	if err != nil {
		t.Fatal(err)
	}
	const short = "it is cut short or longer than it says"
	at := func(n int) func([]byte) { return func(b []byte) { b[n]++ } }
	long := func(n int) func([]byte) { return func(b []byte) { b[n+7] = 0x80 } }
	end := len(data) - tail
	for i, tc := range []struct {
		spoil func([]byte)
		want  string // "": it is whole
	}{
		{func([]byte) {}, ""},
		{at(0), "it does not begin as one"}, {at(len(magic) - 1), "it does not begin as one"},
		{at(len(magic)), "version 4, this program reads version 3"},
		{at(len(magic) + 4), short}, {at(len(magic) + 8), short}, {at(end), short},
		{long(len(magic) + 8), short}, {long(end), short},
		{at(head), "invalid character '|' looking for beginning of value"},
	} {
		bad := bytes.Clone(data)
		tc.spoil(bad)
		sum := sha256.Sum256(bad[:len(bad)-sha256.Size])
		copy(bad[len(bad)-sha256.Size:], sum[:])
		check := func(how string, err error) {
			if (err == nil) != (tc.want == "") || err != nil && (!errors.Is(err, ErrCheckpoint) || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("%d, %s: %v, want %q", i, how, err, tc.want)
			}
		}
		_, err := Decode(bad)
		check("decoded", err)
		if !strings.HasPrefix(tc.want, "invalid") { // the meta data is read by who decodes
			check("inspected", inspectBytes(t, bad))
		}
	}
}

// faulty fails at one write.
type faulty struct{ at, writes int }

func (f *faulty) Write(b []byte) (int, error) {
	if f.writes++; f.writes == f.at {
		return 0, syscall.EIO
	}
	return len(b), nil
}

// TestEndsAtTheFirstFault: after the first failed write nothing more is written
// or computed.
func TestEndsAtTheFirstFault(t *testing.T) {
	for at := 1; at <= 5; at++ {
		out, want := &faulty{at: at}, error(nil)
		if at <= 4 { // head, engine, length, sum
			want = syscall.EIO
		}
		if err := example(1).source().writeTo(out); err != want || out.writes != min(at, 4) {
			t.Errorf("write %d fails: %v after %d writes", at, err, out.writes)
		}
	}
	m := disktest.New()
	f := Folder{m, "out"}
	for _, part := range []int{0, 5, 3 << 20} {
		err := f.WriteFrom(&Source{Engine: func(w io.Writer) error {
			_, err := w.Write(make([]byte, part))
			return errors.Join(err, io.ErrNoProgress)
		}})
		if !errors.Is(err, io.ErrNoProgress) || len(m.Files("out")) > 0 {
			t.Errorf("the state ends after %d bytes: %v, %d files", part, err, len(m.Files("out")))
		}
	}
	m.BadClose = func(string) bool { return true }
	if err := f.Write(example(1)); !errors.Is(err, syscall.EIO) || len(m.Files("out")) > 0 {
		t.Errorf("a file that the system cannot close: %v, %d files", err, len(m.Files("out")))
	}
}

func TestFolderKeepsTheLastTwo(t *testing.T) {
	dir := t.TempDir()
	if c, _, err := ReadLast(dir); c != nil || err != nil {
		t.Fatalf("an empty folder gives %v, %v", c, err)
	}
	for step := range int64(5) {
		if err := Write(dir, example(step).source()); err != nil {
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
	if _, _, err = ReadLast(dir); !errors.Is(err, ErrCheckpoint) || !strings.Contains(err.Error(), all[0]) || !strings.Contains(err.Error(), all[1]) {
		t.Fatalf("both damaged: %v", err)
	}
	if err := Write(filepath.Join(all[0], "below"), example(1).source()); err == nil {
		t.Error("written below a file")
	}
	left, err := filepath.Glob(filepath.Join(dir, FolderName, ".*"))
	if err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v %v", left, err)
	}
}

// TestCheckpointsStay: a written checkpoint survives every power failure.
func TestCheckpointsStay(t *testing.T) {
	for seed := range uint64(40) {
		m := disktest.New()
		f := Folder{m, "out"}
		for step := range int64(4) {
			if err := f.Write(example(step)); err != nil {
				t.Fatal(err)
			}
			m.Revive(rand.New(rand.NewPCG(seed, uint64(step))))
			if c, skipped, err := f.ReadLast(); err != nil || skipped != nil || c == nil || c.Meta.Step != step {
				t.Fatalf("seed %d, step %d: %v, skipped %v, %v", seed, step, c, skipped, err)
			}
		}
	}
}

// TestOldCheckpointsGo: all old checkpoints are removed, and nothing else. An
// error of a removal is returned.
func TestOldCheckpointsGo(t *testing.T) {
	m := disktest.New()
	f := Folder{m, "out"}
	folder := "out/" + FolderName + "/"
	put := func(name string) {
		file, err := m.Create(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Write(example(7)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"000000000001.ckpt", "000000000002.ckpt", "000000000003.ckpt", "000000000004.ckpt", "._000000000009.ckpt", "notes", ".000000000005.ckpt.tmp"} {
		put(name)
	}
	if err := f.Write(example(10)); err != nil {
		t.Fatal(err)
	}
	want := []string{".000000000005.ckpt.tmp", "._000000000009.ckpt", "000000000007.ckpt", "000000000010.ckpt", "notes"}
	if got := slices.Sorted(maps.Keys(m.Files("out/" + FolderName))); !slices.Equal(got, want) {
		t.Errorf("there are %v", got)
	}
	if c, skipped, err := f.ReadLast(); err != nil || skipped != nil || c.Meta.Step != 10 {
		t.Errorf("%v, skipped %v, %v", c, skipped, err)
	}
	m.Record, m.Ops = true, 0
	if err := f.Write(example(11)); err != nil {
		t.Fatal(err)
	}
	for i, op := range m.Log {
		m.At = 0
		put("000000000001.ckpt")
		m.Ops, m.At, m.Fault = 0, i+1, disktest.Once
		if err := f.Write(example(12)); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", op, err)
		}
	}
	if open := m.Unclosed(); len(open) > 0 {
		t.Errorf("still open: %v", open)
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

// Encode returns the bytes of a checkpoint file.
func (c *Checkpoint) Encode() ([]byte, error) {
	var b bytes.Buffer
	err := c.source().writeTo(&b)
	return b.Bytes(), err
}

func (c *Checkpoint) source() *Source {
	return &Source{c.Meta, c.Task, func(w io.Writer) error {
		_, err := w.Write(c.Engine)
		return err
	}}
}

// Write adds a checkpoint and removes those out of date.
func (f Folder) Write(c *Checkpoint) error { return f.WriteFrom(c.source()) }
