package run

import (
	"context"
	"io"
	"log/slog"
	"sync"

	"infomorph/internal/record"
)

// runLog is the log of one run. It exists before the result folder, because the actor
// system needs it.
type runLog struct {
	*slog.Logger
	file *lateWriter
}

func (o *Options) newLog() runLog {
	l := runLog{file: &lateWriter{}}
	if o.Logger != nil {
		l.Logger = o.Logger(l.file)
	} else {
		l.Logger = slog.New(slog.NewJSONHandler(l.file, nil))
	}
	return l
}

// attach makes the log write into the result folder.
func (l *runLog) attach(rec *record.Run) {
	if rec != nil {
		l.file.set(rec.Log())
	}
}

// engine returns the log for engines. It only has warnings and errors, because other
// messages of actors do not help a user.
func (l *runLog) engine() *slog.Logger { return slog.New(warnings{l.Handler()}) }

// warnings is a handler that drops everything below the level of a warning.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

// lateWriter drops what is written before its writer is set.
type lateWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lateWriter) set(w io.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.w = w
}

// Write implements io.Writer.
func (l *lateWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.w == nil {
		return len(b), nil
	}
	return l.w.Write(b)
}
