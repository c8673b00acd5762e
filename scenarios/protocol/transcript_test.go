package protocol

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
)

var update = flag.Bool("update", false, "rewrite the transcripts")

// rounded writes numbers to five digits.
func rounded(v []float64) string {
	words := make([]string, len(v))
	for i, x := range v {
		words[i] = fmt.Sprintf("%.5g", x+0)
	}
	return strings.Join(words, " ")
}

// drawn logs the content of a figure.
func (l *logged) drawn(kind, name string, f journal.Figure) {
	switch f := f.(type) {
	case journal.Lines:
		l.say("%s %s: %s, %s, %s %v", kind, name, f.Title, f.X, f.Y, f.Marks)
		for _, s := range f.Series {
			l.say("  %s: %s | %s", s.Name, rounded(s.X), rounded(s.Y))
		}
	case journal.Matrix:
		l.say("%s %s: %s %v", kind, name, f.Title, f.Rows)
		for _, row := range f.Cells {
			l.say("  %s", rounded(row))
		}
	case journal.Raster:
		l.say("%s %s: %s, %d spikes of %d neurons %v", kind, name, f.Title, len(f.Spikes), f.Neurons, f.Marks)
	default:
		l.say("%s %s: %T", kind, name, f)
	}
}

// whole is a listener that logs all reports. It adds up epochs.
func (l *logged) whole() *journal.Listener {
	spikes, samples := 0, 0
	out := l.listener()
	step := out.Step
	out.Epoch = func(_ neuron.Time, o *neuron.Output) error {
		spikes, samples = spikes+len(o.Spikes), samples+len(o.Samples)
		return nil
	}
	out.Step = func(phase string, done, total int) error {
		l.say("so far %d spikes, %d samples, at %v", spikes, samples, l.engine.Now())
		return step(phase, done, total)
	}
	out.Presentation = func(p journal.Presentation) error {
		l.say("presented %s %d %q %q %v–%v", p.Phase, p.Item, p.Name, p.Label, p.Start, p.End)
		return nil
	}
	out.Probe = func(rows []journal.ProbeRow) error {
		for _, r := range rows {
			l.say("probe %v of %d from %d at %v: %.5g", r.Quantity, r.Neuron, r.Source, r.Time, r.Value+0)
		}
		return nil
	}
	out.Atoms = func(at neuron.Time, reports []neuron.Report) error {
		for _, r := range reports {
			if r.Atoms == nil {
				l.say("atoms of %d at %v: none", r.Neuron, at)
				continue
			}
			l.say("atoms of %d at %v after %d: %s, goal %.5g", r.Neuron, at, r.Updates, rounded(append([]float64{r.Atoms.Residual}, r.Atoms.Atoms...)), r.Goal)
		}
		return nil
	}
	out.Weights = func(name string, net *sim.Network, reports []neuron.Report) error {
		l.say("weights %s", name)
		for i := range reports {
			l.say("  %s", rounded(row(net, &reports[i], net.NumNeurons()+net.NumChannels())))
		}
		return nil
	}
	out.Score = func(name string, v, chance float64) { l.say("score %s %.5g, by chance %.5g", name, v+0, chance) }
	out.Table = func(t journal.Table) error {
		l.say("table %s %v", t.Name, t.Columns)
		for _, r := range t.Rows {
			words := make([]string, len(r))
			for i, v := range r {
				if x, ok := v.(float64); ok {
					v = fmt.Sprintf("%.5g", x+0)
				}
				words[i] = fmt.Sprint(v)
			}
			l.say("  %s", strings.Join(words, " | "))
		}
		return nil
	}
	out.Figure = func(name string, f journal.Figure) error { l.drawn("figure", name, f); return nil }
	out.Picture = func(name string, f journal.Figure) error { l.drawn("picture", name, f); return nil }
	return out
}

// TestTranscripts: small documents give the same reports in the same order as before;
// -update writes the transcripts again, for review as a diff.
func TestTranscripts(t *testing.T) {
	for name, text := range documents {
		plan, err := prepare(text)
		if err != nil {
			t.Fatal(err)
		}
		l := &logged{t: t}
		if l.Run, err = plan.Start(engineOf(t, plan), l.whole()); err == nil {
			err = l.Go(context.Background())
		}
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(l.text()+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if got := l.text() + "\n"; err != nil || got != string(want) {
			t.Errorf("%s: %v, %s\nwant %s", name, err, firstDifference(got, string(want)), firstDifference(string(want), got))
		}
	}
}
