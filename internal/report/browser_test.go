package report

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

	"infomorph/internal/plot"
	"infomorph/internal/record"
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

// drawn writes a figure of each kind to the folder of pictures, as runs do.
func drawn(t *testing.T, write func(name string, data []byte) error) {
	t.Helper()
	long := plot.LinesConfig{Title: "A course of many neurons", YLabel: "information [bit]", Timed: true, Marks: []plot.Mark{{Seconds: 3, Name: "lesion"}}}
	for i := range 10 {
		long.Series = append(long.Series, plot.Series{Name: fmt.Sprint("neuron ", i), X: []float64{0, 5}, Y: []float64{0, float64(i)}})
	}
	digits := plot.ConfusionConfig{Title: "Items by label and answer", Labels: strings.Split("0123456789", "")}
	for range 10 {
		digits.Counts = append(digits.Counts, slices.Repeat([]int{98}, 10))
	}
	for name, cfg := range map[string]plot.Config{
		"lines":     &long,
		"confusion": &digits,
		"matrix":    &plot.MatrixConfig{Title: "Weights", XLabel: "source", YLabel: "target", Rows: 2, Cols: 2, Values: []float64{1, -1, 0.5, 0}, Value: "weight"},
		"fields":    &plot.FieldsConfig{Title: "Fields", Width: 2, Height: 2, Fields: slices.Repeat([][]float64{{1, 0, -1, 0}}, 30), OwnScale: true},
		"bars":      &plot.BarsConfig{Title: "Bars", Labels: []string{"a", "b"}, Values: []float64{1, 2}},
		"gallery": &plot.GalleryConfig{Title: "Recall", Width: 2, Height: 2, Columns: []string{"stored", "cue", "recalled"},
			Rows: slices.Repeat([]plot.GalleryRow{{Name: "p", Patterns: slices.Repeat([][]float64{{1, -1, 1, -1}}, 3), Captions: []string{"", "0.5", "1.00"}}}, 26)},
	} {
		f, err := cfg.Draw()
		var b bytes.Buffer
		if err == nil {
			err = errors.Join(f.SVG(&b), write("plots/"+name+".svg", b.Bytes()))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// smallestLetters is the size of the smallest letters of the pictures of a page, and of
// its chart, as they are shown [pt].
const smallestLetters = `(() => {
	const sizes = [...document.images].map(img => {
		const doc = new DOMParser().parseFromString(atob(img.src.split(",")[1]), "image/svg+xml");
		const inner = img.clientWidth - parseFloat(getComputedStyle(img).paddingLeft) - parseFloat(getComputedStyle(img).paddingRight);
		return Math.min(...[...doc.querySelectorAll("text")].map(x => parseFloat(/font-size:([0-9.]+)/.exec(x.getAttribute("style"))[1])
			* parseFloat(doc.documentElement.getAttribute("width")) / parseFloat(doc.documentElement.getAttribute("viewBox").split(" ")[2])
			* inner / img.naturalWidth));
	});
	const chart = document.querySelector("#chart text");
	if (chart) sizes.push(parseFloat(getComputedStyle(chart).fontSize) * chart.getScreenCTM().a * 3 / 4);
	return Math.min(...sizes);
})()`

var shots = flag.String("shots", "", "write pictures of the pages in a browser to this folder, to look at")

// TestReadableInBrowser: pages of one run and of many, light and dark, on a telephone
// and on a desk, are no wider than the window, and the letters of their pictures have
// 7 pt at least.
func TestReadableInBrowser(t *testing.T) {
	ctx, _ := browser(t)
	one := folder(t, history(40, 3), func(r *record.Run) error { drawn(t, r.WriteFile); return nil })
	many := t.TempDir()
	if err := os.MkdirAll(filepath.Join(many, "plots"), 0o755); err != nil {
		t.Fatal(err)
	}
	drawn(t, func(name string, data []byte) error { return os.WriteFile(filepath.Join(many, name), data, 0o600) })
	table := "run,point,seed,status,neuron.learning.rate,recall.damaged.mean_overlap\n" + strings.Repeat("1,1,18446744073709551615,done,0.1234567,0.1234567\n", 50)
	var page bytes.Buffer
	if err := errors.Join(os.WriteFile(filepath.Join(many, "table.csv"), []byte(table), 0o600), BuildMany(many, nil, &page)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"one": build(t, one), "many": page.String()} {
		path := filepath.Join(t.TempDir(), name+".html")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int64{400, 1000} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s-%d-%s", name, width, scheme), func(t *testing.T) { readable(t, ctx, path, width, scheme) })
			}
		}
	}
}

func readable(t *testing.T, ctx context.Context, path string, width int64, scheme string) {
	var wide, letters float64
	var shot []byte
	media := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
	err := chromedp.Run(ctx, emulation.SetDeviceMetricsOverride(width, 900, 1, width < 500), media, chromedp.Navigate("file://"+path),
		chromedp.Evaluate(`(() => { document.querySelectorAll("details").forEach(d => d.open = true); return document.documentElement.scrollWidth; })()`, &wide),
		chromedp.Evaluate(smallestLetters, &letters), chromedp.FullScreenshot(&shot, 90))
	if err != nil {
		t.Fatal(err)
	}
	if wide > float64(width) {
		t.Errorf("the page is %g px wide", wide)
	}
	if !(letters >= 7) || letters > 20 {
		t.Errorf("the smallest letters have %.2f pt", letters)
	}
	if *shots != "" {
		name := fmt.Sprintf("%s-%d-%s.jpg", strings.TrimSuffix(filepath.Base(path), ".html"), width, scheme)
		if err := os.WriteFile(filepath.Join(*shots, name), shot, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
