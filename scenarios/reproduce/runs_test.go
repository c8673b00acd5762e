package reproduce

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/record"
)

const momentary = "apiVersion: infomorph/v1\nname: small\nnetwork: {neurons: 9}\nassociative_memory: {patterns: {source: random, count: 2, width: 3}, presentations: 3}\n"

// entries writes a registry with entries of a scenario that runs quickly.
func entries(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"small.yaml": momentary, "claims.yaml": "entries:\n" + text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "claims.yaml")
}

const drawn = `  - name: drawn
    what: A memory is drawn.
    scenario: small.yaml
    seeds: 1
    few: this is a test
    seconds: 0.01
    pictures: [weights, raster]
    checks: [{score: recall.mean_overlap, min: -1, against: [recall.worst_overlap], source: here}]
`

const swept = `  - name: swept
    what: Memories of two sizes.
    scenario: small.yaml
    set: [record.spikes=false]
    over: ["associative_memory.presentations=1,2"]
    first_seed: 5
    seeds: 2
    few: this is a test
    seconds: 0.01
    checks: [{score: recall.mean_overlap, at: [associative_memory.presentations=2], min: -1, against: [recall.worst_overlap], source: here}]
`

// files lists a folder.
func files(t *testing.T, dir string) string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range all {
		names = append(names, f.Name())
	}
	return strings.Join(names, " ")
}

// TestSweptEntry: an entry with axes runs each point with each seed, and shows the curve
// of its score.
func TestSweptEntry(t *testing.T) {
	p := pack(t, Options{Registry: entries(t, swept), Dir: t.TempDir()})
	one := begun(t, p, "swept")[0]
	if one.Left != 4 || p.Runs(one.Entry) != 4 {
		t.Errorf("%d runs left of %d", one.Left, p.Runs(one.Entry))
	}
	r, err := p.Run(context.Background(), one)
	if err != nil {
		t.Fatal(err)
	}
	if r.Runs != 4 || r.Seeds != "2 seeds a point, derived from 5" || r.Picture != "recall.mean_overlap.png" || r.Findings[0].Runs != 2 {
		t.Errorf("%+v", r)
	}
	if got := files(t, filepath.Join(p.Folder(one.Entry), "plots")); !strings.Contains(got, "recall.mean_overlap.png") {
		t.Errorf("pictures %s", got)
	}
	text, err := os.ReadFile(filepath.Join(p.Folder(one.Entry), resultFile))
	if err != nil || !strings.HasSuffix(string(text), "\n}\n") {
		t.Errorf("%v: %s", err, text)
	}
	var kept Result
	if err := json.Unmarshal(text, &kept); err != nil || kept.Seeds != r.Seeds || kept.Seconds != r.Seconds || kept.Met != r.Met {
		t.Errorf("%v: %+v", err, kept)
	}
}

// TestDrawnEntry: pictures of the first run are saved in all formats, and the first is
// copied next to the page.
func TestDrawnEntry(t *testing.T) {
	p := pack(t, Options{Registry: entries(t, drawn+swept), Dir: t.TempDir()})
	one := begun(t, p, "drawn")[0]
	r, err := p.Run(context.Background(), one)
	if err != nil {
		t.Fatal(err)
	}
	if r.Runs != 1 || r.Seeds != "seed 1" || r.Picture != "weights.png" {
		t.Errorf("%+v", r)
	}
	plots := filepath.Join(p.Folder(one.Entry), "plots")
	want := "raster.csv raster.json raster.png raster.svg weights.csv weights.json weights.png weights.svg"
	if got := files(t, plots); got != want {
		t.Errorf("pictures %s, want %s", got, want)
	}
	page := filepath.Join(t.TempDir(), "page.md")
	plain := Result{Name: "swept", Version: "revision a"} // has no picture
	if err := p.Write(page, []Result{*r, plain}); err != nil {
		t.Fatal(err)
	}
	shown, err := os.ReadFile(filepath.Join(filepath.Dir(page), "img", "results", "drawn.png"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(plots, "weights.png"))
	if err != nil || !slices.Equal(shown, kept) {
		t.Errorf("%v: another picture beside the page", err)
	}
	all, err := Written(page)
	if err != nil || len(all) != 1 && len(all) != 2 || all[0].Picture != "img/results/drawn.png" {
		t.Errorf("%v: written %+v", err, all)
	}
	// Writing a page only changes the picture of a result.
	if r.Picture != "weights.png" {
		t.Errorf("writing a page changed the result: %s", r.Picture)
	}
	if err := os.Remove(filepath.Join(plots, "weights.png")); err != nil {
		t.Fatal(err)
	}
	if err := p.Write(page, []Result{*r}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a picture that is gone: %v", err)
	}
	if err := p.Write(page, []Result{{Name: "none"}}); err == nil {
		t.Error("a result of no entry is written")
	}
}

// TestPicturesThatAreNotThere: an entry names pictures that its run does not draw.
func TestPicturesThatAreNotThere(t *testing.T) {
	p := pack(t, Options{Registry: entries(t, strings.Replace(drawn, "[weights, raster]", "[weights, nothing]", 1)), Dir: t.TempDir()})
	_, err := p.Run(context.Background(), begun(t, p, "drawn")[0])
	if err == nil || !strings.Contains(err.Error(), "picture nothing: ") || !errors.Is(err, os.ErrNotExist) || fault.Kind(err) == nil {
		t.Errorf("%v", err)
	}
}

// TestWrittenPages: a missing page has no results. A page that cannot be read, or was
// edited, is not overwritten.
func TestWrittenPages(t *testing.T) {
	dir := t.TempDir()
	if all, err := Written(filepath.Join(dir, "none.md")); err != nil || len(all) != 0 {
		t.Errorf("no page: %v, %v", all, err)
	}
	if _, err := Written(dir); err == nil {
		t.Error("a folder is read as a page")
	}
	page := filepath.Join(dir, "page.md")
	if err := os.WriteFile(page, []byte(dataBegin+"{"+dataEnd), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Written(page); err == nil || !strings.HasPrefix(err.Error(), page+": ") {
		t.Errorf("a page that was changed: %v", err)
	}
	p := pack(t, Options{Registry: entries(t, drawn), Dir: dir})
	if err := p.Write(page, nil); err == nil {
		t.Error("a page that was changed is written over")
	}
	// Pages of the built-in entries name the revision for each figure.
	own := pack(t, Options{Dir: dir})
	err := own.Write(filepath.Join(dir, "own.md"), []Result{{Name: "bars", Version: unknownRevision}})
	if err == nil || !strings.Contains(err.Error(), "bars was measured with an unknown revision, ") {
		t.Errorf("of an unknown revision: %v", err)
	}
}

// TestChangedEntries: the folder of an entry that has changed is renamed; a damaged
// folder is only renamed if requested.
func TestChangedEntries(t *testing.T) {
	dir := t.TempDir()
	start := func(text string, fresh bool) (*Reproduction, error) {
		p := pack(t, Options{Registry: entries(t, text), Dir: dir, Fresh: fresh})
		chosen, err := p.Choose([]string{"swept"})
		if err != nil {
			t.Fatal(err)
		}
		all, err := p.Begin(chosen)
		if err != nil {
			return nil, err
		}
		_, err = p.Run(context.Background(), all[0])
		return all[0], err
	}
	for _, c := range []struct {
		what, text string
		fresh      bool
		left       int
	}{
		{"first", swept, false, 4}, {"again", swept, false, 0}, {"afresh", swept, true, 4},
		{"another setting", strings.Replace(swept, "set: [", "set: [network.neurons=12, ", 1), false, 4},
	} {
		// Runs are counted before they begin.
		p := pack(t, Options{Registry: entries(t, c.text), Dir: dir, Fresh: c.fresh})
		if left := begun(t, p, "swept")[0].Left; left != c.left {
			t.Errorf("%s: %d runs left, want %d", c.what, left, c.left)
		}
		if _, err := start(c.text, false); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	var plan string
	for _, name := range strings.Fields(files(t, filepath.Join(dir, "swept"))) {
		if strings.Contains(name, "sweep") && strings.HasSuffix(name, ".json") {
			plan = filepath.Join(dir, "swept", name)
		}
	}
	data, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plan, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := start(swept, false); !errors.Is(err, record.ErrDamaged) {
		t.Errorf("a damaged sweep: %v", err)
	}
	if again, err := start(swept, true); err != nil || again == nil {
		t.Errorf("a damaged sweep, afresh: %v", err)
	}
}
