package config

import (
	"fmt"
	"strings"
)

// closest returns the candidate that word is most likely a misspelling of, or
// "".
func closest(word string, candidates []string) string {
	norm := normalise(word)
	if norm == "" || len(norm) > 40 {
		return ""
	}
	best, bestDist := "", max(1, min(3, len(norm)/3))+1
	for _, c := range candidates {
		n := normalise(c)
		d := distance(norm, n)
		if len(norm) >= 3 && (strings.HasPrefix(n, norm) || strings.HasPrefix(norm, n) && len(n) >= 3) {
			d = min(d, 1)
		}
		if d < bestDist {
			best, bestDist = c, d
		}
	}
	return best
}

// normalise removes differences in spelling: case and word separators.
func normalise(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s))
}

// distance is the optimal string alignment distance in bytes: insertions,
// deletions, substitutions and swaps of neighbours. Cost O(len(a)·len(b)).
func distance(a, b string) int {
	prev, cur, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range cur {
		cur[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(cur[j]+cost, cur[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], prev[j-1]+1)
			}
		}
		prev, cur, next = cur, next, prev
	}
	return cur[len(b)]
}

// Closest returns the candidate that word was most likely meant to be, or "".
func Closest(word string, candidates []string) string { return closest(word, candidates) }

// Suggest returns a hint that names the candidate that word was most likely
// meant to be, or "".
func Suggest(word string, candidates []string) string {
	if near := closest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}
