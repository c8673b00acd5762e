package guard

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrKind is wrapped by errors about a name that is not a regular file: a
// folder, a pipe, a device, a socket, or a virtual file such as those of /proc.
var ErrKind = errors.New("expected a regular file")

// Open opens a regular file for reading. It refuses everything else at once:
// opening a pipe would wait for another program, a device may never end, and a
// file of /proc changes with every read. Errors name the file.
func Open(name string) (*os.File, error) {
	if err := regular(name); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	// The file may have been replaced in between.
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, errors.Join(err, kindError(name, "it has become another kind of file"))
	}
	return f, nil
}

// Small is a limit that is larger than any page, picture or certificate
// [bytes].
const Small = 64 << 20

// ReadFile reads a regular file of at most limit bytes.
func ReadFile(name string, limit int64) ([]byte, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, limit)
	}
	return data, nil
}

// KeyPair reads a certificate and its key from PEM files.
func KeyPair(cert, key string) (tls.Certificate, error) {
	c, err := ReadFile(cert, Small)
	if err != nil {
		return tls.Certificate{}, err
	}
	k, err := ReadFile(key, Small)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(c, k)
}

func regular(name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return &fs.PathError{Op: "open", Path: name, Err: cause(err)}
	case info.IsDir():
		return kindError(name, "it is a folder")
	case !info.Mode().IsRegular():
		return kindError(name, "it is "+kindOf(info.Mode()))
	case madeUp(name):
		return kindError(name, "the system makes it up as it is read; copy it to a file first")
	}
	return nil
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeDevice != 0:
		return "a device"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "no file"
}

func kindError(name, why string) error {
	return fmt.Errorf("%s: %w: %s", name, ErrKind, why)
}

// Save writes a file under a temporary name, syncs it to the disk and renames
// it, so that name never has half of the content. It follows a link.
// Permissions follow the umask, or stay those of the file that is replaced.
// Only a regular file is replaced: Save writes to a device, or to a pipe that
// another program reads.
func Save(name string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	old, statErr := os.Stat(name)
	if statErr == nil && !old.Mode().IsRegular() {
		return writeThrough(name, write)
	}
	f, err := createTemp(name)
	if err != nil {
		return err
	}
	draft(f.Name(), true)
	defer draft(f.Name(), false)
	err = write(f)
	if statErr == nil {
		err = errors.Join(err, f.Chmod(old.Mode().Perm()))
	}
	if err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", name, cause(err))
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, cause(err))
	}
	return os.Rename(f.Name(), name)
}

// SaveBytes is Save for content in memory.
func SaveBytes(name string, data []byte) error {
	return Save(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// createTemp makes a new file beside name. os.CreateTemp would let only the
// user read it, whatever the umask says.
func createTemp(name string) (*os.File, error) {
	dir, base := filepath.Split(name)
	for i := 0; ; i++ {
		f, err := os.OpenFile(fmt.Sprintf("%s.%s.%d.tmp", dir, base, i), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if !errors.Is(err, fs.ErrExist) || i == 1000 {
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, cause(err))
			}
			return f, nil
		}
	}
}

// writeThrough writes to an existing device or pipe. It does not wait for
// another program to open the other end of a pipe.
func writeThrough(name string, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return kindError(name, "it is a folder")
	}
	f, err := os.OpenFile(name, os.O_WRONLY|nonBlocking, 0)
	if err != nil {
		return kindError(name, "it is no file, and nothing reads what would be written: "+cause(err).Error())
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, cause(err))
	}
	return nil
}

// cause strips the operation and the path from a file error: the message has
// the name that the user gave.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Cell returns text as a table cell that a spreadsheet does not run as a
// formula. Text that looks like a formula gets an apostrophe before it, as
// OWASP advises against CSV injection. Names that only begin with such a
// character, such as -70mV or @anna, are harmless and stay as they are.
func Cell(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return text
	}
	if strings.ContainsRune("+-@", rune(text[0])) && !strings.ContainsAny(text, "=(|!'\"{;,\t\r\n") {
		return text
	}
	return "'" + text
}
