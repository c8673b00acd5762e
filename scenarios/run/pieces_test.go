package run

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"infomorph/internal/config"
	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/language"
)

func TestEngineOptions(t *testing.T) {
	for _, c := range []struct {
		e    Engine
		want string // the errors, one per line
	}{
		{Engine{}, ""}, {Engine{Workers: 1}, ""}, {Engine{Workers: 4096, Shards: 4096}, ""},
		{Engine{Kind: "none"}, ""}, {Engine{Kind: "neuron"}, ""}, {Engine{Kind: "population"}, ""},
		{Engine{Workers: -1}, "workers: got -1, expected 1 to 4096"},
		{Engine{Workers: 4097}, "workers: got 4097, expected 1 to 4096"},
		{Engine{Shards: -1}, "shards: got -1, expected 0 to 4096"},
		{Engine{Shards: 4097}, "shards: got 4097, expected 0 to 4096"},
		{Engine{Kind: "neurons"}, `actors: got "neurons", expected neuron, population or none`},
		{Engine{Workers: -2, Shards: -3, Kind: "x"}, "workers: got -2, expected 1 to 4096\nshards: got -3, expected 0 to 4096\nactors: got \"x\", expected neuron, population or none"},
	} {
		err := c.e.Validate()
		got := ""
		if err != nil {
			got = err.Error()
		}
		if strings.ReplaceAll(got, "--", "") != c.want {
			t.Errorf("%+v: %q, want %q", c.e, got, c.want)
		}
		if err != nil && fault.Kind(err) != fault.ErrInput {
			t.Errorf("%+v: %v is no fault of what was given", c.e, err)
		}
	}
	if one, all := (&Engine{Workers: 3}).workers(), (&Engine{}).workers(); one != 3 || all != runtime.GOMAXPROCS(0) {
		t.Errorf("%d and %d workers", one, all)
	}
}

// TestDistance: distances of values from the expected range, and the time range of an
// expectation.
func TestDistance(t *testing.T) {
	at := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		low, high *float64
		v, want   float64
	}{
		{nil, nil, 5, 0}, {at(1), nil, 1, 0}, {at(1), nil, 0.5, 0.5}, {at(1), nil, 9, 0}, {nil, at(2), 2, 0}, {nil, at(2), 2.5, 0.5},
		{nil, at(2), -9, 0}, {at(1), at(2), 1.5, 0}, {at(1), at(2), 0, 1}, {at(1), at(2), 4, 2}, {at(0), at(0), 0, 0}, {at(0), at(0), -3, 3},
	} {
		if got := distance(&language.Expect{Min: c.low, Max: c.high}, c.v); got != c.want {
			t.Errorf("%v of %v to %v: %v, want %v", c.v, c.low, c.high, got, c.want)
		}
	}
	for want, e := range map[string]language.Expect{
		"": {}, " after 2ms": {After: config.Duration(2000)}, " within 1s": {Within: config.Duration(time.Second.Microseconds())},
		" after 1us within 3us": {After: 1, Within: 3},
	} {
		if got := window(&e); got != want {
			t.Errorf("window %q, want %q", got, want)
		}
	}
}

// TestFlatten: settings by their paths. Numbers have the form that documents use, from
// YAML and from JSON.
func TestFlatten(t *testing.T) {
	for value, want := range map[any]string{
		1.0: "1", 0.5: "0.5", -3.0: "-3", 1e14: "100000000000000", 1e15: "1e+15", -1e15: "-1e+15", 1e-7: "1e-07", 0.0: "0",
		json.Number("18446744073709551615"): "18446744073709551615", json.Number("1e3"): "1000", json.Number("-2.50"): "-2.5",
		json.Number("-7"): "-7", json.Number("1e400"): "1e400", 7: "7", true: "true", "text": "text", nil: "<nil>", math.Inf(1): "+Inf",
	} {
		if got := Flatten(map[string]any{"a": value})["a"]; got != want {
			t.Errorf("%v (%T): %q, want %q", value, value, got, want)
		}
	}
	tree := map[string]any{"a": map[string]any{"b": 1, "c": []any{2, map[string]any{"d": "x"}}}, "e": []any{}, "f": map[string]any{}}
	if got := Flatten(tree); !reflect.DeepEqual(got, Settings{"a.b": "1", "a.c[0]": "2", "a.c[1].d": "x"}) {
		t.Errorf("%v", got)
	}
	a, b := Settings{"same": "1", "other": "1", "gone": "1", "empty": ""}, Settings{"same": "1", "other": "2", "new": "3", "none": ""}
	want := []SettingDifference{{"empty", "", ""}, {"gone", "1", ""}, {"new", "", "3"}, {"none", "", ""}, {"other", "1", "2"}}
	if got := a.Differences(b); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := a.Differences(a); got == nil || len(got) != 0 {
		t.Errorf("%#v", got)
	}
}

// told returns comparisons as text, one per line.
func (c comparisons) told() string {
	var b strings.Builder
	for _, o := range c {
		fmt.Fprintf(&b, "%s with %s: %v of %s: %s\n", o.What, o.With, o.Outcome, o.Of, o.Why)
	}
	return b.String()
}

// TestPicturesCompared: pictures are equal, or different, or drawn by another program.
func TestPicturesCompared(t *testing.T) {
	of := func(status record.Status, revision string, files ...string) *record.Manifest {
		m := &record.Manifest{Status: status, Versions: record.Versions{Revision: revision}, Files: map[string]record.FileInfo{}}
		for i := 0; i < len(files); i += 2 {
			m.Files[files[i]] = record.FileInfo{SHA256: files[i+1]}
		}
		return m
	}
	const done = record.StatusDone
	for name, c := range map[string]struct {
		is, again *record.Manifest
		want      string
	}{
		"none":             {of(done, "a", "spikes.parquet", "1"), of(done, "a"), ""},
		"tables of them":   {of(done, "a", "plots/x.csv", "1"), of(done, "a", "plots/x.csv", "2"), ""},
		"the same":         {of(done, "a", "plots/x.png", "1", "plots/y.svg", "2"), of(done, "a", "plots/x.png", "1", "plots/y.svg", "2"), "pictures with the replay: same of 2 files: \n"},
		"another":          {of(done, "a", "plots/x.png", "1", "plots/y.svg", "2", "plots/z.svg", "3"), of(done, "a", "plots/x.png", "1", "plots/y.svg", "9"), "pictures with the replay: differs of 3 files: plots/y.svg is another\n"},
		"not drawn":        {of(done, "a", "plots/x.png", "1"), of(done, "a"), "pictures with the replay: differs of 1 files: plots/x.png is another\n"},
		"another program":  {of(done, "a", "plots/x.png", "1"), of(done, "b", "plots/x.png", "2"), "pictures with : not compared of : the run did not come to its end, or was drawn by another program\n"},
		"not at its end":   {of(record.StatusFailed, "a", "plots/x.png", "1"), of(done, "a", "plots/x.png", "2"), "pictures with : not compared of : the run did not come to its end, or was drawn by another program\n"},
		"same, of another": {of(done, "a", "plots/x.png", "1"), of(done, "b", "plots/x.png", "1"), "pictures with the replay: same of 1 files: \n"},
	} {
		var all comparisons
		all.pictures(c.is, c.again)
		if got := all.told(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSameProgram(t *testing.T) {
	whole := record.Manifest{Versions: record.Versions{Infomorph: "1", Revision: "r", Go: "g"}, Host: record.Host{Arch: "amd64", OS: "linux", Name: "h", CPUs: 2}}
	for name, c := range map[string]struct {
		change func(*record.Manifest)
		want   bool
	}{
		"nothing": {func(*record.Manifest) {}, true}, "host": {func(m *record.Manifest) { m.Host.Name = "x" }, true}, "system": {func(m *record.Manifest) { m.Host.OS = "x" }, true},
		"cores": {func(m *record.Manifest) { m.Host.CPUs = 9 }, true}, "arch": {func(m *record.Manifest) { m.Host.Arch = "arm64" }, false},
		"version": {func(m *record.Manifest) { m.Versions.Infomorph = "2" }, false}, "revision": {func(m *record.Manifest) { m.Versions.Revision = "x" }, false},
		"changes": {func(m *record.Manifest) { m.Versions.Modified = true }, false}, "Go": {func(m *record.Manifest) { m.Versions.Go = "x" }, false},
	} {
		other := whole
		c.change(&other)
		if sameProgram(&whole, &other) != c.want || sameProgram(&other, &whole) != c.want {
			t.Errorf("%s: the same program is %v", name, !c.want)
		}
	}
}

// TestTablesCompared: missing tables, different tables, and counts.
func TestTablesCompared(t *testing.T) {
	m := &record.Manifest{Tables: []record.TableInfo{{File: "a.parquet", Rows: 3}}, Files: map[string]record.FileInfo{"b.csv": {}, "plots/c.png": {}}}
	if got := tablesOf(m); !reflect.DeepEqual(got, map[string]record.TableInfo{"a.parquet": {File: "a.parquet", Rows: 3}, "b.csv": {File: "b.csv"}}) {
		t.Errorf("tables %v", got)
	}
	a, b := map[string]int64{"x": 1, "y": 2}, map[string]int64{"y": 3, "z": 4}
	if got := union(a, b); len(got) != 3 || len(a) != 2 || a["y"] != 2 {
		t.Errorf("%v of %v", got, a)
	}
	for _, c := range []struct {
		is, again map[string]int64
		want      string
	}{
		{a, a, "counts with manifest.json: same of : \n"}, {a, b, "counts with manifest.json: differs of : it counts 1 x, the replay 0\n"},
		{b, a, "counts with manifest.json: differs of : it counts 0 x, the replay 1\n"}, {nil, nil, "counts with manifest.json: same of : \n"},
		{map[string]int64{"x": 0}, nil, "counts with manifest.json: same of : \n"},
	} {
		var all comparisons
		if all.counts(c.is, c.again); all.told() != c.want {
			t.Errorf("%v, %v: %q, want %q", c.is, c.again, all.told(), c.want)
		}
	}
	var all comparisons
	all.missing("a", true, true)
	all.missing("b", false, true)
	all.missing("c", true, false)
	all.missing("d", false, false)
	if want := "table a with the replay: differs of : the run makes no such table\ntable b with the replay: differs of : the run makes it; manifest.json does not list it\n" +
		"table c with : not compared of : the run did not come to its end\ntable d with : not compared of : the run did not come to its end\n"; all.told() != want {
		t.Errorf("%s", all.told())
	}
	if Differ(all[2:]) || !Differ(all) || Differ(nil) {
		t.Error("differences are told where there are none, or are not told")
	}
}

func TestDifferencesOfText(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name+".csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		a, b  string
		whole bool
		want  string
	}{
		{"a\n1\n", "a\n1\n", true, ""}, {"", "", true, ""},
		{"a\n1\n", "a\n2\n", true, `line 2: it has "1", the replay "2"`},
		{"a\n1\n", "b\n1\n", true, `line 1: it has "a", the replay "b"`},
		{"a\n1\n", "a\n1\n2\n", true, `line 3: it has "", the replay "2"`},
		{"a\n1", "a\n1\n2", true, "it has 2 lines, the replay 3"}, {"a\n1\n2", "a\n1", true, "it has 3 lines, the replay 2"},
		{"a\n1\n", "a\n1\n2\n", false, ""}, {"a\n1\n2\n", "a\n1\n", false, ""}, {"a\n1\n2\n", "a\n3\n", false, `line 2: it has "1", the replay "3"`},
	} {
		if got, err := differenceOf(file("a", c.a), file("b", c.b), c.whole); err != nil || got != c.want {
			t.Errorf("%q and %q, whole %v: %q, %v, want %q", c.a, c.b, c.whole, got, err, c.want)
		}
	}
	here, gone := file("a", "x"), filepath.Join(dir, "gone.csv")
	for _, pair := range [][2]string{{here, gone}, {gone, here}, {dir + "/x.parquet", dir + "/y.parquet"}} {
		if _, err := differenceOf(pair[0], pair[1], true); !os.IsNotExist(err) && !strings.Contains(fmt.Sprint(err), "no such file") {
			t.Errorf("%v: %v", pair, err)
		}
	}
}

// TestColumnsOfTables: the kind of a column, and its cells converted to that kind.
func TestColumnsOfTables(t *testing.T) {
	column := func(cells ...any) (rows [][]any) {
		for _, v := range cells {
			rows = append(rows, []any{"first", v})
		}
		return rows
	}
	for name, c := range map[string]struct {
		rows [][]any
		kind record.Kind
		want string
	}{
		"text":                   {column("a", "b"), record.Text, "a b"},
		"text, some empty":       {column(nil, "b", nil), record.Text, " b "},
		"nothing":                {column(nil, nil), record.Text, " "},
		"no rows":                {nil, record.Text, ""},
		"whole":                  {column(1, -2), record.Int64, "1 -2"},
		"whole, the first empty": {column(nil, 2), record.Float64, "NaN 2"},
		"whole, the last empty":  {column(1, 2, nil), record.Float64, "1 2 NaN"},
		"large":                  {column(uint64(math.MaxUint64)), record.Uint64, "18446744073709551615"},
		"numbers":                {column(0.5, 2.0), record.Float64, "0.5 2"},
		"numbers, some empty":    {column(nil, 0.5), record.Float64, "NaN 0.5"},
		"numbers, one whole":     {column(0.5, 3), record.Float64, "0.5 3"},
	} {
		kind := kindOf(c.rows, 1)
		var words []string
		for _, row := range c.rows {
			cells := widen(row, []record.Column{{Kind: record.Text}, {Kind: kind}})
			words = append(words, fmt.Sprint(cells[1]))
			_, whole := cells[1].(int64)
			if _, number := cells[1].(float64); kind == record.Float64 && !number || kind == record.Int64 && !whole || cells[0] != "first" {
				t.Errorf("%s: %T %v in a column of %v", name, cells[1], cells[1], kind)
			}
		}
		if got := strings.Join(words, " "); kind != c.kind || got != c.want {
			t.Errorf("%s: %v %q, want %v %q", name, kind, got, c.kind, c.want)
		}
	}
}
