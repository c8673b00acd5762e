package live

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"runtime/pprof"
	"slices"
	"syscall"
	"testing"
	"time"

	"infomorph/neuron"
	"infomorph/scenarios/design"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/run"
)

// costs are the runs for which the cost of a page is measured.
var costs = []struct {
	name, scenario string
	sets           []string
}{
	{"default", "associative-memory", []string{"associative_memory.presentations=1000000"}},
	{"asynchronous-1000", "asynchronous-memory", []string{"associative_memory={patterns: {source: random, count: 5, width: 40, height: 25}, presentations: 10000, recall: [{name: clean}]}",
		"network.neurons=1000", "expect=null"}},
	{"100000", "million", []string{"associative_memory={patterns: {source: random, count: 5, width: 400, height: 250}, presentations: 10000, recall: [{name: clean}]}",
		"network.topology.scale=0.0178", "expect=null"}},
}

// comparison compares several ways to run (arms), in blocks of epochs that take
// at least block of processor time. Before a block the time settle passes, in
// which a page that was just opened gets its first pictures. There are many
// short blocks, because the speed of a shared machine changes from second to
// second.
type comparison struct {
	arms          []string
	block, settle time.Duration
}

// The ways to run are: without a view (off), with a view and no page (closed),
// with a page that shows every panel (open), and with a page that does not read
// any more (stalled).
var (
	watched = comparison{[]string{"off", "closed", "open", "stalled"}, 250 * time.Millisecond, 150 * time.Millisecond}
	alone   = comparison{[]string{"off", "closed"}, 10 * time.Millisecond, 0} // no page is opened, so it needs no time to settle
)

// BenchmarkCost measures what the live view costs a run, in time of the processor
// (user and system) of the process that runs. One run goes on for blocks of
// epochs, and each round does a block in each way: a round is as close as
// pairs can be. Viewers are another process. Told are the mean of the logarithms of
// the ratios to the block without a view, in percent, and half the width of its
// 95 % interval.
//
//	go test ./internal/live -run '^$' -bench Cost -benchtime 200x
func BenchmarkCost(b *testing.B) { watched.measure(b) }

// BenchmarkCostAlone measures the cost of a view without a page, like
// BenchmarkCost but with many more and shorter blocks.
//
//	go test ./internal/live -run '^$' -bench CostAlone -benchtime 10000x
func BenchmarkCostAlone(b *testing.B) { alone.measure(b) }

func (w comparison) measure(b *testing.B) {
	for _, c := range costs {
		b.Run(c.name, func(b *testing.B) {
			s, err := run.Load(c.scenario, c.sets...)
			if err != nil {
				b.Fatal(err)
			}
			m := newMeter(b, w)
			ctx := m.session.Life(b.Context())
			_, err = run.Do(ctx, s, run.Options{Dir: b.TempDir() + "/run", Engine: run.Engine{Kind: "none"}, Listener: m.listener(),
				Began: func(r *run.Running) {
					m.session.Begin(Watched{Scenario: s.Scenario, Task: r.Task, Engine: r.Engine})
				}})
			if len(m.rounds) < b.N {
				b.Fatalf("%d rounds: %v", len(m.rounds), err)
			}
			b.ReportMetric(0, "ns/op")
			for _, arm := range w.arms[1:] {
				var all []float64
				for _, r := range m.rounds {
					all = append(all, 100*math.Log(r[arm]/r["off"])) // ratios themselves are skewed
				}
				mean, half := design.Interval(all)
				b.ReportMetric(mean, "%"+arm)
				b.ReportMetric(half, "±"+arm)
				slices.Sort(all)
				b.Logf("%s, %s, %%: quartiles %.2f %.2f %.2f", c.name, arm, all[len(all)/4], all[len(all)/2], all[len(all)*3/4])
			}
		})
	}
}

// meter switches between the ways as the run goes on, and measures each.
type meter struct {
	comparison
	b       *testing.B
	session *Session
	viewer  *bufio.ReadWriter
	rounds  []map[string]float64

	round  map[string]float64
	at     int           // which arm of the round
	epochs int           // so far
	from   int           // epochs before the block
	began  time.Duration // of the block, or of the time to settle
	due    bool          // the block has yet to begin
	lively bool          // the session is told
}

func newMeter(b *testing.B, w comparison) *meter {
	m := &meter{comparison: w, b: b, session: New(Options{CanCheckpoint: true}), at: -1, round: map[string]float64{}}
	srv := serve(b, m.session)
	cmd := exec.Command(os.Args[0], "-test.run", "^TestViewer$", "-test.timeout", "0")
	cmd.Env = append(os.Environ(), viewerURL+"="+srv.URL(), "INFOMORPH_PLACE="+srv.place())
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	cmd.Stderr = os.Stderr
	if err1 != nil || err2 != nil || cmd.Start() != nil {
		b.Fatal("no viewer")
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	m.viewer = bufio.NewReadWriter(bufio.NewReader(out), bufio.NewWriter(in))
	return m
}

// arm returns the way that a place of a round has; rounds go through them in
// different orders.
func (m *meter) arm() string {
	n := len(m.arms)
	if k := len(m.rounds); k%2 == 0 {
		return m.arms[(m.at+k/2)%n]
	} else {
		return m.arms[(2*n-1-m.at+k/2)%n]
	}
}

// next ends a block and begins the next.
func (m *meter) next() {
	if m.at >= 0 {
		m.round[m.arm()] = float64(cpuTime()-m.began) / float64(m.epochs-m.from)
	}
	if m.at++; m.at == len(m.arms) {
		m.rounds, m.round, m.at = append(m.rounds, m.round), map[string]float64{}, 0
		if len(m.rounds) == m.b.N {
			_ = m.session.stop(ErrStopped)
		}
	}
	arm := m.arm()
	m.lively = arm != "off"
	pprof.SetGoroutineLabels(pprof.WithLabels(m.b.Context(), pprof.Labels("way", arm))) // for -cpuprofile
	fmt.Fprintln(m.viewer, arm)
	if err := m.viewer.Flush(); err != nil {
		m.b.Error(err)
	}
	m.began, m.due = cpuTime(), true
}

// begin begins a block, where the server has seen what the viewer has become.
func (m *meter) begin() {
	if _, err := m.viewer.ReadString('\n'); err != nil {
		m.b.Error(err)
	}
	watched := map[bool]int32{true: 1}[m.arm() == "open" || m.arm() == "stalled"]
	until(m.b, func() bool { return m.session.watchers.Load() == watched })
	m.from, m.due, m.began = m.epochs, false, cpuTime()
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// listener tells the session only where the way is with a view.
func (m *meter) listener() *journal.Listener {
	var bare journal.Listener
	bare.Defaults()
	whole := m.session.Listener(bare)
	l := bare
	pick := func() *journal.Listener {
		if m.lively {
			return whole
		}
		return &bare
	}
	l.Within = func() int { return pick().Within() }
	l.Epoch = func(t neuron.Time, out *neuron.Output) error {
		m.epochs++
		switch took := cpuTime() - m.began; {
		case m.at < 0 || !m.due && took >= m.block:
			m.next()
		case m.due && took >= m.settle:
			m.begin()
		}
		return pick().Epoch(t, out)
	}
	l.Shown = func(s journal.Shown) error { return pick().Shown(s) }
	l.Measure = func(t neuron.Time, name string, v float64) error { return pick().Measure(t, name, v) }
	l.Attend = func(phase string, done, total int) journal.Wish { return pick().Attend(phase, done, total) }
	return &l
}

const viewerURL = "INFOMORPH_VIEWER"

// TestViewer is the viewer of BenchmarkCost: each line on its standard input
// names the way it must change to, and it answers when it has.
func TestViewer(t *testing.T) {
	url := os.Getenv(viewerURL)
	if url == "" {
		t.Skip("it is started by BenchmarkCost")
	}
	place := os.Getenv("INFOMORPH_PLACE")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	r, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, r.Body)
	_ = r.Body.Close()
	lines := bufio.NewScanner(os.Stdin)
	leave := func() {}
	for lines.Scan() {
		leave()
		switch how := lines.Text(); how {
		case "open", "stalled":
			leave = watchAll(t, c, place, how == "open")
		default:
			leave = func() {}
		}
		fmt.Println("so it is")
	}
}

// watchAll opens a page that looks at every panel, until the function that is
// returned is called.
func watchAll(t *testing.T, c *http.Client, place string, reads bool) func() {
	conn := dialAt(t, place, c)
	say(t, conn, Command{Do: "watch", Panels: knownPanels})
	say(t, conn, Command{Do: "pick", Neuron: 3})
	if !reads {
		return func() { _ = conn.CloseNow() }
	}
	ctx, cancel := context.WithCancel(t.Context())
	done, first := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			_, b, err := conn.Read(ctx)
			if err != nil {
				return
			}
			if seq, ok := seqOf(b); ok {
				say(t, conn, Command{Do: "ack", Seq: seq})
			}
			if first != nil && bytes.Contains(b, []byte(`"scene"`)) {
				close(first)
				first = nil
			}
		}
	}()
	<-first
	return func() { cancel(); _ = conn.CloseNow(); <-done }
}
