package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestRun tests the mutants of a package with known results.
func TestRun(t *testing.T) {
	tried(t, `package a

import "errors"

func Clip(x, lo, hi float64) float64 {
	if x < lo {
		return lo
	}
	if x > hi {
		return hi
	}
	return x
}

func Sum(xs []int) (n int, err error) {
	for _, x := range xs {
		if x < 0 {
			return 0, errors.New("negative")
		}
		n += x * 2
	}
	return n, check(n)
}

func check(n int) error { return nil }

func Never() { println("x") }
`, `package a

import "testing"

func TestClip(t *testing.T) {
	if Clip(1, 2, 4) != 2 || Clip(3, 2, 4) != 3 || Clip(5, 2, 4) != 4 {
		t.Fail()
	}
}

func TestSum(t *testing.T) {
	if n, err := Sum([]int{1, 2}); n != 6 || err != nil {
		t.Fail()
	}
}
`, map[string]Fate{
		"6 never: x < lo": Killed, "6 always: x < lo": Killed, "6 <= for <: x < lo": Survived, // equal bounds: no other value
		"9 never: x > hi": Killed, "9 always: x > hi": Killed, "9 >= for >: x > hi": Survived,
		"17 always: x < 0": Killed, "17 never: x < 0": Survived, "17 <= for <: x < 0": Survived, "17 one more: 0": Survived,
		"18 one more: 0": Unreached, `18 no error: errors.New("negative")`: Unreached,
		"20 left out: n += x * 2": Killed, "20 / for *: x * 2": Killed, "20 one more: 2": Killed,
		"22 no error: check(n)": Survived, "22 not called: check(n)": Survived,
		`27 left out: println("x")`: Unreached,
	}, " 44.4 % killed by its own tests")
}

// TestRunOnWhatIsFeared: mutants of locks, deferred calls, and errors in all
// forms.
func TestRunOnWhatIsFeared(t *testing.T) {
	tried(t, `package a

import (
	"errors"
	"sync"
)

type File struct {
	mu          sync.Mutex
	held        bool
	synced, end int
	fault       error
}

func (f *File) Lock()   { f.held = true }
func (f *File) Unlock() { f.held = false }

func (f *File) Sync() error { f.synced++; return f.fault }

func (f *File) Size() (int, error) { return 1, f.fault }

func (f *File) Close() (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Lock()
	if f.held {
		f.end++
	}
	f.Unlock()
	defer f.done()
	err = f.Sync()
	if err == nil {
		_, err = f.Size()
	}
	return errors.Join(err, f.Sync())
}

func (f *File) done() { f.end++ }

func (f *File) Two() error {
	_, err := f.Size()
	if err != nil {
		return err
	}
	go f.done()
	return nil
}
`, `package a

import (
	"errors"
	"testing"
)

func TestClose(t *testing.T) {
	f := &File{}
	if f.Close() != nil || f.synced != 2 || f.end != 2 {
		t.Fail()
	}
	f.fault = errors.New("fault")
	if f.Close() == nil || f.synced != 4 {
		t.Fail()
	}
}

func TestTwo(t *testing.T) {
	if new(File).Two() != nil {
		t.Fail()
	}
}
`, map[string]Fate{
		"15 left out: f.held = true": Killed, "16 left out: f.held = false": Survived,
		"18 left out: f.synced++": Killed, "18 no error: f.fault": Survived, // Size tells too
		"20 one more: 1": Survived, "20 no error: f.fault": Survived,
		"23 not locked: f.mu": Survived, // nobody else calls
		"25 not locked: f":    Killed,
		"26 never: f.held":    Killed, "26 always: f.held": Survived, "27 left out: f.end++": Killed,
		"30 left out: defer f.done()": Killed,
		"31 left out: err = f.Sync()": Killed, "31 not called: f.Sync()": Killed,
		"31 no error: err of f.Sync()": Survived, // the second sync tells
		"32 never: err == nil":         Survived, "32 always: err == nil": Survived,
		"33 left out: _, err = f.Size()": Survived, "33 no error: err of f.Size()": Survived,
		"35 no error: errors.Join(err, f.Sync())": Killed, "35 no error: err": Survived,
		"35 not called: f.Sync()": Killed, "35 no error: f.Sync()": Survived,
		"38 left out: f.end++": Killed,
		"42 never: err != nil": Survived, "42 always: err != nil": Survived,
		"43 no error: err": Unreached, "45 left out: go f.done()": Survived,
	}, "")
}

// tried tests the mutants of a package with the given code and tests, and
// compares the fate of each.
func tried(t *testing.T, code, tests string, want map[string]Fate, rate string) {
	t.Helper()
	run, err := Run(Options{Root: module(t, map[string]string{"a/a.go": code, "a/a_test.go": tests}), Packages: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	results, all := run.Results, run.Mutants
	got := map[string]Fate{}
	for _, r := range results {
		got[fmt.Sprintf("%d %s", r.Line, r.What)] = r.Fate
	}
	for what, fate := range want {
		if f, ok := got[what]; !ok || f != fate {
			t.Errorf("%s: got %v, %v; want %v", what, names[f], ok, names[fate])
		}
	}
	if len(got) != len(want) || all["a"] != len(want) {
		t.Errorf("%d mutants of %v: %v", len(got), all, got)
	}
	if rates := Rates(run); !strings.Contains(rates, rate) {
		t.Error(rates)
	}
}

// module makes a module of files and returns its folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files["go.mod"] = "module example\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestMutate: the program as make calls it, on two packages of a module, one by a
// pattern.
func TestMutate(t *testing.T) {
	root := module(t, map[string]string{
		"a/a.go": "package a\n\nfunc One() int { return 1 }\n", "a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestOne(t *testing.T) {\n\tif One() != 1 {\n\t\tt.Fail()\n\t}\n}\n",
		"b/c/c.go": "package c\n\nfunc Two() int { return 2 }\n", "b/only_test.go": "package b\n",
	})
	var out strings.Builder
	if err := mutate(&out, root, []string{"-every", "-sample", "5", "-seed", "7", "-what", "", "a", "b/..."}); err != nil {
		t.Fatal(err)
	}
	if want := `killed a/a.go:3 One: one more: 1 a TestOne
a                        100.0 % killed by its own tests, 100.0 % with those beside it: 1 of 1 mutants tried, 1 killed, 0 beside, 0 survive, 0 not reached, 0 equivalent left out
drawn with seed 7, 5 of each package
not reached b/c/c.go:3 Two: one more: 2 ` + `
b/c                        0.0 % killed by its own tests,   0.0 % with those beside it: 1 of 1 mutants tried, 0 killed, 0 beside, 0 survive, 1 not reached, 0 equivalent left out
drawn with seed 7, 5 of each package
`; out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	for _, args := range [][]string{{"nosuch"}, {"-at", "a.go", "a"}, {"-at", "a.go:x", "a"}, {"-what", "(", "a"}, {"-nosuch"}} {
		if mutate(io.Discard, root, args) == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

// TestLines: lines are given by file and number.
func TestLines(t *testing.T) {
	got, err := lines("pid/window.go:254,pid/sx.go:3,pid/window.go:9")
	if want := (map[string][]int{"pid/window.go": {254, 9}, "pid/sx.go": {3}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Error(got, err)
	}
}

// TestWanted: mutants are chosen by place and by what is different.
func TestWanted(t *testing.T) {
	p := &Point{File: "a/a.go", Line: 3, What: "not called: f.Sync()"}
	sync, lock := regexp.MustCompile("Sync|Flock"), regexp.MustCompile("Lock")
	here, there := map[string][]int{"a/a.go": {2, 3}}, map[string][]int{"a/a.go": {2}, "b/a.go": {3}}
	for _, tc := range []struct {
		o    Options
		want bool
	}{
		{Options{}, true}, {Options{What: sync}, true}, {Options{What: lock}, false},
		{Options{At: here}, true}, {Options{At: there}, false},
		{Options{At: here, What: sync}, true}, {Options{At: here, What: lock}, false}, {Options{At: there, What: sync}, false},
	} {
		if tc.o.wants(p) != tc.want {
			t.Errorf("%v, %v: want %v", tc.o.At, tc.o.What, tc.want)
		}
	}
}

// TestWrittenFilesAreLost: what tests and mutants write into the folder of their
// package is not in the module afterwards.
func TestWrittenFilesAreLost(t *testing.T) {
	root := module(t, map[string]string{
		"a/a.go":           "package a\n\nfunc Name() string { return \"given\" + \".txt\" }\n",
		"a/given.txt":      "here",
		"a/.git/not.there": "",
		"a/a_test.go": `package a

import (
	"os"
	"testing"
)

func TestName(t *testing.T) {
	if data, err := os.ReadFile(Name()); err != nil || string(data) != "here" {
		t.Error(err)
	}
	if _, err := os.Stat(".git"); err == nil {
		t.Error("the history is copied")
	}
	if err := os.WriteFile("left.txt", nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
`,
	})
	run, err := Run(Options{Root: root, Packages: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Failing) > 0 {
		t.Error(run.Failing)
	}
	if _, err := os.Stat(filepath.Join(root, "a", "left.txt")); !os.IsNotExist(err) {
		t.Error("a test left a file in the module:", err)
	}
}
