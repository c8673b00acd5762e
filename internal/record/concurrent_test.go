package record

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"infomorph/internal/disk"
)

// atOnce calls a function on many goroutines, which begin together.
func atOnce(t *testing.T, many int, do func(k int) error) {
	t.Helper()
	begin, errs := make(chan struct{}), make([]error, many)
	var group sync.WaitGroup
	for k := range many {
		group.Go(func() {
			<-begin
			errs[k] = do(k)
		})
	}
	close(begin)
	group.Wait()
	for _, err := range errs {
		must(t, err)
	}
}

// lines are the lines that one of many goroutines writes; each must be written
// as a whole.
func lines(of int) (all []string) {
	for i := range 300 {
		all = append(all, fmt.Sprintf(`{"from":%d,"line":%d,"text":%q}`+"\n", of, i, strings.Repeat("x", i%97)))
	}
	return all
}

// inOrder fails unless a text is the lines of all, each whole, those of one in their order.
func inOrder(t *testing.T, name, text string, many int) {
	t.Helper()
	rest := make([][]string, many)
	for k := range rest {
		rest[k] = lines(k)
	}
	for line := range strings.Lines(text) {
		k := slices.IndexFunc(rest, func(r []string) bool { return len(r) > 0 && r[0] == line })
		if k < 0 {
			t.Fatalf("%s: %q is not the next line of anybody", name, line)
		}
		rest[k] = rest[k][1:]
	}
	for k, r := range rest {
		if len(r) > 0 {
			t.Errorf("%s: %d lines of %d are missing", name, len(r), k)
		}
	}
}

// TestWrittenAtOnce: many goroutines write lines to the log and to growing
// files, while others read their sizes and sync them; the content agrees with
// the checksums.
func TestWrittenAtOnce(t *testing.T) {
	const many = 6
	opts := options(t)
	r := create(t, opts)
	g, err := r.Growing("tape.bin")
	must(t, err)
	atOnce(t, many+2, func(k int) error {
		if k >= many { // these look on
			size := int64(0)
			for range 200 {
				now := g.Size()
				if now < size {
					return fmt.Errorf("%d bytes after %d", now, size)
				}
				size = now
				if _, err := g.sync(); err != nil {
					return err
				}
				if _, err := r.log.info(); err != nil {
					return err
				}
			}
			return nil
		}
		for _, line := range lines(k) {
			if _, err := r.Log().Write([]byte(line)); err != nil {
				return err
			}
			if _, err := g.Write([]byte(line)); err != nil {
				return err
			}
		}
		return nil
	})
	_, err = g.sync()
	must(t, err)
	r.release() // as a kill does: its parts are compared
	if _, err := CheckOn(disk.OS, opts.Dir); err != nil {
		t.Error(err)
	}
	r, err = Restart(opts)
	must(t, err)
	for _, name := range []string{logName, partsDir + "/killed-1/tape.bin" + growingSuffix} {
		text, err := os.ReadFile(filepath.Join(opts.Dir, name))
		must(t, err)
		inOrder(t, name, string(text), many)
	}
	must(t, r.Close(nil, Final{}))
	if _, err := r.Log().Write([]byte("late\n")); err == nil {
		t.Error("a log that is closed was written to")
	}
}

// TestSummedAtOnce: files of one folder that are written at once all have their checksums.
func TestSummedAtOnce(t *testing.T) {
	dir := t.TempDir()
	const many, each = 6, 12
	var names []string
	for k := range many * each {
		names = append(names, fmt.Sprintf("%d.csv", k))
	}
	atOnce(t, many, func(k int) error {
		for _, name := range names[k*each : (k+1)*each] {
			if err := WriteSummed(dir, name, []byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
	must(t, CheckSums(dir, names...))
	sums, err := readSums(disk.OS, dir)
	if err != nil || len(sums) != many*each {
		t.Errorf("%d checksums of %d files, %v", len(sums), many*each, err)
	}
}

// TestEndsWhileItIsWritten ends a growing file and a log while others write to them.
// The race detector notices an end that does not wait for a write.
func TestEndsWhileItIsWritten(t *testing.T) {
	r := create(t, Options{Dir: filepath.Join(t.TempDir(), "out")})
	g, err := r.Growing("tape.bin")
	must(t, err)
	for name, c := range map[string]struct {
		w   io.Writer
		end func()
	}{"growing": {g, g.end}, "log": {r.Log(), r.log.close}} {
		var began, over sync.WaitGroup
		began.Add(1)
		over.Go(func() {
			began.Done()
			for range 100 {
				if _, err := c.w.Write([]byte("a line\n")); err != nil {
					return
				}
			}
		})
		began.Wait()
		c.end()
		over.Wait()
		if _, err := c.w.Write([]byte("late\n")); err == nil {
			t.Errorf("%s: written after its end", name)
		}
	}
}
