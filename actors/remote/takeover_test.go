package remote

import (
	"context"
	"encoding/binary"
	"log/slog"
	"testing"

	"infomorph/neuron/sim/simtest"
)

// told is a log handler that signals on a channel when something was refused.
type told struct{ refused chan struct{} }

func (told) Enabled(context.Context, slog.Level) bool { return true }
func (l told) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l told) WithGroup(string) slog.Handler          { return l }
func (l told) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "refused" {
		select {
		case l.refused <- struct{}{}:
		default:
		}
	}
	return nil
}

// TestTakeover begins a run on a node that still serves another one: it is
// refused, tries again, and is served once the node is free.
func TestTakeover(t *testing.T) {
	l := told{make(chan struct{}, 1)}
	n, err := StartNode(NodeOptions{Listen: "127.0.0.1:0", Dir: t.TempDir(), Build: world, Version: "test", Log: slog.New(l)})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	w, want := where(t, 4)
	peers := []Peer{{Name: "a", Address: n.Address()}}
	before := engineOn(t, w, peers, false)
	type begun struct {
		e   *Engine
		err error
	}
	next := make(chan begun)
	go func() {
		e, err := New(w.Net, Options{Nodes: peers, Listen: "127.0.0.1:0", Spec: binary.LittleEndian.AppendUint64(nil, w.Seed), Version: "test", Log: testLog(t)})
		next <- begun{e, err}
	}()
	<-l.refused
	if err := before.Close(); err != nil {
		t.Error(err)
	}
	after := <-next
	if after.err != nil {
		t.Fatal(after.err)
	}
	defer after.e.Close()
	finish(t, w, simtest.NewRecorder(), after.e, want)
}
