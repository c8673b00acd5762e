package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"infomorph/scenarios/journal"
)

// progress shows the progress of a run.
type progress interface {
	step(phase string, done, total int)
	print(text string)
	stop()
}

// listenerOf returns a listener that passes steps and texts to a progress.
func listenerOf(p progress) *journal.Listener {
	return &journal.Listener{
		Step:  func(phase string, done, total int) error { p.step(phase, done, total); return nil },
		Print: p.print,
	}
}

// progress returns bars on a terminal, only printed texts in a pipe, and
// nothing with --quiet or --json.
func (c *common) progress(cmd *cobra.Command) progress {
	if c.quiet || c.json {
		return noProgress{}
	}
	if _, ok := isTerminal(cmd.ErrOrStderr()); !ok {
		return plainProgress{w: cmd.ErrOrStderr()}
	}
	return newBars(cmd.ErrOrStderr())
}

type noProgress struct{}

func (noProgress) step(string, int, int) {}
func (noProgress) print(string)          {}
func (noProgress) stop()                 {}

// plainProgress prints the texts of scripts, and has no bar.
type plainProgress struct {
	noProgress
	w io.Writer
}

func (p plainProgress) print(text string) { fmt.Fprintln(p.w, text) }

// bars shows one bar per phase with its rate and the time left.
type bars struct {
	pool   *mpb.Progress
	phase  string
	bar    *mpb.Bar
	shown  time.Time
	beside func() string
}

// note implements annotated.
func (b *bars) note(text func() string) { b.beside = text }

func (b *bars) noted(decor.Statistics) string {
	if b.beside == nil {
		return ""
	}
	return b.beside()
}

func newBars(w io.Writer) *bars {
	return &bars{pool: mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))}
}

func (b *bars) step(phase string, done, total int) {
	if b.bar == nil || phase != b.phase {
		b.phase = phase
		b.bar = b.pool.AddBar(int64(total),
			mpb.PrependDecorators(decor.Name(phase, decor.WCSyncSpaceR), decor.CountersNoUnit("%d / %d")),
			mpb.AppendDecorators(decor.AverageSpeed(0, "%.0f/s"), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO), decor.Any(b.noted)))
	}
	const often = 50 * time.Millisecond
	if now := time.Now(); done == total || now.Sub(b.shown) > often {
		b.shown = now
		b.bar.SetCurrent(int64(done))
	}
}

func (b *bars) print(text string) { fmt.Fprintln(b.pool, text) }

func (b *bars) stop() {
	if b.bar != nil {
		b.bar.Abort(false) // waiting for a bar that is not full would never end
	}
	b.pool.Wait()
}
