package pid

import (
	"bytes"
	"encoding/json"
	"math"
	"os/exec"
	"testing"
)

// runNumPy runs the NumPy version of sx on a distribution. It skips the test if
// python3 or numpy is missing.
func runNumPy(t testing.TB, shape []int, p []float64) (ns float64, atoms []float64) {
	t.Helper()
	if exec.Command("python3", "-c", "import numpy").Run() != nil {
		t.Skip("python3 with numpy is not here")
	}
	in, err := json.Marshal(map[string]any{"shape": shape, "p": p})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "testdata/naive_sx.py")
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var result struct {
		NS    float64
		Atoms []float64
	}
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatal(err)
	}
	return result.NS, result.Atoms
}

// BenchmarkNumPy times Decompose and reports how many times faster it is than
// the NumPy version, measured in the same run.
func BenchmarkNumPy(b *testing.B) {
	for _, c := range benchShapes {
		if len(c.shape) != 3 {
			continue
		}
		b.Run(c.name, func(b *testing.B) {
			p := randomJoint(c.shape, c.occupied, 1)
			ns, atoms := runNumPy(b, c.shape, p)
			d, err := Decompose(SX, c.shape, p)
			if err != nil {
				b.Fatal(err)
			}
			for k, v := range atoms {
				if !(math.Abs(v-d.Atoms[k]) <= 1e-12) {
					b.Fatalf("atom %d is %v with NumPy, %v here", k, v, d.Atoms[k])
				}
			}
			for b.Loop() {
				if _, err := Decompose(SX, c.shape, p); err != nil {
					b.Fatal(err)
				}
			}
			own := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(ns, "numpy-ns/op")
			b.ReportMetric(ns/own, "times-faster")
		})
	}
}
