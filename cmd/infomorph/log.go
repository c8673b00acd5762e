package main

import (
	"io"
	"log/slog"
	"sync"

	"github.com/rs/zerolog"

	"infomorph/internal/record"
)

// runLog is the log of one run: log.jsonl in the result folder, and warnings
// on stderr. It exists before the folder does, for the actor system.
type runLog struct {
	zerolog.Logger
	file lateWriter
}

func newRunLog(stderr io.Writer) *runLog {
	l := &runLog{}
	console := &zerolog.FilteredLevelWriter{
		Writer: zerolog.LevelWriterAdapter{Writer: zerolog.ConsoleWriter{Out: stderr, NoColor: true, PartsExclude: []string{zerolog.TimestampFieldName}}},
		Level:  zerolog.WarnLevel,
	}
	l.Logger = zerolog.New(zerolog.MultiLevelWriter(&l.file, console)).Level(zerolog.InfoLevel).With().Timestamp().Logger()
	return l
}

// slog returns the log as Proto.Actor wants it. What actors have to say while
// all goes well is of no use to the reader of a run.
func (l *runLog) slog() *slog.Logger {
	return slog.New(zerolog.NewSlogHandler(l.Level(zerolog.WarnLevel)))
}

// attach begins to write the log into the result folder.
func (l *runLog) attach(rec *record.Run) {
	if rec != nil {
		l.file.set(rec.Log())
	}
}

// lateWriter drops what is written before it knows where to.
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
