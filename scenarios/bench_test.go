package scenarios

import (
	"fmt"
	"strings"
	"testing"
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
