//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"infomorph/internal/nodes"
)

// fence is a fenced block of a page.
type fence struct{ kind, text string }

func fences(t *testing.T, page string) (all []fence) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```(\\w+)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		all = append(all, fence{m[1], m[2]})
	}
	return all
}

// TestMachinesPage goes through docs/machines.md step by step as a reader does:
// files are written, commands run, nodes in terminals of their own, and what a
// scheduler would start is started as it would.
func TestMachinesPage(t *testing.T) {
	page, err := filepath.Abs("../../docs/machines.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	steps := map[string]int{}
	for _, b := range fences(t, page) {
		name, _, _ := strings.Cut(b.text, "\n")
		steps[b.kind]++
		switch {
		case b.kind == "sh":
			for _, line := range strings.Split(strings.TrimSpace(b.text), "\n") {
				readerRuns(t, line)
			}
		case b.kind == "bash":
			arrayJob(t, b.text)
		case b.kind == "ini":
			unitFile(t, b.text)
		case name == "# compose.yaml":
			composeFile(t, b.text)
		case name == "# job.yaml":
			indexedJob(t, b.text)
		case strings.HasPrefix(name, "# "):
			file := strings.TrimPrefix(name, "# ")
			if err := os.WriteFile(file, []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := nodes.Read(file); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("a block that nothing runs: %s", b.text)
		}
	}
	if steps["sh"] < 7 || steps["yaml"] != 4 || steps["bash"] != 1 || steps["ini"] != 1 {
		t.Errorf("steps: %v", steps)
	}
}

// readerRuns runs one command line; a node goes on in the background.
func readerRuns(t *testing.T, line string) {
	t.Helper()
	if rest, ok := strings.CutPrefix(line, "infomorph node --"); ok {
		p := start(t, append([]string{"node"}, strings.Fields("--"+rest)...)...)
		t.Cleanup(p.end)
		if p.says("listens at", time.Now()) < 0 {
			t.Fatalf("%s\n%s", line, p.out.String())
		}
		return
	}
	out, err := exec.Command("bash", "-c", line).CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", line, err, out)
	}
}

// arrayJob runs a script as Slurm runs an array of two.
func arrayJob(t *testing.T, script string) {
	t.Helper()
	for i := range 2 {
		c := exec.Command("bash", "-c", script)
		c.Env = append(os.Environ(), fmt.Sprint("SLURM_ARRAY_TASK_ID=", i+1), "SLURM_ARRAY_TASK_COUNT=2")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
}

// indexedJob runs the container of a Kubernetes job once for each index, and
// joins what came out.
func indexedJob(t *testing.T, text string) {
	t.Helper()
	var job struct {
		Spec struct {
			Completions int
			Template    struct {
				Spec struct {
					Containers []struct{ Command, Args []string }
				}
			}
		}
	}
	if err := yaml.Unmarshal([]byte(text), &job); err != nil {
		t.Fatal(err)
	}
	c, results := job.Spec.Template.Spec.Containers[0], t.TempDir()
	for i := range job.Spec.Completions {
		cmd := exec.Command(c.Command[0], append(c.Command[1:], c.Args...)...)
		cmd.Env = append(os.Environ(), fmt.Sprint("JOB_COMPLETION_INDEX=", i), "RESULTS="+results)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	readerRuns(t, "infomorph sweep merge "+filepath.Join(results, "windows"))
	readerRuns(t, fmt.Sprintf("cmp %s/windows/table.csv joined/table.csv", results))
	readerRuns(t, "cmp shared/table.csv joined/table.csv")
}

// unitFile lets systemd look at a unit, where it is installed, and starts what the
// unit starts.
func unitFile(t *testing.T, text string) {
	t.Helper()
	line := strings.TrimPrefix(regexp.MustCompile(`(?m)^ExecStart=.*$`).FindString(text), "ExecStart=/usr/local/bin/")
	startAs(t, map[string]string{"alpha": line})
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("systemd-analyze is not installed: the unit is not verified")
		return
	}
	name := filepath.Join(t.TempDir(), "infomorph-node.service")
	if err := os.WriteFile(name, []byte(strings.Replace(text, "/usr/local/bin/infomorph", "/bin/true", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("systemd-analyze", "verify", "--man=no", name).CombinedOutput()
	if err != nil || strings.Contains(string(out), "infomorph-node.service") { // of others it may say something
		t.Errorf("systemd-analyze: %v\n%s", err, out)
	}
}

// composeFile reads a compose file strictly, and starts what its services start.
func composeFile(t *testing.T, text string) {
	t.Helper()
	var file struct {
		Services map[string]struct {
			Image                                  string
			Command, Volumes, Profiles, Entrypoint []string
			WorkingDir                             string `yaml:"working_dir"`
		}
		Volumes map[string]any
	}
	if err := yaml.UnmarshalWithOptions([]byte(text), &file, yaml.Strict()); err != nil || len(file.Services) != 3 {
		t.Fatal(file, err)
	}
	if c := file.Services["coordinator"]; !slices.Equal(c.Entrypoint, []string{"infomorph"}) || !slices.Equal(c.Volumes, []string{"./:" + c.WorkingDir}) || len(c.Profiles) != 1 {
		t.Errorf("coordinator: %+v", c)
	}
	delete(file.Services, "coordinator")
	lines := map[string]string{}
	for name, s := range file.Services {
		if _, ok := file.Volumes[name]; !ok || !slices.Equal(s.Volumes, []string{"./certs:/certs:ro", name + ":/parts"}) {
			t.Errorf("%s: volumes %v", name, s.Volumes)
		}
		lines[name] = strings.Join(s.Command, " ")
	}
	startAs(t, lines)
}

// startAs starts nodes by the command lines of a page, with folders and ports of
// this machine in place of theirs, and runs something on them.
func startAs(t *testing.T, lines map[string]string) {
	t.Helper()
	dir := t.TempDir()
	list := "coordinator: localhost\ncertificates: certs\nnodes:\n" // a name, as in containers
	at := map[string]string{}
	for name := range lines {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		_, at[name], _ = net.SplitHostPort(l.Addr().String())
		list += fmt.Sprintf("  - {name: %s, address: \"localhost:%s\"}\n", name, at[name])
		l.Close()
	}
	file := filepath.Join(dir, "nodes.yaml")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	readerRuns(t, "infomorph node certificates "+file)
	for name, line := range lines {
		knownFlags(t, line)
		readerRuns(t, strings.NewReplacer(
			" /certs/", " "+dir+"/certs/", " /etc/infomorph/", " "+dir+"/certs/",
			" ${CREDENTIALS_DIRECTORY}/", " "+dir+"/certs/", " /parts", " "+filepath.Join(dir, name), " /var/lib/infomorph", " "+filepath.Join(dir, name),
			":7001", ":"+at[name],
		).Replace(line))
	}
	readerRuns(t, fmt.Sprintf("infomorph run associative-memory --quiet --nodes %s --out %s/out", file, dir))
}

// knownFlags fails unless a command line names a command with all its flags.
func knownFlags(t *testing.T, line string) {
	t.Helper()
	args := strings.Fields(line)
	if len(args) < 2 || args[0] != "infomorph" {
		t.Fatalf("%q is no command", line)
	}
	cmd, rest, err := newRoot().Find(args[1:])
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err != nil {
		t.Errorf("%s: %v", line, err)
	}
}
