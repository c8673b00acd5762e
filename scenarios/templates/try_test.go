package templates

import (
	"context"
	"fmt"
	"os"
	"path"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/protocol"
)

func tryForm(t *testing.T, text string, sets ...string) map[string]float64 {
	doc, err := config.Parse("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bars", "digits", "hidden_layer"} {
		if doc.Has(name) {
			data, _ := os.ReadFile(path.Join("defaults", name+".yaml"))
			base, err := config.Parse(name, data)
			if err != nil {
				t.Fatal(err)
			}
			doc.Underlay(base)
		}
	}
	if err := doc.Set(sets...); err != nil {
		t.Fatal(err)
	}
	var f Form
	if err := doc.Decode(&f); err != nil {
		t.Fatal(err)
	}
	e, err := f.Expand()
	if err != nil {
		t.Fatal(doc.Place(err))
	}
	out, err := config.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("SHOW") != "" {
		fmt.Println(string(out))
	}
	var back language.Experiment
	if err := config.Decode("shown", out, &back); err != nil {
		t.Fatal(err)
	}
	plan, err := protocol.Prepare(&back, nil)
	if err != nil {
		t.Fatal(err)
	}
	eng, err := sim.NewSequential(plan.Network())
	if err != nil {
		t.Fatal(err)
	}
	scores := map[string]float64{}
	l := &journal.Listener{Score: func(name string, v, chance float64) {
		scores[name] = v
		fmt.Println(name, v, chance)
	}}
	r, err := plan.Start(eng, l)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	return scores
}

func TestTry(t *testing.T) {
	for _, name := range []string{"bars", "memory-50", "digits", "digits-batch", "hidden-layer-online", "asynchronous-memory", "closed-loop", "capacity-batch"} {
		if want := os.Getenv("TRY"); want != name {
			continue
		}
		text, err := os.ReadFile("../builtin/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		tryForm(t, string(text))
	}
}
