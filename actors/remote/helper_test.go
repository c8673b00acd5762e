package remote

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"

	"context"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// memo is a log handler that keeps its lines.
type memo struct {
	mu    sync.Mutex
	lines []string
}

func (m *memo) Enabled(context.Context, slog.Level) bool { return true }
func (m *memo) WithAttrs([]slog.Attr) slog.Handler       { return m }
func (m *memo) WithGroup(string) slog.Handler            { return m }

func (m *memo) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lines = append(m.lines, line)
	return nil
}

// has reports whether a line contains all of these parts.
func (m *memo) has(parts ...string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, line := range m.lines {
		all := true
		for _, p := range parts {
			all = all && strings.Contains(line, p)
		}
		if all {
			return true
		}
	}
	return false
}

// testLog writes warnings to the log of a test while it runs.
func testLog(t testing.TB) *slog.Logger {
	m := &memo{}
	t.Cleanup(func() {
		m.mu.Lock() // nodes of the test may still log
		defer m.mu.Unlock()
		if t.Failed() {
			for _, line := range m.lines {
				t.Log(line)
			}
		}
	})
	return slog.New(m)
}

func mustWorld(t testing.TB, seed uint64) *sim.Network {
	t.Helper()
	w, err := simtest.New(seed)
	if err != nil {
		t.Fatal(err)
	}
	return w.Net
}

func w0(t testing.TB) *simtest.World {
	t.Helper()
	w, err := simtest.New(1)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// loadExpired loads credentials like LoadCredentials, without checking the
// time.
func loadExpired(dir, name string) (*Credentials, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key"))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, err
	}
	id, err := IdentityOf(leaf)
	return &Credentials{Identity: id, certificate: pair, authority: pool}, err
}

func neuronTime(k int) neuron.Time { return neuron.Time(k) }
