package record

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// logFile is log.jsonl. Being whole at the end of every line, it has its
// final name from the start, so that it can be followed.
type logFile struct {
	mu   sync.Mutex
	f    *os.File
	sum  hash.Hash
	size int64
	err  error
}

// openLog opens the log of a new run or continues that of a resumed one.
func openLog(dir string) (*logFile, error) {
	f, err := os.OpenFile(filepath.Join(dir, logName), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666)
	if err != nil {
		return nil, fileError(logName, err)
	}
	l := &logFile{f: f, sum: sha256.New()}
	if l.size, err = io.Copy(l.sum, f); err != nil {
		f.Close()
		return nil, fileError(logName, err)
	}
	return l, nil
}

// Write implements io.Writer.
func (l *logFile) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return 0, l.err
	}
	n, err := l.f.Write(b)
	l.sum.Write(b[:n])
	l.size += int64(n)
	l.err = fileError(logName, err)
	return n, l.err
}

// info returns what the manifest says of the log, or its first write error.
func (l *logFile) info() (FileInfo, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return FileInfo{Bytes: l.size, SHA256: hex.EncodeToString(l.sum.Sum(nil))}, l.err
}

func (l *logFile) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.f.Close()
	if l.err == nil {
		l.err = errClosed
	}
}
