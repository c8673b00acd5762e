package record

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/fuzzing"
	"infomorph/neuron"
)

// smallDisk mounts a file system of so many bytes, or skips the test.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root on Linux")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small disk: %s", out)
	}
	t.Cleanup(func() { exec.Command("umount", "-l", dir).Run() })
	return dir
}

func recordUntilError(r *Run) error {
	spikes := make([]neuron.Spike, 1000)
	for i := range 10_000 {
		for j := range spikes {
			spikes[j] = neuron.Spike{Time: neuron.Time(i*1000 + j), Source: neuron.ID(j), Value: float32(i%2*2 - 1)}
		}
		if err := r.Spikes(spikes); err != nil {
			return err
		}
	}
	return nil
}

func TestStopsBeforeTheDiskIsFull(t *testing.T) {
	opts := options(t)
	opts.Dir = filepath.Join(smallDisk(t, "12m"), "run")
	opts.MinFree = 1 << 20
	r := create(t, opts)
	err := recordUntilError(r)
	if !errors.Is(err, ErrLowSpace) || !strings.HasPrefix(err.Error(), "spikes.parquet: ") {
		t.Fatalf("err = %v", err)
	}
	must(t, r.Abort(err))
	m, err := ReadManifest(opts.Dir)
	must(t, err)
	if m.Status != StatusFailed || m.Tables[1].File != "spikes.parquet" || m.Tables[1].Rows < 100_000 {
		t.Errorf("manifest: %s, %+v", m.Status, m.Tables)
	}
	cols, err := ReadColumns(filepath.Join(opts.Dir, "spikes.parquet"), "source")
	must(t, err)
	if int64(len(cols["source"])) != m.Tables[1].Rows {
		t.Errorf("%d rows, the manifest says %d", len(cols["source"]), m.Tables[1].Rows)
	}
}

func TestFullDisk(t *testing.T) {
	opts := options(t)
	disk := smallDisk(t, "4m")
	opts.Dir = filepath.Join(disk, "run")
	opts.MinFree = -1
	r := create(t, opts)
	must(t, os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 3<<20), 0o666))
	err := recordUntilError(r)
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != "spikes.parquet: write: no space left on device" {
		t.Fatalf("err = %v", err)
	}
	if again := r.Spikes(make([]neuron.Spike, 1)); again != err {
		t.Errorf("the next write: %v", again)
	}
	if err := r.WriteFile("plots/big.png", make([]byte, 2<<20)); !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), "plots/big.png: ") {
		t.Errorf("WriteFile: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(opts.Dir, "plots")); len(left) > 0 {
		t.Errorf("a half-written file is left: %v", left)
	}
	abortErr := r.Abort(err)
	m, err := ReadManifest(opts.Dir)
	must(t, err)
	if m.Status != StatusFailed || m.Reason != "spikes.parquet: write: no space left on device" {
		t.Errorf("manifest: %s, %q", m.Status, m.Reason)
	}
	if abortErr == nil { // the table found room when the ballast was dropped
		return
	}
	must(t, os.Remove(filepath.Join(disk, "filler")))
	r, err = Restart(opts)
	must(t, err)
	must(t, r.Close(nil, Final{}))
}

func TestWriteErrorsStay(t *testing.T) {
	r := create(t, options(t))
	s, err := r.Stream("s", []Column{{"i", Int64, ""}})
	must(t, err)
	s.file.f.Close() // what a vanished disk looks like
	for range streamBuffer/8 + 1 {
		err = s.Append(1)
	}
	if err == nil || !strings.HasPrefix(err.Error(), "s.parquet: ") {
		t.Fatalf("err = %v", err)
	}
	if _, stateErr := r.State(); stateErr == nil {
		t.Error("State counts rows that are not on the disk")
	}
	if closeErr := r.Close(nil, Final{}); !errors.Is(closeErr, err) {
		t.Errorf("Close: %v, though rows are missing", closeErr)
	}
	m, err := ReadManifest(r.Dir())
	must(t, err)
	if m.Status != StatusFailed || !strings.HasPrefix(m.Reason, "s.parquet: ") {
		t.Errorf("manifest: %s, %q", m.Status, m.Reason)
	}
}

func TestEstimateBoundsTheDiskUse(t *testing.T) {
	for _, csv := range []bool{false, true} {
		opts := options(t)
		opts.CSV = csv
		r := create(t, opts)
		must(t, history(r, 0, 500))
		must(t, r.Weights("w", synapses(3000)))
		var parts, final int64
		for _, s := range r.streams {
			must(t, s.flush())
			parts += s.file.size
		}
		must(t, r.Close(nil, Final{}))
		m, err := ReadManifest(opts.Dir)
		must(t, err)
		for _, f := range m.Files {
			final += f.Bytes
		}
		plan := Plan{Spikes: 5000, Atoms: 5000, AtomNames: 4, Synapses: 3000, CSV: csv}
		if got := plan.Estimate(); got < parts+final-10_000 || got > 6*(parts+final) {
			t.Errorf("csv %v: estimate %d, took %d + %d", csv, got, parts, final)
		}
	}
	if free, ok := FreeSpace(filepath.Join(t.TempDir(), "not", "there")); ok && free <= 0 {
		t.Errorf("FreeSpace = %d", free)
	}
}

func TestSelection(t *testing.T) {
	for text, want := range map[string]string{"": "all", "all": "all", "5": "5", "3-5, 4-9,11": "3-9,11", "2,1,0": "0-2", "0-2147483647": "0-2147483647"} {
		s, err := ParseSelection(text)
		must(t, err)
		if s.String() != want {
			t.Errorf("%q: %s, want %s", text, s, want)
		}
	}
	for _, text := range []string{"x", "-1", "5-3", "1,,2", "1-", "99999999999", "1-2-3"} {
		if _, err := ParseSelection(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	s, _ := ParseSelection("2-4,8")
	var got []neuron.ID
	for id := range neuron.ID(12) {
		if s.Has(id) {
			got = append(got, id)
		}
	}
	if len(got) != 4 || got[0] != 2 || got[3] != 8 || s.Count(12) != 4 || s.Count(4) != 2 || (Selection{}).Count(7) != 7 {
		t.Errorf("Has: %v, Count %d %d", got, s.Count(12), s.Count(4))
	}
}

func FuzzSelection(f *testing.F) {
	f.Add("0-9,20")
	f.Fuzz(func(t *testing.T, text string) {
		defer fuzzing.Bound(t)()
		s, err := ParseSelection(text)
		if err != nil {
			return
		}
		again, err := ParseSelection(s.String())
		if err != nil || again.String() != s.String() {
			t.Fatalf("%q: %s: %v", text, s, err)
		}
	})
}

func BenchmarkSpikes(b *testing.B) {
	r, err := Create(Options{Dir: filepath.Join(b.TempDir(), "run"), MinFree: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Abort(errors.New("done"))
	spikes := make([]neuron.Spike, 1000)
	for b.Loop() {
		if err := r.Spikes(spikes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/spike")
}

// BenchmarkClose is the conversion of a million spikes to Parquet, and to CSV too.
func BenchmarkClose(b *testing.B) {
	for _, text := range []bool{false, true} {
		b.Run(fmt.Sprintf("csv=%v", text), func(b *testing.B) { benchClose(b, text) })
	}
}

func benchClose(b *testing.B, text bool) {
	for b.Loop() {
		r, err := Create(Options{Dir: filepath.Join(b.TempDir(), "run"), MinFree: -1, CSV: text})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 1000 {
			spikes := make([]neuron.Spike, 1000)
			for j := range spikes {
				spikes[j] = neuron.Spike{Time: neuron.Time(i*1000 + j), Source: neuron.ID(j), Value: 1}
			}
			if err := r.Spikes(spikes); err != nil {
				b.Fatal(err)
			}
		}
		if err := r.Close(nil, Final{}); err != nil {
			b.Fatal(err)
		}
	}
}
