package main

import (
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/rs/zerolog"
)

// runLogger returns the log of one run. It writes everything to the file, and
// warnings also to stderr.
func runLogger(file io.Writer) *slog.Logger {
	console := &zerolog.FilteredLevelWriter{
		Writer: zerolog.LevelWriterAdapter{Writer: zerolog.ConsoleWriter{Out: warned, NoColor: true, PartsExclude: []string{zerolog.TimestampFieldName}}},
		Level:  zerolog.WarnLevel,
	}
	l := zerolog.New(zerolog.MultiLevelWriter(file, console)).Level(zerolog.InfoLevel).With().Timestamp().Logger()
	return slog.New(zerolog.NewSlogHandler(l))
}

// once writes equal lines only once, because many runs have the same warnings.
type once struct {
	mu   sync.Mutex
	w    io.Writer
	said map[string]bool
}

var warned = &once{w: os.Stderr, said: map[string]bool{}}

// Write implements io.Writer.
func (o *once) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.said[string(b)] {
		return len(b), nil
	}
	o.said[string(b)] = true
	return o.w.Write(b)
}
