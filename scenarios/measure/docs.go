package measure

import (
	"slices"
	"strings"
)

// Doc explains one score of a kind of measure, or a family of scores.
type Doc struct {
	Kind   string // of the measure; "" if the score belongs to no measure
	Name   string // the part after the measure's name; * is one word between dots
	Text   string
	Chance string // what the chance level of the score is; "" if it has none
	Live   bool   // also measured during the run
}

const (
	byFrequency = "the share of the most frequent label"
	byOthers    = "the score of the same answers, compared with the patterns of other items"
	byBias      = "the bias of the estimate, computed in closed form"
	// ofPhase is the text of a family of scores PHASE.what that are explained as what.
	ofPhase = "The same for one phase."
)

// Docs explains every score of the built-in kinds. If a name exists with and without
// PHASE, the one without is for the first phase.
var Docs = []Doc{
	{"accuracy", "training", "Share of the items in the last block of training for which the neuron of the correct label had the most evidence, before learning from the item.", byFrequency, true},
	{"accuracy", "no_evidence", "Share of the items for which no neuron had evidence, in the first phase without learning. Such an answer counts as 1/(number of labels).", "", false},
	{"accuracy", "receptive", "Accuracy in the first phase without learning, read from receptive values.", byFrequency, false},
	{"accuracy", "theta", "Accuracy in the first phase without learning, read from firing probabilities.", byFrequency, false},
	{"accuracy", "marginal", "Accuracy in the first phase without learning, read from P(Y|r), averaged over the contexts that occurred with each receptive value.", byFrequency, false},
	{"accuracy", "*", "Share of the items of the phase for which the neuron of the correct label has the most evidence, with the first readout.", byFrequency, false},
	{"accuracy", "*.*", "Accuracy with another readout in another phase.", byFrequency, false},
	{"information", "found", "Number of features that are the best feature of a neuron whose output has mutual information with them of at least `threshold` times their entropy.", "the number that would be found if outputs did not depend on the items", true},
	{"information", "success", "1 if all features are found, else 0.", "the probability of this if outputs did not depend on the items", false},
	{"information", "solved_after", "Number of training items after which a check found all features for the first time; 0 means never.", "0", false},
	{"information", "best_information", "Mutual information of each neuron's output with its best feature [bit], mean over neurons.", byBias, false},
	{"information", "information", "Mutual information of each neuron's output with the label [bit], mean over neurons.", byBias, false},
	{"information", "largest", "Mutual information of a neuron's output with the label [bit], the largest of all neurons.", byBias, false},
	{"information", "no_evidence", "Share of neurons without an output for every item, or with a firing probability that was not finite. Their information counts as 0.", "", false},
	{"information", "*.*", ofPhase, byBias, false},
	{"recall", "mean_overlap", "Overlap m of stored and recalled pattern: the mean product of their bits, where a bit without evidence is 0 and so counts as half right. For patterns of ±1 this is their cosine. Mean over patterns.", byOthers, false},
	{"recall", "beyond_chance", "Share of what chance leaves of the overlap: (mean_overlap − chance) / (1 − chance). An answer that is the same for all items, such as the more frequent bits of biased patterns, has 0; a perfect one has 1.", "0", false},
	{"recall", "exact", "Share of patterns recalled without a wrong bit.", byOthers, false},
	{"recall", "recalled", "Share of patterns recalled with an overlap of at least the criterion.", byOthers, false},
	{"recall", "no_evidence", "Share of bits without evidence: the field of the neuron is exactly 0, missing or not finite, or the neuron is removed or silent.", "", false},
	{"recall", "cue_overlap", "Overlap m of stored pattern and cue, before recall.", "the score of the cues, compared with other items", false},
	{"recall", "kept", "Number of tested patterns of a stream that are recalled with an overlap of at least the criterion.", byOthers, false},
	{"recall", "latest", "The same, counted from the newest pattern up to the first one that is not recalled.", byOthers, false},
	{"recall", "tested", "Number of the newest patterns of the stream that were tested.", "", false},
	{"recall", "kept_cue", "Number of patterns of the stream that a system would keep that only repeats the cue.", "", false},
	{"recall", "kept_buffer", "Number of patterns of the stream that a buffer would keep that answers with its pattern closest to the cue.", "", false},
	{"recall", "buffer", "Number of patterns in that buffer: those from which rehearsal draws, and the newest.", "", false},
	{"recall", "kept_delta", "Number of patterns of the stream that a network would keep that learns from the same input with the delta rule and recalls by sign.", "", false},
	{"recall", "kept_delta_surprise", "The same if the weights follow surprises, that is, the part of the patterns that the network does not predict.", "", false},
	{"recall", "*.*", ofPhase, byOthers, false},
	{"predicted", "predicted", "Share of bits whose sign one port alone predicts correctly, before the neuron learns from them, over the last pass. A bit without evidence counts as half right.", "the share if the signs of the two ports were independent", true},
	{"predicted", "no_evidence", "Share of these bits for which the port had no evidence.", "", false},
	{"predicted", "*.predicted", "The same share in a phase without learning.", "the share if the signs of the two ports were independent", false},
	{"predicted", "*.no_evidence", "Share of bits of that phase for which the port had no evidence.", "", false},
	{"atoms", "goal", "Goal of the neurons [bit], mean over the neurons with at least one sample, at the last sample of training.", "", true},
	{"atoms", "*", "This atom, or the residual entropy h_res [bit], mean over the neurons with at least one sample, at the last sample of training. Atoms can be negative.", "", true},
	{"atoms", "*.*", "This atom at the last sample of a phase without learning [bit].", "", false},
	{"rate", "mean", "Share of presentations in which a neuron had the output +1, mean over neurons.", "", false},
	{"rate", "min", "The same share for the neuron that fires least.", "", false},
	{"rate", "max", "The same share for the neuron that fires most.", "", false},
	{"rate", "*.*", ofPhase, "", false},
	{"selectivity", "dprime", "Largest |d′| of a neuron over labels or features, mean over neurons. d′ is the difference of the mean firing probabilities divided by their standard deviation.", "its mean if outputs did not depend on the items", false},
	{"selectivity", "no_evidence", "Share of neurons without an output for every item.", "", false},
	{"selectivity", "*.*", ofPhase, "its mean if outputs did not depend on the items", false},
	{"probe", "accuracy", "Accuracy of the linear readout on items that were not used to fit it.", byFrequency, false},
	{"probe", "fit", "Accuracy of the linear readout on the items that were used to fit it.", byFrequency, false},
	{"sequence", "accuracy", "Share of symbols for which the neuron of the correct symbol has the largest firing probability.", "the share of the most frequent symbol", false},
	{"sequence", "information", "Mutual information of prediction and symbol [bit], corrected for its bias.", "0", false},
	{"sequence", "loss", "Mean of −log2 of the predicted probability of the symbol [bit]: the odds θ/(1−θ) of its neuron, divided by the sum of the odds of all neurons.", "the entropy of the symbols", false},
	{"sequence", "entropy_rate", "Entropy rate of the chain [bit]: only by chance can a prediction have a smaller loss.", "", false},
	{"sequence", "known", "Information, as a share of the information that the symbols before carry about a symbol.", "0", false},
	{"sequence", "no_evidence", "Share of symbols for which no neuron had evidence.", "", false},
	{"sequence", "*.*", ofPhase, "", false},
	{"regression", "softmax", "Accuracy of logistic regression (softmax) on the values of the items.", byFrequency, false},
	{"regression", "one_vs_all", "Accuracy of logistic regression with a separate regression for each label, since each infomorphic neuron also learns one label.", byFrequency, false},
	{"regression", "fields_cosine", "Cosine between the receptive weights of a neuron and those of the regression for the same label, mean over labels.", "the cosine between the fields of different labels", false},
	{"", "graph.*", "This measure of the graph of the neurons (record.graph) during learning. If it has a value for each neuron: the mean.", "", false},
	{"", "graph.*.min", "Smallest value of that measure over the neurons.", "", false},
	{"", "graph.*.max", "Largest value of that measure over the neurons.", "", false},
	{"", "graph.*.after", "This measure of the graph after its structure had changed.", "", false},
	{"", "graph.*.after.*", "Smallest or largest value of this measure after the change.", "", false},
	{"", "atoms.*", "This atom, h_res or the goal [bit], mean over all neurons that learn.", "", true},
	{"", "*.atoms.*", "This atom, h_res or the goal [bit], mean over the neurons of the population.", "", true},
}

// Explain returns what is known of the score NAME.what of a measure: if NAME is a kind of
// measure, its score what; else the score what of every kind that has one.
func Explain(score string) (found []Doc) {
	name, what, _ := strings.Cut(score, ".")
	isKind := slices.ContainsFunc(Docs, func(d Doc) bool { return d.Kind == name })
	for _, d := range Docs {
		if d.Kind == "" && Matches(d.Name, score) {
			found = append(found, d)
		}
	}
	if len(found) > 0 && !isKind {
		return found
	}
	last := ""
	for _, d := range Docs {
		if d.Kind == "" || d.Kind == last || isKind && d.Kind != name || !Matches(d.Name, what) {
			continue
		}
		d, own := d.inPhase(what)
		if isKind || own || !strings.HasSuffix(d.Name, "*") {
			last = d.Kind
			found = append(found, d)
		}
	}
	return found
}

// FullName returns the name of the score of a measure that is called like its kind.
func (d Doc) FullName() string { return strings.TrimPrefix(d.Kind+"."+d.Name, ".") }

// inPhase returns the explanation of a score PHASE.what of the family d: that of what, if
// the kind has one. Otherwise it returns d and false.
func (d Doc) inPhase(score string) (Doc, bool) {
	if d.Text != ofPhase {
		return d, false
	}
	what := score[strings.LastIndexByte(score, '.')+1:]
	i := slices.IndexFunc(Docs, func(o Doc) bool { return o.Kind == d.Kind && o.Name == what })
	if i < 0 {
		return d, false
	}
	d.Text, d.Chance = Docs[i].Text+" This is for one phase.", Docs[i].Chance
	return d, true
}

// Matches reports whether a name belongs to a family; * is one word between dots.
func Matches(family, name string) bool {
	f, n := strings.Split(family, "."), strings.Split(name, ".")
	return slices.EqualFunc(f, n, func(a, b string) bool { return a == "*" || a == b })
}
