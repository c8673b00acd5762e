package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Options say which mutants are tested, and by which tests.
type Options struct {
	Root     string              // the folder of the module
	Packages []string            // packages with mutants: paths within the module
	Beside   []string            // packages whose tests are run if the package's own tests detect nothing
	Args     map[string][]string // of the tests of packages
	Sample   int                 // number of mutants of each package, drawn at random (0: all)
	Seed     uint64              // for drawing the sample
	At       map[string][]int    // lines of files, by their path within the module; empty: all
	What     *regexp.Regexp      // pattern for Point.What; nil: all
	Alike    map[string]string   // names of mutants that behave like the original: they are left out of the draw
	Only     bool                // draw only from Alike
	Tell     func(Result)        // called for each mutant
}

// Fate is the result of testing a mutant.
type Fate int

// Fates.
const (
	Unreached Fate = iota // no test reaches it
	Survived              // tests reach it, and pass
	Beside                // tests of another package fail
	Killed                // a test of its own package fails
)

// Result is a mutant and its fate.
type Result struct {
	Point
	Fate Fate
	Test string // that failed
}

// workshop compiles and tests mutants.
type workshop struct {
	o       Options
	dir     string
	sources []*source
	points  []Point
	suites  []*suite
	origin  map[string]string // by file of the overlay: the file that it replaces
}

// suite is the tests of one package.
type suite struct {
	pkg, dir, binary string
	work             string   // the package's folder in a copy of the module, where its tests run: what mutants write is lost
	tests            []test   // the fastest first
	args             []string // of every run
}

type test struct {
	name  string
	took  time.Duration
	seen  map[int]bool
	fails bool // without an active mutant
}

// Report has the results for all mutants.
type Report struct {
	Results []Result
	Mutants map[string]int // how many there are in each package, without those of Alike
	Alike   map[string]int // how many of each package are in Alike
	Failing []string       // tests that fail without a mutant; they are not used
}

// Run tests mutants.
func Run(o Options) (*Report, error) {
	var err error
	w := &workshop{o: o}
	if w.dir, err = os.MkdirTemp("", "mutate"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(w.dir)
	module := filepath.Join(w.dir, "module")
	if err := copied(module, o.Root); err != nil {
		return nil, err
	}
	for _, pkg := range o.Packages {
		s, err := load(pkg, filepath.Join(o.Root, pkg))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pkg, err)
		}
		w.sources = append(w.sources, s)
	}
	for _, pkg := range append(slices.Clone(o.Packages), o.Beside...) {
		if slices.ContainsFunc(w.suites, func(s *suite) bool { return s.pkg == pkg }) {
			continue
		}
		w.suites = append(w.suites, &suite{
			pkg: pkg, dir: filepath.Join(o.Root, pkg), work: filepath.Join(module, pkg),
			binary: filepath.Join(w.dir, strings.ReplaceAll(pkg, "/", "-")+".test"),
		})
	}
	if err := w.compile(); err != nil {
		return nil, err
	}
	for _, s := range w.suites {
		if err := w.survey(s); err != nil {
			return nil, fmt.Errorf("%s: %w", s.pkg, err)
		}
	}
	r := &Report{Mutants: map[string]int{}, Alike: map[string]int{}, Failing: w.failing()}
	for i := range w.points {
		if p := &w.points[i]; o.alike(p) {
			r.Alike[p.Package]++
		} else {
			r.Mutants[p.Package]++
		}
	}
	for _, p := range w.chosen() {
		got := w.try(p)
		if r.Results = append(r.Results, got); o.Tell != nil {
			o.Tell(got)
		}
	}
	return r, nil
}

// copied copies the files of a module, without version control.
func copied(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		name = filepath.Join(to, name)
		switch {
		case d.Name() == ".git":
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(name, 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(name, data, info.Mode().Perm())
	})
}

// maxRounds is how many times compile removes mutants that do not compile.
const maxRounds = 12

// compile builds the tests with all mutants. Lines whose mutants do not compile
// stay without mutants.
func (w *workshop) compile() error {
	for range maxRounds {
		overlay, err := w.overlay()
		if err != nil {
			return err
		}
		again := false
		for _, s := range w.suites {
			cmd := exec.Command("go", "test", "-c", "-gcflags=-e", "-vet=off", "-overlay", overlay, "-o", s.binary, ".")
			cmd.Dir = s.dir
			out, err := cmd.CombinedOutput()
			if err == nil {
				continue
			}
			if !w.drop(out, s.dir) {
				return fmt.Errorf("%s: %w\n%s", s.pkg, err, out)
			}
			again = true
			break
		}
		if !again {
			return nil
		}
	}
	return errors.New("mutants do not compile")
}

func (w *workshop) overlay() (string, error) {
	w.points, w.origin = nil, map[string]string{}
	replace := map[string]string{}
	for i, s := range w.sources {
		for path, text := range s.mutated(&w.points) {
			path, err := filepath.Abs(path)
			if err != nil {
				return "", err
			}
			replace[path] = filepath.Join(w.dir, fmt.Sprint(i)+filepath.Base(path))
			w.origin[replace[path]] = path
			if err := os.WriteFile(replace[path], text, 0o600); err != nil {
				return "", err
			}
		}
	}
	number(w.points)
	doc, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(w.dir, "overlay.json")
	return name, os.WriteFile(name, doc, 0o600)
}

var refused = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):\d+: `)

// drop removes the mutants of lines with compiler errors, and reports whether
// there are any.
func (w *workshop) drop(complaints []byte, dir string) (some bool) {
	for _, m := range refused.FindAllSubmatch(complaints, -1) {
		path := string(m[1])
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		line, _ := strconv.Atoi(string(m[2]))
		if from, ok := w.origin[path]; ok { // the compiler uses the name in the overlay if another package is tested
			path = from
		}
		for _, s := range w.sources {
			if lines := s.dropped[filepath.Base(path)]; lines != nil && sameFolder(filepath.Dir(path), s.dir) && !lines[line] {
				lines[line], some = true, true
			}
		}
	}
	return some
}

func sameFolder(a, b string) bool {
	x, err1 := filepath.Abs(a)
	y, err2 := filepath.Abs(b)
	return err1 == nil && err2 == nil && x == y
}

// survey runs each test by itself, without a mutant, to find how long it takes
// and which mutants it reaches.
func (w *workshop) survey(s *suite) error {
	if _, err := os.Stat(s.binary); errors.Is(err, fs.ErrNotExist) {
		return nil // it has no tests
	}
	out, err := s.list("-rapid.nofailfile") // failures of mutants are no examples to keep
	if err == nil {
		s.args = []string{"-rapid.nofailfile"}
	} else if out, err = s.list(); err != nil {
		return err
	}
	for _, name := range strings.Fields(string(out)) {
		if !strings.HasPrefix(name, "Test") && !strings.HasPrefix(name, "Example") && !strings.HasPrefix(name, "Fuzz") {
			continue
		}
		seen := filepath.Join(w.dir, "seen")
		if err := os.RemoveAll(seen); err != nil {
			return err
		}
		began := time.Now()
		passed := w.run(s, []string{name}, 10*time.Minute, "MUTATE_SEEN="+seen)
		t := test{name: name, took: time.Since(began), seen: map[int]bool{}, fails: !passed}
		text, _ := os.ReadFile(seen)
		for _, id := range strings.Fields(string(text)) {
			n, _ := strconv.Atoi(id)
			t.seen[n] = true
		}
		s.tests = append(s.tests, t)
	}
	slices.SortFunc(s.tests, func(a, b test) int { return int(a.took - b.took) })
	return nil
}

// list returns the names of all tests, one per line, or an error if the test
// binary does not know an argument.
func (s *suite) list(args ...string) ([]byte, error) {
	cmd := exec.Command(s.binary, append(args, "-test.list", ".")...)
	cmd.Dir = s.work
	return cmd.Output()
}

// maxMemory is the largest address space of a test [kB]: a mutant must not fill
// the memory of the machine.
const maxMemory = 12 << 20

// run runs tests of a suite and reports whether all pass.
func (w *workshop) run(s *suite, tests []string, limit time.Duration, env string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	args := append([]string{"-c", fmt.Sprintf(`ulimit -v %d; exec "$@"`, maxMemory), "sh", s.binary,
		"-test.short", "-test.failfast", "-test.run", "^(" + strings.Join(tests, "|") + ")$"}, slices.Concat(s.args, w.o.Args[s.pkg])...)
	cmd := exec.CommandContext(ctx, "sh", args...)
	cmd.Dir = s.work
	cmd.Env = append(os.Environ(), env)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd.Run() == nil
}

// chosen returns the mutants to test: a sample of each package.
func (w *workshop) chosen() (some []*Point) {
	rng := rand.New(rand.NewPCG(w.o.Seed, 0))
	for _, pkg := range w.o.Packages {
		var of []*Point
		for i := range w.points {
			p := &w.points[i]
			if p.Package == pkg && w.o.wants(p) {
				of = append(of, p)
			}
		}
		rng.Shuffle(len(of), func(i, k int) { of[i], of[k] = of[k], of[i] })
		if w.o.Sample > 0 && len(of) > w.o.Sample {
			of = of[:w.o.Sample]
		}
		slices.SortFunc(of, func(a, b *Point) int { return a.ID - b.ID })
		some = append(some, of...)
	}
	return some
}

func (o *Options) wants(p *Point) bool {
	return o.alike(p) == o.Only && (len(o.At) == 0 || slices.Contains(o.At[p.File], p.Line)) && (o.What == nil || o.What.MatchString(p.What))
}

// alike reports whether a mutant is listed as one that behaves like the original.
func (o *Options) alike(p *Point) bool {
	_, listed := o.Alike[p.name()]
	return listed
}

// together is the total time of tests that one process runs.
const together = 500 * time.Millisecond

// try activates a mutant and runs the tests that reach it, those of its own
// package first.
func (w *workshop) try(p *Point) Result {
	r := Result{Point: *p}
	suites := slices.Clone(w.suites)
	slices.SortStableFunc(suites, func(a, b *suite) int { return boolInt(a.pkg != p.Package) - boolInt(b.pkg != p.Package) })
	for _, s := range suites {
		var group []string
		var took time.Duration
		for i := range s.tests {
			t := &s.tests[i]
			if t.seen[p.ID] && !t.fails {
				group, took = append(group, t.name), took+t.took
			}
			if len(group) == 0 || took < together && i < len(s.tests)-1 {
				continue
			}
			r.Fate = max(r.Fate, Survived)
			if !w.run(s, group, 5*time.Second+5*took, "MUTATE_AWAKE="+strconv.Itoa(p.ID)) {
				r.Fate, r.Test = Beside, s.pkg+" "+strings.Join(group, " ")
				if s.pkg == p.Package {
					r.Fate = Killed
				}
				return r
			}
			group, took = nil, 0
		}
	}
	return r
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// failing returns the tests that fail without an active mutant and are not
// used; tests that count allocations may fail, because of the inserted code.
func (w *workshop) failing() (names []string) {
	for _, s := range w.suites {
		for i := range s.tests {
			if s.tests[i].fails {
				names = append(names, s.pkg+" "+s.tests[i].name)
			}
		}
	}
	return names
}

// Rates returns a table of how many mutants of each package were detected.
func Rates(r *Report) string {
	var out bytes.Buffer
	var packages []string
	counts := map[string]*[Killed + 1]int{}
	for i := range r.Results {
		p := r.Results[i].Package
		if counts[p] == nil {
			counts[p] = new([Killed + 1]int)
			packages = append(packages, p)
		}
		counts[p][r.Results[i].Fate]++
	}
	for _, p := range packages {
		c := counts[p]
		n := c[Unreached] + c[Survived] + c[Beside] + c[Killed]
		fmt.Fprintf(&out, "%-24s %5.1f %% killed by its own tests, %5.1f %% with those beside it: %d of %d mutants tried, %d killed, %d beside, %d survive, %d not reached, %d equivalent left out\n",
			p, 100*float64(c[Killed])/float64(n), 100*float64(c[Killed]+c[Beside])/float64(n), n, r.Mutants[p], c[Killed], c[Beside], c[Survived], c[Unreached], r.Alike[p])
	}
	return out.String()
}
