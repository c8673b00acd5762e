// Mutate does mutation testing: it makes thousands of small faults in a
// package, one at a time, and lists those that no test detects. Run it as make
// mutants does:
//
//	go run ./internal/mutate -sample 100 neuron pid
//
// A mutant is a condition that is always true or always false, a comparison
// that includes its boundary or leaves it out, a sum instead of a difference, a
// product instead of a quotient, a number that is one larger, a statement or a
// call that is left out, an error that is not returned. All mutants of a
// package are compiled into its test binary at once, and each has a number; an
// environment variable says which one is active. So a mutant needs no
// compilation of its own. First each test is run to see which mutants it
// reaches; then only tests that reach a mutant are run for it.
//
// Mutants that behave like the original cannot be killed. Those listed in
// equivalent.txt, each with the reason, are left out of the draw.
//
// Other tools (gremlins, go-mutesting) compile and run every test for every
// mutant, which would take days here.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := mutate(os.Stdout, ".", os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// mutate tests the mutants of the packages that args name, in the module in
// root. The words of args are handled one after another, the packages of one
// word ("internal/record,internal/disk") together: the tests of the other
// packages of a word are run for mutants that a package's own tests do not
// detect.
func mutate(w io.Writer, root string, args []string) error {
	o := Options{Root: root}
	var every bool
	var err error
	if o.Alike, err = readEquivalents(equivalentText); err != nil {
		return err
	}
	fs := flag.NewFlagSet("mutate", flag.ContinueOnError)
	fs.IntVar(&o.Sample, "sample", 0, "mutants of each package, drawn at random (0: all)")
	fs.Uint64Var(&o.Seed, "seed", 1, "of the random draw")
	fs.BoolVar(&every, "every", false, "list every mutant, not only those that survive")
	fs.BoolVar(&o.Only, "equivalent", false, "test only the mutants listed in equivalent.txt: none of them may be killed")
	fs.Func("beside", "`packages` whose tests are tried too, separated by commas", func(s string) error {
		o.Beside = strings.Split(s, ",")
		return nil
	})
	fs.Func("at", "only these `lines`: pid/window.go:254,pid/sx.go:3", func(s string) (err error) {
		o.At, err = lines(s)
		return err
	})
	fs.Func("what", "only mutants whose description matches this `regexp`: Sync|Lock|no error", func(s string) (err error) {
		if s != "" {
			o.What, err = regexp.Compile(s)
		}
		return err
	})
	fs.Func("with", "more arguments of the `tests` of a package: internal/checkpoint=-every-fault", func(s string) error {
		pkg, args, _ := strings.Cut(s, "=")
		o.Args = map[string][]string{pkg: strings.Fields(args)}
		return nil
	})
	if err := fs.Parse(args); err != nil {
		return err
	}
	o.Tell = func(r Result) {
		if every || r.Fate < Killed {
			fmt.Fprintln(w, names[r.Fate], &r.Point, r.Test)
		}
	}
	for _, word := range fs.Args() {
		if err := mutateWord(w, o, word); err != nil {
			return err
		}
	}
	return nil
}

// mutateWord tests the mutants of the packages of one word.
func mutateWord(w io.Writer, o Options, word string) (err error) {
	if o.Packages, err = expand(o.Root, word); err != nil {
		return err
	}
	r, err := Run(o)
	if err != nil {
		return err
	}
	for _, name := range r.Failing {
		fmt.Fprintln(w, "left out, as it fails with mutants compiled in:", name)
	}
	fmt.Fprint(w, Rates(r))
	if o.Sample > 0 {
		fmt.Fprintf(w, "drawn with seed %d, %d of each package\n", o.Seed, o.Sample)
	}
	return nil
}

// expand returns the packages of a list, by their paths within the module: all below a
// path that ends in "/...", without those that have no code.
func expand(root, list string) (all []string, err error) {
	cmd := exec.Command("go", "list", "-f", "{{if .GoFiles}}{{.Dir}}{{end}}")
	for _, path := range strings.Split(list, ",") {
		cmd.Args = append(cmd.Args, "./"+path)
	}
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	if root, err = filepath.Abs(root); err != nil {
		return nil, err
	}
	for _, dir := range strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' }) {
		path, err := filepath.Rel(root, dir)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, path) {
			all = append(all, filepath.ToSlash(path))
		}
	}
	return all, nil
}

// lines returns the lines of each file in "pid/window.go:254,pid/sx.go:3".
func lines(s string) (map[string][]int, error) {
	m := map[string][]int{}
	for _, place := range strings.Split(s, ",") {
		file, line, _ := strings.Cut(place, ":")
		n, err := strconv.Atoi(line)
		if err != nil {
			return nil, fmt.Errorf("%q is no line: expected FILE:NUMBER", place)
		}
		m[file] = append(m[file], n)
	}
	return m, nil
}

var names = map[Fate]string{Unreached: "not reached", Survived: "survives", Beside: "killed beside", Killed: "killed"}
