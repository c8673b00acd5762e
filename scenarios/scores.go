package scenarios

import "strings"

// ScoreDoc explains one score of the summary, or with * in its name, a family
// of scores; each * stands for one word between dots.
type ScoreDoc struct {
	Name string
	Text string
	// Live is set for scores that are also measured while the run goes on.
	Live bool
}

// ScoreDocs explains every score that the tasks enter into the summary.
var ScoreDocs = []ScoreDoc{
	{Name: "training.predicted", Text: "Share of bits that the context alone gives right, before the bit itself is learned from, over the last round of training; 1 is a memory that already knows every pattern.", Live: true},
	{Name: "atoms.unq_r", Text: "Unique information of the receptive input about the output [bit], mean over neurons, at the last sample of training. Atoms can be negative.", Live: true},
	{Name: "atoms.unq_c", Text: "Unique information of the contextual input about the output [bit], mean over neurons, at the last sample of training.", Live: true},
	{Name: "atoms.red", Text: "Redundant information of receptive and contextual input about the output [bit], mean over neurons, at the last sample of training.", Live: true},
	{Name: "atoms.syn", Text: "Synergistic information of receptive and contextual input about the output [bit], mean over neurons, at the last sample of training.", Live: true},
	{Name: "atoms.h_res", Text: "Residual entropy: what neither input tells about the output [bit], mean over neurons, at the last sample of training.", Live: true},
	{Name: "recall.mean_cosine", Text: "Cosine between stored and recalled pattern, mean over patterns, of the first recall test; 1 is perfect, 0 is chance."},
	{Name: "recall.exact", Text: "Share of patterns that are recalled without a wrong bit, of the first recall test."},
	{Name: "recall.recalled", Text: "Share of patterns that are recalled with a cosine of at least 0.95, of the first recall test."},
	{Name: "recall.*.mean_cosine", Text: "Cosine between stored and recalled pattern, mean over patterns, of the recall test of that name."},
	{Name: "recall.*.exact", Text: "Share of patterns that are recalled without a wrong bit, of the recall test of that name."},
	{Name: "recall.*.recalled", Text: "Share of patterns that are recalled with a cosine of at least 0.95, of the recall test of that name."},
}

// DescribeScore returns the explanation of a score.
func DescribeScore(name string) (ScoreDoc, bool) {
	for _, d := range ScoreDocs {
		if matchScore(d.Name, name) {
			return d, true
		}
	}
	return ScoreDoc{}, false
}

func matchScore(pattern, name string) bool {
	p, n := strings.Split(pattern, "."), strings.Split(name, ".")
	if len(p) != len(n) {
		return false
	}
	for i := range p {
		if p[i] != "*" && p[i] != n[i] {
			return false
		}
	}
	return true
}
