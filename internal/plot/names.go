package plot

import (
	"regexp"
	"strings"
)

// words are the names of quantities in figures.
var words = map[string]string{
	"unq_r": "unique r", "unq_c": "unique c", "unq_l": "unique l", "red": "redundant", "syn": "synergistic",
	"h_res": "residual", "h": "entropy", "mi": "mutual information", "goal": "goal",
	"mean_overlap": "mean overlap", "cue_overlap": "overlap of the cue", "pseudo_inverse": "pseudo-inverse",
	"wrong": "share of wrong bits", "hebb": "Hebb", "storkey": "Storkey", "k_core": "k-core", "pagerank": "PageRank",
}

var (
	antichain = regexp.MustCompile(`^(\{[123]+\})+$`)
	path      = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_{}\[\]*-]+)+$`)
	ports     = strings.NewReplacer("1", "r", "2", "c", "3", "l")
)

// Readable returns a name for people instead of the identifier of a score, a
// setting or an atom: mean overlap (recall, damaged) for
// recall.damaged.mean_overlap, redundant for red, {r}{cl} for {1}{23}. Other
// text stays as it is.
func Readable(name string) string {
	if w, ok := words[name]; ok {
		return w
	}
	switch {
	case antichain.MatchString(name):
		return ports.Replace(name)
	case path.MatchString(name) && strings.ContainsAny(name, "abcdefghijklmnopqrstuvwxyz"):
		parts := strings.Split(name, ".")
		last := len(parts) - 1
		for i := range parts {
			parts[i] = Readable(parts[i])
		}
		return parts[last] + " (" + strings.Join(parts[:last], ", ") + ")"
	case !strings.ContainsAny(name, " ./="):
		return strings.ReplaceAll(name, "_", " ")
	}
	if before, value, ok := strings.Cut(name, " = "); ok {
		return Readable(before) + " = " + value
	}
	if before, rest, ok := strings.Cut(name, ", "); ok && !strings.Contains(before, " ") {
		return Readable(before) + ", " + rest
	}
	return name
}

func readable(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = Readable(n)
	}
	return out
}
