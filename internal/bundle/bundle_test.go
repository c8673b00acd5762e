package bundle

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
)

// folder is Files in memory.
type folder map[string]string

func (f folder) Open(name string) (io.ReadCloser, error) {
	if text, ok := f[name]; ok {
		return io.NopCloser(strings.NewReader(text)), nil
	}
	return nil, errors.New("no such file")
}

func (f folder) List(string) ([]string, error) { return []string{"b", "a"}, nil }

func TestBundleHasFilesRead(t *testing.T) {
	pack := func() []byte {
		r := Record(folder{"graph.csv": "1,2\n", "../x/é.png": "\x00", "unread": "secret"})
		for _, name := range []string{"graph.csv", "../x/é.png", "graph.csv"} {
			if _, err := r.Open(name); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.List("pictures"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Open("missing"); err == nil {
			t.Error("a missing file opens")
		}
		b, err := r.Pack("s.yaml", []byte("name: s\n"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	data := pack()
	if !bytes.Equal(data, pack()) {
		t.Error("equal content gives other bytes")
	}
	b, err := Unpack(data)
	if err != nil || b.Name != "s.yaml" || string(b.Text) != "name: s\n" {
		t.Fatal(b, err)
	}
	for name, want := range map[string]string{"graph.csv": "1,2\n", "../x/é.png": "\x00"} {
		f, err := b.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := b.Open("unread"); err == nil || bytes.Contains(data, []byte("unread")) {
		t.Error("what was not read went along")
	}
	if names, err := b.List("pictures"); err != nil || !slices.Equal(names, []string{"b", "a"}) {
		t.Error(names, err)
	}
	if _, err := b.List("other"); err == nil {
		t.Error("another folder is listed")
	}
}

func FuzzUnpack(f *testing.F) {
	b, _ := Record(folder{}).Pack("s", []byte("name: s\n"))
	f.Add(b)
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		if b, err := Unpack(data); err == nil {
			b.Open("x")
			b.List("x")
		} else if !errors.Is(err, ErrBundle) {
			t.Error(err)
		}
	})
}
