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
		r, err := newHiddenRun(task, e, newNotebook())
		if err != nil {
			b.Fatal(err)
		}
		r.outputs = r.state.Outputs.rand()
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
