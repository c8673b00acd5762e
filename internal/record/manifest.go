package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// Status says how far a run came.
type Status string

// The states of a run. A folder that says "running" while no process writes
// it belongs to a run that was killed: see [Recover].
const (
	StatusRunning     Status = "running"
	StatusDone        Status = "done"
	StatusFailed      Status = "failed"
	StatusInterrupted Status = "interrupted"
)

// manifestFormat is the version of the folder's layout.
const manifestFormat = 1

// maxManifest bounds what is read as a manifest or a summary.
const maxManifest = 64 << 20

// Provenance is what a run came from.
type Provenance struct {
	Scenario     string            `json:"scenario"`
	ScenarioHash string            `json:"scenario_hash,omitempty"` // SHA-256 of scenario.yaml as resolved
	Command      []string          `json:"command,omitempty"`
	Seeds        map[string]uint64 `json:"seeds,omitempty"`
	Mode         string            `json:"mode,omitempty"` // lockstep, free
	Workers      int               `json:"workers,omitempty"`
	Folder       string            `json:"folder,omitempty"` // that files of the scenario are named from
	Parent       string            `json:"parent,omitempty"` // the run this one was forked from
	Config       any               `json:"config,omitempty"` // the resolved scenario
}

// Final is what is known of a run when it has ended.
type Final struct {
	StateHash   string           `json:"state_hash,omitempty"`
	SimulatedUS int64            `json:"simulated_us,omitempty"`
	Counts      map[string]int64 `json:"counts,omitempty"` // neurons, synapses, updates, spikes, …
}

// Manifest is manifest.json.
type Manifest struct {
	Format   int       `json:"format"`
	Status   Status    `json:"status"`
	Reason   string    `json:"reason,omitempty"`
	Created  time.Time `json:"created"`
	Finished time.Time `json:"finished,omitzero"`
	Provenance
	Final
	Versions Versions            `json:"versions"`
	Host     Host                `json:"host"`
	Tables   []TableInfo         `json:"tables"`
	Files    map[string]FileInfo `json:"files"` // by slash-separated name; all but manifest.json
}

// Versions are those of the program that ran.
type Versions struct {
	Infomorph    string            `json:"infomorph"`
	Go           string            `json:"go"`
	Revision     string            `json:"revision,omitempty"`
	Modified     bool              `json:"modified,omitempty"` // built with changes beyond Revision
	Dependencies map[string]string `json:"dependencies,omitempty"`
}

// Host is the machine that ran. Results are the same bytes on every machine
// of one Arch.
type Host struct {
	Name string `json:"name,omitempty"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
}

// BuildVersions returns the versions of the running program.
func BuildVersions() Versions {
	v := Versions{Infomorph: "(devel)", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Infomorph = info.Main.Version
	}
	v.Dependencies = make(map[string]string, len(info.Deps))
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		v.Dependencies[d.Path] = d.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func thisHost() Host {
	name, _ := os.Hostname() // the manifest can do without
	return Host{Name: name, OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()}
}

// manifest returns the manifest of the run as it stands.
func (r *Run) manifest(status Status, reason error) *Manifest {
	m := &Manifest{
		Format:     manifestFormat,
		Status:     status,
		Created:    r.created.UTC(),
		Provenance: r.opts.Provenance,
		Versions:   BuildVersions(),
		Host:       thisHost(),
		Tables:     []TableInfo{},
		Files:      maps.Clone(r.files),
	}
	if reason != nil {
		m.Reason = reason.Error()
	}
	for _, name := range slices.Sorted(maps.Keys(r.tables)) {
		m.Tables = append(m.Tables, r.tables[name])
	}
	return m
}

// writeManifest replaces manifest.json.
func (r *Run) writeManifest(m *Manifest) error {
	return writeJSON(r.opts.Dir, manifestName, m)
}

func writeJSON(dir, name string, v any) error {
	doc, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	f, err := createFile(dir, name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(append(doc, '\n')); err != nil {
		return err
	}
	return f.Commit()
}

// writeSummary writes scores by name; one that is not a finite number
// becomes null, which JSON can say.
func (r *Run) writeSummary(summary map[string]float64) error {
	out := make(map[string]*float64, len(summary))
	for name, x := range summary {
		out[name] = nil
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			out[name] = &x
		}
	}
	doc, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", summaryName, err)
	}
	return r.WriteFile(summaryName, append(doc, '\n'))
}

// ReadManifest reads the manifest of a result folder.
func ReadManifest(dir string) (*Manifest, error) {
	var m Manifest
	if err := readJSON(dir, manifestName, &m); err != nil {
		return nil, err
	}
	if m.Format != manifestFormat {
		return nil, fmt.Errorf("%s: format %d: this program reads format %d", filepath.Join(dir, manifestName), m.Format, manifestFormat)
	}
	return &m, nil
}

// Verify compares files of the folder with the hashes in the manifest: the
// named ones, or all. The error names every file that differs or is gone.
func (m *Manifest) Verify(dir string, names ...string) error {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(m.Files))
	}
	var errs []error
	for _, name := range names {
		want, listed := m.Files[name]
		if local := filepath.FromSlash(name); !listed || !filepath.IsLocal(local) {
			errs = append(errs, fmt.Errorf("%s: not listed in %s", name, manifestName))
		} else if got, err := hashFile(filepath.Join(dir, local)); err != nil {
			errs = append(errs, fileError(name, err))
		} else if got != want {
			errs = append(errs, fmt.Errorf("%s: %w", name, ErrDamaged))
		}
	}
	return errors.Join(errs...)
}

// ErrDamaged is returned for a file that is not as its run left it.
var ErrDamaged = errors.New("damaged or changed since the run wrote it")

// ReadSummary reads the scores of a result folder; null becomes NaN.
func ReadSummary(dir string) (map[string]float64, error) {
	var in map[string]*float64
	if err := readJSON(dir, summaryName, &in); err != nil {
		return nil, err
	}
	out := make(map[string]float64, len(in))
	for name, x := range in {
		out[name] = math.NaN()
		if x != nil {
			out[name] = *x
		}
	}
	return out, nil
}

func readJSON(dir, name string, v any) error {
	path := filepath.Join(dir, name)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s: no %s there: is it a result folder? %w", dir, name, bare(err))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, bare(err))
	}
	defer f.Close()
	doc, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return fmt.Errorf("%s: %w", path, bare(err))
	}
	if len(doc) > maxManifest {
		return fmt.Errorf("%s: larger than %d MiB", path, maxManifest>>20)
	}
	if err := json.Unmarshal(bytes.TrimSpace(doc), v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
