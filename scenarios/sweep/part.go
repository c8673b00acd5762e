package sweep

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
)

// Part is part I of N of a sweep: every N-th run. The zero value is the whole sweep. The
// parts can be run by any scheduler of jobs, such as Slurm, Kubernetes or GNU parallel.
type Part struct{ I, N int }

// maxParts limits the number of parts of a sweep.
const maxParts = 100_000

// ParsePart reads "i/n"; "" is the whole sweep.
func ParsePart(text string) (p Part, err error) {
	if text == "" {
		return Part{}, nil
	}
	if _, err := fmt.Sscanf(text, "%d/%d", &p.I, &p.N); err != nil || p.String() != text || p.N < 1 || p.N > maxParts || p.I < 1 || p.I > p.N {
		return p, fault.BadOption("part", "got %q, expected i/n with i from 1 to n, such as 3/8", text)
	}
	return p, nil
}

// String writes the part in the form that ParsePart reads.
func (p Part) String() string {
	if p.N == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", p.I, p.N)
}

// Has reports whether a run belongs to the part.
func (p Part) Has(r *design.Run) bool { return p.N == 0 || (r.Index-1)%p.N == p.I-1 }

// CreateShared makes the folder of a sweep if several processes may do so at the same
// time. The others wait until the first one has written the plan.
func (s *Sweep) CreateShared() error {
	for range 50 {
		if s.Create() == nil {
			return nil
		}
		if !s.begun() { // or the other process has just written the plan
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return s.Create()
}

// begun reports whether another process seems to be writing the plan.
func (s *Sweep) begun() bool {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		known := e.Name() == "runs" || strings.Contains(e.Name(), record.ScenarioName) || strings.Contains(e.Name(), fileName) || strings.Contains(e.Name(), record.SumsName)
		if !known || e.Name() == fileName {
			return false
		}
	}
	return true
}

// Merge joins the folders of the parts of a sweep in the folder dir. If dir is empty, it
// uses the folder that all parts share. Tables and plots of the result are the same as
// for a sweep without parts.
func Merge(dir string, folders ...string) (*Sweep, error) {
	parts := make([]*Sweep, len(folders))
	for k, folder := range folders {
		p, err := Open(folder)
		if err != nil {
			return nil, record.Fault(err)
		}
		if parts[k] = p; !p.Same(parts[0]) {
			return nil, fault.Input(fmt.Errorf("%s is a part of another sweep than %s: their scenarios, settings or axes differ", folder, folders[0]))
		}
	}
	if dir == "" && len(parts) > 1 {
		return nil, fault.BadOption("out", "name a folder for the joined sweep")
	}
	from, err := origins(parts)
	if err != nil || dir == "" {
		return parts[0], fault.Input(err)
	}
	whole := Of(parts[0].Base, parts[0].Plan, dir)
	if err := whole.Create(); err != nil {
		return nil, record.Fault(err)
	}
	for i := range whole.Plan.Runs {
		if err := whole.adopt(&whole.Plan.Runs[i], from[i]); err != nil {
			return nil, fault.Failed(err)
		}
	}
	return whole, nil
}

// origins returns for every run a part in which it is done, else a part in which it
// failed.
func origins(parts []*Sweep) ([]*Sweep, error) {
	from := make([]*Sweep, len(parts[0].Plan.Runs))
	var missing []string
	for i := range from {
		for _, p := range parts {
			status := p.Outcome(&p.Plan.Runs[i]).Status
			if status == record.StatusDone {
				from[i] = p
				break
			}
			if status == record.StatusFailed && from[i] == nil {
				from[i] = p
			}
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

// adopt copies a run from the folder of a part. It copies either everything or nothing.
func (s *Sweep) adopt(r *design.Run, from *Sweep) error {
	to := s.RunDir(r)
	if s.Outcome(r).Status == record.StatusDone {
		return nil
	}
	if text, err := guard.ReadFile(from.RunDir(r)+ErrorSuffix, guard.Small); err == nil {
		return guard.SaveBytes(to+ErrorSuffix, text)
	}
	half := filepath.Join(filepath.Dir(to), "."+filepath.Base(to)+".tmp")
	if err := errors.Join(os.RemoveAll(half), os.RemoveAll(to)); err != nil {
		return err
	}
	if err := os.CopyFS(half, os.DirFS(from.RunDir(r))); err != nil {
		return err
	}
	return os.Rename(half, to)
}
