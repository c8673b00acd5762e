package language

import (
	"slices"
	"strings"
	"testing"
)

// limits are the smallest and largest values of a setting, those just outside, and what
// is said of these.
type limits struct{ section, key, inside, outside, expected string }

// Each setting takes what lies just within its limits and refuses what lies just outside,
// in its unit; nothing else is said of the key.
func TestLimits(t *testing.T) {
	for _, c := range slices.Concat(limitsOfNeurons, limitsOfNetworks, limitsOfProtocols, limitsOfEvents, limitsOfData, limitsOfMeasures) {
		read, ok := sectionReaders[c.section]
		if !ok {
			t.Fatalf("there is no section %s", c.section)
		}
		at := c.section + "." + c.key
		for value := range strings.FieldsSeq(c.inside) {
			if got := faultOf(read(c.key, value), c.key); got != "" {
				t.Errorf("%s: %s is refused: %s", at, value, got)
			}
		}
		for value := range strings.FieldsSeq(c.outside) {
			want := "got " + value + ", expected " + c.expected
			if strings.Trim(value, "-0123456789.e") != "" {
				want = `got "` + value + `", expected ` + c.expected
			}
			if got := faultOf(read(c.key, value), c.key); got != want {
				t.Errorf("%s: %s: %s\nwant %s", at, value, got, want)
			}
		}
	}
}

// faultOf returns what is wrong with the value of a key, of all that is wrong with its section.
func faultOf(faults, key string) string {
	for fault := range strings.SplitSeq(faults, " | ") {
		if what, ok := strings.CutPrefix(fault, key+": got "); ok {
			return "got " + what
		}
	}
	return ""
}

// anyShare is what a share is, whatever its limits.
const anyShare = "a fraction from 0 to 1, such as 0.1 or 10%"

// sectionReaders read a section in which a key has a value, and say what is wrong with it.
var sectionReaders = map[string]func(key, value string) string{
	"kind": with[Neuron](""), "activation": with[Activation](""), "port": with[Port](""), "bins": with[Bins](""), "homeostasis": with[Homeostasis](""),
	"prior": with[Prior](""), "clock": with[Clock](""), "gate": with[Gate](""),
	"population": with[Population]("neuron: bars"), "input": with[Input](""), "place": with[Place](""), "noise": with[Noise](""), "graph": with[Graph]("file: g.csv"),
	"projection": with[Projection]("from: a, to: b, port: r"),
	"present":    with[Present]("data: d"), "rehearse": with[Rehearse](""), "own": with[Own]("input: i, population: p"), "batch": with[Batch](""), "batch rate": with[BatchRate](""), "play": with[Play]("data: d"), "rest": with[Rest](""),
	"recall": with[Recall]("data: d, input: i, population: p"), "store": with[Store]("data: d, input: i, projection: p"), "script": with[Script]("code: x, input: i, population: p"),
	"step":  with[Step](""),
	"event": with[Event]("at: 1s"), "repeated": with[Event](""), "show": with[Show]("input: i"), "ask": with[Ask]("input: i, population: p"), "crash": with[Crash](""), "lesion": with[Lesion](""),
	"rewire": with[Rewire](""), "turnover": with[Turnover](""), "fault": with[Fault]("kind: crash"), "expect": with[Expect]("score: s"),
	"patterns": with[Patterns]("source: random"), "bars": with[Bars](""), "patches": with[Patches]("folder: f"), "strokes": with[Strokes](""), "idx": with[IDX]("folder: f"),
	"images": with[Images]("folder: f"), "table": with[Table]("file: f, fields: {v: v}"), "spikes": with[SpikeFile]("file: f"), "poisson": with[PoissonTrains]("rates: [[1]]"),
	"hierarchy": with[RandomHierarchy](""), "generate": with[Generator]("code: x, fields: {v: 1}"), "split": with[Split](""), "source": with[Source]("bars: {}, to: {i: image}"), "into": with[FieldInto]("field: f"),
	"accuracy": with[Accuracy]("population: p"), "information": with[Information]("population: p"), "recall score": with[RecallScore](""), "predicted": with[Predicted]("population: p"),
	"selectivity": with[Selectivity]("population: p"), "readout": with[LinearProbe]("population: p, fit: a, test: b"), "regression": with[Regression]("of: [i], fit: a, test: b"),
	"broken": with[Fault]("share: 1%"), "patterns of": with[Patterns](""), "from to": with[Projection]("from: a, to: b"), "probed": with[Probe]("population: p"), "chain": with[Markov]("matrix: [[1]]"),
	"record": with[Record](""), "probe": with[Probe]("population: p, of: [r]"), "document": with[Experiment]("apiVersion: infomorph/v2, name: n"),
}

// with reads sections of a type that have other settings besides the one.
func with[T any](others string) func(key, value string) string {
	return func(key, value string) string {
		text := "{" + others + ", " + key + ": " + value + "}"
		return read(new(T), strings.Replace(text, "{, ", "{", 1), func(*T) string { return "" })
	}
}

var limitsOfNeurons = []limits{
	{"kind", "window", "1 1000000", "0 1000001 1.5", "a whole number from 1 to 1000000"},
	{"kind", "warm_up", "0 1000000", "-1 1000001", "a whole number from 0 to 1000000"},
	{"kind", "theta_floor", "1e-300 0.499999", "0 0.5 -0.1", "a number > 0 and < 0.5"},
	{"kind", "step_clip", "0 1e6", "-0.1 1000001", "a number from 0 to 1e6"},
	{"kind", "stability_norm", "0 1000", "-1 1000.5", "a number from 0 to 1000"},
	{"kind", "surprise", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"activation", "gain", "0 100", "-0.5 100.5", "a number from 0 to 100"},
	{"activation", "k1", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"activation", "k2", "0 100", "-0.5 101", "a number from 0 to 100"},
	{"port", "rate", "0 1000", "-0.5 1001", "a number from 0 to 1000"},
	{"port", "end_rate", "-1 0 1000", "1000.5", "a number ≤ 1000"},
	{"port", "halfway", "0 1000000000", "-1 1000000001 1.5", "a whole number from 0 to 1000000000"},
	{"port", "h_res", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"port", "clip", "0 1e6", "-1 1e7", "a number from 0 to 1e6"},
	{"port", "decay", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"port", "center", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"bins", "number", "1 4096", "0 4097", "a whole number from 1 to 4096"},
	{"bins", "range", "1e-9 1e6", "0 -1 1e7", "a number > 0 and ≤ 1e6"},
	{"homeostasis", "gain", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"homeostasis", "mean_rate", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"homeostasis", "target", "1e-9 1000", "0 1001", "a number > 0 and ≤ 1000"},
	{"homeostasis", "start", "0 1000", "-1 1001", "a number from 0 to 1000"},
	{"homeostasis", "from", "0% 100%", "-1% 101%", anyShare},
	{"homeostasis", "to", "0% 100%", "-1% 101%", anyShare},
	{"homeostasis", "halfway", "0 1000000000", "-1 1000000001 1.5", "a whole number from 0 to 1000000000"},
	{"homeostasis", "h_res", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"homeostasis", "bias_gain", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"homeostasis", "bias_end", "-1 0 1", "1.5", "a number ≤ 1"},
	{"homeostasis", "tolerance", "0 100", "-1 101", "a number from 0 to 100"},
	{"homeostasis", "rate", "0.001 0.999", "0 1", "a number > 0 and < 1"},
	{"prior", "mass", "0.001 1000", "0 1001", "a number > 0 and ≤ 1000"},
	{"prior", "sigma", "0.001 1000", "0 1001", "a number > 0 and ≤ 1000"},
	{"clock", "interval", "1us 1h", "0us 61min", "a duration with a unit, such as 5ms, > 0us and ≤ 1h"},
	{"clock", "phase", "0us 1h", "61min", "a duration with a unit, such as 5ms, ≤ 1h"},
	{"gate", "threshold", "0.001 1", "0 1.5", "a number > 0 and ≤ 1"},
	{"gate", "tau", "0.001 100", "0 101", "a number > 0 and ≤ 100"},
}

var limitsOfNetworks = []limits{
	{"population", "size", "0 10000000", "-1 10000001", "a whole number from 0 to 10000000"},
	{"input", "size", "0 10000000", "-1 10000001", "a whole number from 0 to 10000000"},
	{"input", "width", "0 100000", "-1 100001", "a whole number from 0 to 100000"},
	{"place", "dims", "1 3", "0 4", "a whole number from 1 to 3"},
	{"place", "extent", "0.001 1e9", "0 2e9", "a number > 0 and ≤ 1e9"},
	{"noise", "loss", "0% 100%", "-1% 101%", anyShare},
	{"noise", "duplicate", "0% 100%", "-1% 101%", anyShare},
	{"noise", "reorder", "0% 100%", "-1% 101%", anyShare},
	{"noise", "jitter", "0us 1h", "61min", "a duration with a unit, such as 5ms, ≤ 1h"},
	{"noise", "hold", "0us 1h", "61min", "a duration with a unit, such as 5ms, ≤ 1h"},
	{"projection", "weights", "-1e9 1e9", "-2e9 2e9", "a number from -1e9 to 1e9"},
	{"document", "validation", "0% 99.9%", "100%", anyShare + ", ≥ 0% and < 100%"},
}

var limitsOfProtocols = []limits{
	{"present", "passes", "1 100000000", "0 100000001", "a whole number from 1 to 100000000"},
	{"present", "count", "0 1000000000", "-1 1000000001", "a whole number from 0 to 1000000000"},
	{"present", "duration", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"present", "repeat", "1 100000", "0 100001", "a whole number from 1 to 100000"},
	{"present", "length", "0us 1h", "61min", "a duration with a unit, such as 5ms, ≤ 1h"},
	{"present", "rounds", "1 1000", "0 1001", "a whole number from 1 to 1000"},
	{"present", "looks", "1 1000", "0 1001", "a whole number from 1 to 1000"},
	{"rehearse", "count", "1 100000", "0 100001", "a whole number from 1 to 100000"},
	{"rehearse", "span", "0 1000000", "-1 1000001", "a whole number from 0 to 1000000"},
	{"own", "sweeps", "0 100000", "-1 100001", "a whole number from 0 to 100000"},
	{"batch", "size", "0 1000000", "-1 1000001", "a whole number from 0 to 1000000"},
	{"batch", "rate", "0.001 10", "0 10.5", "a number > 0 and ≤ 10"},
	{"batch", "end_rate", "-1 0 10", "10.5", "a number ≤ 10"},
	{"batch", "halfway", "0 1000000000", "-1 1000000001 1.5", "a whole number from 0 to 1000000000"},
	{"batch", "average", "0% 100%", "-1% 101%", anyShare},
	{"batch", "decay", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"batch", "end_drive", "0 100", "-0.5 101", "a number from 0 to 100"},
	{"batch rate", "rate", "0.001 10", "0 10.5", "a number > 0 and ≤ 10"},
	{"batch rate", "decay", "0 1", "-0.5 1.5", "a number from 0 to 1"},
	{"play", "passes", "1 1000000", "0 1000001", "a whole number from 1 to 1000000"},
	{"play", "speed", "0.001 1e6", "0 1e7", "a number > 0 and ≤ 1e6"},
	{"play", "gap", "0us 1h", "61min", "a duration with a unit, such as 5ms, ≤ 1h"},
	{"play", "every", "1us 1h", "0us 61min", "a duration with a unit, such as 5ms, > 0us and ≤ 1h"},
	{"rest", "duration", "1us 1000h", "0us 1001h", "a duration with a unit, such as 5ms, > 0us and ≤ 1000h"},
	{"recall", "count", "0 1000000000", "-1", "a whole number ≥ 0"},
	{"recall", "fraction", "0% 100%", "-1% 101%", anyShare},
	{"recall", "sweeps", "0 100000", "-1 100001", "a whole number from 0 to 100000"},
	{"script", "steps", "1000 10000000000", "999 10000000001", "a whole number from 1000 to 10000000000"},
	{"script", "memory", "1 65536", "0 65537", "a whole number from 1 to 65536"},
}

var limitsOfEvents = []limits{
	{"repeated", "at", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"repeated", "every", "1us 1000h", "0us 1001h", "a duration with a unit, such as 5ms, > 0us and ≤ 1000h"},
	{"event", "after", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"event", "until", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"event", "rate_scale", "0 1e6", "-1 1e7", "a number from 0 to 1e6"},
	{"event", "stuck", "-1 0 1", "-2 2", "a whole number from -1 to 1"},
	{"crash", "down", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"lesion", "count", "0 1000000000", "-1", "a whole number ≥ 0"},
	{"lesion", "fraction", "0% 100%", "-1% 101%", anyShare},
	{"rewire", "fraction", "0% 100%", "-1% 101%", anyShare},
	{"turnover", "threshold", "0.001 1e6", "0 1e7", "a number > 0 and ≤ 1e6"},
	{"turnover", "for", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"turnover", "weight", "-1e6 1e6", "-1e7 1e7", "a number from -1e6 to 1e6"},
	{"fault", "share", "0% 100%", "-1% 101%", anyShare},
	{"fault", "from", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"fault", "until", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"fault", "every", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"fault", "down", "0us 1000h", "1001h", "a duration with a unit, such as 5ms, from 0us to 1000h"},
	{"fault", "snapshot", "1us 1000h", "0us 1001h", "a duration with a unit, such as 5ms, > 0us and ≤ 1000h"},
}

var limitsOfData = []limits{
	{"patterns", "count", "1 1000000", "-1 1000001", "a whole number from 0 to 1000000"},
	{"patterns", "width", "1 4096", "0 4097", "a whole number from 1 to 4096"},
	{"patterns", "height", "0 4096", "-1 4097", "a whole number from 0 to 4096"},
	{"patterns", "p", "0.1% 99.9%", "0% 100%", anyShare + ", > 0% and < 100%"},
	{"patterns", "correlation", "0 0.999", "-0.5 1", "a number ≥ 0 and < 1"},
	{"patterns", "drift", "0 0.999", "-0.5 1", "a number ≥ 0 and < 1"},
	{"bars", "rows", "0 256", "-1 257", "a whole number from 0 to 256"},
	{"bars", "columns", "0 256", "-1 257", "a whole number from 0 to 256"},
	{"bars", "width", "0 1024", "-1 1025", "a whole number from 0 to 1024"},
	{"bars", "p", "0 0.999", "-0.5 1", "a number ≥ 0 and < 1"},
	{"bars", "flips", "0% 50%", "51%", anyShare + ", from 0% to 50%"},
	{"patches", "side", "2 256", "1 257", "a whole number from 2 to 256"},
	{"strokes", "train", "1 10000000", "0 10000001", "a whole number from 1 to 10000000"},
	{"strokes", "test", "0 10000000", "-1 10000001", "a whole number from 0 to 10000000"},
	{"strokes", "side", "4 256", "3 257", "a whole number from 4 to 256"},
	{"strokes", "flips", "0% 50%", "51%", anyShare + ", from 0% to 50%"},
	{"strokes", "shift", "0 14", "-0.5 14.5", "a number from 0 to 14"},
	{"idx", "train", "0 10000000", "-1 10000001", "a whole number from 0 to 10000000"},
	{"idx", "test", "0 10000000", "-1 10000001", "a whole number from 0 to 10000000"},
	{"images", "width", "1 4096", "0 4097", "a whole number from 1 to 4096"},
	{"images", "height", "1 4096", "0 4097", "a whole number from 1 to 4096"},
	{"spikes", "channels", "1 10000000", "0 10000001", "a whole number from 1 to 10000000"},
	{"spikes", "width", "1 4096", "0 4097", "a whole number from 1 to 4096"},
	{"spikes", "hold", "0us 1h", "61min", "a duration with a unit, such as 5ms, ≤ 1h"},
	{"poisson", "duration", "1us 1h", "0us 61min", "a duration with a unit, such as 5ms, > 0us and ≤ 1h"},
	{"poisson", "count", "1 10000000", "0 10000001", "a whole number from 1 to 10000000"},
	{"poisson", "hold", "0us 1h", "61min", "a duration with a unit, such as 5ms, ≤ 1h"},
	{"hierarchy", "classes", "2 256", "1 257", "a whole number from 2 to 256"},
	{"hierarchy", "symbols", "2 256", "1 257", "a whole number from 2 to 256"},
	{"hierarchy", "strings", "1 256", "0 257", "a whole number from 1 to 256"},
	{"hierarchy", "length", "2 8", "1 9", "a whole number from 2 to 8"},
	{"hierarchy", "depth", "1 8", "0 9", "a whole number from 1 to 8"},
	{"hierarchy", "train", "1 10000000", "0 10000001", "a whole number from 1 to 10000000"},
	{"hierarchy", "test", "1 10000000", "0 10000001", "a whole number from 1 to 10000000"},
	{"generate", "count", "0 100000000", "-1 100000001", "a whole number from 0 to 100000000"},
	{"split", "test", "0.1% 99.9%", "0% 100%", anyShare + ", > 0% and < 100%"},
	{"source", "first", "0 1000000000", "-1", "a whole number ≥ 0"},
	{"into", "on", "-1e6 1e6", "-1e7 1e7", "a number from -1e6 to 1e6"},
	{"into", "off", "-1e6 1e6", "-1e7 1e7", "a number from -1e6 to 1e6"},
	{"into", "levels", "0 256", "-1 257", "a whole number from 0 to 256"},
	{"into", "scale", "-1e6 1e6", "-1e7 1e7", "a number from -1e6 to 1e6"},
}

var limitsOfMeasures = []limits{
	{"accuracy", "every", "0 100000000", "-1 100000001", "a whole number from 0 to 100000000"},
	{"information", "threshold", "0.001 1", "0 1.5", "a number > 0 and ≤ 1"},
	{"information", "checks", "0 10000", "-1 10001", "a whole number from 0 to 10000"},
	{"recall score", "criterion", "0.001 1", "0 1.5", "a number > 0 and ≤ 1"},
	{"predicted", "learnt", "0.001 1", "0 1.5", "a number > 0 and ≤ 1"},
	{"readout", "ridge", "0 1e9", "-1 2e9", "a number from 0 to 1e9"},
	{"regression", "passes", "1 1000", "0 1001", "a whole number from 1 to 1000"},
	{"record", "atoms", "0 100000", "-1 100001", "a whole number from 0 to 100000"},
	{"record", "from", "0us 100000h", "100001h", "a duration with a unit, such as 5ms, from 0us to 100000h"},
	{"record", "until", "0us 100000h", "100001h", "a duration with a unit, such as 5ms, from 0us to 100000h"},
	{"probe", "every", "1 1000000000", "0 1000000001", "a whole number from 1 to 1000000000"},
}
