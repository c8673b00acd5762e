package record

import (
	"errors"
	"path/filepath"
	"sync"

	"infomorph/internal/disk"
)

// logFile is log.jsonl. It is valid after every line, so it has its final name
// from the start and can be read during the run.
type logFile struct {
	mu   sync.Mutex
	file *appended
	err  error
}

func logPaths(dir string) (path, sumPath string) {
	return filepath.Join(dir, logName), filepath.Join(dir, partsDir, logName+sumsSuffix)
}

// openLog opens the log of a new run or continues that of a resumed one. listed
// is the entry of the log in the manifest if the earlier run has ended, nil if
// it was killed.
func openLog(fsys disk.FS, dir string, listed *FileInfo) (*logFile, error) {
	path, sumPath := logPaths(dir)
	var file *appended
	there, err := disk.Exists(fsys, path)
	switch {
	case err != nil:
	case there:
		file, err = reopenLog(fsys, dir, listed)
	default:
		file, err = newAppended(fsys, path, sumPath)
	}
	if err != nil {
		return nil, fileError(logName, err)
	}
	return &logFile{file: file}, nil
}

func reopenLog(fsys disk.FS, dir string, listed *FileInfo) (*appended, error) {
	path, sumPath := logPaths(dir)
	var want FileInfo
	var err error
	if listed != nil {
		want = *listed
	} else if want, err = wholeLines(fsys, path, sumPath); err != nil {
		return nil, err
	}
	p, err := readPrefix(fsys, path, want)
	if err != nil {
		return nil, err
	}
	return p.cut(fsys, path, sumPath)
}

// wholeLines returns size and hash of the undamaged part of the log of a killed
// run.
func wholeLines(fsys disk.FS, path, sumPath string) (FileInfo, error) {
	n, err := checkAppended(fsys, path, sumPath)
	if err != nil {
		return FileInfo{}, err
	}
	return hashStart(fsys, path, n)
}

// Write implements io.Writer.
func (l *logFile) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return 0, l.err
	}
	if l.err = fileError(logName, l.file.write(b)); l.err != nil {
		return 0, l.err
	}
	return len(b), nil
}

// info syncs the log to the disk and returns its entry for the manifest, and
// its first error.
func (l *logFile) info() (FileInfo, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.info(), errors.Join(l.err, fileError(logName, l.file.sync()))
}

func (l *logFile) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.file.close()
	if l.err == nil {
		l.err = errClosed
	}
}
