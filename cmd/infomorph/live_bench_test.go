package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// startLive starts the program with --live and returns the address of its page.
func startLive(t testing.TB, args ...string) (*exec.Cmd, string) {
	t.Helper()
	return startPage(t, append(args, "--live")...)
}

// startPage starts the program and returns the address of the page that it
// serves.
func startPage(t testing.TB, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines, said := bufio.NewScanner(stderr), ""
	for lines.Scan() {
		said += lines.Text() + "\n"
		if url, ok := strings.CutPrefix(lines.Text(), "live: "); ok {
			go io.Copy(io.Discard, stderr)
			return cmd, url
		}
	}
	t.Fatalf("no address was printed: %s", said)
	return nil, ""
}

// BenchmarkLiveMemory watches the memory of a run and of its page, in a real
// browser: a line each minute for an hour, in the file that INFOMORPH_MEMORY names.
//
//	INFOMORPH_MEMORY=memory.csv go test ./cmd/infomorph -run '^$' -bench LiveMemory -benchtime 1x -timeout 2h
func BenchmarkLiveMemory(b *testing.B) {
	name := os.Getenv("INFOMORPH_MEMORY")
	if name == "" {
		b.Skip("INFOMORPH_MEMORY names no file")
	}
	file, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	cmd, url := startLive(b, "run", "asynchronous-memory", "--no-files", "--quiet", "--actors", "none",
		"--set", "associative_memory.presentations=1000000", "--set", "associative_memory.patterns={source: random, count: 40}", "--set", "expect=null")
	ctx := chromium(b, 5000)
	err = chromedp.Run(ctx, performance.Enable(), chromedp.Navigate(url), chromedp.Poll("window.infomorph && infomorph.scene", nil),
		chromedp.Evaluate(`infomorph.pick(7); infomorph.act({do: "speed", speed: 1})`, nil))
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprintln(file, "minute,run_rss_kb,page_heap_kb,nodes,listeners,simulated_s,painted")
	for minute := range 61 {
		time.Sleep(time.Minute)
		var all []*performance.Metric
		var state struct{ T, Painted float64 }
		err := chromedp.Run(ctx, heapprofiler.CollectGarbage(), chromedp.ActionFunc(func(ctx context.Context) (err error) {
			all, err = performance.GetMetrics().Do(ctx)
			return err
		}), chromedp.Evaluate("({T: infomorph.t, Painted: infomorph.painted})", &state))
		if err != nil {
			b.Fatal(err)
		}
		m := map[string]float64{}
		for _, x := range all {
			m[x.Name] = x.Value
		}
		fmt.Fprintf(file, "%d,%d,%.0f,%.0f,%.0f,%.1f,%.0f\n", minute+1, rss(b, cmd.Process.Pid), m["JSHeapUsedSize"]/1024, m["Nodes"], m["JSEventListeners"], state.T, state.Painted)
	}
}

// chromium starts a browser whose window has a height.
func chromium(b *testing.B, height int) context.Context {
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.WindowSize(1280, height), chromedp.WSURLReadTimeout(time.Minute))
	ctx, stop := chromedp.NewExecAllocator(b.Context(), opts...)
	b.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	b.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits for the browser to end
	return ctx
}

// BenchmarkLivePage measures, in a real browser with the window of a laptop,
// how long scripts of the page take to draw a message, layout and style
// included; how many messages are drawn per second; at how many frames per
// second the page can react to the user; and when the first picture appears
// after the request, compared with a page of one word, because the browser
// itself takes time. Pictures of the page are written to the folder
// INFOMORPH_SHOTS.
//
//	go test ./cmd/infomorph -run '^$' -bench LivePage -benchtime 1x
func BenchmarkLivePage(b *testing.B) {
	for name, args := range map[string][]string{
		"10": {"memory-50", "--set", "associative_memory={patterns: {source: random, count: 4, width: 5, height: 2}, presentations: 1000000, recall: [{name: clean}]}", "--set", "network.neurons=10"},
		"1000": {"asynchronous-memory", "--set", "associative_memory={patterns: {source: random, count: 5, width: 40, height: 25}, presentations: 10000, recall: [{name: clean}]}",
			"--set", "network.neurons=1000"},
		"100000": {"million", "--set", "associative_memory={patterns: {source: random, count: 5, width: 400, height: 250}, presentations: 10000, recall: [{name: clean}]}",
			"--set", "network.topology.scale=0.0178"},
	} {
		b.Run(name, func(b *testing.B) {
			_, url := startLive(b, append([]string{"run", "--no-files", "--quiet", "--actors", "none", "--set", "expect=null"}, args...)...)
			ctx := chromium(b, 800)
			bare := firstOf(b, ctx, "data:text/html,infomorph")
			measured := func() map[string]float64 {
				var all []*performance.Metric
				var painted, frames float64
				err := chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) (err error) {
					all, err = performance.GetMetrics().Do(ctx)
					return err
				}), chromedp.Evaluate("infomorph.painted", &painted), chromedp.Evaluate("ticks", &frames))
				if err != nil {
					b.Fatal(err)
				}
				m := map[string]float64{"painted": painted, "frames": frames}
				for _, x := range all {
					m[x.Name] = x.Value
				}
				return m
			}
			first := firstOf(b, ctx, url)
			err := chromedp.Run(ctx, performance.Enable(), chromedp.Poll("window.infomorph && infomorph.scene && infomorph.values && infomorph.painted > 20", nil, chromedp.WithPollingTimeout(2*time.Minute)),
				chromedp.Evaluate("infomorph.pick(7); window.ticks = 0; (function next() { ticks++; requestAnimationFrame(next) })()", nil))
			if err != nil {
				b.Fatal(err)
			}
			before := measured()
			if err := chromedp.Run(ctx, chromedp.Sleep(15*time.Second)); err != nil {
				b.Fatal(err)
			}
			after := measured()
			since := func(key string) float64 { return after[key] - before[key] }
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(1000*(since("ScriptDuration")+since("LayoutDuration")+since("RecalcStyleDuration"))/since("painted"), "ms/picture")
			b.ReportMetric(since("painted")/15, "pictures/s")
			b.ReportMetric(since("frames")/15, "frames/s")
			b.ReportMetric(first, "ms-to-first")
			b.ReportMetric(bare, "ms-to-first-of-one-word")
			if dir := os.Getenv("INFOMORPH_SHOTS"); dir != "" {
				var png []byte
				if err := chromedp.Run(ctx, chromedp.FullScreenshot(&png, 100)); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(dir+"/neurons-"+name+".png", png, 0o666); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// firstOf opens a page and returns when its first picture was there [ms].
func firstOf(b *testing.B, ctx context.Context, url string) (first float64) {
	const entry = `performance.getEntriesByName("first-contentful-paint")[0]`
	if err := chromedp.Run(ctx, chromedp.Navigate(url), chromedp.Poll(entry, nil), chromedp.Evaluate(entry+".startTime", &first)); err != nil {
		b.Fatal(err)
	}
	return first
}

// rss returns the memory that a process holds, in kB.
func rss(b *testing.B, pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); f[0] == "VmRSS:" {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
