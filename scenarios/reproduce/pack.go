package reproduce

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"infomorph/internal/config"
	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

// Options define how entries are measured.
type Options struct {
	Registry string // file with claims; empty: the built-in ones
	Dir      string // of the results, with one folder for each entry
	Data     string // folder of data files that do not come with the program; empty: entries that need one are skipped
	Seeds    int    // number of seeds instead of the entry's own, with results in another folder; 0: the entry's
	Fresh    bool   // repeat runs that are done

	Run     run.Options // of each run; the pack sets folder and workers
	Workers int         // number of concurrent runs; 0: one per core
	// Progress is called with the progress of an entry. It may be nil.
	Progress func(entry string, done, total int)
}

// Pack is a registry, with options for measuring its entries.
type Pack struct {
	*Registry
	Options
	base string // folder to which the names of scenario files are relative
}

// Open reads the registry of a pack.
func Open(o Options) (*Pack, error) {
	if o.Seeds < 0 || o.Seeds > 100_000 {
		return nil, fault.BadOption("seeds", "got %d, expected at most 100000", o.Seeds)
	}
	if o.Data != "" {
		var err error
		if o.Data, err = filepath.Abs(o.Data); err != nil {
			return nil, err
		}
		if info, err := os.Stat(o.Data); err != nil || !info.IsDir() {
			return nil, fault.BadOption("data", "%s is not a folder", o.Data)
		}
	}
	if o.Registry == "" {
		return &Pack{Builtin(), o, "."}, nil
	}
	file, err := guard.Open(o.Registry)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := config.ReadAll(o.Registry, file)
	if err != nil {
		return nil, err
	}
	r, err := Read(o.Registry, data)
	return &Pack{r, o, filepath.Dir(o.Registry)}, err
}

// Last returns the result of the last reproduction of an entry. The error is
// fs.ErrNotExist if there was none.
func (p *Pack) Last(e *Entry) (*Result, error) {
	data, err := guard.ReadFile(filepath.Join(p.Folder(e), resultFile), guard.Small)
	if err != nil {
		return nil, err
	}
	r := new(Result)
	return r, json.Unmarshal(data, r)
}

// Runnable reports whether the data for an entry is available.
func (p *Pack) Runnable(e *Entry) bool { return e.Data == "" || p.Data != "" }

// Count returns the number of seeds for an entry.
func (p *Pack) Count(e *Entry) int {
	if p.Seeds > 0 {
		return p.Seeds
	}
	return e.Seeds
}

// Runs returns the number of runs of an entry, including its baselines.
func (p *Pack) Runs(e *Entry) int {
	n := p.Count(e) * e.Points()
	for i := range e.Baselines {
		n += min(p.Count(e), e.Baselines[i].Seeds)
	}
	return n
}

// Folder returns the folder of an entry's results. If the number of seeds is not the
// entry's own, the folder is another one, so that a quick test does not replace the full
// results.
func (p *Pack) Folder(e *Entry) string {
	name := e.Name
	if n := p.Count(e); n != e.Seeds {
		name = fmt.Sprintf("%s-seeds-%d", name, n)
	}
	return filepath.Join(p.Dir, name)
}

// Estimate returns the approximate time that runs of an entry take.
func (p *Pack) Estimate(e *Entry, runs int) time.Duration {
	at := max(1, min(runs, runtime.GOMAXPROCS(0)))
	if p.Workers > 0 {
		at = min(at, p.Workers)
	}
	seconds := e.Seconds * float64(runs) / float64(at)
	return max(time.Second, time.Duration(seconds)*time.Second)
}

// Command returns the command line that reproduces an entry, and that of a single run.
func (p *Pack) Command(e *Entry) (all, one string) {
	all = "infomorph reproduce " + e.Name
	one = "infomorph run " + e.Scenario
	if p.Options.Registry != "" {
		all += " --registry " + p.Options.Registry
	}
	if p.Count(e) != e.Seeds {
		all += fmt.Sprint(" --seeds ", p.Seeds)
	}
	for _, set := range e.Set {
		if strings.ContainsAny(set, " {}[]*$'\"") {
			set = "'" + set + "'"
		}
		one += " --set " + set
	}
	if e.Data != "" {
		all += " --data FOLDER"
		one += " --set " + e.Data + "=FOLDER"
	}
	return all, one
}

// scenario returns the file or the name of the scenario of an entry.
func (p *Pack) scenario(e *Entry) string {
	if _, ok := scenarios.Builtin(e.Scenario); ok || filepath.IsAbs(e.Scenario) {
		return e.Scenario
	}
	return filepath.Join(p.base, e.Scenario)
}

// Reproduction is an entry with the sweeps that measure it.
type Reproduction struct {
	Entry *Entry
	Left  int // number of remaining runs

	sweep     *sweep.Sweep             // nil: the entry is skipped
	baselines map[string]*Reproduction // by their names in the entry
}

// Skipped reports whether the entry needs data that is not available.
func (b *Reproduction) Skipped() bool { return b.sweep == nil }

// Begin plans entries. It finds faults before anything runs.
func (p *Pack) Begin(chosen []*Entry) ([]*Reproduction, error) {
	var all []*Reproduction
	var errs []error
	for _, e := range chosen {
		r := &Reproduction{Entry: e}
		all = append(all, r)
		if !p.Runnable(e) {
			continue
		}
		if err := p.planAll(r); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", e.Name, err))
		}
	}
	return all, errors.Join(errs...)
}

// planAll plans an entry and its baselines.
func (p *Pack) planAll(r *Reproduction) error {
	if err := p.plan(r, p.Count(r.Entry), p.Folder(r.Entry)); err != nil {
		return err
	}
	r.baselines = map[string]*Reproduction{}
	for i := range r.Entry.Baselines {
		b := &r.Entry.Baselines[i]
		rival := &Reproduction{Entry: r.Entry.Rival(b, p.Count(r.Entry))}
		if err := p.plan(rival, rival.Entry.Seeds, p.Folder(r.Entry)+"-"+b.Name); err != nil {
			return fmt.Errorf("baseline %s: %w", b.Name, err)
		}
		r.baselines[b.Name] = rival
		r.Left += rival.Left
	}
	return nil
}

// plan makes the sweep of an entry. If the folder has results of an entry that has
// changed since, it renames the folder.
func (p *Pack) plan(r *Reproduction, seeds int, folder string) error {
	e := r.Entry
	q := sweep.Request{Scenario: p.scenario(e), Over: e.Axes(seeds), Sets: append([]string(nil), e.Set...), Dir: folder}
	if len(e.Over) > 0 {
		q.Seeds = seeds
		q.Sets = append(q.Sets, fmt.Sprint("seed=", e.FirstSeed))
	}
	if e.Data != "" {
		q.Sets = append(q.Sets, fmt.Sprintf("%s=%q", e.Data, p.Data))
	}
	s, err := sweep.New(q)
	if err != nil {
		return err
	}
	old, err := sweep.Open(s.Dir)
	if errors.Is(err, record.ErrDamaged) && !p.Fresh {
		return fault.Failed(err)
	}
	if p.Fresh || err != nil || !old.Same(s) {
		if err := sweep.MakeRoom(s.Dir); err != nil {
			return err
		}
	}
	if err := s.Create(); err != nil {
		return err
	}
	all, done, _ := s.Count(sweep.Part{})
	r.sweep, r.Left = s, all-done
	return nil
}
