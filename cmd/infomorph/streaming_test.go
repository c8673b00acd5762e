package main

import (
	"encoding/json"
	"os"
	"testing"
)

// TestStreamCountsWhatIsRecalled: the number of kept patterns is computed from
// the recalled patterns, as in the measure itself, not from the cue.
func TestStreamCountsWhatIsRecalled(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, stderr, code := command(t, "run", "streaming-memory", "--set", "expect=null", "--out", "r", "--quiet"); code != exitDone {
		t.Fatal(stderr)
	}
	var s map[string]float64
	data, err := os.ReadFile("r/summary.json")
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	if s["streaming.kept"] < 5 || s["streaming.kept"] > 30 || s["streaming.kept"] < s["recall.kept"] || s["recall.mean_overlap"] > 0.6 {
		t.Errorf("kept %v of the stream; the measure has %v, mean overlap %v", s["streaming.kept"], s["recall.kept"], s["recall.mean_overlap"])
	}
}
