package scenarios

import "strings"

// ScoreDoc explains one score of the summary. A * in its name makes it explain a family
// of scores; each * stands for one word between dots.
type ScoreDoc struct {
	Name string
	Text string
	// Live is set for scores that are also measured during the run.
	Live bool
}

// ScoreDocs explains every score that tasks write to the summary.
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
	{Name: "measure.*.predicted", Text: "Share of bits that the context alone gives right, without learning, in the measuring phase of that name."},
	{Name: "measure.*.*", Text: "That atom, or the residual entropy, in the measuring phase of that name [bit], mean over neurons."},
	{Name: "script.*", Text: "What the scenario's script has entered under that name, as a score or as a measure."},
	{Name: "bars.success", Text: "1 if every bar is known to a neuron whose best bar it is, by the firing probabilities in the test, else 0."},
	{Name: "bars.found", Text: "Number of bars that are known to a neuron whose best bar they are."},
	{Name: "bars.best_information", Text: "Mutual information of each neuron with its best bar [bit], mean over neurons."},
	{Name: "bars.solved_after", Text: "Training stimuli after which all bars were first found, by blocks; 0 is never."},
	{Name: "accuracy.test", Text: "Share of test images whose digit has the neuron that its picture alone drives most: the readout P(Y|r,0)."},
	{Name: "accuracy.events", Text: "The same for a hidden layer that has learnt in batches, when it is then tested by spikes on the event engine, where neurons at first hear what the others said to the image before."},
	{Name: "accuracy.marginal", Text: "The same by the readout P(Y|r), averaged over the contexts that came with each receptive value."},
	{Name: "accuracy.training", Text: "Share of the last training images that were recognised before they were learnt from."},
	{Name: "goal", Text: "Goal of the neurons that learn by batches, or of hidden neurons [bit], mean over neurons: over the last batch, or in their windows at the last sample of training."},
	{Name: "baseline.*", Text: "Test accuracy of logistic regression of that kind on the same images."},
	{Name: "fields.cosine_to_logistic", Text: "Cosine between a neuron's receptive weights and those of logistic regression one against all, mean over neurons."},
	{Name: "graph.*", Text: "That measure of the graph among the neurons (record.graph); of one that each neuron has, the mean."},
	{Name: "graph.*.min", Text: "Smallest value of that measure over the neurons."},
	{Name: "graph.*.max", Text: "Largest value of that measure over the neurons."},
	{Name: "patterns.*", Text: "Largest number of patterns at which the mean cosine meets the criterion, by that rule, in the first test of recall."},
	{Name: "basin.*", Text: "Share of flipped bits up to which recall by that rule meets the criterion at the smallest load (capacity.flipped says which shares are measured; between them by a straight line)."},
	{Name: "learning_time.*", Text: "Presentations of each pattern until the contexts predicted 95 % of all bits, at the largest load at which they ever did, by that rule."},
	{Name: "capacity.*", Text: "Largest load (patterns per neuron, or per synapse) at which the mean cosine meets the criterion, by that rule, in the first test of recall."},
	{Name: "capacity.*.*", Text: "Largest load (patterns per neuron, or per synapse) at which the mean cosine meets the criterion, by that rule, in the test of recall of that name."},
	{Name: "study.*.*", Text: "Mean over seeds of the score that a study shows, by panel and point; a dot in the point's name is written _."},
	{Name: "study.*.*.*", Text: "Mean over seeds of the score that a study shows, by panel, curve and point; a dot in the point's name is written _."},
	{Name: "streaming.kept", Text: "How many of the last patterns of a stream are recalled with a cosine that meets the criterion, in the first test: from cues with 10 % of the bits flipped, unless the scenario says otherwise."},
	{Name: "streaming.latest", Text: "How many of them, counted from the latest without a gap."},
	{Name: "streaming.tested", Text: "How many of the last patterns are tested."},
	{Name: "streaming.span", Text: "From how many patterns before the present one rehearsal draws; 0 is no rehearsal."},
	{Name: "streaming.buffer", Text: "Patterns that whoever rehearses must keep: those that rehearsal draws from, and the present one."},
	{Name: "streaming.kept_cue", Text: "How many would be kept by a network that stores nothing and repeats the cue."},
	{Name: "streaming.kept_buffer", Text: "How many would be kept by that buffer, answering with the pattern most like the cue."},
	{Name: "streaming.kept_delta", Text: "How many would be kept by a network of the delta rule that sees what the neurons saw, recalling by sign."},
	{Name: "streaming.*.*", Text: "The same of the test of recall of that name; clean: from whole cues, by sign."},
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
