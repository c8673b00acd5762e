package live

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"infomorph/scenarios/design"
)

// fleetOf returns the runs of a small plan, of which the first has failed before.
func fleetOf(t testing.TB) (*Fleet, *Session) {
	t.Helper()
	plan, err := design.NewPlan(design.Design{BaseSeed: 1, Seeds: 2, Axes: []design.Axis{{Path: "neuron.window", Values: []string{"16", "32"}}}})
	if err != nil {
		t.Fatal(err)
	}
	res := &design.Results{Plan: plan, Outcomes: make([]design.Outcome, len(plan.Runs))}
	res.Outcomes[0] = design.Outcome{Status: "failed", Reason: "the disk <b>is</b> full"}
	return NewFleet(Options{Name: "letters-test"}, res)
}

// fly lets a run of a fleet go on.
func fly(t testing.TB, f *Fleet, index int) *alive {
	a := &alive{done: make(chan struct{}), session: f.Begin(index)}
	return a.start(t, scenario(t, letters, "associative_memory.presentations=100000"))
}

// TestFleet: a page of a sweep gets its runs, and can watch the running ones,
// one after the other; it cannot touch them.
func TestFleet(t *testing.T) {
	f, s := fleetOf(t)
	srv := serve(t, s)
	fly(t, f, 2)
	fly(t, f, 3)
	conn := dial(t, srv, friend(t, srv))
	say(t, conn, Command{Do: "watch", Panels: knownPanels})
	var n fleetNews
	if err := json.Unmarshal(told(t, conn, "fleet")["fleet"], &n); err != nil {
		t.Fatal(err)
	}
	states := ""
	for _, r := range n.Runs {
		states += r.Status + " "
	}
	if states != "failed running running waiting " || n.Total != 4 || n.Failed != 1 || n.Axes[0] != "neuron.window" || n.Runs[2].Values[0] != "32" {
		t.Errorf("%s: %+v", states, n)
	}
	for _, index := range []int{2, 3, 2} {
		say(t, conn, Command{ID: int64(index), Do: "look", N: index})
		say(t, conn, Command{Do: "pick", Neuron: 1})
		if got := string(told(t, conn, "options", "scene", "values", "neuron", "spikes", "fleet")["options"]); !strings.Contains(got, `"run":`+string(rune('0'+index))) || !strings.Contains(got, `"readOnly":true`) {
			t.Errorf("looking into %d: %s", index, got)
		}
	}
	two, err := f.session(2)
	if err != nil || two.watchers.Load() != 1 || s.watchers.Load() != 0 {
		t.Errorf("%v: who looks into run 2 is not only there", err)
	}
	if three, err := f.session(3); err != nil || three.watchers.Load()+three.eager.Load() != 0 || len(three.follow) != 0 {
		t.Errorf("%v: run 3 is looked at by who has left it", err)
	}
	for index, want := range map[int]string{1: "is failed", 4: "is waiting", 5: "1 to 4", -1: "1 to 4"} {
		if _, err := f.session(index); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("look %d: %v", index, err)
		}
	}
	say(t, conn, Command{ID: 9, Do: "touch", Event: []byte(`{"plastic":false}`)})
	for got := ""; !strings.Contains(got, errReadOnly.Error()); {
		got = string(told(t, conn, "reply")["reply"])
	}
	f.End(2, nil, map[string]float64{"recall": 0.5})
	f.End(3, errors.New("out of luck"), nil)
	for over := map[int]string{}; over[2] != "done" || over[3] != "failed"; {
		if err := json.Unmarshal(told(t, conn, "fleet")["fleet"], &n); err != nil {
			t.Fatal(err)
		}
		for _, r := range n.Runs {
			over[r.Index] = r.Status
		}
	}
	if n.Done != 1 || n.Failed != 2 || len(n.Scores) != 1 {
		t.Errorf("in the end: %+v", n)
	}
}

// TestFleetInBrowser uses the page of a sweep as a person does.
func TestFleetInBrowser(t *testing.T) {
	f, s := fleetOf(t)
	srv := serve(t, s)
	ctx, complaints := browser(t, srv.place())
	fly(t, f, 2)
	fly(t, f, 3)
	p := openPage(t, ctx, srv)
	row := func(n string) string { return `document.querySelector('#fleet [data-run="` + n + `"]')` }
	p.becomes(`window.infomorph && ` + row("4"))
	p.becomes(`/the disk <b>is<.b> full/.test(` + row("1") + `.textContent) && /1 of 4 over, 1 of them failed, 2 going on/.test(document.getElementById("fleetNote").textContent)`)
	p.becomes(row("2") + `.querySelector("progress").value > 0`)
	p.becomes(`document.getElementById("p-map").clientHeight === 0 && document.getElementById("p-touch").clientHeight === 0`)
	p.js(row("2") + `.click()`)
	p.becomes(`infomorph.options.run === 2 && infomorph.scene && infomorph.outputs && ` + inked("#map") + ` > 100`)
	p.becomes(`document.getElementById("p-touch").clientHeight === 0`)
	p.js(`document.body.dispatchEvent(new KeyboardEvent("keydown", {key: ">", bubbles: true}))`)
	p.becomes(`infomorph.options.run === 3 && infomorph.scene && /run 3/.test(document.getElementById("name").textContent)`)
	f.End(2, nil, map[string]float64{"recall.mean_overlap": 0.5})
	p.becomes(`/done/.test(` + row("2") + `.textContent) && /0\.5/.test(` + row("2") + `.textContent) && document.getElementById("fleetScore").value === "recall.mean_overlap" && ` + inked("#fleetPlot") + ` > 200`)
	for _, width := range []int64{360, 1280} {
		p.shot("sweep-"+map[int64]string{360: "360", 1280: "1280"}[width], width, "light")
	}
	if c := complaints(); len(c) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(c, "\n"))
	}
}
