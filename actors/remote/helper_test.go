package remote

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// memo is a log that tests look at.
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

// has reports whether a line holds all of these.
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

// testLog writes warnings into the log of a test while it runs.
func testLog(t testing.TB) *slog.Logger {
	m := &memo{}
	t.Cleanup(func() {
		if t.Failed() {
			for _, line := range m.lines {
				t.Log(line)
			}
		}
	})
	return slog.New(m)
}
