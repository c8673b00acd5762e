package record

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
)

// told makes each operation of do on the file system from begin fail once. It
// fails the test if do does not return the right error, or if files stay open
// or have temporary names. Operations in quiet may fail without an error.
func told(t *testing.T, what string, begin func() *disktest.FS, do func(disk.FS) error, quiet ...string) {
	t.Helper()
	counted := begin()
	counted.Record, counted.Log, counted.Ops, counted.At = true, nil, 0, 0
	must(t, do(counted))
	for i, op := range counted.Log {
		m := begin()
		m.Ops, m.At, m.Fault = 0, i+1, disktest.Once
		err := do(m)
		_, of, _ := strings.Cut(op, " ") // without its number
		if slices.Contains(quiet, of) != (err == nil) || err != nil && (!errors.Is(err, syscall.EIO) || errors.Is(err, ErrDamaged)) {
			t.Errorf("%s: %s: %v", what, op, err)
		}
		if left := unfinished(m); len(left) > 0 {
			t.Errorf("%s: %s: still there: %v", what, op, left)
		}
	}
}

// TestEveryFaultOfASummedFile: of one that is new, one that is written anew, and a table.
func TestEveryFaultOfASummedFile(t *testing.T) {
	written := func() *disktest.FS {
		m := disktest.New()
		must(t, rewrite(m, 0))
		return m
	}
	cols := []Column{{"i", Int64, ""}, {"t", Text, ""}}
	rows := func(yield func([]any) bool) {
		for i := 0; i < 3*blockCells && yield([]any{i, fmt.Sprint("text ", i)}); i++ {
		}
	}
	for name, do := range map[string]func(disk.FS) error{
		"new": func(m disk.FS) error { return rewrite(m, 1) },
		"noted": func(m disk.FS) error {
			return noteSums(m, "many", map[string]string{"x": strings.Repeat("0", 64)}, false)
		},
		"table.csv": func(m disk.FS) error {
			f, err := summed(m, "many", "t.csv")
			if err != nil {
				return err
			}
			return f.table(cols, rows)
		},
		"table.parquet": func(m disk.FS) error {
			f, err := summed(m, "many", "t.parquet")
			if err != nil {
				return err
			}
			return f.table(cols, rows)
		},
	} {
		told(t, name, written, do)
		if name == "new" {
			told(t, "the first", disktest.New, do)
		}
	}
	told(t, "compared", written, func(m disk.FS) error { return checkSums(m, "many") })
}

// TestEveryFaultOfARun: of one that is begun in a new folder, or where another was killed
// before it had begun, and of all that is recorded until its end.
func TestEveryFaultOfARun(t *testing.T) {
	begin := func(m disk.FS) (*Run, error) {
		return Create(Options{Dir: "out", FS: m, AtomNames: AtomNames(2), CSV: true, MinFree: -1, Scenario: []byte("name: a\n")})
	}
	stillborn := func() *disktest.FS {
		m := disktest.New()
		r, err := begin(m)
		must(t, err)
		r.release()
		must(t, m.Remove("out/"+manifestName))
		return m
	}
	create := func(m disk.FS) error {
		r, err := begin(m)
		if errors.Is(err, ErrExists) { // nobody can say that the folder is not the user's
			return syscall.EIO
		}
		if err == nil {
			r.release()
		}
		return err
	}
	told(t, "a new folder", disktest.New, create, "remove out/.parts/ballast")
	quiet := []string{"remove out/.parts/ballast"}
	for name := range stillborn().Files("out") { // what is no folder has nothing below it
		quiet = append(quiet, "readdir out/"+name)
	}
	for _, name := range early {
		quiet = append(quiet, "readdir out/"+name)
	}
	told(t, "a stillborn run", stillborn, create, slices.DeleteFunc(quiet, func(op string) bool { return op == "readdir out/"+partsDir })...)
	live := func(m disk.FS) error {
		r, err := begin(m)
		if err != nil {
			return err
		}
		g, err := r.Growing("tape.bin")
		if err == nil {
			_, err = g.Write(make([]byte, streamBuffer+1))
		}
		if err == nil {
			_, err = g.Write([]byte("x")) // the first are written now
		}
		err = errors.Join(err, history(r, 0, 30), r.Weights("w", synapses(30)))
		if err == nil {
			_, err = r.State()
		}
		if err != nil {
			return errors.Join(err, r.Abort(err))
		}
		return r.Close(nil, Final{})
	}
	counted := disktest.New()
	counted.Record = true
	must(t, live(counted))
	var after []string // the manifest is there: nothing is lost
	for _, op := range slices.Backward(counted.Log) {
		if strings.HasSuffix(op, " syncdir out") {
			break
		}
		_, of, _ := strings.Cut(op, " ")
		after = append(after, of)
	}
	told(t, "all of a run", disktest.New, live, after...)
}

// TestEveryFaultOfReadingDocuments: of manifests and journals.
func TestEveryFaultOfReadingDocuments(t *testing.T) {
	m, _ := parents(t)["killed"]()
	same := func() *disktest.FS { return m }
	told(t, "manifest", same, func(m disk.FS) error { _, err := readManifest(m, "out"); return err })
	told(t, "journal", same, func(m disk.FS) error {
		all, _, err := readJournal(m, "out")
		if err == nil && len(all) != 2 {
			return io.ErrShortBuffer
		}
		return err
	})
	told(t, "rows", same, func(m disk.FS) error {
		path := "out/" + partsDir + "/spikes" + rowsSuffix
		n, err := checkAppended(m, path, path+sumsSuffix)
		if err == nil && n < 120*16 {
			return io.ErrShortBuffer
		}
		return err
	})
}
