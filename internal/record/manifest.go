package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"infomorph/internal/disk"
)

// Status says whether a run is in progress or how it ended.
type Status string

// The states of a run. A folder that says "running" while no process writes
// it belongs to a run that was killed: see [Recover].
const (
	StatusRunning     Status = "running"
	StatusDone        Status = "done"
	StatusFailed      Status = "failed"
	StatusInterrupted Status = "interrupted"
)

// manifestFormat is the version of the folder's layout. Folders of version
// unsealedFormat can be read too; their manifests have no checksum of their
// own.
const (
	manifestFormat = 2
	unsealedFormat = 1
)

// maxManifest is the largest size of a manifest or a summary [bytes].
const maxManifest = 64 << 20

// Provenance says how a run was made: its scenario, seeds and command.
type Provenance struct {
	Scenario     string            `json:"scenario"`
	ScenarioHash string            `json:"scenario_hash,omitempty"` // SHA-256 of scenario.yaml as resolved
	Command      []string          `json:"command,omitempty"`
	Seeds        map[string]uint64 `json:"seeds,omitempty"`
	Mode         string            `json:"mode,omitempty"` // lockstep, free
	Workers      int               `json:"workers,omitempty"`
	Folder       string            `json:"folder,omitempty"` // names of files in the scenario are relative to it
	Parent       string            `json:"parent,omitempty"` // the run this one was forked from
	Config       any               `json:"config,omitempty"` // the resolved scenario
}

// Final is what is known only at the end of a run.
type Final struct {
	StateHash   string           `json:"state_hash,omitempty"`
	SimulatedUS int64            `json:"simulated_us,omitempty"`
	Counts      map[string]int64 `json:"counts,omitempty"` // neurons, synapses, updates, spikes, …
}

// Manifest is the content of manifest.json.
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

// Versions are the versions of the program and its dependencies.
type Versions struct {
	Infomorph    string            `json:"infomorph"`
	Go           string            `json:"go"`
	Revision     string            `json:"revision,omitempty"`
	Modified     bool              `json:"modified,omitempty"` // built with changes beyond Revision
	Dependencies map[string]string `json:"dependencies,omitempty"`
}

// Host is the machine on which the program ran. Results are the same bytes on
// every machine of one Arch.
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
		if d.Replace != nil && !strings.HasPrefix(d.Replace.Path, ".") { // a folder of this repository is known by Revision
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
	name, _ := os.Hostname() // the name may be missing
	return Host{Name: name, OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()}
}

// manifest returns the present manifest of the run.
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
	doc, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", manifestName, err)
	}
	return fileError(manifestName, replace(r.fsys, filepath.Join(r.opts.Dir, manifestName), sealJSON(doc)))
}

const (
	jsonSealBegin = ",\n  \"sha256\": \""
	jsonSealEnd   = "\"\n}\n"
)

// sealJSON returns a JSON object with its own SHA-256 added as the last field.
func sealJSON(doc []byte) []byte {
	sum := sha256.Sum256(doc)
	body := doc[: len(doc)-len("\n}") : len(doc)-len("\n}")]
	return append(body, jsonSealBegin+hex.EncodeToString(sum[:])+jsonSealEnd...)
}

// sealedJSON reports whether data is what sealJSON has made.
func sealedJSON(data []byte) bool {
	n := len(data) - len(jsonSealBegin) - 2*sha256.Size - len(jsonSealEnd)
	return n > 0 && bytes.Equal(data, sealJSON(append(data[:n:n], "\n}"...)))
}

// writeSummary writes scores by name; NaN and infinities become null, because
// JSON does not have them.
func (r *Run) writeSummary(summary map[string]float64) error {
	out := make(map[string]*float64, len(summary))
	for name, x := range summary {
		out[name] = nil
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			out[name] = &x
		}
	}
	var doc bytes.Buffer
	_ = json.Indent(&doc, append(plainJSON(out), '\n'), "", "  ")
	return r.WriteFile(summaryName, doc.Bytes())
}

// plainJSON returns plain data, which can always be encoded, as JSON.
func plainJSON(v any) []byte {
	doc, err := json.Marshal(v)
	if err != nil {
		panic("record: plain data do not marshal")
	}
	return doc
}

// ReadManifest reads the manifest of a result folder. It returns ErrDamaged if
// the manifest was changed after it was written.
func ReadManifest(dir string) (*Manifest, error) { return readManifest(disk.OS, dir) }

func readManifest(fsys disk.FS, dir string) (*Manifest, error) {
	path := filepath.Join(dir, manifestName)
	data, err := readDocument(fsys, dir, manifestName)
	if err != nil {
		return nil, err
	}
	var m Manifest
	err = json.Unmarshal(data, &m)
	if err == nil {
		m = Manifest{}
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()    // a float64 would not hold every seed of the configuration
		_ = dec.Decode(&m) // it was decoded above without error
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrDamaged, err)
	}
	switch {
	case m.Format == manifestFormat && !sealedJSON(data):
		return nil, fmt.Errorf("%s: %w", path, ErrDamaged)
	case m.Format != manifestFormat && m.Format != unsealedFormat:
		return nil, fmt.Errorf("%s: format %d: this program reads format %d", path, m.Format, manifestFormat)
	}
	return &m, nil
}

// ReadSummary reads the scores of a result folder; null becomes NaN.
func ReadSummary(dir string) (map[string]float64, error) {
	var in map[string]*float64
	data, err := readDocument(disk.OS, dir, summaryName)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", filepath.Join(dir, summaryName), ErrDamaged, err)
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

// oneOf returns the first of several runs in a folder, such as that of a sweep; "" if there
// is none. name is the document that the run must have.
func oneOf(dir, name string) string {
	runs, err := os.ReadDir(filepath.Join(dir, "runs"))
	if err != nil {
		return ""
	}
	for _, r := range runs {
		one := filepath.Join(dir, "runs", r.Name())
		if _, err := os.Stat(filepath.Join(one, name)); err == nil {
			return one
		}
	}
	return ""
}

// readDocument reads a small file of a result folder.
func readDocument(fsys disk.FS, dir, name string) ([]byte, error) {
	path := filepath.Join(dir, name)
	data, err := disk.ReadFile(fsys, path, maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		if one := oneOf(dir, name); one != "" {
			return nil, fmt.Errorf("%s: no %s there: it holds several runs, name one of them, such as %s: %w", dir, name, one, bare(err))
		}
		return nil, fmt.Errorf("%s: no %s there: is it a result folder? %w", dir, name, bare(err))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, bare(err))
	}
	return data, nil
}
