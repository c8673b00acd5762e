package scenarios

import "infomorph/scenarios/measure"

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
	{Name: "training.predicted", Text: "Share of bits that the context alone predicts correctly, before learning from the bit, over the last pass of training. 1 means that the memory already knows every pattern.", Live: true},
	{Name: "atoms.unq_r", Text: "Unique information of the receptive input about the output [bit], mean over neurons, at the last sample of training. Atoms can be negative.", Live: true},
	{Name: "atoms.unq_c", Text: "Unique information of the contextual input about the output [bit], mean over neurons, at the last sample of training.", Live: true},
	{Name: "atoms.red", Text: "Redundant information of receptive and contextual input about the output [bit], mean over neurons, at the last sample of training.", Live: true},
	{Name: "atoms.syn", Text: "Synergistic information of receptive and contextual input about the output [bit], mean over neurons, at the last sample of training.", Live: true},
	{Name: "atoms.h_res", Text: "Residual entropy: the part of the entropy of the output that neither input explains [bit], mean over neurons, at the last sample of training.", Live: true},
	{Name: "recall.mean_cosine", Text: "Cosine between stored and recalled pattern, mean over patterns, in the first recall test; 1 is perfect, 0 is chance. It is the overlap m: a bit without evidence counts as 0."},
	{Name: "recall.exact", Text: "Share of patterns recalled without a wrong bit, in the first recall test."},
	{Name: "recall.recalled", Text: "Share of patterns recalled with a cosine of at least 0.95, in the first recall test."},
	{Name: "recall.*.mean_cosine", Text: "Cosine between stored and recalled pattern, mean over patterns, in the recall test with this name."},
	{Name: "recall.*.exact", Text: "Share of patterns recalled without a wrong bit, in the recall test with this name."},
	{Name: "recall.*.recalled", Text: "Share of patterns recalled with a cosine of at least 0.95, in the recall test with this name."},
	{Name: "measure.*.predicted", Text: "Share of bits that the context alone predicts correctly, without learning, in the measuring phase with this name."},
	{Name: "measure.*.*", Text: "This atom, or the residual entropy, in the measuring phase with this name [bit], mean over neurons."},
	{Name: "script.*", Text: "The value that the script of the scenario has given under this name, as a score or as a measure."},
	{Name: "bars.success", Text: "1 if every bar is found, otherwise 0. A bar is found if it is the best bar of a neuron that has enough information about it, computed from the firing probabilities in the test."},
	{Name: "bars.found", Text: "Number of bars that are found."},
	{Name: "bars.best_information", Text: "Mutual information of each neuron with its best bar [bit], mean over neurons."},
	{Name: "bars.solved_after", Text: "Number of training stimuli after which all bars were found for the first time, counted in blocks; 0 means never."},
	{Name: "accuracy.test", Text: "Share of test images for which the neuron of the correct digit is the one that the picture alone drives most: the readout P(Y|r,0)."},
	{Name: "accuracy.events", Text: "The same for a hidden layer that learned in batches and is tested with spikes on the event engine. There, neurons first receive the outputs of the others for the image before."},
	{Name: "accuracy.marginal", Text: "The same with the readout P(Y|r), averaged over the contexts that occurred with each receptive value."},
	{Name: "accuracy.training", Text: "Share of the last training images that were recognised before learning from them."},
	{Name: "goal", Text: "Goal of the neurons that learn in batches, or of hidden neurons [bit], mean over neurons. It is computed from the last batch, or from the windows of the neurons at the last sample of training."},
	{Name: "baseline.*", Text: "Test accuracy of this kind of logistic regression on the same images."},
	{Name: "fields.cosine_to_logistic", Text: "Cosine between the receptive weights of a neuron and the weights of logistic regression, one against all, mean over neurons."},
	{Name: "graph.*", Text: "This measure of the graph of the neurons (record.graph). If it has a value for each neuron: the mean."},
	{Name: "graph.*.min", Text: "Smallest value of this measure over the neurons."},
	{Name: "graph.*.max", Text: "Largest value of this measure over the neurons."},
	{Name: "patterns.*", Text: "Largest number of patterns at which the mean cosine reaches the criterion with this rule, in the first recall test."},
	{Name: "basin.*", Text: "Largest share of flipped bits at which recall with this rule reaches the criterion, at the smallest load (capacity.flipped gives the measured shares; values between them are interpolated linearly)."},
	{Name: "learning_time.*", Text: "Number of presentations of each pattern until the contexts predicted 95 % of all bits with this rule, at the largest load at which this happened."},
	{Name: "capacity.*", Text: "Largest load (patterns per neuron, or per synapse) at which the mean cosine reaches the criterion with this rule, in the first recall test."},
	{Name: "capacity.*.*", Text: "Largest load (patterns per neuron, or per synapse) at which the mean cosine reaches the criterion with this rule, in the recall test with this name."},
	{Name: "study.*.*", Text: "Mean over seeds of the score that a study shows, by panel and point. A dot in the name of the point is written _."},
	{Name: "study.*.*.*", Text: "Mean over seeds of the score that a study shows, by panel, curve and point. A dot in the name of the point is written _."},
	{Name: "streaming.kept", Text: "Number of the last patterns of a stream that are recalled with a cosine that reaches the criterion, in the first test (from cues with 10 % of the bits flipped, unless the scenario says otherwise)."},
	{Name: "streaming.latest", Text: "The same, counted from the latest pattern up to the first one that is not recalled."},
	{Name: "streaming.tested", Text: "Number of the last patterns that are tested."},
	{Name: "streaming.span", Text: "Number of patterns before the present one from which rehearsal draws; 0 means no rehearsal."},
	{Name: "streaming.buffer", Text: "Number of patterns that a buffer for rehearsal must keep: those from which rehearsal draws, and the present one."},
	{Name: "streaming.kept_cue", Text: "Number of patterns that a network would keep that stores nothing and repeats the cue."},
	{Name: "streaming.kept_buffer", Text: "Number of patterns that this buffer would keep, if it answers with its pattern closest to the cue."},
	{Name: "streaming.kept_delta", Text: "Number of patterns that a network with the delta rule would keep, with the same input as the neurons and recall by sign."},
	{Name: "streaming.*.*", Text: "The same for the recall test with this name; clean: from complete cues, by sign."},
}

// DescribeScore returns the explanation of a score.
func DescribeScore(name string) (ScoreDoc, bool) {
	for _, d := range ScoreDocs {
		if measure.Matches(d.Name, name) {
			return d, true
		}
	}
	return ScoreDoc{}, false
}
