//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"infomorph/internal/live"
	"infomorph/internal/record"
)

// smallSets are the doors' settings as flags.
func smallSets() (args []string) {
	for _, s := range doorsSets {
		args = append(args, "--set", s)
	}
	return args
}

// TestWatchedRunIsTheSame: a run that was watched by pages with all panels has
// the same folder as one that was not watched.
func TestWatchedRunIsTheSame(t *testing.T) {
	program(t)
	dir := t.TempDir()
	args := append(smallSets(), "memory-50", "--quiet", "--set", "record={spikes: true, atoms: 5}", "--set", "associative_memory.presentations=200")
	plain, watched := filepath.Join(dir, "plain"), filepath.Join(dir, "watched")
	if _, stderr, code := command(t, append([]string{"run", "--out", plain}, args...)...); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	cmd, url := startLive(t, append([]string{"run", "--out", watched}, args...)...)
	for range 3 {
		conn := dialPage(t, url)
		for _, c := range []live.Command{{Do: "watch", Panels: []string{"atoms", "map", "neuron", "matrix", "raster", "shown", "measures", "log"}}, {Do: "pick", Neuron: 2}} {
			_ = sendPage(conn, c) // the run may be over
		}
		go func() {
			for err := error(nil); err == nil; {
				_, err = readPage(t.Context(), conn)
			}
		}()
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	sameResults(t, plain, watched)
}

// TestKilledTouched: a run that is killed after touches that are not in a
// checkpoint keeps them when it is resumed: its folder is that of its scenario,
// run without a stop.
func TestKilledTouched(t *testing.T) {
	program(t)
	dir := t.TempDir()
	killed := filepath.Join(dir, "killed")
	cmd, url := startLive(t, append([]string{"run", "memory-50", "--out", killed, "--quiet", "--actors", "none", "--live-paused"}, smallSets()...)...)
	conn := dialPage(t, url)
	awaitScene(t, conn)
	for i, c := range []live.Command{{Do: "step", N: 10}, {Do: "touch", Event: []byte(`{"goal":{"unq_r":1}}`)}, {Do: "step", N: 5}, {Do: "checkpoint"}, {Do: "step", N: 4},
		{Do: "touch", Event: []byte(`{"lesion":{"by":"named"},"neurons":"2,5"}`)}, {Do: "step", N: 3}, {Do: "touch", Event: []byte(`{"present":"#1"}`)}, {Do: "step", N: 2}} {
		c.ID = int64(i + 1)
		if err := sendPage(conn, c); err != nil {
			t.Fatal(err)
		}
		var r live.Reply
		b, err := readPage(t.Context(), conn)
		if err == nil {
			err = json.Unmarshal(b, &r)
		}
		if err != nil || !r.OK {
			t.Fatalf("%s: %s %v", c.Do, b, err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	text, err := os.ReadFile(filepath.Join(killed, record.ScenarioName))
	if err != nil || strings.Count(string(text), "- at: ") != 3 {
		t.Fatalf("%v, the scenario of the killed run:\n%s", err, text)
	}
	if _, stderr, code := command(t, "resume", killed, "--quiet", "--actors", "none"); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	lines, err := os.ReadFile(filepath.Join(killed, record.InterventionsName))
	if err != nil || bytes.Count(lines, []byte("\n")) != 3 {
		t.Errorf("%v, the list of what was done:\n%s", err, lines)
	}
	whole := filepath.Join(dir, "whole")
	if _, stderr, code := command(t, "run", filepath.Join(killed, record.ScenarioName), "--out", whole, "--quiet", "--actors", "none"); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if a, b := hashOf(t, killed), hashOf(t, whole); a != b {
		t.Errorf("gone on with the run ends in %s, its scenario in %s", a, b)
	}
	if _, stderr, code := command(t, "verify", killed); code != exitDone {
		t.Errorf("verify: exit %d: %s", code, stderr)
	}
}

// awaitScene reads until the run has begun.
func awaitScene(t *testing.T, conn *websocket.Conn) {
	t.Helper()
	awaitNews(t, conn, `"scene"`)
}

// awaitNews reads until a message has a certain key.
func awaitNews(t *testing.T, conn *websocket.Conn, what string) {
	t.Helper()
	for {
		kind, b, err := conn.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var m struct{ News *struct{ Seq uint32 } }
		if kind == websocket.MessageText && json.Unmarshal(b, &m) == nil && m.News != nil {
			if err := sendPage(conn, live.Command{Do: "ack", Seq: m.News.Seq}); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(string(b), what) {
			return
		}
	}
}

// TestLiveStays: a finished run is shown as infomorph view shows it, also to a
// page that is opened later; an interruption then ends the page, not the run.
func TestLiveStays(t *testing.T) {
	program(t)
	args := append([]string{"run", "memory-50", "--workers", "1", "--quiet"}, smallSets()...)
	cmd, url := startLive(t, append(args, "--out", filepath.Join(t.TempDir(), "run"), "--live-stay")...)
	for range 2 {
		conn := dialPage(t, url)
		if err := sendPage(conn, live.Command{Do: "watch", Panels: []string{"map", "raster", "log"}}); err != nil {
			t.Fatal(err)
		}
		awaitNews(t, conn, `"mode":"view"`)
		_ = conn.CloseNow()
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestSweepLive: a sweep that was watched has the same table as one that was
// not, and a page can watch its runs.
func TestSweepLive(t *testing.T) {
	program(t)
	dir := t.TempDir()
	args := append([]string{"sweep", "memory-50", "--over", "neuron.window=16,32", "--seeds", "2", "--workers", "1", "--quiet"}, smallSets()...)
	plain, watched := filepath.Join(dir, "plain"), filepath.Join(dir, "watched")
	if _, stderr, code := command(t, append(args, "--out", plain)...); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	cmd, url := startLive(t, append(args, "--out", watched, "--live-stay")...)
	table := filepath.Join(watched, "table.parquet") // is written last
	conn := dialPage(t, url)
	if err := sendPage(conn, live.Command{Do: "watch", Panels: []string{"map", "log"}}); err != nil {
		t.Fatal(err)
	}
	seen, scored, over := false, map[int]bool{}, false
	for !over {
		kind, b, err := conn.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			News *struct {
				Seq   uint32
				Scene json.RawMessage
				Fleet *struct {
					Done int
					Runs []struct {
						Index  int
						Status string
						Scores map[string]float64
					}
				}
			}
		}
		if kind != websocket.MessageText || json.Unmarshal(b, &m) != nil || m.News == nil {
			continue
		}
		if err := sendPage(conn, live.Command{Do: "ack", Seq: m.News.Seq}); err != nil {
			t.Fatal(err)
		}
		seen = seen || m.News.Scene != nil
		if m.News.Fleet == nil {
			continue
		}
		over = m.News.Fleet.Done == 4
		for _, r := range m.News.Fleet.Runs {
			scored[r.Index] = scored[r.Index] || len(r.Scores) > 0
			if r.Status == "running" && !seen {
				if err := sendPage(conn, live.Command{Do: "look", N: r.Index}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if len(scored) != 4 || !scored[1] || !scored[4] {
		t.Errorf("runs with scores: %v", scored)
	}
	for _, err := os.Stat(table); err != nil; _, err = os.Stat(table) {
		time.Sleep(20 * time.Millisecond)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // interrupted
	a, err1 := os.ReadFile(filepath.Join(plain, "table.csv"))
	b, err2 := os.ReadFile(filepath.Join(watched, "table.csv"))
	if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Errorf("%v %v, the tables differ:\n%s\n%s", err1, err2, a, b)
	}
	if _, stderr, code := command(t, append(args, "--out", filepath.Join(dir, "no"), "--live", "--live-paused")...); code != exitBadInput || !strings.Contains(stderr, "only be watched") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
