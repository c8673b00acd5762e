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
	if err := BuildMany(dir, &b); err != nil {
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
	if err := BuildMany(t.TempDir(), &b); err == nil || !strings.Contains(err.Error(), "neither") {
		t.Error(err)
	}
}
