package main

import (
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/rs/zerolog"
)

// runLogger is the log of one run: all of it in the file, and warnings on stderr.
func runLogger(file io.Writer) *slog.Logger {
	console := &zerolog.FilteredLevelWriter{
		Writer: zerolog.LevelWriterAdapter{Writer: zerolog.ConsoleWriter{Out: warned, NoColor: true, PartsExclude: []string{zerolog.TimestampFieldName}}},
		Level:  zerolog.WarnLevel,
	}
	l := zerolog.New(zerolog.MultiLevelWriter(file, console)).Level(zerolog.InfoLevel).With().Timestamp().Logger()
	return slog.New(zerolog.NewSlogHandler(l))
}

// once writes a line only the first time: of many runs each has the same to say.
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
