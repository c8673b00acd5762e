package record

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"path/filepath"

	"infomorph/internal/disk"
)

// appended is a file that grows by whole pieces. A second file has a checksum
// entry for each piece, which is written before the piece, so that there is no
// piece without an entry. If the process dies, the last piece may be shorter
// than its entry says; then it counts as not written. An entry is
//
//	length:u32  CRC-32C of the piece:u32  CRC-32C of these eight bytes:u32
//
// in little-endian. The SHA-256 of the whole file is known at any time;
// checkpoints contain it.
type appended struct {
	fsys    disk.FS
	path    string // of the file
	sumPath string
	f, sums disk.File
	size    int64
	sum     hash.Hash
	crc     uint32 // CRC-32C of the whole file
}

const (
	sumsSuffix = ".sums"
	entryBytes = 12
	pieceBytes = 64 << 10 // size of pieces when sums are computed again at a resume
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func entryOf(piece []byte) [entryBytes]byte {
	var e [entryBytes]byte
	binary.LittleEndian.PutUint32(e[:], uint32(len(piece)))
	binary.LittleEndian.PutUint32(e[4:], crc32.Checksum(piece, castagnoli))
	binary.LittleEndian.PutUint32(e[8:], crc32.Checksum(e[:8], castagnoli))
	return e
}

// newAppended makes an empty file and replaces an existing one.
func newAppended(fsys disk.FS, path, sumPath string) (*appended, error) {
	a := &appended{fsys: fsys, path: path, sumPath: sumPath, sum: sha256.New()}
	var err error
	if a.sums, err = fsys.Create(sumPath); err != nil {
		return nil, err
	}
	if a.f, err = fsys.Create(path); err == nil {
		err = a.syncNames()
	}
	if err != nil {
		a.discard()
		return nil, err
	}
	return a, nil
}

func (a *appended) syncNames() error {
	err := a.fsys.SyncDir(filepath.Dir(a.path))
	if dir := filepath.Dir(a.sumPath); err == nil && dir != filepath.Dir(a.path) {
		err = a.fsys.SyncDir(dir)
	}
	return err
}

// write adds a piece. After an error nothing more must be written.
func (a *appended) write(piece []byte) error {
	if len(piece) == 0 {
		return nil
	}
	e := entryOf(piece)
	if _, err := a.sums.Write(e[:]); err != nil {
		return err
	}
	if _, err := a.f.Write(piece); err != nil {
		return err
	}
	a.sum.Write(piece)
	a.crc = crc32.Update(a.crc, castagnoli, piece)
	a.size += int64(len(piece))
	return nil
}

// sync makes all pieces survive a power cut.
func (a *appended) sync() error { return errors.Join(a.f.Sync(), a.sums.Sync()) }

func (a *appended) info() FileInfo { return infoOf(a.size, a.sum) }

func (a *appended) close() {
	if a.f != nil {
		a.f.Close()
	}
	if a.sums != nil {
		a.sums.Close()
	}
}

// move renames the file and its sums. The sums are first, because sums without
// a file are ignored.
func (a *appended) move(path, sumPath string) error {
	if err := a.fsys.Rename(a.sumPath, sumPath); err != nil {
		return err
	}
	if err := a.fsys.Rename(a.path, path); err != nil {
		return err
	}
	a.path, a.sumPath = path, sumPath
	return a.syncNames()
}

// discard removes the file.
func (a *appended) discard() {
	a.close()
	_ = a.fsys.Remove(a.path) // an error does no harm: nothing reads the file
	_ = a.fsys.Remove(a.sumPath)
}

// checkAppended reads a file that has grown and returns how many of its bytes
// were written in full. It returns ErrDamaged if they are not the bytes that
// were written.
func checkAppended(fsys disk.FS, path, sumPath string) (int64, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sums, err := fsys.Open(sumPath)
	if err != nil {
		return 0, err
	}
	defer sums.Close()
	pieces, entries := bufio.NewReaderSize(f, pieceBytes), bufio.NewReader(sums)
	var good int64
	var e [entryBytes]byte
	for {
		if _, err := io.ReadFull(entries, e[:]); ended(err) {
			return good, nil
		} else if err != nil {
			return good, err
		}
		n := int64(binary.LittleEndian.Uint32(e[:]))
		if crc32.Checksum(e[:8], castagnoli) != binary.LittleEndian.Uint32(e[8:]) {
			return good, ErrDamaged
		}
		sum := crc32.New(castagnoli)
		if _, err := io.CopyN(sum, pieces, n); ended(err) {
			return good, nil // lost in a power failure
		} else if err != nil {
			return good, err
		}
		if sum.Sum32() != binary.LittleEndian.Uint32(e[4:]) {
			return good, ErrDamaged
		}
		good += n
	}
}

func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// prefix is the checked beginning of a file, from which a resumed run
// continues. Nothing was changed for the check.
type prefix struct {
	size int64
	sum  hash.Hash
	crc  uint32
	sums []byte // new entries for it
}

// readPrefix reads the first want.Bytes of a file and compares them.
func readPrefix(fsys disk.FS, path string, want FileInfo) (prefix, error) {
	p := prefix{sum: sha256.New()}
	f, err := fsys.Open(path)
	if err != nil {
		return p, err
	}
	defer f.Close()
	buf := make([]byte, pieceBytes)
	for p.size < want.Bytes {
		n, err := io.ReadFull(f, buf[:min(want.Bytes-p.size, pieceBytes)])
		if ended(err) {
			return p, fmt.Errorf("%w: %d bytes are there, the checkpoint counted %d", ErrDamaged, p.size+int64(n), want.Bytes)
		} else if err != nil {
			return p, err
		}
		e := entryOf(buf[:n])
		p.sums = append(p.sums, e[:]...)
		p.sum.Write(buf[:n])
		p.crc = crc32.Update(p.crc, castagnoli, buf[:n])
		p.size += int64(n)
	}
	if infoOf(p.size, p.sum) != want {
		return p, ErrDamaged
	}
	return p, nil
}

// cut truncates a file to its prefix and opens it for appending. Its name is
// synced to the disk: that of a log with the manifest, others when their sums
// are replaced.
func (p prefix) cut(fsys disk.FS, path, sumPath string) (*appended, error) {
	if err := replace(fsys, sumPath, p.sums); err != nil {
		return nil, err
	}
	a := &appended{fsys: fsys, path: path, sumPath: sumPath, size: p.size, sum: p.sum, crc: p.crc}
	var err error
	if a.f, err = fsys.Append(path); err != nil {
		return nil, err
	}
	if err = a.f.Truncate(p.size); err == nil {
		err = a.f.Sync()
	}
	if err == nil {
		a.sums, err = fsys.Append(sumPath)
	}
	if err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// replace replaces the content of a file, completely or not at all.
func replace(fsys disk.FS, path string, data []byte) error {
	f, err := fsys.Create(tempName(path))
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = fsys.Rename(tempName(path), path)
	}
	if err != nil {
		_ = fsys.Remove(tempName(path)) // there may be none
		return err
	}
	return fsys.SyncDir(filepath.Dir(path))
}

func infoOf(size int64, sum hash.Hash) FileInfo {
	return FileInfo{Bytes: size, SHA256: hex.EncodeToString(sum.Sum(nil))}
}

// hashFile returns the present size and hash of a file.
func hashFile(fsys disk.FS, path string) (FileInfo, error) { return hashStart(fsys, path, -1) }

// hashStart returns the size and hash of the first n bytes of a file, of all
// for n < 0.
func hashStart(fsys disk.FS, path string, n int64) (FileInfo, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return FileInfo{}, err
	}
	defer f.Close()
	src := io.Reader(f)
	if n >= 0 {
		src = io.LimitReader(f, n)
	}
	sum := sha256.New()
	size, err := io.Copy(sum, src)
	return infoOf(size, sum), err
}

func sha256Of(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:]
}
