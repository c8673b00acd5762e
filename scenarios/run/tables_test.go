package run

import (
	"fmt"
	"io"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/topology"
)

// folderOf makes a result folder, lets fill write into it, and closes it.
func folderOf(t *testing.T, fill func(*record.Run) error) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "r")
	rec, err := record.Create(record.Options{Dir: dir, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(rec); err != nil {
		t.Fatal(err)
	}
	if err := rec.Close(map[string]float64{}, record.Final{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tableOf writes a table of a folder: its columns, then its rows, one a line.
func tableOf(t *testing.T, dir, name string) string {
	t.Helper()
	r, err := record.OpenTable(filepath.Join(dir, name+".parquet"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var words []string
	for _, col := range r.Columns() {
		words = append(words, col.Name)
	}
	text := strings.Join(words, " ")
	for {
		row, err := r.Next()
		if err == io.EOF {
			return text
		}
		if err != nil {
			t.Fatal(err)
		}
		words = words[:0]
		for _, v := range row {
			words = append(words, v.String())
		}
		text += "\n" + strings.Join(words, " ")
	}
}

// TestMembers: neurons come first, then channels, each with its number in its group, its
// label and its name in the file that it came from.
func TestMembers(t *testing.T) {
	for _, c := range []struct {
		g    topology.Graph
		want string
	}{
		{topology.Graph{Populations: []topology.Population{{Name: "a", Size: 2}, {Name: "b", Size: 1}}, Channels: []topology.Population{{Name: "x", Size: 2}}}, `
0 neuron a 0 0 0
1 neuron a 1 1 1
2 neuron b 0 2 2
3 channel x 0 3 3
4 channel x 1 4 4`},
		{topology.Graph{Populations: []topology.Population{{Name: "a", Size: 2}}, Channels: []topology.Population{{Name: "x", Size: 1}}, Labels: []string{"A", "B", "X"}, Names: []string{"n1", "n2", "n3"}}, `
0 neuron a 0 A n1
1 neuron a 1 B n2
2 channel x 0 X n3`},
		{topology.Graph{Channels: []topology.Population{{Name: "x", Size: 1}}}, "\n0 channel x 0 0 0"},
	} {
		dir := folderOf(t, func(rec *record.Run) error { return writeMembers(rec, &c.g) })
		if got := tableOf(t, dir, "members"); got != "id kind group number label name"+c.want {
			t.Errorf("%s\nwant%s", got, c.want)
		}
	}
}

// TestTablesInTheFolder: presentations, probes, measures and a task's own tables stand in the
// folder as they were told, in order.
func TestTablesInTheFolder(t *testing.T) {
	dir := folderOf(t, func(rec *record.Run) error {
		j := &recorder{rec: rec, scores: NewScores()}
		for _, do := range []func() error{
			func() error {
				return j.Presentation(journal.Presentation{Start: 5, End: 9, Phase: "train", Item: 7, Name: "A", Label: "yes"})
			},
			func() error {
				return j.Presentation(journal.Presentation{Start: 9, End: 1 << 40, Phase: "test", Item: -1})
			},
			func() error { return j.Measure(3, "training.predicted", 0.5) },
			func() error { return j.Measure(4, "atoms.red", -1e-300) },
			func() error {
				return j.Probe([]journal.ProbeRow{{Time: 2, Neuron: 3, Quantity: "weight", Source: 4, Value: 0.25}, {Time: 2, Neuron: 3, Quantity: "theta", Source: -1, Value: 1}})
			},
			func() error { return j.Probe(nil) },
			func() error {
				return j.Table(journal.Table{Name: "own", Columns: []string{"word", "whole", "number"}, Rows: [][]any{{"a", 1, 0.5}, {nil, 2, nil}}})
			},
		} {
			if err := do(); err != nil {
				return err
			}
		}
		if len(j.tables) != 1 {
			t.Errorf("%d tables are handed over", len(j.tables))
		}
		err := j.Table(journal.Table{Name: "own"})
		if err == nil || err.Error() != `table "own" is there already; one of the two needs another name` {
			t.Errorf("a second table of the name: %v", err)
		}
		return nil
	})
	for name, want := range map[string]string{
		"presentations": "start_us end_us phase item name label\n5 9 train 7 A yes\n9 1099511627776 test -1  ",
		"measures":      "time_us measure value\n3 training.predicted 0.5\n4 atoms.red -1e-300",
		"probes":        "time_us neuron quantity source value\n2 3 weight 4 0.25\n2 3 theta -1 1",
		"own":           "word whole number\na 1 0.5\n 2 NaN",
	} {
		if got := tableOf(t, dir, name); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestTablesWithoutFolder: without a folder nothing is written, measures are kept for the
// verdicts, and tables and figures are handed over.
func TestTablesWithoutFolder(t *testing.T) {
	j := &recorder{scores: NewScores()}
	for _, err := range []error{
		j.Presentation(journal.Presentation{}), j.Probe([]journal.ProbeRow{{}}), j.Weights("w", nil, nil), j.Weights("w", nil, nil), j.Picture("p", nil),
		j.Measure(3, "m", 0.5), j.Measure(4, "m", 0.75), j.Measure(4, "n", 1), j.Table(journal.Table{Name: "t"}), j.Figure("f", nil),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if got := j.live["m"]; !slices.Equal(got, []sample{{3, -1, 0.5}, {4, -1, 0.75}}) || len(j.live["n"]) != 1 || len(j.tables) != 1 || len(j.figures) != 1 || j.figures[0].Name != "f" {
		t.Errorf("%v, %d tables, %d figures", j.live, len(j.tables), len(j.figures))
	}
	if err := j.Figure("f", nil); err == nil || err.Error() != `picture "f" is there already; one of the two needs another name` {
		t.Errorf("a second picture of the name: %v", err)
	}
	r := &Result{live: j.live}
	if got, err := r.samples("m"); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := r.samples("o"); err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestMeasuresOfFolders: the samples of a measure are those of its name, with their times;
// atoms are told neuron by neuron.
func TestMeasuresOfFolders(t *testing.T) {
	dir := folderOf(t, func(rec *record.Run) error {
		j := &recorder{rec: rec}
		for k, name := range []string{"a", "b", "a", "ab", "a"} {
			if err := j.Measure(neuron.Time(10*k), name, float64(k)/2); err != nil {
				return err
			}
		}
		cols := []record.Column{{Name: "time_us", Kind: record.Int64}, {Name: "neuron", Kind: record.Int64}, {Name: "red", Kind: record.Float64}, {Name: "syn", Kind: record.Float64}}
		return rec.Table("pid", cols, func(yield func([]any) bool) {
			_ = yield([]any{int64(5), int64(2), 0.5, 1.0}) && yield([]any{int64(6), int64(0), -0.5, 2.0})
		})
	})
	r := &Result{Dir: dir}
	for measure, want := range map[string]string{
		"a": "[{0 -1 0} {20 -1 1} {40 -1 2}]", "b": "[{10 -1 0.5}]", "ab": "[{30 -1 1.5}]", "c": "[]", "": "[]", "A": "[]",
		"neuron.red": "[{5 2 0.5} {6 0 -0.5}]", "neuron.syn": "[{5 2 1} {6 0 2}]",
	} {
		got, err := r.samples(measure)
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v, %v, want %s", measure, got, err, want)
		}
	}
	if _, err := r.samples("neuron.unq"); err == nil {
		t.Error("an atom that the table does not have is read")
	}
}

// TestDifferencesOfTables: the first value that differs is told by its row and column; a
// run that ended early is compared as far as both go.
func TestDifferencesOfTables(t *testing.T) {
	file := func(cols string, rows ...[]any) string {
		kinds := map[byte]record.Kind{'n': record.Int64, 'x': record.Float64, 't': record.Text}
		var columns []record.Column
		for _, c := range []byte(cols) {
			columns = append(columns, record.Column{Name: string(c), Kind: kinds[c]})
		}
		dir := folderOf(t, func(rec *record.Run) error {
			return rec.Table("a", columns, func(yield func([]any) bool) {
				for _, row := range rows {
					if !yield(row) {
						return
					}
				}
			})
		})
		return filepath.Join(dir, "a.parquet")
	}
	row := func(v ...any) []any { return v }
	first := file("nxt", row(int64(1), 0.5, "a"), row(int64(2), math.NaN(), "b"))
	for _, c := range []struct {
		other       string
		whole, part string // what differs, of a run that ended and of one that did not
	}{
		{file("nxt", row(int64(1), 0.5, "a"), row(int64(2), math.NaN(), "b")), "", ""},
		{file("nxt", row(int64(1), 0.5, "a"), row(int64(2), math.NaN(), "c")), "row 2, column t: it has b, the replay c", "row 2, column t: it has b, the replay c"},
		{file("nxt", row(int64(3), 0.5, "z")), "row 1, column n: it has 1, the replay 3", "row 1, column n: it has 1, the replay 3"},
		{file("nxt", row(int64(1), 0.5000000000000001, "a")), "row 1, column x: it has 0.5, the replay 0.5000000000000001", "row 1, column x: it has 0.5, the replay 0.5000000000000001"},
		{file("nxt", row(int64(1), 0.5, "a")), "it has 2 rows, the replay 1", ""},
		{file("nxt", row(int64(1), 0.5, "a"), row(int64(2), math.NaN(), "b"), row(int64(3), 1.0, "c")), "it has 2 rows, the replay 3", ""},
		{file("nx", row(int64(1), 0.5)), "it has other columns", "it has other columns"},
		{file("nxt"), "it has 2 rows, the replay 0", ""},
	} {
		for whole, want := range map[bool]string{true: c.whole, false: c.part} {
			if got, err := differenceOf(first, c.other, whole); err != nil || got != want {
				t.Errorf("whole %v: %q, %v, want %q", whole, got, err, want)
			}
		}
	}
}

// TestRowsUntilTheDiskIsFull: whoever writes a table may stop at any row.
func TestRowsUntilTheDiskIsFull(t *testing.T) {
	g := topology.Graph{Populations: []topology.Population{{Name: "a", Size: 2}}, Channels: []topology.Population{{Name: "x", Size: 2}}}
	cols := []record.Column{{Name: "n", Kind: record.Int64}}
	for name, c := range map[string]struct {
		rows iter.Seq[[]any]
		want []int64
	}{
		"members": {members(&g), []int64{0, 1, 2, 3}},
		"a table": {widened([][]any{{5}, {7}, {9}}, cols), []int64{5, 7, 9}},
	} {
		for stop := 1; stop <= len(c.want); stop++ {
			var got []int64
			for row := range c.rows {
				if got = append(got, row[0].(int64)); len(got) == stop {
					break
				}
			}
			if !slices.Equal(got, c.want[:stop]) {
				t.Errorf("%s: %v, want %v", name, got, c.want[:stop])
			}
		}
	}
}
