package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
)

const smallScenario = `apiVersion: infomorph/v1
name: small
network: {neurons: 9}
associative_memory:
  patterns: {source: text, path: here.txt, width: 3, height: 3}
  presentations: 5
record: {spikes: false}
`

// small writes a scenario that runs quickly, with a file that it needs, and returns its
// name.
func small(t *testing.T, more string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"small.yaml": smallScenario + more, "here.txt": "#.#\n.#.\n#.#\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "small.yaml")
}

// planned returns a sweep with its folder.
func planned(t *testing.T, r Request) *Sweep {
	t.Helper()
	if r.Dir == "" {
		r.Dir = filepath.Join(t.TempDir(), "sweep")
	}
	s, err := New(r)
	if err == nil {
		err = s.Create()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// table writes the tables of a sweep and returns one of them.
func table(t *testing.T, s *Sweep) string {
	t.Helper()
	if err := s.WriteTables(s.Results()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(s.Dir, "table.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestStoppedSweepsGoOn: a sweep that is stopped after each run, opened again and
// continued with another number of workers has the same table.
func TestStoppedSweepsGoOn(t *testing.T) {
	r := Request{Scenario: small(t, ""), Over: []string{"neuron.window=16,32"}, Seeds: 2}
	whole := planned(t, r)
	told := 0
	if err := whole.Run(context.Background(), Options{Workers: 1, Progress: func(done, total int) {
		if told++; done != told || total != 4 {
			t.Errorf("progress %d of %d, the %dth time", done, total, told)
		}
	}}); err != nil || told != 4 {
		t.Fatalf("%v, progress was told %d times", err, told)
	}
	s := planned(t, r)
	if err := os.MkdirAll(s.RunDir(&s.Plan.Runs[1]), 0o777); err != nil { // killed just after the folder was made
		t.Fatal(err)
	}
	for stops := 0; ; stops++ {
		ctx, cancel := context.WithCancel(context.Background())
		err := s.Run(ctx, Options{Workers: 2, Progress: func(int, int) { cancel() }})
		cancel()
		if all, done, failed := s.Count(Part{}); all != 4 || failed != 0 || err == nil != (done == 4) {
			t.Fatalf("%d of %d done, %d failed: %v", done, all, failed, err)
		}
		if err == nil {
			if stops == 0 {
				t.Error("never stopped")
			}
			break
		}
		if !errors.Is(err, run.ErrInterrupted) || stops > 4 {
			t.Fatal(stops, err)
		}
		if s, err = Open(s.Dir); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := table(t, s), table(t, whole); a != b {
		t.Errorf("another table:\n%s\nwant\n%s", a, b)
	}
	if err := s.Plot(s.Results(), []string{"recall.mean_overlap"}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, "plots", "recall.mean_overlap.png")); err != nil {
		t.Error(err)
	}
}

// TestFailedRuns: a failure stops a sweep unless KeepGoing is set. It is stored, and can
// be repeated.
func TestFailedRuns(t *testing.T) {
	name := small(t, "")
	s := planned(t, Request{Scenario: name, Over: []string{"associative_memory.patterns.path=here.txt,gone.txt,./here.txt"}})
	outcomes := func() string {
		var all []string
		for _, o := range s.Results().Outcomes {
			all = append(all, string(o.Status))
		}
		return strings.Join(all, " ")
	}
	var failed *FailedRuns
	err := s.Run(context.Background(), Options{Workers: 1})
	if !errors.As(err, &failed) || failed.Failed != 1 || failed.Total != 3 || !strings.Contains(err.Error(), "run 2: ") || fault.Kind(err) != fault.ErrFailed {
		t.Fatal(err)
	}
	if got := outcomes(); got != "done failed pending" {
		t.Error(got)
	}
	if err := s.Run(context.Background(), Options{Workers: 1, KeepGoing: true, KeepFailed: true}); !errors.As(err, &failed) || failed.Failed != 1 {
		t.Error(err)
	}
	if got := outcomes(); got != "done failed done" {
		t.Error(got)
	}
	if reason := s.Results().Outcomes[1].Reason; !strings.Contains(reason, "gone.txt") || strings.Contains(reason, "\n") {
		t.Errorf("%q", reason)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "gone.txt"), []byte("###\n...\n###\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(context.Background(), Options{}); err != nil || outcomes() != "done done done" {
		t.Error(err, outcomes())
	}
}

// TestMerge: merging parts that ran separately gives the whole sweep.
func TestMerge(t *testing.T) {
	r := Request{Scenario: small(t, ""), Over: []string{"neuron.window=16,32,64"}}
	whole := planned(t, r)
	if err := whole.Run(context.Background(), Options{}); err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for i := 1; i <= 2; i++ {
		part := planned(t, r)
		p := Part{i, 2}
		if err := part.Run(context.Background(), Options{Part: p}); err != nil {
			t.Fatal(err)
		}
		if all, done, _ := part.Count(p); all != done || all != 3-i {
			t.Errorf("part %v: %d of %d", p, done, all)
		}
		dirs = append(dirs, part.Dir)
	}
	joined, err := Merge(filepath.Join(t.TempDir(), "joined"), dirs...)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := table(t, joined), table(t, whole); a != b {
		t.Errorf("joined:\n%s\nwant\n%s", a, b)
	}
	other := planned(t, Request{Scenario: r.Scenario, Over: []string{"neuron.window=16,32"}})
	for _, c := range []struct {
		out  string
		dirs []string
		want string
	}{
		{"", dirs, "out: name a folder"},
		{filepath.Join(t.TempDir(), "j"), dirs[:1], "1 of 3 runs are done in no part: 2;"},
		{filepath.Join(t.TempDir(), "j"), []string{dirs[0], other.Dir}, "is a part of another sweep"},
		{"", []string{t.TempDir()}, "is not the folder of a sweep"},
	} {
		if _, err := Merge(c.out, c.dirs...); fault.Kind(err) != fault.ErrInput || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v; want %q", c.dirs, err, c.want)
		}
	}
}

func TestParsePart(t *testing.T) {
	for _, text := range []string{"1/1", "3/8", "100000/100000"} {
		if p, err := ParsePart(text); err != nil || p.String() != text {
			t.Errorf("%s: %v, %v", text, p, err)
		}
	}
	for _, text := range []string{"0/3", "4/3", "1/0", "a", "1/2/3", "01/2", "-1/2", "1/100001", " 1/2"} {
		if p, err := ParsePart(text); err == nil {
			t.Errorf("%q: %v", text, p)
		}
	}
	whole, err := ParsePart("")
	if err != nil || whole != (Part{}) || whole.String() != "" {
		t.Error(whole, err)
	}
	counts := [4]int{}
	for i := 1; i <= 10; i++ {
		for k := range counts {
			if (Part{k, 3}).Has(&design.Run{Index: i}) && k > 0 {
				counts[k]++
			}
		}
		if !whole.Has(&design.Run{Index: i}) {
			t.Error("the whole lacks", i)
		}
	}
	if counts != [4]int{0, 4, 3, 3} {
		t.Error(counts)
	}
}

// TestNewRefuses: faults in any point are found before anything is written.
func TestNewRefuses(t *testing.T) {
	name := small(t, "")
	for _, c := range []struct {
		r    Request
		want string
	}{
		{Request{Scenario: name}, "nothing to sweep"},
		{Request{Scenario: name, Over: []string{"neuron.windw=16,32"}}, `did you mean "window"?`},
		{Request{Scenario: name, Over: []string{"neuron.window=16,0"}}, "got 0, expected a whole number from 1"},
		{Request{Scenario: name, Over: []string{"neuron.window"}}, "--over"},
		{Request{Scenario: "no-such"}, "neither a file nor a built-in scenario"},
		{Request{Scenario: name, Seeds: 2, Sample: "dice:3"}, "dice"},
		{Request{Scenario: name, Sets: []string{"neuron.window=8"}, Over: []string{"neuron.window=16,32"}}, "--set neuron.window=8: has no effect, because neuron.window is swept; leave one of them out"},
		{Request{Scenario: name, Sets: []string{"neuron.goal.red=2"}, Over: []string{"neuron.goal={red: 1},{syn: 1}"}}, "because neuron.goal is swept"},
	} {
		c.r.Dir = filepath.Join(t.TempDir(), "s")
		if _, err := New(c.r); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %q", c.r, err, c.want)
		}
		if _, err := os.Stat(c.r.Dir); err == nil {
			t.Errorf("%+v left a folder", c.r)
		}
	}
}

// TestSettingsBesideAxes: a setting is not refused if an axis only changes a part of it,
// or if its path only begins with the same letters.
func TestSettingsBesideAxes(t *testing.T) {
	for path, axis := range map[string]string{"neuron.goal": "neuron.goal.red", "neuron.window": "neuron.win", "neuron.win": "neuron.window", "a[1]": "a[0]", "seed": "seed"} {
		if err := idle([]string{path + "=1"}, []design.Axis{{Path: axis}}); err != nil {
			t.Errorf("%s beside %s: %v", path, axis, err)
		}
	}
	if idle([]string{"a[0].b=1"}, []design.Axis{{Path: "x"}, {Path: "a[0]"}}) == nil || idle([]string{"b=1", "a[0]=1"}, []design.Axis{{Path: "a"}}) == nil {
		t.Error("a part of what is swept is set")
	}
}

// TestSectionOfScenario: the request takes precedence over the sweep section.
func TestSectionOfScenario(t *testing.T) {
	name := small(t, "sweep: {over: ['neuron.window=16,32,64'], seeds: 3}\n")
	for _, c := range []struct {
		r    Request
		runs int
	}{
		{Request{Scenario: name}, 9}, {Request{Scenario: name, Seeds: 2}, 6}, {Request{Scenario: name, Over: []string{"neuron.window=8"}}, 3},
	} {
		s, err := New(c.r)
		if err != nil || len(s.Plan.Runs) != c.runs {
			t.Fatalf("%+v: %v", c.r, err)
		}
		if want := filepath.Join("sweeps", "small"); filepath.Dir(s.Dir) != want {
			t.Error(s.Dir)
		}
	}
}

// TestFolderIsItsOwn: a folder with another sweep or with other files is not changed, and
// a plan that was edited is detected.
func TestFolderIsItsOwn(t *testing.T) {
	name := small(t, "")
	s := planned(t, Request{Scenario: name, Seeds: 2})
	again, err := New(Request{Scenario: name, Seeds: 2, Dir: s.Dir})
	if err != nil || again.CreateShared() != nil || !again.Same(s) {
		t.Error("the same sweep was refused:", err)
	}
	other, err := New(Request{Scenario: name, Seeds: 3, Dir: s.Dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Create(); err == nil || !strings.Contains(err.Error(), "another sweep is in") {
		t.Error(err)
	}
	mine := t.TempDir()
	if err := os.WriteFile(filepath.Join(mine, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other.Dir = mine
	if err := other.CreateShared(); err == nil || !strings.Contains(err.Error(), "the folder is not empty") {
		t.Error(err)
	}
	if err := MakeRoom(mine); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(mine, "notes.txt")); err != nil {
		t.Error("MakeRoom moved a folder that is no sweep:", err)
	}
	plan := filepath.Join(s.Dir, fileName)
	data, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	seed := fmt.Sprintf(`"seed": %d`, s.Plan.Runs[1].Seed)
	changed := strings.Replace(string(data), seed, `"seed": 4`, 1)
	if changed == string(data) {
		t.Fatalf("no %s in %s", seed, data)
	}
	if err := os.WriteFile(plan, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(s.Dir); !errors.Is(err, record.ErrDamaged) {
		t.Error("a seed that was changed by hand:", err)
	}
	if err := MakeRoom(s.Dir); err != nil {
		t.Error(err)
	}
	if _, err := Open(s.Dir); err == nil || !strings.Contains(err.Error(), "is not the folder of a sweep") {
		t.Error(err)
	}
}

// TestRenamedFolderKeepsFiles: a renamed folder keeps its files, including notes.
func TestRenamedFolderKeepsFiles(t *testing.T) {
	name := small(t, "")
	for n := 1; n <= 2; n++ {
		s := planned(t, Request{Scenario: name, Seeds: 2, Dir: filepath.Join(filepath.Dir(name), "made")})
		notes := filepath.Join(s.Dir, "notes.txt")
		if err := os.WriteFile(notes, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := MakeRoom(s.Dir); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(fmt.Sprintf("%s.old-%d/notes.txt", s.Dir, n)); err != nil {
			t.Error(err)
		}
	}
}

// TestErrorOfARun: the error of a run that could not begin has a checksum.
func TestErrorOfARun(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	r := &s.Plan.Runs[0]
	if err := s.fail(r, errors.New("it is\nbroken")); err != nil {
		t.Fatal(err)
	}
	name := s.RunDir(r) + ErrorSuffix
	if o := s.Outcome(r); o.Status != record.StatusFailed || o.Reason != "it is broken" {
		t.Errorf("%+v", o)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		damaged := append([]byte(nil), data...)
		damaged[i] ^= 1 << (i % 8)
		if err := os.WriteFile(name, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadError(name); !errors.Is(err, record.ErrDamaged) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
}
