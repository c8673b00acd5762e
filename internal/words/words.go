// Package words formats what messages and tables say: sizes, numbers of things, and
// shortened texts.
package words

import (
	"fmt"
	"strings"
)

// Clip returns the first limit bytes of a text, without half a character at the end, and
// … if it is longer.
func Clip(s string, limit int) string {
	if len(s) > limit {
		return strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

// Bytes returns n with a binary unit, such as "1.5 GiB".
func Bytes(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	x, u := float64(n)/1024, 0
	for x >= 1024 && u < len(units)-1 {
		x, u = x/1024, u+1
	}
	return fmt.Sprintf("%.1f %ciB", x, units[u])
}

// Count returns a number of things, such as "1 synapse" or "20 synapses". thing is the
// singular; its plural ends in s.
func Count[N ~int | ~int32 | ~int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
