package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/rs/zerolog"
)

// runLogger is the log of one run: all of it in the file, and warnings on stderr.
func runLogger(file io.Writer) *slog.Logger {
	console := &zerolog.FilteredLevelWriter{
		Writer: zerolog.LevelWriterAdapter{Writer: zerolog.ConsoleWriter{Out: os.Stderr, NoColor: true, PartsExclude: []string{zerolog.TimestampFieldName}}},
		Level:  zerolog.WarnLevel,
	}
	l := zerolog.New(zerolog.MultiLevelWriter(file, console)).Level(zerolog.InfoLevel).With().Timestamp().Logger()
	return slog.New(zerolog.NewSlogHandler(l))
}
