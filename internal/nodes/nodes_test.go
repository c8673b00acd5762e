package nodes

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "nodes.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const two = `coordinator: 127.0.0.1
certificates: certs
nodes:
  - {name: node1, address: "127.0.0.1:7001"}
  - {name: node2, address: "[::1]:7002", share: 2}
`

func TestRead(t *testing.T) {
	file := write(t, two)
	l, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Nodes) != 2 || l.Nodes[1].Share != 2 || l.Nodes[0].Share != 1 || l.Listen() != "127.0.0.1:0" || !l.Copies {
		t.Errorf("%+v, %s", l, l.Listen())
	}
	if got := l.File("ca.crt"); got != filepath.Join(filepath.Dir(file), "certs", "ca.crt") {
		t.Error(got)
	}
}

// TestMistakes names line, key and what was expected.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"nodes: []\n":                                       ":1:",
		"nodes:\n- {name: a, address: h}\n":                 "nodes.yaml:2:22: nodes[0].address: got \"h\", expected HOST:PORT",
		"nodes:\n- {name: coordinator, address: \"h:1\"}\n": "nodes[0].name",
		"nodes:\n- {name: a, address: \"h:1\"}\n- {name: a, address: \"h:2\"}\n": "a is the name of nodes[0], too",
		"nodes:\n- {name: a, address: \"h:1\"}\n- {name: b, address: \"h:1\"}\n": "two nodes on one machine need two ports",
		"nodes:\n- {name: a, adress: \"h:1\"}\n":                                 "did you mean \"address\"?",
		"coordinator: \"a:b\"\nnodes:\n- {name: a, address: \"h:1\"}\n":          "coordinator",
		"nodes:\n- {name: a, address: \"h:1\", share: 0}\n":                      "share",
	} {
		if _, err := Read(write(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %s", text, err, want)
		}
	}
}

// TestCertificates makes a set, and more later by the same authority.
func TestCertificates(t *testing.T) {
	l, err := Read(write(t, two))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "certs")
	now := time.Now()
	files, err := MakeCertificates(dir, l, time.Hour, now)
	if err != nil || len(files) != 8 {
		t.Fatal(files, err)
	}
	l.Nodes = append(l.Nodes, Node{Name: "late", Address: "host.example:9"})
	if files, err = MakeCertificates(dir, l, time.Hour, now); err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for k, want := range []string{"coordinator.crt", "node1.crt"} {
		moved := &List{Coordinator: l.Coordinator, Nodes: slices.Clone(l.Nodes)}
		if k == 0 {
			moved.Coordinator = "10.0.0.1"
		} else {
			moved.Nodes[0].Address = "127.0.0.1:7009"
		}
		if files, err := MakeCertificates(dir, moved, time.Hour, now); len(files) > 0 || err == nil || !strings.Contains(err.Error(), want+" is of [infomorph://") {
			t.Errorf("a list that has moved: %v, %v, expected %s to be of another address", files, err, want)
		}
	}
	ca := x509.NewCertPool()
	ca.AddCert(load(t, dir, "ca"))
	for name, want := range map[string]struct{ uri, host string }{
		"coordinator": {"infomorph://coordinator@127.0.0.1", "127.0.0.1"},
		"node2":       {"infomorph://node2@[::1]:7002", "::1"},
		"late":        {"infomorph://late@host.example:9", "host.example"},
	} {
		c := load(t, dir, name)
		if c.URIs[0].String() != want.uri {
			t.Errorf("%s is %s, expected %s", name, c.URIs[0], want.uri)
		}
		if _, err := c.Verify(x509.VerifyOptions{Roots: ca, DNSName: want.host}); err != nil {
			t.Error(err)
		}
		if _, err := c.Verify(x509.VerifyOptions{Roots: ca, CurrentTime: now.Add(2 * time.Hour)}); err == nil {
			t.Errorf("%s is still valid when it has expired", name)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "node2.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	os.Remove(filepath.Join(dir, "ca.key"))
	if _, err := MakeCertificates(dir, l, time.Hour, now); err == nil {
		t.Error("an authority without its key signs")
	}
}

func load(t *testing.T, dir, name string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".crt"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := pem.Decode(text)
	c, err := x509.ParseCertificate(b.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
