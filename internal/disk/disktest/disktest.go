// Package disktest has a file system in memory. It fails at the operation that
// a test chooses, and when the power fails it loses what was not synced.
package disktest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"infomorph/internal/disk"
)

// ErrDead is returned by every operation after the process has died.
var ErrDead = errors.New("the process is dead")

// Kind says what happens at the operation of a fault.
type Kind int

// The kinds of faults.
const (
	None  Kind = iota
	Once       // the operation fails, later ones work
	Full       // the operation and every later write fail: the disk is full
	Death      // the process dies; a write may have been done in part
)

// FS is a file system in memory. Its zero value is not usable: see New.
type FS struct {
	mu    sync.Mutex
	root  *node
	locks map[*node]bool
	open  map[*file]bool
	moved bool // a file was moved to another folder and neither folder is synced

	Ops    int // operations so far
	At     int // the operation of the fault, from 1; 0: none
	Fault  Kind
	dead   bool
	Log    []string // the operations so far, if Record is set
	Record bool

	BadClose func(name string) bool // files that are closed with an error; nil: none
}

type node struct {
	dir    bool
	data   []byte
	synced []byte           // what survives the loss of power
	names  map[string]*node // of a folder
	kept   map[string]*node
}

func newDir() *node {
	return &node{dir: true, names: map[string]*node{}, kept: map[string]*node{}}
}

// New returns an empty file system.
func New() *FS { return &FS{root: newDir(), locks: map[*node]bool{}, open: map[*file]bool{}} }

var _ disk.FS = (*FS)(nil)

// step counts an operation. It returns an error if this one is to fail.
func (m *FS) step(op, name string, writes bool) error {
	if m.dead {
		return ErrDead
	}
	m.Ops++
	if m.Record {
		m.Log = append(m.Log, fmt.Sprint(m.Ops, " ", op, " ", name))
	}
	switch {
	case m.At == 0 || m.Fault == None || m.Ops < m.At:
		return nil
	case m.Fault == Death:
		m.dead = true
		return ErrDead
	case m.Fault == Full && writes:
		return &fs.PathError{Op: op, Path: name, Err: syscall.ENOSPC}
	case m.Fault == Once && m.Ops == m.At:
		return &fs.PathError{Op: op, Path: name, Err: syscall.EIO}
	}
	return nil
}

// Revive starts a new process on the files that the old one has left. With lost
// nil only the process has died, and nothing is lost. Otherwise the power has
// failed, and lost decides at random what is lost of the unsynced data: of each
// folder all new names or none, of each file some of its last bytes.
func (m *FS) Revive(lost *rand.Rand) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead, m.At, m.Ops, m.locks, m.open = false, 0, 0, map[*node]bool{}, map[*file]bool{}
	if lost == nil {
		return
	}
	all := lost.IntN(2) == 0
	m.root.lose(lost, func() bool { // a moved file must be in one folder only
		if m.moved {
			return all
		}
		return lost.IntN(2) == 0
	})
	m.moved = false
}

func (n *node) lose(lost *rand.Rand, names func() bool) {
	if !n.dir {
		if len(n.data) > len(n.synced) {
			n.data = n.data[:len(n.synced)+lost.IntN(len(n.data)-len(n.synced)+1)]
		} else {
			n.data = n.synced
		}
		n.data = slices.Clone(n.data)
		n.synced = slices.Clone(n.data)
		return
	}
	if names() {
		n.names = n.kept
	}
	n.kept = map[string]*node{}
	next := map[string]*node{}
	for _, name := range sortedNames(n.names) {
		next[name], n.kept[name] = n.names[name], n.names[name]
		n.names[name].lose(lost, names)
	}
	n.names = next
}

func sortedNames(names map[string]*node) []string {
	var all []string
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// find returns the file or folder of that name, or nil.
func (m *FS) find(name string) *node {
	n := m.root
	for _, part := range parts(name) {
		if n == nil || !n.dir {
			return nil
		}
		n = n.names[part]
	}
	return n
}

func parts(name string) []string {
	var all []string
	for name = filepath.Clean(name); name != "." && name != string(filepath.Separator); name = filepath.Dir(name) {
		all = append(all, filepath.Base(name))
	}
	slices.Reverse(all)
	return all
}

// at returns the folder of a name, and the last part of the name.
func (m *FS) at(op, name string) (*node, string, error) {
	n := m.find(filepath.Dir(name))
	if n == nil || !n.dir {
		return nil, "", missing(op, name)
	}
	return n, filepath.Base(name), nil
}

func missing(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// Open implements disk.FS.
func (m *FS) Open(name string) (disk.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.step("open", name, false); err != nil {
		return nil, err
	}
	n := m.find(name)
	if n == nil || n.dir {
		return nil, missing("open", name)
	}
	return m.opened(&file{m: m, n: n, name: name}), nil
}

func (m *FS) opened(f *file) *file {
	m.open[f] = true
	return f
}

// Unclosed returns the names of files and locks that nobody has closed, sorted.
func (m *FS) Unclosed() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for f := range m.open {
		all = append(all, f.name)
	}
	slices.Sort(all)
	return all
}

// Create implements disk.FS.
func (m *FS) Create(name string) (disk.File, error) { return m.make("create", name, true) }

// Append implements disk.FS.
func (m *FS) Append(name string) (disk.File, error) { return m.make("append", name, false) }

func (m *FS) make(op, name string, empty bool) (disk.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.step(op, name, true); err != nil {
		return nil, err
	}
	dir, base, err := m.at(op, name)
	if err != nil {
		return nil, err
	}
	n := dir.names[base]
	if n == nil {
		n = &node{}
		dir.names[base] = n
	} else if empty {
		n.data = nil
	}
	return m.opened(&file{m: m, n: n, name: name}), nil
}

// Rename implements disk.FS.
func (m *FS) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.step("rename", from+" "+to, true); err != nil {
		return err
	}
	a, aName, err1 := m.at("rename", from)
	b, bName, err2 := m.at("rename", to)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if a.names[aName] == nil {
		return missing("rename", from)
	}
	m.moved = m.moved || a != b
	b.names[bName] = a.names[aName]
	delete(a.names, aName)
	return nil
}

// Remove implements disk.FS.
func (m *FS) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.step("remove", name, false); err != nil {
		return err
	}
	dir, base, err := m.at("remove", name)
	if err != nil {
		return err
	}
	switch n := dir.names[base]; {
	case n == nil:
		return missing("remove", name)
	case n.dir && len(n.names) > 0:
		return &fs.PathError{Op: "remove", Path: name, Err: syscall.ENOTEMPTY}
	}
	delete(dir.names, base)
	return nil
}

// Mkdir implements disk.FS.
func (m *FS) Mkdir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.step("mkdir", name, true); err != nil {
		return err
	}
	dir, base, err := m.at("mkdir", name)
	if err != nil {
		return err
	}
	if dir.names[base] != nil {
		return &fs.PathError{Op: "mkdir", Path: name, Err: fs.ErrExist}
	}
	dir.names[base] = newDir()
	return nil
}

// ReadDir implements disk.FS.
func (m *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.step("readdir", name, false); err != nil {
		return nil, err
	}
	n := m.find(name)
	if n == nil || !n.dir {
		return nil, missing("readdir", name)
	}
	var all []fs.DirEntry
	for _, base := range sortedNames(n.names) {
		all = append(all, fs.FileInfoToDirEntry(info{base, n.names[base]}))
	}
	return all, nil
}

// Stat implements disk.FS.
func (m *FS) Stat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.step("stat", name, false); err != nil {
		return nil, err
	}
	n := m.find(name)
	if n == nil {
		return nil, missing("stat", name)
	}
	return info{filepath.Base(name), n}, nil
}

// SyncDir implements disk.FS.
func (m *FS) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.step("syncdir", name, true); err != nil {
		return err
	}
	n := m.find(name)
	if n == nil {
		return missing("syncdir", name)
	}
	if m.moved { // a file is never in two folders, so both ends of a move are kept
		m.root.keep(true)
		m.moved = false
	}
	n.keep(false)
	return nil
}

func (n *node) keep(below bool) {
	n.kept = map[string]*node{}
	for base, c := range n.names {
		n.kept[base] = c
		if below && c.dir {
			c.keep(true)
		}
	}
}

// Lock implements disk.FS.
func (m *FS) Lock(name string) (io.Closer, bool, error) {
	opened, err := m.Append(name)
	if err != nil {
		return nil, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := opened.(*file)
	if m.locks[f.n] {
		delete(m.open, f)
		return nil, true, nil
	}
	m.locks[f.n] = true
	return &lock{f}, false, nil
}

type lock struct{ *file }

func (l *lock) Close() error {
	l.m.mu.Lock()
	delete(l.m.locks, l.n)
	l.m.mu.Unlock()
	return l.file.Close()
}

// Free implements disk.FS: it always reports 1 TiB, even when a Full fault has
// made the disk full.
func (m *FS) Free(string) (int64, bool) { return 1 << 40, true }

// Files returns the bytes of every file below a folder, by name.
func (m *FS) Files(dir string) map[string][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string][]byte{}
	var walk func(prefix string, n *node)
	walk = func(prefix string, n *node) {
		if n == nil {
			return
		}
		if !n.dir {
			all[prefix] = slices.Clone(n.data)
			return
		}
		for _, base := range sortedNames(n.names) {
			walk(filepath.Join(prefix, base), n.names[base])
		}
	}
	walk("", m.find(dir))
	return all
}

// Flip inverts one bit of a file.
func (m *FS) Flip(name string, bit int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.find(name).data[bit/8] ^= 1 << (bit % 8)
}

type info struct {
	name string
	n    *node
}

func (i info) Name() string { return i.name }
func (i info) Size() int64  { return int64(len(i.n.data)) }
func (i info) Mode() fs.FileMode {
	if i.n.dir {
		return fs.ModeDir | 0o777
	}
	return 0o666
}
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.n.dir }
func (i info) Sys() any           { return nil }

type file struct {
	m      *FS
	n      *node
	name   string
	at     int64
	closed bool
}

func (f *file) Name() string { return f.name }

func (f *file) begin(op string, writes bool) error {
	if f.closed {
		return &fs.PathError{Op: op, Path: f.name, Err: fs.ErrClosed}
	}
	return f.m.step(op, f.name, writes)
}

func (f *file) Read(b []byte) (int, error) {
	n, err := f.ReadAt(b, f.at)
	f.at += int64(n)
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

func (f *file) ReadAt(b []byte, at int64) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if err := f.begin("read", false); err != nil {
		return 0, err
	}
	if at >= int64(len(f.n.data)) {
		return 0, io.EOF
	}
	n := copy(b, f.n.data[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Write writes half of b if the operation fails.
func (f *file) Write(b []byte) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	was := f.m.dead
	if err := f.begin("write", true); err != nil {
		if was || f.closed {
			return 0, err
		}
		f.n.data = append(f.n.data, b[:len(b)/2]...)
		return len(b) / 2, err
	}
	f.n.data = append(f.n.data, b...)
	return len(b), nil
}

func (f *file) Sync() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if err := f.begin("sync", true); err != nil {
		return err
	}
	f.n.synced = slices.Clone(f.n.data)
	return nil
}

func (f *file) Truncate(size int64) error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if err := f.begin("truncate", true); err != nil {
		return err
	}
	f.n.data = f.n.data[:min(size, int64(len(f.n.data)))]
	return nil
}

func (f *file) Size() (int64, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return int64(len(f.n.data)), f.begin("size", false)
}

func (f *file) Close() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.closed {
		return &fs.PathError{Op: "close", Path: f.name, Err: fs.ErrClosed}
	}
	f.closed = true
	delete(f.m.open, f)
	if f.m.BadClose != nil && f.m.BadClose(f.name) {
		return &fs.PathError{Op: "close", Path: f.name, Err: syscall.EIO}
	}
	return nil
}
