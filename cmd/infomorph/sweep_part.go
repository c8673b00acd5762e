package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/record"
	"infomorph/internal/sweep"
)

// share is the part i of n of a sweep: every n-th run. The zero share is the
// whole. Whoever schedules jobs, Slurm, Kubernetes or GNU parallel, runs the
// parts; nothing here needs to know.
type share struct{ i, n int }

// maxShares bounds how many parts a sweep is cut into.
const maxShares = 100_000

// parseShare reads "i/n".
func parseShare(text string) (s share, err error) {
	if text == "" {
		return share{}, nil
	}
	if _, err := fmt.Sscanf(text, "%d/%d", &s.i, &s.n); err != nil || fmt.Sprintf("%d/%d", s.i, s.n) != text || s.n < 1 || s.n > maxShares || s.i < 1 || s.i > s.n {
		return s, fmt.Errorf("--part: got %q, expected i/n with i from 1 to n, such as 3/8", text)
	}
	return s, nil
}

// has reports whether a run belongs to the share.
func (s share) has(r *sweep.Run) bool { return s.n == 0 || (r.Index-1)%s.n == s.i-1 }

// checkPart validates --part.
func (f *sweepFlags) checkPart() (err error) {
	if f.share, err = parseShare(f.part); err != nil || f.share.n == 0 {
		return err
	}
	if f.out == "" && f.resume == "" && !f.list {
		return errors.New("--part needs --out DIR: a folder of this part, or one that all parts share")
	}
	return nil
}

// createShared makes the folder of a sweep that several processes may make at
// once: whoever comes second waits until the first has written the plan.
func (s *sweepFolder) createShared() error {
	var err error
	for range 50 {
		if err = s.create(); err == nil || !s.begun() {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// begun reports whether another process is about to write the plan.
func (s *sweepFolder) begun() bool {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		known := e.Name() == "runs" || strings.Contains(e.Name(), "scenario.yaml") || strings.Contains(e.Name(), "sweep.json")
		if !known || e.Name() == "sweep.json" {
			return false
		}
	}
	return true
}

// reportPart says what became of a part; tables are made of all of them.
func (s *sweepFolder) reportPart(cmd *cobra.Command, f *sweepFlags, took time.Duration) error {
	done, failed, all := 0, 0, 0
	for i := range s.Plan.Runs {
		r := &s.Plan.Runs[i]
		if !f.share.has(r) {
			continue
		}
		all++
		switch s.outcome(r).Status {
		case record.StatusDone:
			done++
		case record.StatusFailed:
			failed++
		}
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s, part %s: %d of its %d runs done, %d failed, %.1f s\nwhen all parts are done: infomorph sweep merge %s … --out DIR\n",
		s.Scenario, f.part, done, all, failed, took.Seconds(), s.dir)
	return err
}

// mergeFlags are the flags of infomorph sweep merge.
type mergeFlags struct {
	sweepFlags
}

func newMergeCommand() *cobra.Command {
	var f mergeFlags
	cmd := &cobra.Command{
		Use:   "merge PART...",
		Short: "Join the parts of a sweep: the tables and plots are those of the undivided one",
		Long: "Join the folders of the parts of a sweep (infomorph sweep --part i/n) into one. The\n" +
			"tables and plots are the same bytes as those of a sweep that was never divided. Where\n" +
			"all parts shared one folder, name it alone and leave --out out.",
		Example: "  infomorph sweep merge parts/1 parts/2 parts/3 --out joined\n" +
			"  infomorph sweep merge shared",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.merge(cmd, args) },
	}
	fs := cmd.Flags()
	fs.StringVar(&f.out, "out", "", "folder of the joined sweep")
	fs.StringSliceVar(&f.scores, "score", nil, "scores to print and plot (default: those with an expectation, else the first three)")
	fs.BoolVar(&f.json, "json", false, "print one JSON document instead of tables")
	return cmd
}

func (f *mergeFlags) merge(cmd *cobra.Command, args []string) error {
	began := time.Now()
	parts := make([]*sweepFolder, len(args))
	for k, dir := range args {
		p, err := openSweep(dir)
		if err != nil {
			return badInput(err)
		}
		if parts[k] = p; !p.same(parts[0]) {
			return badInput(fmt.Errorf("%s is a part of another sweep than %s: their scenarios, settings or axes differ", dir, args[0]))
		}
	}
	whole := parts[0]
	if f.out == "" && len(parts) > 1 {
		return badInput(errors.New("--out: name a folder for the joined sweep"))
	}
	from, err := origins(parts)
	if err != nil {
		return badInput(err)
	}
	if f.out != "" {
		whole = &sweepFolder{sweepFile: parts[0].sweepFile, text: parts[0].text, base: parts[0].base, dir: f.out}
		if err := whole.create(); err != nil {
			return badInput(err)
		}
		for i := range whole.Plan.Runs {
			if err := whole.adopt(&whole.Plan.Runs[i], from[i]); err != nil {
				return runFailed(err)
			}
		}
	}
	return whole.report(cmd, &f.sweepFlags, time.Since(began))
}

// origins returns for every run the part that has it: one where it is done, else
// one where it failed.
func origins(parts []*sweepFolder) ([]*sweepFolder, error) {
	from := make([]*sweepFolder, len(parts[0].Plan.Runs))
	var missing []string
	for i := range from {
		for _, p := range parts {
			switch p.outcome(&p.Plan.Runs[i]).Status {
			case record.StatusDone:
				from[i] = p
			case record.StatusFailed:
				if from[i] == nil {
					from[i] = p
				}
				continue
			default:
				continue
			}
			break
		}
		if from[i] == nil {
			missing = append(missing, fmt.Sprint(i+1))
		}
	}
	if n := len(missing); n > 0 {
		names := strings.Join(missing[:min(n, 10)], ", ")
		if n > 10 {
			names += ", …"
		}
		return nil, fmt.Errorf("%d of %d runs are done in no part: %s; name all parts, or go on with one: infomorph sweep --resume DIR --part i/n", n, len(from), names)
	}
	return from, nil
}

// adopt copies a run out of the folder of a part, whole or not at all.
func (s *sweepFolder) adopt(r *sweep.Run, from *sweepFolder) error {
	to := s.runDir(r)
	if s.outcome(r).Status == record.StatusDone {
		return nil
	}
	if text, err := os.ReadFile(from.runDir(r) + ".error"); err == nil {
		return replaceFile(to+".error", text)
	}
	half := filepath.Join(filepath.Dir(to), "."+filepath.Base(to)+".tmp")
	if err := errors.Join(os.RemoveAll(half), os.RemoveAll(to)); err != nil {
		return err
	}
	if err := os.CopyFS(half, os.DirFS(from.runDir(r))); err != nil {
		return err
	}
	return os.Rename(half, to)
}
