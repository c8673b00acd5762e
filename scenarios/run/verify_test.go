package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/actors"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// forge changes a folder, with correct checksums.
type forge struct {
	t   *testing.T
	dir string
}

// file replaces a file and its entry in the manifest.
func (f forge) file(name string, data []byte) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), data, 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.manifest(func(m *record.Manifest) {
		sum := sha256.Sum256(data)
		m.Files[name] = record.FileInfo{Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
	})
}

func (f forge) read(name string) []byte {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		f.t.Fatal(err)
	}
	return data
}

// manifest changes the manifest and its checksum.
func (f forge) manifest(change func(*record.Manifest)) {
	f.t.Helper()
	m, err := record.ReadManifest(f.dir)
	if err != nil {
		f.t.Fatal(err)
	}
	change(m)
	doc, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		f.t.Fatal(err)
	}
	sum := sha256.Sum256(doc)
	doc = append(bytes.TrimSuffix(doc, []byte("\n}")), ",\n  \"sha256\": \""+hex.EncodeToString(sum[:])+"\"\n}\n"...)
	if err := os.WriteFile(filepath.Join(f.dir, "manifest.json"), doc, 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// recording writes the recording again. It calls event for each event of a neuron, and
// end and final for the ends. An end that has no state afterwards is left out.
func (f forge) recording(event func(neuron.ID, *neuron.Event), end func(neuron.ID, *inboxes.End), final func(*inboxes.Final)) {
	f.t.Helper()
	r, err := OpenRecorded(f.dir)
	if err != nil {
		f.t.Fatal(err)
	}
	defer r.Close()
	var out bytes.Buffer
	w, _ := inboxes.NewWriter(&out, r.Neurons())
	for id := range neuron.ID(r.Neurons()) {
		enc, dec := inboxes.NewEncoder(r.net.Slots(id)), inboxes.NewDecoder(id, r.net.Slots(id))
		for b, err := range r.reader.Blocks(id) {
			if err != nil {
				f.t.Fatal(err)
			}
			switch b.Kind {
			case inboxes.InboxBlock:
				var data []byte
				for rest := b.Data; len(rest) > 0; {
					var in neuron.Inbox
					if in, rest, err = dec.Next(rest); err != nil {
						f.t.Fatal(err)
					}
					for i := range in.Events {
						event(id, &in.Events[i])
					}
					data = enc.Append(data, id, in.End-1, in)
				}
				b.Data = data
			case inboxes.EndBlock:
				e, err := inboxes.ParseEnd(b.Data)
				if err != nil {
					f.t.Fatal(err)
				}
				if end(id, &e); e.State == [sha256.Size]byte{} {
					continue
				}
				b.Data = e.Append(nil)
			}
			if err := w.Block(b.Kind, id, b.Data); err != nil {
				f.t.Fatal(err)
			}
		}
	}
	last, _, err := r.reader.Final()
	final(&last)
	if err := errors.Join(err, w.Close(last)); err != nil {
		f.t.Fatal(err)
	}
	f.file(inboxes.Name, out.Bytes())
}

func noEvent(neuron.ID, *neuron.Event) {}
func noEnd(neuron.ID, *inboxes.End)    {}
func noFinal(*inboxes.Final)           {}
func withoutThird(id neuron.ID, e *inboxes.End) {
	if id == 3 {
		e.State = [sha256.Size]byte{}
	}
}
func isChannel(p neuron.Port) bool { return p == 0 } // in the small scenario, port r receives inputs
func flipOne(port func(neuron.Port) bool) func(neuron.ID, *neuron.Event) {
	n := 0
	return func(id neuron.ID, e *neuron.Event) {
		if id == 7 && port(e.Port) {
			if n++; n == 10 {
				e.Value = -e.Value
			}
		}
	}
}

// TestForgeriesAreFound: changes of folders are found even if their checksums are
// correct.
func TestForgeriesAreFound(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other")
	done(t, small(t, "mode=free", "associative_memory.presentations=12"), Options{Dir: other, CSV: true})
	foreign := forge{t, other}
	full, lean := filepath.Join(t.TempDir(), "full"), filepath.Join(t.TempDir(), "lean")
	done(t, small(t, "mode=free"), Options{Dir: full, CSV: true})
	done(t, small(t, "mode=free"), Options{Dir: lean, Lean: true})
	for _, tc := range []struct {
		name   string
		change func(forge)
		wants  string // what differs, and from what
		full   bool   // with pictures and CSV tables
	}{
		{"nothing", func(forge) {}, "", true},
		{"the recording, written anew", func(f forge) { f.recording(noEvent, noEnd, noFinal) }, "", false},
		{"a foreign table", func(f forge) { f.file("weights-trained.parquet", foreign.read("weights-trained.parquet")) }, "table weights-trained.parquet the replay", false},
		{"a foreign table of what was shown", func(f forge) { f.file("presentations.parquet", foreign.read("presentations.parquet")) }, "table presentations.parquet the replay", false},
		{"a foreign picture", func(f forge) { f.file("plots/raster.png", foreign.read("plots/weights.png")) }, "pictures the replay", true},
		{"a foreign table as text", func(f forge) { f.file("weights-trained.csv", foreign.read("presentations.csv")) }, "table weights-trained.csv the replay", true},
		{"a table too many", func(f forge) {
			f.file("weights-more.parquet", foreign.read("weights-trained.parquet"))
			f.manifest(func(m *record.Manifest) {
				m.Tables = append(m.Tables, record.TableInfo{File: "weights-more.parquet", Rows: 256})
			})
		}, "table weights-more.parquet the replay", false},
		{"a table less", func(f forge) {
			f.manifest(func(m *record.Manifest) {
				for i := range m.Tables {
					if m.Tables[i].File == "pid.parquet" {
						m.Tables = append(m.Tables[:i], m.Tables[i+1:]...)
						break
					}
				}
				delete(m.Files, "pid.parquet")
			})
		}, "table pid.parquet the replay", false},
		{"a foreign recording", func(f forge) { f.file(inboxes.Name, foreign.read(inboxes.Name)) }, "final state manifest.json", false},
		{"a value heard of a neuron", func(f forge) {
			f.recording(flipOne(func(p neuron.Port) bool { return !isChannel(p) }), noEnd, noFinal)
		}, "inboxes what other neurons sent", false},
		{"a value heard of an input", func(f forge) { f.recording(flipOne(isChannel), noEnd, noFinal) }, "inputs what the scenario shows", false},
		{"weights that it did not have", func(f forge) {
			f.recording(noEvent, func(id neuron.ID, e *inboxes.End) { e.Weights[id]++ }, noFinal)
		}, "weights recording", false},
		{"a wrong final hash in the recording", func(f forge) { f.recording(noEvent, noEnd, func(e *inboxes.Final) { e.State[3]++ }) }, "final state recording", false},
		{"a wrong final hash in the manifest", func(f forge) {
			f.manifest(func(m *record.Manifest) { m.StateHash = strings.Repeat("ab", 32) })
		}, "final state manifest.json", false},
		{"a better score", func(f forge) {
			f.file("summary.json", bytes.Replace(f.read("summary.json"), []byte(`"recall.mean_overlap": `), []byte(`"recall.mean_overlap": 0.`), 1))
		}, "scores summary.json", false},
		{"more spikes", func(f forge) { f.manifest(func(m *record.Manifest) { m.Counts["spikes"]++ }) }, "counts manifest.json", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			from := lean
			if tc.full {
				from = full
			}
			finds(t, from, tc.change, tc.wants)
		})
	}
}

// finds changes a copy of a folder and audits it. It requires a difference in what wants
// names; nothing may differ if wants is empty.
func finds(t *testing.T, from string, change func(forge), wants string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	change(forge{t, dir})
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := r.Audit(t.Context(), actors.ReplayOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	found := wants == ""
	for _, c := range got.Compared {
		switch {
		case c.Outcome != Differs:
		case wants == "":
			t.Errorf("%s differs from %s: %s", c.What, c.With, c.Why)
		default:
			found = found || c.What+" "+c.With == wants
		}
	}
	if !found || got.Pass != (wants == "") {
		t.Errorf("passes: %v: %v", got.Pass, got.Compared)
	}
}

// replayed replays the recording of a run.
func replayed(t *testing.T, dir string) *Replayed {
	t.Helper()
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.file.Stat(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the recording is still open: %v", err)
	}
	return got
}

// TestWhatEndedEarly: for an interrupted run, only results with a reference are compared.
func TestWhatEndedEarly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "free")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	steps := 0
	stop := &journal.Listener{Step: func(string, int, int) error {
		if steps++; steps == 6 {
			cancel()
		}
		return nil
	}}
	if _, err := Do(ctx, small(t, "mode=free"), Options{Dir: dir, Listener: stop}); !errors.Is(err, ErrInterrupted) {
		t.Fatal(err)
	}
	check := func(want map[string]Outcome) {
		t.Helper()
		got := replayed(t, dir)
		is := map[string]Outcome{}
		for _, c := range got.Compared {
			is[c.What] = c.Outcome
			if c.Outcome == Differs {
				t.Errorf("%s: %s", c.What, c.Why)
			}
		}
		for what, outcome := range want {
			if is[what] != outcome {
				t.Errorf("%s: %q, want %q", what, is[what], outcome)
			}
		}
		if !got.Pass {
			t.Error(got.Compared)
		}
	}
	check(map[string]Outcome{"final state, counts": NotCompared, "scores": NotCompared, "table spikes.parquet": Same, "table presentations.parquet": Same, "inputs": Same})
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	done(t, stopped.Scenario, Options{From: stopped})
	check(map[string]Outcome{"final state": Same, "scores": Same, "counts": Same, "table spikes.parquet": Same, "table presentations.parquet": Same})
}
