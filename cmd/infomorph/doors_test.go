package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"infomorph/internal/live"
	"infomorph/internal/record"
	"infomorph/scenarios/run"
)

// doorsSets make the run of the doors small.
var doorsSets = []string{"associative_memory.patterns={source: random, count: 5, width: 6, height: 4}", "associative_memory.presentations=20", "expect=null"}

// doorsSteps are what is done to it through every interface (door):
// presentations, or a touch.
var doorsSteps = []any{3, `{"goal":{"unq_r":1}}`, `{"lesion":{"by":"named"},"neurons":"2,5"}`, 2, `{"present":"#1"}`,
	`{"recall":{"input":"input","population":"neurons","data":"patterns","item":"#2","cue":"flip","fraction":"20%"}}`, `{"noise":{"loss":"10%"}}`, 1, `{"rate_scale":0.5}`}

// commands are the steps as commands.
func doorsCommands() (all []live.Command) {
	for _, s := range doorsSteps {
		switch s := s.(type) {
		case int:
			all = append(all, live.Command{Do: "step", N: s})
		case string:
			all = append(all, live.Command{Do: "touch", Event: []byte(s)})
		}
	}
	return append(all, live.Command{Do: "go"})
}

// hashOf returns the state hash of a finished run.
func hashOf(t testing.TB, dir string) string {
	t.Helper()
	m, err := record.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if m.Final.StateHash == "" {
		t.Fatalf("%s has no state hash: %s", dir, m.Status)
	}
	return m.Final.StateHash
}

// TestDoors: the same touches through Go, a page, lines of JSON and Python end
// in the same state, and so do the scenarios that they have written, when these
// are run from the command line.
func TestDoors(t *testing.T) {
	program(t)
	dir := t.TempDir()
	doors := map[string]func(*testing.T, string){"go": throughGo, "page": throughPage, "stdio": throughStdio, "python": throughPython}
	hashes := map[string]string{}
	for name, door := range doors {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(dir, name)
			door(t, out)
			hashes[name] = hashOf(t, out)
			lines, err := os.ReadFile(filepath.Join(out, record.InterventionsName))
			if n := strings.Count(string(lines), "\n"); err != nil || n != 6 {
				t.Errorf("%d interventions are listed, expected 6, %v", n, err)
			}
			again := out + "-again"
			if _, stderr, code := command(t, "run", filepath.Join(out, record.ScenarioName), "--out", again, "--quiet", "--actors", "population"); code != exitDone {
				t.Fatalf("exit %d: %s", code, stderr)
			}
			if got := hashOf(t, again); got != hashes[name] {
				t.Errorf("the scenario that was written ends in %s, the run in %s", got, hashes[name])
			}
			if _, stderr, code := command(t, "verify", out); code != exitDone {
				t.Errorf("verify: exit %d: %s", code, stderr)
			}
		})
	}
	for name, hash := range hashes {
		if hash != hashes["go"] {
			t.Errorf("through %s the run ends in %s, through go in %s", name, hash, hashes["go"])
		}
	}
}

// throughGo uses the packages.
func throughGo(t *testing.T, out string) {
	s, err := loadScenario("memory-50", doorsSets...)
	if err != nil {
		t.Fatal(err)
	}
	session := live.New(live.Options{Paused: true})
	began := make(chan struct{})
	done := make(chan error)
	go func() {
		_, err := runWatched(t.Context(), s, run.Options{Dir: out, Began: func(*run.Running) { close(began) }}, session)
		done <- err
	}()
	<-began
	for _, c := range doorsCommands() {
		answer := make(chan live.Reply, 1)
		session.Do(c, func(r live.Reply) { answer <- r })
		if r := <-answer; !r.OK {
			t.Fatalf("%s: %s", c.Do, r.Error)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// throughPage does what the page does, over its socket.
func throughPage(t *testing.T, out string) {
	args := []string{"run", "memory-50", "--out", out, "--live-paused", "--actors", "none", "--quiet"}
	for _, s := range doorsSets {
		args = append(args, "--set", s)
	}
	cmd, url := startLive(t, args...)
	conn := dialPage(t, url)
	for seen := false; !seen; { // that the run has begun
		_, b, err := conn.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen = strings.Contains(string(b), `"scene"`)
	}
	if err := sendPage(conn, live.Command{Do: "ack", Seq: 1}); err != nil {
		t.Fatal(err)
	}
	ask(t, func(c live.Command) error { return sendPage(conn, c) }, func() ([]byte, error) { return readPage(t.Context(), conn) })
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func dialPage(t testing.TB, url string) *websocket.Conn {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	place := "http://" + r.Request.URL.Host
	conn, _, err := websocket.Dial(t.Context(), strings.Replace(place, "http", "ws", 1)+"/live", &websocket.DialOptions{HTTPClient: client, HTTPHeader: http.Header{"Origin": {place}}}) //nolint:bodyclose // it is the connection
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(1 << 24)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

func sendPage(conn *websocket.Conn, c live.Command) error {
	b, err := json.Marshal(c)
	if err == nil {
		err = conn.Write(context.Background(), websocket.MessageText, b)
	}
	return err
}

// readPage returns the next answer, acknowledging what else comes.
func readPage(ctx context.Context, conn *websocket.Conn) ([]byte, error) {
	for {
		kind, b, err := conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		var m struct {
			News  *struct{ Seq uint32 }
			Reply json.RawMessage
		}
		if kind == websocket.MessageText && json.Unmarshal(b, &m) == nil {
			if m.Reply != nil {
				return m.Reply, nil
			}
			if err := sendPage(conn, live.Command{Do: "ack", Seq: m.News.Seq}); err != nil {
				return nil, err
			}
		}
	}
}

// ask does every step and waits for each answer. The last step ends the run,
// and may close the connection.
func ask(t *testing.T, send func(live.Command) error, read func() ([]byte, error)) {
	t.Helper()
	all := doorsCommands()
	for i, c := range all {
		c.ID = int64(i + 1)
		if err := send(c); err != nil {
			t.Fatal(err)
		}
		b, err := read()
		if err != nil && i == len(all)-1 {
			return
		}
		var r live.Reply
		if err == nil {
			err = json.Unmarshal(b, &r)
		}
		if err != nil || !r.OK || r.ID != c.ID {
			t.Fatalf("%s: %s %v", c.Do, b, err)
		}
	}
}

// throughStdio sends lines of JSON.
func throughStdio(t *testing.T, out string) {
	cmd := exec.Command("infomorph", "serve", "--stdio")
	in, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil || cmd.Start() != nil {
		t.Fatal("it does not start")
	}
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<22)
	read := func() ([]byte, error) {
		if !lines.Scan() {
			return nil, io.EOF
		}
		return lines.Bytes(), nil
	}
	begin, err := json.Marshal(order{Command: live.Command{Do: "run"}, Scenario: "memory-50", Set: doorsSets, Out: out, Paused: true})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(in, "nonsense\n%s\n", begin)
	for _, want := range []string{`"ok":false`, `"ok":true`} {
		if b, err := read(); err != nil || !strings.Contains(string(b), want) {
			t.Fatalf("%s %v, expected %s", b, err, want)
		}
	}
	ask(t, func(c live.Command) error { return json.NewEncoder(in).Encode(c) }, read)
	fmt.Fprintln(in, `{"id":99,"do":"results"}`)
	if b, err := read(); err != nil || !strings.Contains(string(b), `"state_hash"`) {
		t.Fatalf("%s %v", b, err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// throughPython uses the client.
func throughPython(t *testing.T, out string) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	script := "import json, sys, infomorph\nout, sets, steps = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])\n" +
		"with infomorph.live('memory-50', out=out, settings=dict(s.split('=', 1) for s in sets), paused=True) as live:\n" +
		"    for s in steps:\n        live.step(s) if isinstance(s, int) else live.touch(json.loads(s))\n" +
		"    assert live.status()['paused'] and 'table' in live._repr_html_()\n" +
		"    try:\n        live.touch({'plastic': 'maybe'})\n        raise SystemExit('refused nothing')\n    except infomorph.Refused:\n        pass\n" +
		"    live.go()\n    states = list(live.watch(0.05))\n    assert states[-1]['over'], states[-1]\n" +
		"    run = live.results()\n    assert live.state_hash == run.provenance()['state_hash'] and run._repr_html_()\n"
	steps, err1 := json.Marshal(doorsSteps)
	sets, err2 := json.Marshal(doorsSets)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	cmd := exec.Command(python, "-c", script, out, string(sets), string(steps))
	cmd.Env = append(os.Environ(), "PYTHONPATH=clients", "PYTHONDONTWRITEBYTECODE=1")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// TestUndo goes back to the last checkpoint: later touches are not in any file
// any more, and the run ends as if they had not happened.
func TestUndo(t *testing.T) {
	dir := t.TempDir()
	play := func(out string, do ...live.Command) string {
		s, err := loadScenario("memory-50", doorsSets...)
		if err != nil {
			t.Fatal(err)
		}
		session := live.New(live.Options{Paused: true, CanCheckpoint: true, CanUndo: true})
		began := make(chan struct{}, 10)
		done := make(chan error)
		go func() {
			_, err := runWatched(t.Context(), s, run.Options{Dir: out, Began: func(*run.Running) { began <- struct{}{} }}, session)
			done <- err
		}()
		<-began
		for _, c := range do {
			answer := make(chan live.Reply, 1)
			session.Do(c, func(r live.Reply) { answer <- r })
			if r := <-answer; !r.OK {
				t.Fatalf("%s: %s", c.Do, r.Error)
			}
			if c.Do == "undo" {
				<-began
			}
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		return hashOf(t, out)
	}
	step, goal, noise, on := live.Command{Do: "step", N: 2}, live.Command{Do: "touch", Event: []byte(`{"goal":{"unq_r":1}}`)},
		live.Command{Do: "touch", Event: []byte(`{"noise":{"loss":"20%"}}`)}, live.Command{Do: "go"}
	check, undo := live.Command{Do: "checkpoint"}, live.Command{Do: "undo"}
	want := play(filepath.Join(dir, "plain"), step, goal, step, on)
	if got := play(filepath.Join(dir, "undone"), step, goal, check, step, noise, step, undo, step, on); got != want {
		t.Errorf("after an undo the run ends in %s, expected %s", got, want)
	}
	lines, err := os.ReadFile(filepath.Join(dir, "undone", record.InterventionsName))
	if err != nil || strings.Count(string(lines), "\n") != 1 {
		t.Errorf("%v, the list of what was done:\n%s", err, lines)
	}
	first := play(filepath.Join(dir, "begun"), step, on)
	if got := play(filepath.Join(dir, "again"), step, noise, step, undo, step, on); got != first {
		t.Errorf("taken back to the beginning the run ends in %s, expected %s", got, first)
	}
	for _, name := range []string{"undone", "again"} {
		if _, stderr, code := command(t, "verify", filepath.Join(dir, name)); code != exitDone {
			t.Errorf("%s: exit %d: %s", name, code, stderr)
		}
	}
}

// TestView opens a finished run and goes to the middle of it.
func TestView(t *testing.T) {
	program(t)
	dir := filepath.Join(t.TempDir(), "run")
	args := []string{"run", "memory-50", "--out", dir, "--quiet", "--set", "record.spikes=true"}
	for _, s := range doorsSets {
		args = append(args, "--set", s)
	}
	if _, stderr, code := command(t, args...); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	cmd, url := startPage(t, "view", dir)
	conn := dialPage(t, url)
	for _, c := range []live.Command{{Do: "watch", Panels: []string{"raster", "shown", "atoms", "map", "neuron", "matrix", "measures"}}, {Do: "pick", Neuron: 4}, {Do: "seek", N: 500}} {
		if err := sendPage(conn, c); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{`"scene"`, `"step":500`, `"shown"`, `"values"`, `"neuron"`, `"matrix"`, `"atoms"`, `"measures"`, `"rates"`, "spikes"}
	for len(want) > 0 {
		kind, b, err := conn.Read(t.Context())
		if err != nil {
			t.Fatalf("%v; missing: %q", err, want)
		}
		text := string(b)
		if kind == websocket.MessageBinary {
			text = "spikes"
		}
		want = slices.DeleteFunc(want, func(w string) bool { return strings.Contains(text, w) })
		var m struct{ News struct{ Seq uint32 } }
		if kind == websocket.MessageText && json.Unmarshal(b, &m) == nil && m.News.Seq > 0 {
			if err := sendPage(conn, live.Command{Do: "ack", Seq: m.News.Seq}); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = conn.CloseNow()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // interrupted
}
