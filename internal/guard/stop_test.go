package guard

import (
	"context"
	"testing"
)

// TestInterruptedWorkCounts ends work as soon as it is interrupted: Going must
// still report it afterwards.
func TestInterruptedWorkCounts(t *testing.T) {
	s := new(Stopper)
	ctx, interrupt := context.WithCancel(WithStopper(t.Context(), s))
	s.Interrupted = func() bool { return ctx.Err() != nil }
	Graceful(ctx)()
	if s.Going() {
		t.Error("work that is over goes on")
	}
	done := Graceful(ctx)
	interrupt()
	done()
	if !s.Going() {
		t.Error("the work that was interrupted is not known any more")
	}
}
