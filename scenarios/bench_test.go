package scenarios

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"infomorph/internal/sim"
)

// BenchmarkLoad2000Lines reads and checks a scenario of 2,000 lines.
func BenchmarkLoad2000Lines(b *testing.B) {
	var text strings.Builder
	text.WriteString("apiVersion: infomorph/v1\nname: big\nnetwork: {neurons: 16}\nassociative_memory:\n  patterns: {source: random, count: 2, width: 4}\nexpect:\n")
	for i := range 997 {
		fmt.Fprintf(&text, "  - score: recall.mean_cosine\n    min: 0.%03d\n", i)
	}
	for b.Loop() {
		if _, err := Load("big.yaml", strings.NewReader(text.String())); err != nil {
			b.Fatal(err)
		}
	}
}

// Passes over MNIST in batch form; learning alone and the test beside it.
func BenchmarkMNIST(b *testing.B) {
	if _, err := os.Stat(mnistFolder); err != nil {
		b.Skip("no MNIST beside the repository: ", err)
	}
	b.Run("hidden", func(b *testing.B) {
		task := benchTask(b, "hidden-layer", "hidden_layer.data="+mnistFolder).(*hiddenTask)
		e, err := sim.NewSequential(task.Network())
		if err != nil {
			b.Fatal(err)
		}
		r, err := newHiddenBatch(newHiddenRun(task, e, newNotebook()))
		if err != nil {
			b.Fatal(err)
		}
		rows := make([]int, r.Batch)
		b.ResetTimer()
		for range b.N {
			for from := 0; from+r.Batch <= r.train.Len(); from += r.Batch {
				for i := range rows {
					rows[i] = from + i
				}
				if err := r.learn(rows); err != nil {
					b.Fatal(err)
				}
			}
			if err := r.note(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A pass over MNIST in batches, ten neurons.
func BenchmarkDigitsBatch(b *testing.B) {
	if _, err := os.Stat(mnistFolder); err != nil {
		b.Skip("no MNIST beside the repository: ", err)
	}
	task := benchTask(b, "digits-batch", "digits.data="+mnistFolder).(*digitsTask)
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		b.Fatal(err)
	}
	d, err := newDigitsRun(task, e, newNotebook()).newBatch()
	if err != nil {
		b.Fatal(err)
	}
	d.batched.Rate = task.Batch.Rate
	rows := make([]int, task.Batch.Size)
	b.ResetTimer()
	for range b.N {
		for from := 0; from+len(rows) <= len(d.train); from += len(rows) {
			for i := range rows {
				rows[i] = from + i
			}
			if err := d.learn(rows); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func benchTask(b *testing.B, name string, sets ...string) Task {
	b.Helper()
	text, _ := Builtin(name)
	s, err := Load(name, bytes.NewReader(text), sets...)
	if err != nil {
		b.Fatal(err)
	}
	task, err := NewTask(s, diskFiles("."))
	if err != nil {
		b.Fatal(err)
	}
	return task
}

// A hidden layer that learns online, on images of MNIST.
func BenchmarkHiddenOnline(b *testing.B) {
	if _, err := os.Stat(mnistFolder); err != nil {
		b.Skip("no MNIST beside the repository: ", err)
	}
	task := benchTask(b, "hidden-layer", "hidden_layer.data="+mnistFolder, "hidden_layer.online={rate: 10, window: 100}").(*hiddenTask)
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		b.Fatal(err)
	}
	r := newHiddenRun(task, e, newNotebook())
	rows := make([]int, chunk)
	for i := 0; b.Loop(); i++ {
		for k := range rows {
			rows[k] = (i*chunk + k) % r.train.Len()
		}
		if err := r.presentAll(r.train, rows, true); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*chunk), "µs/image")
}
