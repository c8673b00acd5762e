package remote

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"infomorph/internal/checkpoint"
	"infomorph/internal/disk"
	files "infomorph/internal/guard"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// A checkpoint of a run on nodes has several parts. At the same barrier every
// node writes the records of its neurons into its own folder, in a file named
// after their hash. Then the coordinator writes a list of the parts. So a
// checkpoint is complete when its list exists, and a part with the right hash
// is the right part, on whatever node it is. With copies, all parts are also
// stored next to the list, so losing a machine loses no checkpoint.

// partsMagic begins a list of parts. The list stands in a checkpoint in place
// of an engine's state.
const partsMagic = "IMparts\n"

const (
	partSuffix  = checkpoint.PartSuffix
	draftSuffix = ".tmp" // of a file that is not complete yet
)

// partList says where the parts of a state are.
type partList struct {
	Run    string     `json:"run"` // its parts are removed, except those of the last two checkpoints
	TimeUS int64      `json:"time_us"`
	Header []byte     `json:"header"` // of the state
	Parts  []listPart `json:"parts"`
}

type listPart struct {
	First neuron.ID `json:"first"`
	Last  neuron.ID `json:"last"` // neurons first … last−1
	Size  uint64    `json:"size"`
	Hash  string    `json:"hash"`
	Node  string    `json:"node"`
}

// maxParts bounds the number of parts in a list.
const maxParts = 100_000

// IsParts reports whether an engine's state in a checkpoint is a list of parts.
func IsParts(state []byte) bool { return bytes.HasPrefix(state, []byte(partsMagic)) }

func (l *partList) encode() []byte {
	text, _ := json.Marshal(l) // plain data
	return append([]byte(partsMagic), text...)
}

func decodeParts(b []byte) (*partList, error) {
	l := &partList{}
	text, ok := bytes.CutPrefix(b, []byte(partsMagic))
	if !ok {
		return nil, errors.New("not a list of parts of a checkpoint")
	}
	if err := json.Unmarshal(text, l); err != nil {
		return nil, fmt.Errorf("list of the parts of a checkpoint: %w", err)
	}
	next := neuron.ID(0)
	for _, p := range l.Parts {
		if p.First != next || p.Last <= p.First || !hashed(p.Hash) {
			return nil, errors.New("list of the parts of a checkpoint: its parts do not follow one another")
		}
		next = p.Last
	}
	if len(l.Parts) == 0 || len(l.Parts) > maxParts || !named(l.Run) {
		return nil, errors.New("list of the parts of a checkpoint: damaged")
	}
	return l, nil
}

func named(run string) bool {
	b, err := hex.DecodeString(run)
	return err == nil && len(b) == len(runID{})
}

func hashed(text string) bool {
	b, err := hex.DecodeString(text)
	return err == nil && len(b) == sha256.Size
}

// keepLists is how many checkpoints keep their parts: the last one, and the one
// before it in case the last one is damaged.
const keepLists = 2

// SaveParts makes every node write its part of a checkpoint and returns the
// list of parts, which replaces the state in the checkpoint. With
// Options.Copies, copies of all parts are written into the folder. An error
// names the node that could not write; the parts of earlier checkpoints still
// exist.
func (e *Engine) SaveParts(folder string) ([]byte, error) {
	if !e.opts.Copies {
		folder = ""
	}
	if err := e.ready(); err != nil {
		return nil, err
	}
	l := &partList{Run: hex.EncodeToString(e.key[:]), TimeUS: int64(e.now), Header: sim.AppendHeader(nil, e.net, e.now)}
	for k, p := range e.link.peers {
		w := e.delivery(k)
		w.i(int64(e.now))
		w.text(l.Run)
		w.flag(folder != "")
		e.link.order(p, kindKeep, w.b)
	}
	e.delivered()
	parts := make([]saved, len(e.link.peers))
	err := e.link.await(0, func(p *peer, a *answer) error {
		r := &reader{b: a.body}
		parts[p.k] = r.saved()
		return r.end()
	})
	if err != nil {
		return nil, e.fail(err)
	}
	for k, p := range e.link.peers {
		l.Parts = append(l.Parts, listPart{e.bounds[k], e.bounds[k+1], parts[k].size, hex.EncodeToString(parts[k].hash[:]), p.Name})
		if folder == "" {
			continue
		}
		if err := e.copyPart(folder, p, parts[k]); err != nil {
			return nil, err
		}
	}
	e.lists = append(e.lists, l)
	return l.encode(), nil
}

// copyPart writes a copy of the part that a node has just saved.
func (e *Engine) copyPart(folder string, p *peer, part saved) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	var failed error
	err := files.Save(filepath.Join(folder, hex.EncodeToString(part.hash[:])+partSuffix), func(w io.Writer) error {
		failed = e.fetch(p, part, w)
		return failed
	})
	if failed != nil {
		return failed
	}
	return err
}

// ForgetParts removes the parts of all but the last two lists, on the nodes and
// in the folder of copies. Call it after a list is safely written.
func (e *Engine) ForgetParts(folder string) error {
	if !e.opts.Copies {
		folder = ""
	}
	if err := e.ready(); err != nil {
		return err
	}
	e.lists = e.lists[max(0, len(e.lists)-keepLists):]
	w := &writer{}
	w.text(hex.EncodeToString(e.key[:]))
	var keep []string
	for _, l := range e.lists {
		for _, p := range l.Parts {
			keep = append(keep, p.Hash)
		}
	}
	w.u(uint64(len(keep)))
	for _, h := range keep {
		w.text(h)
	}
	for _, p := range e.link.peers {
		e.link.order(p, kindForget, w.b)
	}
	err := e.link.await(0, func(*peer, *answer) error { return nil })
	if err != nil {
		return e.fail(err)
	}
	if folder == "" {
		return nil
	}
	return forgetIn(disk.OS, folder, keep)
}

// forgetIn removes all parts in a folder except those in keep.
func forgetIn(d disk.FS, folder string, keep []string) error {
	entries, err := d.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, f := range entries {
		name, whole := strings.CutSuffix(f.Name(), partSuffix)
		half := strings.HasSuffix(f.Name(), draftSuffix) // left by a process that was killed
		if half || whole && !slices.Contains(keep, name) {
			err = errors.Join(err, d.Remove(filepath.Join(folder, f.Name())))
		}
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// RestoreParts continues from a list that SaveParts returned, on any number of
// nodes. Parts come from the nodes that have them, or from the copies in the
// folder. With fork, this run never removes the parts of the run that saved
// them.
func (e *Engine) RestoreParts(list []byte, folder string, fork bool) error {
	if err := e.ready(); err != nil {
		return err
	}
	l, err := decodeParts(list)
	if err != nil {
		return err
	}
	if key, err := hex.DecodeString(l.Run); err == nil && !fork {
		copy(e.key[:], key)
		e.lists = []*partList{l}
	}
	has, err := e.owners(l)
	if err != nil {
		return err
	}
	if stored := e.inPlace(l, has); stored != nil {
		net, err := sim.NetworkOf(l.Header, e.net)
		if err != nil {
			return err
		}
		return e.load(net, neuron.Time(l.TimeUS), l.Header, stored)
	}
	state := &bytes.Buffer{}
	state.Write(l.Header)
	for i, part := range l.Parts {
		if err := e.collect(state, part, has[i], folder); err != nil {
			return err
		}
	}
	return e.Restore(state.Bytes())
}

// owners asks all nodes which parts they have: has[i] are the nodes that have
// part i.
func (e *Engine) owners(l *partList) (has [][]*peer, err error) {
	has = make([][]*peer, len(l.Parts))
	for i, part := range l.Parts {
		for _, p := range e.link.peers {
			e.link.order(p, kindFind, findBody(part.Hash, false))
		}
		err := e.link.await(0, func(p *peer, a *answer) error {
			if len(a.body) == 1 && a.body[0] == 1 {
				has[i] = append(has[i], p)
			}
			return nil
		})
		if err != nil {
			return nil, e.fail(err)
		}
	}
	return has, nil
}

func findBody(hash string, open bool) []byte {
	w := &writer{}
	w.text(hash)
	w.flag(open)
	return w.b
}

// inPlace returns the hash of the part that each node is to load. It returns
// nil unless every node has exactly the part for its own neurons.
func (e *Engine) inPlace(l *partList, has [][]*peer) [][]byte {
	if len(l.Parts) != len(e.link.peers) {
		return nil
	}
	stored := make([][]byte, len(l.Parts))
	for k, part := range l.Parts {
		if part.First != e.bounds[k] || part.Last != e.bounds[k+1] || !slices.Contains(has[k], e.link.peers[k]) {
			return nil
		}
		stored[k], _ = hex.DecodeString(part.Hash) // decodeParts has checked it
	}
	return stored
}

// collect appends a part from a node, or from the copies.
func (e *Engine) collect(to *bytes.Buffer, part listPart, has []*peer, folder string) error {
	if len(has) > 0 {
		p := has[0]
		e.link.order(p, kindFind, findBody(part.Hash, true))
		if err := e.link.await(0, func(*peer, *answer) error { return nil }); err != nil {
			return e.fail(err)
		}
		s := saved{size: part.Size}
		b, _ := hex.DecodeString(part.Hash)
		copy(s.hash[:], b)
		return e.fetch(p, s, to)
	}
	b, err := readPart(disk.OS, folder, part.Hash)
	if err != nil {
		return fmt.Errorf("neurons %d to %d of the checkpoint, which node %s had, are on none of these nodes and not among the copies: %w", part.First, part.Last-1, part.Node, err)
	}
	to.Write(b)
	return nil
}

// JoinParts returns the state that a list of parts describes, from the copies
// in a folder. With it a run on nodes can continue on one machine.
func JoinParts(list []byte, folder string) ([]byte, error) {
	l, err := decodeParts(list)
	if err != nil {
		return nil, err
	}
	state := slices.Clone(l.Header)
	for _, p := range l.Parts {
		b, err := readPart(disk.OS, folder, p.Hash)
		if err != nil {
			return nil, fmt.Errorf("neurons %d to %d of the checkpoint are on node %s: add --nodes (%w)", p.First, p.Last-1, p.Node, err)
		}
		state = append(state, b...)
	}
	return state, nil
}

// readPart reads a part and checks its hash.
func readPart(d disk.FS, folder, hash string) ([]byte, error) {
	name := filepath.Join(folder, hash+partSuffix)
	b, err := disk.ReadFile(d, name, maxUpload)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("%s: its bytes are damaged", name)
	}
	return b, nil
}

// keep writes this node's part of a checkpoint. If a copy is wanted, it also
// keeps the part in memory for get.
func (s *session) keep(r *reader) ([]byte, error) {
	part, err := s.freeze(r)
	if err != nil {
		return nil, err
	}
	run, copied := r.text(), r.u8() == 1
	if err := r.end(); err != nil {
		return nil, err
	}
	dir, err := s.node.partFolder(run)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(part)
	if err := s.node.writePart(dir, hex.EncodeToString(sum[:]), part); err != nil {
		return nil, fmt.Errorf("part of the checkpoint: %w", err)
	}
	if copied {
		s.saved = part
	}
	w := &writer{}
	w.u(uint64(len(part)))
	w.raw(sum[:])
	return w.b, nil
}

// maxWrite is how much of a part is written to the disk at a time. After each
// piece the node reports progress, so a slow disk does not look like a node
// that stands still.
const maxWrite = 16 << 20

// writePart writes and syncs a part under a temporary name and then renames it.
// So a file with the final name is always complete.
func (n *Node) writePart(dir, hash string, part []byte) error {
	d := n.opts.Disk
	if err := disk.MkdirAll(d, dir); err != nil {
		return err
	}
	name := filepath.Join(dir, hash+partSuffix)
	draft := name + draftSuffix
	f, err := d.Create(draft)
	if err != nil {
		return err
	}
	for len(part) > 0 && err == nil {
		k := min(len(part), maxWrite)
		if _, err = f.Write(part[:k]); err == nil {
			err = f.Sync()
		}
		part = part[k:]
		n.steps.Add(1)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.Rename(draft, name)
	}
	if err != nil {
		return errors.Join(err, d.Remove(draft))
	}
	return d.SyncDir(dir)
}

// partFolder returns the folder for the parts of a run.
func (n *Node) partFolder(run string) (string, error) {
	if !named(run) {
		return "", errors.New("a checkpoint of a run without a name")
	}
	return filepath.Join(n.opts.Dir, run), nil
}

// readPart finds a part in the folders of all runs.
func (n *Node) readPart(hash []byte) ([]byte, error) {
	name := hex.EncodeToString(hash)
	runs, err := n.opts.Disk.ReadDir(n.opts.Dir)
	if err != nil {
		return nil, err
	}
	err = os.ErrNotExist
	for _, run := range runs {
		var b []byte
		if b, err = readPart(n.opts.Disk, filepath.Join(n.opts.Dir, run.Name()), name); err == nil {
			return b, nil
		}
	}
	return nil, err
}

// find reports whether this node has a part, and can keep it in memory for get.
func (s *session) find(r *reader) ([]byte, error) {
	hash, open := r.text(), r.u8() == 1
	if err := r.end(); err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(hash)
	if err != nil || len(b) != sha256.Size {
		return nil, errBody
	}
	part, err := s.node.readPart(b)
	if err != nil {
		return []byte{0}, nil //nolint:nilerr // missing or damaged: another node may have it
	}
	if open {
		s.saved = part
	}
	return []byte{1}, nil
}

// forget removes all parts of a run except those to keep.
func (s *session) forget(r *reader) error {
	run := r.text()
	keep := make([]string, r.size(1))
	for i := range keep {
		keep[i] = r.text()
	}
	if err := r.end(); err != nil {
		return err
	}
	dir, err := s.node.partFolder(run)
	if err != nil {
		return err
	}
	return forgetIn(s.node.opts.Disk, dir, keep)
}
