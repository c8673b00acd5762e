package measure

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
	byOthers    = "what the same answers score against the patterns of other items"
	byBias      = "the bias of the estimate, in closed form"
)

// Docs explains every score of the built-in kinds. If a name exists with and without
// PHASE, the one without is for the first phase.
var Docs = []Doc{
	{"accuracy", "training", "Share of items of the last block of training whose label's neuron had the most evidence, before they were learnt from.", byFrequency, true},
	{"accuracy", "no_evidence", "Share of items of the first phase that does not learn for which no neuron had evidence; such an answer is right once in as many times as there are labels.", "", false},
	{"accuracy", "receptive", "Accuracy in the first phase that does not learn, by receptive values.", byFrequency, false},
	{"accuracy", "theta", "Accuracy in the first phase that does not learn, by firing probabilities.", byFrequency, false},
	{"accuracy", "marginal", "Accuracy in the first phase that does not learn, by P(Y|r), averaged over the contexts that came with each receptive value.", byFrequency, false},
	{"accuracy", "*", "Share of items of the phase whose label's neuron has the most evidence, by the first readout.", byFrequency, false},
	{"accuracy", "*.*", "Accuracy by a further readout in a further phase.", byFrequency, false},
	{"information", "found", "Features that are the best one of a neuron that knows a share of their entropy of at least threshold.", "how many would be found if outputs did not depend on the items", true},
	{"information", "success", "1 if all features are found, else 0.", "the probability of that if outputs did not depend on the items", false},
	{"information", "solved_after", "Items of training after which a check first found all features; 0 is never.", "0", false},
	{"information", "best_information", "Mutual information of each neuron's output with its best feature [bit], mean over neurons.", byBias, false},
	{"information", "information", "Mutual information of each neuron's output with the label [bit], mean over neurons.", byBias, false},
	{"information", "largest", "Mutual information of a neuron's output with the label [bit], of the neuron that knows most.", byBias, false},
	{"information", "no_evidence", "Share of neurons that were not heard for every item, or whose firing probability was not finite; they know nothing.", "", false},
	{"information", "*.*", "The same in a phase of its own.", byBias, false},
	{"recall", "mean_cosine", "Cosine between stored and recalled pattern, mean over patterns; a bit without evidence is half right.", byOthers, false},
	{"recall", "exact", "Share of patterns that are recalled without a wrong bit.", byOthers, false},
	{"recall", "recalled", "Share of patterns that are recalled with a cosine of at least the criterion.", byOthers, false},
	{"recall", "no_evidence", "Share of bits for which neurons had no evidence: a field of exactly 0 or none, not finite, a neuron removed or silent.", "", false},
	{"recall", "cue_cosine", "Cosine between stored pattern and cue: what was right before anything was recalled.", "what the cues score against other items", false},
	{"recall", "kept", "Patterns of a stream, of those that are tested, that are recalled with a cosine of at least the criterion.", byOthers, false},
	{"recall", "latest", "The same from the newest on without a gap.", byOthers, false},
	{"recall", "tested", "Newest patterns of the stream that were tested.", "", false},
	{"recall", "kept_cue", "Patterns of the stream that whoever repeats the cue would keep.", "", false},
	{"recall", "kept_buffer", "Patterns of the stream that a buffer would keep which answers with the pattern most like the cue.", "", false},
	{"recall", "buffer", "Patterns in that buffer: those that rehearsal draws from, and the newest.", "", false},
	{"recall", "kept_delta", "Patterns of the stream that a network would keep that learns what the neurons saw by the delta rule and recalls by sign.", "", false},
	{"recall", "*.*", "The same of a phase of its own.", byOthers, false},
	{"predicted", "predicted", "Share of bits whose sign one port alone gives, before the neuron learns from them, over the last pass; a bit without evidence is half right.", "the share if signs of the two ports were independent", true},
	{"predicted", "no_evidence", "Share of those bits for which the port had no evidence.", "", false},
	{"predicted", "*.predicted", "The same share in a phase that does not learn.", "the share if signs of the two ports were independent", false},
	{"predicted", "*.no_evidence", "Share of bits of that phase for which the port had no evidence.", "", false},
	{"atoms", "goal", "Goal of the neurons [bit], mean over those that have seen something, at the last sample of training.", "", true},
	{"atoms", "*", "That atom, or the residual entropy h_res [bit], mean over the neurons that have seen something, at the last sample of training. Atoms can be negative.", "", true},
	{"atoms", "*.*", "That atom at the last sample of a phase that does not learn [bit].", "", false},
	{"rate", "mean", "Share of presentations at which neurons gave +1, mean over neurons.", "", false},
	{"rate", "min", "That share, of the neuron that fires least.", "", false},
	{"rate", "max", "That share, of the neuron that fires most.", "", false},
	{"rate", "*.*", "The same of a phase of its own.", "", false},
	{"selectivity", "dprime", "Largest |d′| of a neuron over labels or features, mean over neurons: the difference of its mean firing probabilities over their deviation.", "its mean if outputs did not depend on the items", false},
	{"selectivity", "no_evidence", "Share of neurons that were not heard for every item.", "", false},
	{"selectivity", "*.*", "The same of a phase of its own.", "its mean if outputs did not depend on the items", false},
	{"probe", "accuracy", "Accuracy of the linear readout on the items that it was not fitted on.", byFrequency, false},
	{"probe", "fit", "Its accuracy on the items that it was fitted on.", byFrequency, false},
	{"sequence", "accuracy", "Share of symbols that the neuron with the largest firing probability stands for.", "the share of the most frequent symbol", false},
	{"sequence", "information", "Mutual information of prediction and symbol [bit], less its bias.", "0", false},
	{"sequence", "loss", "Mean of −log2 of the odds that the firing probabilities give the symbol [bit].", "the entropy of the symbols", false},
	{"sequence", "entropy_rate", "What is news in a symbol of the chain [bit]: no prediction has a smaller loss but by luck.", "", false},
	{"sequence", "known", "Information as a share of what the symbols before tell about one.", "0", false},
	{"sequence", "no_evidence", "Share of symbols for which no neuron had evidence.", "", false},
	{"sequence", "*.*", "The same of a phase of its own.", "", false},
	{"regression", "softmax", "Accuracy of logistic regression on the items' own values.", byFrequency, false},
	{"regression", "one_vs_all", "Accuracy of logistic regression, each label on its own, as infomorphic neurons have to.", byFrequency, false},
	{"regression", "fields_cosine", "Cosine between a neuron's receptive weights and those of one against all, mean over labels.", "that between the fields of different labels", false},
	{"", "graph.*", "That measure of the graph among the neurons (record.graph) on which was learnt; of one that each neuron has, the mean.", "", false},
	{"", "graph.*.min", "Smallest value of that measure over the neurons.", "", false},
	{"", "graph.*.max", "Largest value of that measure over the neurons.", "", false},
	{"", "graph.*.after", "That measure of the graph as it was after its structure had changed.", "", false},
	{"", "graph.*.after.*", "Smallest or largest value of that.", "", false},
	{"", "atoms.*", "That atom, h_res or the goal [bit], mean over all neurons that learn.", "", true},
	{"", "*.atoms.*", "That atom, h_res or the goal [bit], mean over the neurons of the population.", "", true},
}
