package scenarios

import "infomorph/scenarios/measure"

// ScoreDocs explains the scores of studies, of capacities and of scripts. A * in a name
// stands for one word between dots. Package measure explains the scores of measures.
var ScoreDocs = []measure.Doc{
	{Name: "script.*", Text: "The value that the script of the scenario has given under this name, as a score or as a measure."},
	{Name: "patterns.*", Text: "Largest number of patterns at which the mean overlap reaches the criterion with this rule, in the first recall test."},
	{Name: "basin.*", Text: "Largest share of flipped bits at which recall with this rule reaches the criterion, at the smallest load (capacity.flipped gives the measured shares; values between them are interpolated linearly)."},
	{Name: "learning_time.*", Text: "Number of presentations of each pattern until the contexts predicted 95 % of all bits with this rule, at the largest load at which this happened."},
	{Name: "capacity.*", Text: "Largest load (patterns per neuron, or per synapse) at which the mean overlap reaches the criterion with this rule, in the first recall test."},
	{Name: "capacity.*.*", Text: "Largest load (patterns per neuron, or per synapse) at which the mean overlap reaches the criterion with this rule, in the recall test with this name."},
	{Name: "study.*.*", Text: "Mean over seeds of the score that a study shows, by panel and point. A dot in the name of the point is written _."},
	{Name: "study.*.*.*", Text: "Mean over seeds of the score that a study shows, by panel, curve and point. A dot in the name of the point is written _."},
	{Name: "streaming.kept", Text: "Number of the last patterns of a stream that are recalled with an overlap that reaches the criterion, in the first test (from cues with 10 % of the bits flipped, unless the scenario says otherwise)."},
	{Name: "streaming.latest", Text: "The same, counted from the latest pattern up to the first one that is not recalled."},
	{Name: "streaming.tested", Text: "Number of the last patterns that are tested."},
	{Name: "streaming.span", Text: "Number of patterns before the present one from which rehearsal draws; 0 means no rehearsal."},
	{Name: "streaming.buffer", Text: "Number of patterns that a buffer for rehearsal must keep: those from which rehearsal draws, and the present one."},
	{Name: "streaming.kept_cue", Text: "Number of patterns that a network would keep that stores nothing and repeats the cue."},
	{Name: "streaming.kept_buffer", Text: "Number of patterns that this buffer would keep, if it answers with its pattern closest to the cue."},
	{Name: "streaming.kept_delta", Text: "Number of patterns that a network with the delta rule would keep, with the same input as the neurons and recall by sign."},
	{Name: "streaming.kept_delta_surprise", Text: "The same if the weights follow surprises, that is, the part of the patterns that the network does not predict (see surprise of a kind of neurons)."},
	{Name: "streaming.*.*", Text: "The same for the recall test with this name; clean: from complete cues, by sign."},
}

// ExplainScore returns what is known of a score of the summary. There are several
// explanations if it depends on the kind of the measure that has the name in the score.
func ExplainScore(name string) []measure.Doc {
	for _, d := range ScoreDocs {
		if measure.Matches(d.Name, name) {
			return []measure.Doc{d}
		}
	}
	return measure.Explain(name)
}
