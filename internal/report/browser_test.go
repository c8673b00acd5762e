package report

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const chromium = "/usr/bin/chromium"

// browser starts a headless browser, and collects what pages complain of and
// what they fetch besides themselves.
func browser(t *testing.T) (ctx context.Context, complaints func() []string) {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil || testing.Short() {
		t.Skip("no " + chromium + ", or -short")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.WindowSize(1100, 900),
		chromedp.WSURLReadTimeout(time.Minute))
	for _, flag := range []string{"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		opts = append(opts, chromedp.Flag(flag, true))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() { chromedp.Cancel(ctx) }) // waits for the browser to end
	var mu sync.Mutex
	var all []string
	chromedp.ListenTarget(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			all = append(all, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			all = append(all, "console: "+string(e.Type))
		case *log.EventEntryAdded:
			all = append(all, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if url := e.Request.URL; !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "file:") {
				all = append(all, "fetches "+url)
			}
		}
	})
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), all...)
	}
}

// TestInBrowser opens a page in a real browser, light and dark, and uses the
// chart.
func TestInBrowser(t *testing.T) {
	ctx, complaints := browser(t)
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, []byte(build(t, little(t))), 0o666); err != nil {
		t.Fatal(err)
	}
	var title string
	if err := chromedp.Run(ctx, log.Enable(), network.Enable(), chromedp.Navigate("file://"+path), chromedp.Title(&title)); err != nil {
		t.Fatal(err)
	}
	if title != "little · Infomorph report" {
		t.Errorf("title %q", title)
	}
	t.Run("figures", func(t *testing.T) {
		is(t, ctx, `[...document.images].filter(i => i.complete && i.naturalWidth > 0).length`, 2)
	})
	t.Run("curves", func(t *testing.T) {
		is(t, ctx, `document.querySelectorAll("#chart path.curve").length`, 5)
		is(t, ctx, `[...document.querySelectorAll("#chart path.curve")].filter(p => p.getAttribute("d").split("L").length === 40).length`, 5)
		is(t, ctx, `document.querySelectorAll("#chart line.zero").length`, 1)
		is(t, ctx, `[...document.querySelectorAll("#chart text")].filter(x => /NaN|undefined/.test(x.textContent)).length`, 0)
	})
	t.Run("use", func(t *testing.T) { useChart(t, ctx) })
	t.Run("colours", func(t *testing.T) {
		const ground = `getComputedStyle(document.body).backgroundColor.match(/\d+/g).reduce((a, b) => a + +b, 0)`
		for scheme, want := range map[string]float64{"light": 765, "dark": 20 + 23 + 27} {
			media := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
			if err := chromedp.Run(ctx, media); err != nil {
				t.Fatal(err)
			}
			is(t, ctx, ground, want)
		}
	})
	t.Run("telephone", func(t *testing.T) { // nothing is wider than a small screen
		if err := chromedp.Run(ctx, emulation.SetDeviceMetricsOverride(400, 900, 1, true)); err != nil {
			t.Fatal(err)
		}
		is(t, ctx, `(() => { document.querySelectorAll("details").forEach(d => d.open = true); return document.documentElement.scrollWidth; })()`, 400)
	})
	if c := complaints(); len(c) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(c, "\n"))
	}
}

// useChart picks a neuron, hides a curve, reads values and zooms.
func useChart(t *testing.T, ctx context.Context) {
	is(t, ctx, `document.getElementById("pick").length`, 4)
	is(t, ctx, `(() => { const c = document.getElementById("chart"); for (let i = 0; i < 5; i++) c.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
		return +document.querySelectorAll("#legend output")[2].textContent; })()`, 5)
	is(t, ctx, `(() => { document.getElementById("next").click(); document.getElementById("next").click(); document.getElementById("next").click();
		return +document.querySelectorAll("#legend output")[2].textContent; })()`, 6)
	is(t, ctx, `(() => { document.querySelector("#legend button").click(); return document.querySelectorAll("#chart path.curve").length; })()`, 4)
	var box []float64
	err := chromedp.Run(ctx,
		chromedp.ScrollIntoView("#chart"),
		chromedp.Evaluate(`(() => { const r = document.getElementById("chart").getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()`, &box))
	if err != nil {
		t.Fatal(err)
	}
	x, y := box[0]+box[2]/2, box[1]+box[3]/2
	for _, move := range []*input.DispatchMouseEventParams{
		input.DispatchMouseEvent(input.MousePressed, x, y).WithButton(input.Left).WithClickCount(1),
		input.DispatchMouseEvent(input.MouseMoved, x+box[2]/4, y).WithButton(input.Left),
		input.DispatchMouseEvent(input.MouseReleased, x+box[2]/4, y).WithButton(input.Left).WithClickCount(1),
	} {
		if err := chromedp.Run(ctx, move); err != nil {
			t.Fatal(err)
		}
	}
	const points = `document.querySelector("#chart path.curve").getAttribute("d").split("L").length`
	is(t, ctx, points+` < 15 ? 1 : 0`, 1)
	is(t, ctx, `(() => { document.getElementById("reset").click(); return `+points+`; })()`, 40)
}

// is checks the value of an expression on the page.
func is(t *testing.T, ctx context.Context, expression string, want float64) {
	t.Helper()
	var got float64
	if err := chromedp.Run(ctx, chromedp.Evaluate(expression, &got)); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%s\nis %g, want %g", expression, got, want)
	}
}
