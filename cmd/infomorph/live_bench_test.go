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
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.WindowSize(1280, 5000))
	ctx, stop := chromedp.NewExecAllocator(b.Context(), opts...)
	defer stop()
	ctx, cancel := chromedp.NewContext(ctx)
	defer func() { _ = chromedp.Cancel(ctx); cancel() }()
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
		err := chromedp.Run(ctx, chromedp.Evaluate("window.gc && gc()", nil), chromedp.ActionFunc(func(ctx context.Context) (err error) {
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
