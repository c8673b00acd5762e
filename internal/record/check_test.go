package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
	"infomorph/internal/fault"
)

// flipFile inverts a bit of a file. The function that it returns inverts it
// back.
func flipFile(t *testing.T, path string, at int) (back func()) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	bad := bytes.Clone(data)
	bad[at] ^= 4
	must(t, os.WriteFile(path, bad, 0o666))
	return func() { must(t, os.WriteFile(path, data, 0o666)) }
}

// wrote fails unless an error says that just these files are damaged.
func wrote(t *testing.T, what string, err error, damaged ...string) {
	t.Helper()
	if len(damaged) == 0 {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("%s: %v", what, err)
		return
	}
	for _, name := range []string{"plots/a.svg", "plots/b.svg", "report.html", "spikes.parquet", "scenario.yaml"} {
		if got := strings.Contains(err.Error(), name+": "); got != (strings.Contains(strings.Join(damaged, " "), name)) {
			t.Errorf("%s: %s is named: %v, in %v", what, name, got, err)
		}
	}
}

// TestCheckNamesWhatDiffers: every file that differs, its report too, and none that
// does not; a file that is read is compared, others are not.
func TestCheckNamesWhatDiffers(t *testing.T) {
	opts := options(t)
	opts.Scenario = []byte("name: a\n")
	r := create(t, opts)
	must(t, history(r, 0, 20))
	must(t, r.WriteFile("plots/a.svg", []byte("first")))
	must(t, r.WriteFile("plots/b.svg", []byte("second")))
	must(t, r.Close(nil, Final{}))
	in := func(name string) string { return filepath.Join(opts.Dir, name) }
	must(t, os.WriteFile(in("report.html"), Seal([]byte("<html>")), 0o666))
	check := func() error { _, err := CheckOn(disk.OS, opts.Dir); return err }
	wrote(t, "whole", check())
	for _, tc := range []struct{ damaged, read []string }{
		{[]string{"plots/a.svg"}, []string{"plots/a.svg"}},
		{[]string{"report.html"}, nil},
		{[]string{"plots/b.svg", "spikes.parquet", "report.html"}, []string{"plots/b.svg", "spikes.parquet"}},
	} {
		var back []func()
		for _, name := range tc.damaged {
			back = append(back, flipFile(t, in(name), 3))
		}
		wrote(t, "damaged", check(), tc.damaged...)
		wrote(t, "all read", CheckRead(opts.Dir), tc.read...)
		wrote(t, "the others read", CheckRead(opts.Dir, "scenario.yaml", "summary.json"))
		if len(tc.read) > 0 {
			wrote(t, "read", CheckRead(opts.Dir, tc.read...), tc.read...)
		}
		for _, undo := range back {
			undo()
		}
	}
	must(t, os.Remove(in("plots/a.svg")))
	if err := check(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "plots/a.svg: damaged or changed since the run wrote it: it is gone") {
		t.Errorf("gone: %v", err)
	}
	if err := CheckRead(opts.Dir, "plots/a.svg"); !errors.Is(err, ErrDamaged) {
		t.Errorf("gone, and read: %v", err)
	}
	must(t, os.WriteFile(in("plots/a.svg"), []byte("first"), 0o666))
	must(t, os.Remove(in("report.html"))) // it can be made anew
	must(t, os.WriteFile(in("mine.txt"), nil, 0o666))
	wrote(t, "whole again", check())
	flipFile(t, in(manifestName), 100)
	if m, err := CheckOn(disk.OS, opts.Dir); m != nil || err == nil {
		t.Errorf("the manifest is damaged: %v, %v", m, err)
	}
	if err := CheckRead(opts.Dir, "plots/a.svg"); err == nil {
		t.Error("read by a damaged manifest")
	}
}

// TestCheckReadOfASweep: without a manifest SHA256SUMS counts; without either there is
// nothing to compare.
func TestCheckReadOfASweep(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "table.csv")
	must(t, os.WriteFile(path, []byte("plain"), 0o666))
	must(t, CheckRead(dir, "table.csv"))
	must(t, WriteSummed(dir, "table.csv", []byte("summed")))
	must(t, WriteSummed(dir, "sub/other.csv", []byte("summed too")))
	must(t, CheckRead(dir, "table.csv"))
	flipFile(t, path, 2)
	if err := CheckRead(dir, "table.csv"); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "table.csv") || strings.Contains(err.Error(), "other.csv") {
		t.Errorf("damaged: %v", err)
	}
	sum := func(s string) string { x := sha256.Sum256([]byte(s)); return hex.EncodeToString(x[:]) }
	must(t, NoteSums(dir, map[string][]byte{"table.csv": []byte("new")}, false))
	text, err := os.ReadFile(filepath.Join(dir, SumsName))
	must(t, err)
	want := sum("summed too") + "  sub/other.csv\n" + sum("summed") + "  table.csv\n" + sum("new") + "  table.csv\n"
	if string(text) != want {
		t.Errorf("before it is replaced:\n%swant\n%s", text, want)
	}
	must(t, os.WriteFile(path, []byte("new"), 0o666))
	must(t, CheckSums(dir))
	must(t, NoteSums(dir, map[string][]byte{"table.csv": []byte("new"), "b": nil}, true))
	must(t, os.WriteFile(filepath.Join(dir, "b"), nil, 0o666))
	must(t, CheckSums(dir, "b"))
	if text, _ = os.ReadFile(filepath.Join(dir, SumsName)); strings.Count(string(text), "table.csv") != 1 {
		t.Errorf("afterwards:\n%s", text)
	}
}

// TestBadSums: lines that sha256sum does not write are damage.
func TestBadSums(t *testing.T) {
	good := strings.Repeat("0", 64)
	for text, ok := range map[string]bool{
		"": true, good + "  a\n": false, // a is not there
		good + " a\n": false, good[1:] + "  a\n": false, good + "  ../a\n": false, good + "  a": false, "x": false, "\n": false,
	} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, SumsName), []byte(text), 0o666))
		if err := CheckSums(dir); (err == nil) != ok || !ok && !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", text, err)
		}
		if err := NoteSums(dir, nil, true); (err == nil) != (ok || text == good+"  a\n") {
			t.Errorf("%q: noted: %v", text, err)
		}
	}
}

// TestSeal: the checksum of a page is that of what stands before it.
func TestSeal(t *testing.T) {
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2
	page := make([]byte, 3, 200)
	copy(page, "abc")
	got := Seal(page)
	if want := "abc<!-- sha256 " + abc + " -->\n"; string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
	if string(page[:10]) != "abc\x00\x00\x00\x00\x00\x00\x00" {
		t.Error("the page was written over")
	}
	if !sealed(got) || !sealed(Seal(nil)) {
		t.Error("what was sealed is not")
	}
	for i := range got {
		bad := bytes.Clone(got)
		bad[i] ^= 1
		if sealed(bad) || sealed(got[:i]) {
			t.Errorf("byte %d is changed, or all from there on is gone", i)
		}
	}
}

// TestFault: damage is a failed run, every other error is bad input.
func TestFault(t *testing.T) {
	if got := fault.Kind(Fault(fileError("a", ErrDamaged))); got != fault.ErrFailed {
		t.Error(got)
	}
	if got := fault.Kind(Fault(fs.ErrNotExist)); got != fault.ErrInput {
		t.Error(got)
	}
	if err := Fault(nil); err != nil {
		t.Error(err)
	}
}

// killedRun is what a run leaves that is killed: rows, a growing file, a log, a ballast.
func killedRun(t *testing.T) *disktest.FS {
	t.Helper()
	m := disktest.New()
	_, err := die(m)
	must(t, err)
	m.Revive(nil)
	return m
}

// TestCheckOfKilledRun checks every byte below .parts of a killed run; files
// that a finished run still has there are ignored.
func TestCheckOfKilledRun(t *testing.T) {
	m := killedRun(t)
	if _, err := CheckOn(m, "out"); err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{".parts/spikes.rows": ".parts/spikes.rows", ".parts/spikes.rows.sums": ".parts/spikes.rows", ".parts/tape.bin.part": ".parts/tape.bin.part",
		".parts/ballast": ".parts/ballast", ".parts/log.jsonl.sums": "log.jsonl", "log.jsonl": "log.jsonl"}
	for file, name := range parts {
		m.Flip("out/"+file, 8*2+1)
		_, err := CheckOn(m, "out")
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "out: "+name+": ") {
			t.Errorf("%s: %v", file, err)
		}
		m.Flip("out/"+file, 8*2+1)
	}
	// While it is being written, only what the manifest lists is compared.
	l, held, err := m.Lock("out/.parts/lock")
	if held || err != nil {
		t.Fatal(held, err)
	}
	m.Flip("out/.parts/spikes.rows", 17)
	if _, err := CheckOn(m, "out"); err != nil {
		t.Errorf("a folder in use: %v", err)
	}
	must(t, l.Close())
	if _, err := CheckOn(m, "out"); !errors.Is(err, ErrDamaged) {
		t.Errorf("no longer in use: %v", err)
	}
	if open := m.Unclosed(); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
}

// TestFinishedParts: a part is needless once what it became is listed by a run that has
// ended, and only then.
func TestFinishedParts(t *testing.T) {
	for _, tc := range []struct {
		status Status
		file   string
		part   string
		want   bool
	}{
		{StatusDone, "spikes.parquet", "spikes.rows", true}, {StatusFailed, "tape.bin", "tape.bin.part", true},
		{StatusRunning, "spikes.parquet", "spikes.rows", false}, {StatusRunning, "tape.bin", "tape.bin.part", false},
		{StatusDone, "other.parquet", "spikes.rows", false}, {StatusDone, "spikes.rows", "tape.bin.part", false},
	} {
		m := &Manifest{Status: tc.status, Files: map[string]FileInfo{tc.file: {}}}
		if got := finished(m, tc.part); got != tc.want {
			t.Errorf("%s, %s listed: %s is finished: %v", tc.status, tc.file, tc.part, got)
		}
	}
	for name, want := range map[string]bool{"a.rows": true, "a.part": true, "a.rows.sums": false, "commits": false, "lock": false} {
		if isPart(name) != want {
			t.Errorf("%s is a part: %v", name, !want)
		}
	}
}
