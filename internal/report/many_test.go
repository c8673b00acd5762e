package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestManyRuns: the page of a sweep has every picture once, means of the
// scores, and says how to get the rows that it leaves out.
func TestManyRuns(t *testing.T) {
	dir := t.TempDir()
	rows := "run,status,neuron.window,score,error\n" + strings.Repeat("1,done,32,1,\n2,failed,64,3,<b>boom</b>\n", 300)
	if err := os.MkdirAll(filepath.Join(dir, "plots"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"table.csv": rows, "plots/score.png": onePixel, "plots/score.svg": "<svg/>", "plots/notes.txt": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := BuildMany(dir, nil, &b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"600 runs", "300 done", "300 failed", "The first 500 of 600 rows; all are in table.csv", "&lt;b&gt;boom", `<td>score<td class="n">600<td class="n">2<td class="n">1<td class="n">1<td class="n">3`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Count(page, "<img") != 1 || strings.Contains(page, "<b>boom") {
		t.Error("pictures twice, or cells that are not escaped")
	}
	if err := BuildMany(t.TempDir(), nil, &b); err == nil || !strings.Contains(err.Error(), "neither") {
		t.Error(err)
	}
}

// TestRepeatedRuns: runs that differ in the seed only are judged by their means;
// the page says what was run, and what is seen in a picture.
func TestRepeatedRuns(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "plots"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"table.csv":       "run,point,seed,status,score\n1,1,1,done,1\n2,1,2,done,3\n",
		"plots/score.png": onePixel, "plots/score.json": `{"kind":"lines","text":"score over seeds"}`,
		"sweep.json":    `{"source":"memory-50","set":["a=1"],"plan":{"axes":[{"path":"seed","values":["1","2"]}],"seeds":1,"base_seed":1}}`,
		"scenario.yaml": "name: <x>\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	judge := func(values map[string]float64) ([]Verdict, error) {
		return []Verdict{{Name: "score", Expected: "at least 2.5", Got: "2", Pass: values["score"] >= 2.5}}, nil
	}
	if err := BuildMany(dir, judge, &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 of 1 expectations not met", `alt="score over seeds"`, "seed = 1, 2", "a=1", "infomorph sweep --resume .", "name: &lt;x&gt;"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
