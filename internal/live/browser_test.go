package live

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"infomorph/scenarios"
	"infomorph/scenarios/run"
)

const chromium = "/usr/bin/chromium"

// browser starts a headless browser, and collects errors of pages and their
// requests to other servers.
func browser(t *testing.T, place string) (ctx context.Context, complaints func() []string) {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil || testing.Short() {
		t.Skip("no " + chromium + ", or -short")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.WindowSize(1280, 900), chromedp.WSURLReadTimeout(time.Minute))
	for _, flag := range []string{"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		opts = append(opts, chromedp.Flag(flag, true))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits for the browser to end
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
			if !strings.Contains(e.Entry.Text, "willReadFrequently") { // the test reads canvases, the page does not
				all = append(all, e.Entry.Text)
			}
		case *network.EventRequestWillBeSent:
			if url := e.Request.URL; !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, place) {
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

// page is a page that is open.
type page struct {
	t   *testing.T
	ctx context.Context
}

func openPage(t *testing.T, ctx context.Context, srv *Server) *page {
	t.Helper()
	if err := chromedp.Run(ctx, log.Enable(), network.Enable(), chromedp.Navigate(srv.URL())); err != nil {
		t.Fatal(err)
	}
	return &page{t, ctx}
}

// js returns the value of an expression on the page as JSON.
func (p *page) js(expression string) string {
	p.t.Helper()
	var got json.RawMessage
	err := chromedp.Run(p.ctx, chromedp.Evaluate(expression, &got, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return string(got)
}

// becomes waits until an expression is true, at most a minute: other tests can have
// the processors.
func (p *page) becomes(expression string) {
	p.t.Helper()
	for range 1200 {
		if p.js("!!("+expression+")") == "true" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Errorf("never true: %s; the page says: %s", expression, p.js(`document.getElementById("notice").textContent + " " + document.getElementById("lamp").textContent`))
}

// inked reports how many pixels of a canvas are drawn on.
func inked(id string) string {
	return fmt.Sprintf(`(() => { const c = document.querySelector(%q); if (!c) return 0; const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n })()`, id)
}

// shot keeps a picture of the whole page where INFOMORPH_SHOTS says, for people
// to look at.
func (p *page) shot(name string, width int64, scheme string) {
	p.t.Helper()
	media := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
	if err := chromedp.Run(p.ctx, media, chromedp.EmulateViewport(width, 900)); err != nil {
		p.t.Fatal(err)
	}
	p.becomes(`document.documentElement.dataset.theme === "` + scheme + `"`)
	if got := p.js(`document.documentElement.scrollWidth <= innerWidth`); got != "true" {
		p.t.Errorf("%s: the page is wider than %d: %s", name, width, p.js(`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.tagName + "#" + e.id + "." + e.className + " in " + (e.closest("section") || {}).id)`))
	}
	dir := os.Getenv("INFOMORPH_SHOTS")
	if dir == "" {
		return
	}
	var tall int64
	if err := json.Unmarshal([]byte(p.js(`document.documentElement.scrollHeight`)), &tall); err != nil {
		p.t.Fatal(err)
	}
	if err := chromedp.Run(p.ctx, chromedp.EmulateViewport(width, tall+200)); err != nil { // so that every panel is looked at
		p.t.Fatal(err)
	}
	p.js(`new Promise(done => { scrollTo(0, 0); setTimeout(done, 4000) })`)
	var png []byte
	if err := chromedp.Run(p.ctx, chromedp.FullScreenshot(&png, 100)); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o666); err != nil {
		p.t.Fatal(err)
	}
}

// TestInBrowser opens the page in a real browser: every panel shows something,
// every touch changes the run and its files, and there are no errors.
func TestInBrowser(t *testing.T) {
	a := start(t, scenario(t, letters, "associative_memory.presentations=1000000"), Options{})
	srv := serve(t, a.session)
	ctx, complaints := browser(t, srv.place())
	p := openPage(t, ctx, srv)
	t.Run("panels", func(t *testing.T) { p.t = t; seePanels(t, p) })
	t.Run("picking", func(t *testing.T) { p.t = t; pickEverywhere(p) })
	t.Run("touches", func(t *testing.T) { p.t = t; touchOnPage(t, p, a) })
	t.Run("keys", func(t *testing.T) { p.t = t; useKeys(p, a) })
	t.Run("sizes", func(t *testing.T) {
		p.t = t
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{360, 1280} {
				p.shot(fmt.Sprintf("%s-%d", scheme, width), width, scheme)
			}
		}
		p.shot("wall", 2600, "light")
		pictureOfLetters(t, ctx)
	})
	t.Run("three pages", func(t *testing.T) { threePages(t, ctx, srv, a) })
	if c := complaints(); len(c) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(c, "\n"))
	}
}

// threePages opens two more pages, and closes all: each gets a touch, and the
// run continues without them.
func threePages(t *testing.T, ctx context.Context, srv *Server, a *alive) {
	var closing []context.CancelFunc
	for _, scale := range []string{"0.25", "0.75"} {
		tab, cancel := chromedp.NewContext(ctx)
		closing = append(closing, cancel)
		q := openPage(t, tab, srv)
		q.becomes(`window.infomorph && infomorph.scene && infomorph.connected`)
		a.must(t, Command{Do: "touch", Event: []byte(`{"rate_scale":` + scale + `}`)})
		q.becomes(`/` + scale + `/.test(document.getElementById("touches").textContent)`)
	}
	until(t, func() bool { return a.session.watchers.Load() == 3 })
	for _, cancel := range closing {
		cancel()
	}
	if err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return a.session.watchers.Load() == 0 })
	done := a.session.Status().Phase.Done
	until(t, func() bool { return a.session.Status().Phase.Done > done })
}

// TestViewInBrowser moves the time slider of a finished run.
func TestViewInBrowser(t *testing.T) {
	sc := scenario(t, letters, "associative_memory.presentations=200")
	dir := t.TempDir() + "/run"
	var w Watched
	loaded := &run.Scenario{Scenario: sc}
	_, err := run.Do(t.Context(), loaded, run.Options{Dir: dir, Engine: run.Engine{Kind: "none"}, Began: func(r *run.Running) {
		w = Watched{Scenario: sc, Task: r.Task, Engine: r.Engine}
	}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := View(dir, w, Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := start(t, sc, Options{Paused: true})
	srv := serve(t, a.session)
	ctx, complaints := browser(t, srv.place())
	p := openPage(t, ctx, srv)
	p.becomes(`window.infomorph && infomorph.scene && document.body.className === "mode-live"`)
	a.session.Hand(s) // as with --live-stay
	p.becomes(`document.body.className.includes("mode-view") && infomorph.shown`)
	p.becomes(inked("#raster") + " >= 100")
	p.becomes(`document.querySelectorAll("#log li").length === 1`)
	end := p.js(`infomorph.t`)
	var seen []string
	for _, step := range []string{"100", "400", "250"} { // there, and back
		p.js(`(() => { const s = document.getElementById("seek"); s.value = ` + step + `; s.dispatchEvent(new Event("input")) })()`)
		p.becomes(`Math.abs(infomorph.t - ` + end + ` * ` + step + ` / 1000) < 1e-5 * ` + end)
		p.becomes(`/^train/.test(document.getElementById("phase").textContent) || infomorph.shown.how === "presented"`)
		p.becomes(inked("#raster") + " >= 100")
		seen = append(seen, p.js(`JSON.stringify([infomorph.t, infomorph.outputs, document.getElementById("seekText").textContent])`))
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 3 {
		t.Errorf("times look alike: %s", seen)
	}
	for _, scheme := range []string{"light", "dark"} {
		p.shot("view-"+scheme, 1280, scheme)
	}
	if c := complaints(); len(c) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(c, "\n"))
	}
}

// TestOtherKindsInBrowser watches runs without presentations: a study, of which
// only progress and results can be shown, and learning from whole batches.
func TestOtherKindsInBrowser(t *testing.T) {
	for name, c := range map[string]struct {
		sets []string
		see  []string
	}{
		"capacity": {[]string{"capacity.presentations=1000", "capacity.rules=[online]"}, []string{
			`document.body.classList.contains("study") && !document.getElementById("p-raster").offsetParent && !document.getElementById("epoch").offsetParent`,
			`/online with [0-9]+ patterns, train/.test(document.getElementById("phase").textContent) && document.getElementById("progress").value > 0`,
			`document.querySelectorAll("#log li").length > 0`}},
		"hidden-layer": {[]string{"hidden_layer.passes=1000"}, []string{
			`document.getElementById("batchNote").offsetParent && infomorph.phase.batch`,
			`(document.getElementById("measures").scrollIntoView(), document.querySelector("#measures .u-legend")?.textContent.includes("value no."))`}},
	} {
		t.Run(name, func(t *testing.T) {
			text, _ := scenarios.Builtin(name)
			a := start(t, scenario(t, string(text), append(c.sets, "expect=null")...), Options{})
			srv := serve(t, a.session)
			ctx, complaints := browser(t, srv.place())
			p := openPage(t, ctx, srv)
			for _, what := range c.see {
				p.becomes(`window.infomorph && infomorph.scene && ` + what)
			}
			p.js(`document.getElementById("go").click()`)
			a.stands(t) // also within a trial
			p.becomes(`document.getElementById("lamp").textContent === "paused"`)
			p.shot(name, 1280, "light")
			if c := complaints(); len(c) > 0 {
				t.Errorf("the browser complains:\n%s", strings.Join(c, "\n"))
			}
		})
	}
}

func seePanels(t *testing.T, p *page) {
	p.becomes(`window.infomorph && infomorph.scene && infomorph.shown`)
	p.becomes(`infomorph.outputs && document.querySelectorAll("#inputs canvas").length === 1 && document.querySelectorAll("#outputs canvas").length === 1`)
	p.js(`infomorph.pick(3)`)
	for id, want := range map[string]string{"#raster": "100", "#map": "500", "#matrix": "500", "#inputs canvas": "24", "#outputs canvas": "24", "#fields canvas": "50"} {
		p.js(`document.querySelector("` + id + `")?.scrollIntoView()`)
		p.becomes(inked(id) + " >= " + want)
	}
	for _, id := range []string{"atoms", "measures", "rates", "history"} {
		p.js(`document.getElementById("` + id + `").scrollIntoView()`)
		p.becomes(`document.querySelector("#` + id + ` .u-over") && document.querySelectorAll("#` + id + ` .u-series").length > 1`)
	}
	p.becomes(`document.querySelectorAll("#facts dd").length >= 8`)
	p.becomes(`document.querySelectorAll("#log li").length > 0`)
	p.becomes(`/recall.clean.mean_overlap/.test(document.getElementById("expect").textContent)`)
	p.becomes(`/train/.test(document.getElementById("phase").textContent) && document.getElementById("progress").value > 0`)
	for _, nan := range []string{"NaN", "undefined"} {
		if p.js(`document.body.innerText.includes("`+nan+`")`) != "false" {
			t.Errorf("the page says %s", nan)
		}
	}
	if bytes := p.js(`performance.getEntriesByType("resource").reduce((a, r) => a + r.encodedBodySize, 0)`); len(bytes) > 6 {
		t.Errorf("the page loads %s bytes", bytes)
	}
}

func pickEverywhere(p *page) {
	p.js(`document.getElementById("map").scrollIntoView()`)
	p.js(`(() => { const c = document.getElementById("map"), b = c.getBoundingClientRect(); c.dispatchEvent(new MouseEvent("click", {clientX: b.left + b.width / 2, clientY: b.top + b.height / 2, bubbles: true})) })()`)
	p.becomes(`infomorph.neuron && infomorph.neuron.id === infomorph.picked && infomorph.picked !== 3 && +document.getElementById("pick").value === infomorph.picked`)
	p.js(`(() => { const c = document.getElementById("raster"), b = c.getBoundingClientRect(); c.dispatchEvent(new MouseEvent("click", {clientX: b.left + 5, clientY: b.top + 1, bubbles: true})) })()`)
	p.becomes(`infomorph.picked === 0 && infomorph.neuron.id === 0 && infomorph.history`)
	p.js(`(() => { document.getElementById("pick").value = 7; document.getElementById("pick").dispatchEvent(new Event("change")) })()`)
	p.becomes(`infomorph.neuron.id === 7 && /neurons 7/.test(document.getElementById("neuronName").textContent)`)
}

// touchOnPage does each thing that the page offers, and looks for it among what
// was done to the run.
func touchOnPage(t *testing.T, p *page, a *alive) {
	click := func(sel string) string { return `document.querySelector('` + sel + `').click()` }
	set := func(id, value string) string { return `document.getElementById("` + id + `").value = "` + value + `"` }
	submit := func(id string) string { return `document.getElementById("` + id + `").requestSubmit()` }
	p.js(click("#go"))
	p.becomes(`infomorph.status.paused && infomorph.status.stands && /paused/.test(document.getElementById("lamp").textContent)`)
	for _, c := range []struct{ does, want string }{
		{set("item", "2") + ";" + click("#present"), `"present":"#2"`},
		{set("damage", "20") + ";" + click("#recall"), `"cue":"flip"`},
		{`document.getElementById("drawBox").open = true; (() => { const c = document.getElementById("pad"), b = c.getBoundingClientRect(); const e = n => c.dispatchEvent(new PointerEvent(n, {clientX: b.left + 2, clientY: b.top + 2, pointerId: 1, bubbles: true})); c.setPointerCapture = () => {}; e("pointerdown"); e("pointerup") })();` + click("#show"), `"values":[1`},
		{click("#ask"), `"recall":{`},
		{set("who", "#1,#4") + ";" + click(`[data-touch=\'{"plastic":false}\']`), `"plastic":false`},
		{click(`[data-touch=\'{"plastic":true}\']`), `"plastic":true`},
		{click(`[data-touch=\'{"silent":true}\']`), `"silent":true`},
		{click(`[data-touch=\'{"stuck":1}\']`), `"stuck":1`},
		{click("#lesion"), `"by":"named"`},
		{set("who", "all") + ";" + set("rate", "0.5") + ";" + submit("rateForm"), `"rate_scale":0.5`},
		{`document.querySelector('[data-atom=red]').value = 1;` + submit("goalForm"), `"goal":{"red":1`},
		{set("loss", "15") + ";" + submit("noiseForm"), `"noise":{`},
		{set("delayMs", "2") + ";" + submit("delayForm"), `"delay":"2ms"`},
		{`document.getElementById("event").value = '{"crash": {"down": "1ms"}, "neurons": "#2"}';` + submit("eventForm"), `"crash":{`},
	} {
		n := p.js(`document.querySelectorAll("#touches li").length`)
		p.js("(() => {" + c.does + "})()")
		p.becomes(`document.querySelectorAll("#touches li").length > ` + n)
		lines := strings.Split(strings.TrimSpace(string(a.session.interventions())), "\n")
		if last := lines[len(lines)-1]; !strings.Contains(last, c.want) {
			t.Errorf("%s: done was %s, expected %s", c.does, last, c.want)
		}
	}
	text, err := a.session.Scenario().Text()
	if err != nil || strings.Count(string(text), "- at: ") != 14 {
		t.Errorf("%v, the scenario has %d events, expected 14:\n%s", err, strings.Count(string(text), "- at: "), text)
	}
	p.js(`(() => { document.getElementById("event").value = '{"lesion": {"count": 99999}}'; document.getElementById("eventForm").requestSubmit() })()`)
	p.becomes(`!document.getElementById("notice").hidden && /touch/.test(document.getElementById("notice").textContent)`)
}

func useKeys(p *page, a *alive) {
	press := func(key string) {
		p.js(`document.body.dispatchEvent(new KeyboardEvent("keydown", {key: ` + fmt.Sprintf("%q", key) + `, bubbles: true}))`)
	}
	done := a.session.Status().Phase.Done
	press("n")
	p.becomes(fmt.Sprintf(`infomorph.phase.done === %d`, done+1))
	press("e")
	p.becomes(`infomorph.status.within`)
	press(" ")
	p.becomes(`!infomorph.status.paused && infomorph.status.within === false`)
	press("[")
	p.becomes(`infomorph.status.speed > 0`)
	p.js(`infomorph.pad.turn(5, 1); infomorph.act({do: "speed", speed: 0.01})`)
	press("a") // the run is slow enough for the recall to be seen
	p.becomes(`infomorph.shown.how === "cue" && infomorph.shown.values.input[5] === 1 && infomorph.outputs.some(v => v !== 0)`)
	p.js(`infomorph.act({do: "speed", speed: 10})`)
	p.becomes(`document.getElementById("speed").value === "24"`)
	press("]")
	p.becomes(`infomorph.status.speed === 0`)
	press("j")
	p.becomes(`infomorph.picked === 8 && infomorph.neuron.id === 8`)
	press("f")
	p.becomes(`/plastic false/.test(document.querySelector("#touches li").textContent)`)
	was := p.js(`document.documentElement.dataset.theme`)
	press("d")
	p.becomes(`document.documentElement.dataset.theme !== ` + was)
	p.js(`localStorage.clear()`)
	press("?")
	p.becomes(`document.getElementById("keys").open`)
	p.js(`document.getElementById("keys").close()`)
	if err := chromedp.Run(p.ctx, chromedp.Reload()); err != nil {
		p.t.Fatal(err)
	}
	p.becomes(`window.infomorph && infomorph.scene && infomorph.outputs`)
}

// TestReconnect: a page that loses its server finds the next one at the same
// address, with the run as it is.
func TestReconnect(t *testing.T) {
	a := start(t, scenario(t, letters, "associative_memory.presentations=100000"), Options{})
	srv := serve(t, a.session)
	ctx, _ := browser(t, srv.place())
	p := openPage(t, ctx, srv)
	p.becomes(`window.infomorph && infomorph.connected && infomorph.scene`)
	address := strings.TrimPrefix(srv.place(), "http://")
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	p.becomes(`!infomorph.connected && /no connection/.test(document.getElementById("lamp").textContent)`)
	again, err := Serve(context.Background(), a.session, Listen{Address: address, Token: srv.token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	p.becomes(`infomorph.connected`)
	was := p.js(`infomorph.t`)
	p.becomes(`infomorph.t > ` + was)
}

// pictureOfLetters keeps the picture of README where INFOMORPH_SHOTS says.
func pictureOfLetters(t *testing.T, ctx context.Context) {
	dir := os.Getenv("INFOMORPH_SHOTS")
	if dir == "" {
		return
	}
	text, _ := scenarios.Builtin("letters")
	a := start(t, scenario(t, string(text), "associative_memory.presentations=100000"), Options{})
	a.must(t, Command{Do: "speed", Speed: 1})
	tab, cancel := chromedp.NewContext(ctx)
	defer cancel()
	p := openPage(t, tab, serve(t, a.session))
	p.becomes(`window.infomorph && infomorph.scene && infomorph.outputs && infomorph.values`)
	p.js(`(() => { infomorph.pick(40); document.getElementById("quantity").value = "red"; document.getElementById("quantity").onchange() })()`)
	p.becomes(`infomorph.neuron && infomorph.neuron.id === 40`)
	p.js(`new Promise(done => setTimeout(done, 6000))`)
	var png []byte
	if err := chromedp.Run(p.ctx, chromedp.EmulateViewport(1280, 1000), chromedp.Sleep(time.Second), chromedp.CaptureScreenshot(&png)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "live.png"), png, 0o666); err != nil {
		t.Fatal(err)
	}
}

// interventions returns what was done to the run, one line of JSON each.
func (s *Session) interventions() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]byte(nil), s.done...)
}
