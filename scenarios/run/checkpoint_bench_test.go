//go:build unix

package run

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"infomorph/internal/checkpoint"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
)

// BenchmarkCheckpoint saves a memory of 1000 neurons with all-to-all projections: a
// million synapses. The metric of-raw is the size of a checkpoint divided by that of the
// weights and presynaptic values alone, which is 16 bytes per synapse.
func BenchmarkCheckpoint(b *testing.B) {
	s, err := Load("memory-50", "network.neurons=1000", "associative_memory.patterns.count=2")
	if err != nil {
		b.Fatal(err)
	}
	task, err := scenarios.NewTask(s.Scenario, s.Folder)
	if err != nil {
		b.Fatal(err)
	}
	net := task.Network()
	e, err := sim.NewSequential(net)
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	raw := 0
	for id := range neuron.ID(net.NumNeurons()) {
		raw += 2 * 8 * net.InDegree(id)
	}
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		save := &checkpoint.Source{Engine: func(w io.Writer) error { return sim.WriteState(e, w) }}
		if err := checkpoint.Write(dir, save); err != nil {
			b.Fatal(err)
		}
	}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		b.Fatal(err)
	}
	used := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(used)/1e6/float64(b.N), "CPU-ms/op")
	files, _ := filepath.Glob(filepath.Join(dir, checkpoint.FolderName, "*.ckpt"))
	info, err := os.Stat(files[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/(1<<20), "MiB")
	b.ReportMetric(float64(info.Size())/float64(raw), "of-raw")
}
