// Package bundle packs a scenario with the files that its task read, so that
// another machine, which has none of them, makes the same network.
package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// Files opens and lists the files that a scenario names. It has the same
// methods as scenarios.Files.
type Files interface {
	Open(name string) (io.ReadCloser, error)
	List(folder string) ([]string, error)
}

// MaxSize bounds the files of one scenario, unpacked.
const MaxSize = 16 << 30

// Recorder reads from other Files and keeps a copy of what was read.
type Recorder struct {
	files Files

	mu    sync.Mutex
	data  map[string][]byte
	lists map[string][]string
}

// Record returns a Recorder that reads from files.
func Record(files Files) *Recorder {
	return &Recorder{files: files, data: map[string][]byte{}, lists: map[string][]string{}}
}

// Open implements Files. The file is read to its end at once.
func (r *Recorder) Open(name string) (io.ReadCloser, error) {
	f, err := r.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(b) > MaxSize {
		return nil, fmt.Errorf("%s: larger than %d GiB", name, MaxSize>>30)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.data[name] = b
	return io.NopCloser(bytes.NewReader(b)), nil
}

// List implements Files.
func (r *Recorder) List(folder string) ([]string, error) {
	names, err := r.files.List(folder)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lists[folder] = names
	return names, nil
}

// index is the content of index.json: the names of the other entries.
type index struct {
	Scenario string              `json:"scenario"` // its name, for errors
	Files    []string            `json:"files"`    // entry files/0, files/1, …
	Lists    map[string][]string `json:"lists"`
}

const (
	indexEntry    = "index.json"
	scenarioEntry = "scenario.yaml"
)

// Pack packs the text of a scenario with what was read. Equal content gives
// equal bytes.
func (r *Recorder) Pack(name string, text []byte) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := slices.Sorted(maps.Keys(r.data))
	head, err := json.Marshal(index{name, names, r.lists})
	if err != nil {
		return nil, err
	}
	b := &bytes.Buffer{}
	z := zip.NewWriter(b)
	err = errors.Join(add(z, indexEntry, head), add(z, scenarioEntry, text))
	for i, n := range names {
		err = errors.Join(err, add(z, entry(i), r.data[n]))
	}
	err = errors.Join(err, z.Close())
	return b.Bytes(), err
}

func entry(i int) string { return "files/" + strconv.Itoa(i) }

func add(z *zip.Writer, name string, data []byte) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// Bundle is a scenario with its files; it implements Files.
type Bundle struct {
	Name string
	Text []byte

	zip   *zip.Reader
	files map[string]string // entry by name
	lists map[string][]string
}

// ErrBundle is wrapped by errors about bytes that are no bundle.
var ErrBundle = errors.New("not a scenario with its files")

// Unpack reads what Pack wrote.
func Unpack(data []byte) (*Bundle, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	total := uint64(0)
	for _, f := range z.File {
		if total += f.UncompressedSize64; total > MaxSize {
			return nil, fmt.Errorf("%w: more than %d GiB", ErrBundle, MaxSize>>30)
		}
	}
	b := &Bundle{zip: z, files: map[string]string{}}
	head, err := b.read(indexEntry)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	var x index
	if err := json.Unmarshal(head, &x); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	for i, n := range x.Files {
		b.files[n] = entry(i)
	}
	b.Name, b.lists = x.Scenario, x.Lists
	if b.Text, err = b.read(scenarioEntry); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return b, nil
}

func (b *Bundle) read(name string) ([]byte, error) {
	f, err := b.zip.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxSize)) // the reader checks sizes and sums
}

// Open implements Files.
func (b *Bundle) Open(name string) (io.ReadCloser, error) {
	at, ok := b.files[name]
	if !ok {
		return nil, fmt.Errorf("%s: did not come with the scenario", name)
	}
	return b.zip.Open(at)
}

// List implements Files.
func (b *Bundle) List(folder string) ([]string, error) {
	names, ok := b.lists[folder]
	if !ok {
		return nil, fmt.Errorf("%s: did not come with the scenario", folder)
	}
	return names, nil
}
