package guard

import (
	"context"
	"os"
	"sync"
)

// Stopper knows whether work goes on that ends by itself, with its results
// safe, once its context has ended. Where there is none the program need not
// wait for anything.
type Stopper struct {
	// Interrupted reports whether the contexts of all work have ended; nil: never.
	Interrupted func() bool

	mu    sync.Mutex
	going int
}

type stopperKey struct{}

// WithStopper returns a context whose work can be held by s.
func WithStopper(ctx context.Context, s *Stopper) context.Context {
	return context.WithValue(ctx, stopperKey{}, s)
}

// Graceful says that work begins which ends by itself soon after ctx has ended;
// the work calls done when it has. Without a Stopper in ctx it does nothing.
func Graceful(ctx context.Context) (done func()) {
	s, _ := ctx.Value(stopperKey{}).(*Stopper)
	if s == nil {
		return func() {}
	}
	s.add(1)
	return sync.OnceFunc(func() { s.add(-1) })
}

func (s *Stopper) add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 0 && s.Interrupted != nil && s.Interrupted() {
		return // it is what was interrupted, however soon it has ended
	}
	s.going += n
}

// Going reports whether such work goes on.
func (s *Stopper) Going() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.going > 0
}

// drafts are the files that are being saved: see Discard.
var drafts struct {
	sync.Mutex
	names map[string]bool
}

func draft(name string, begun bool) {
	drafts.Lock()
	defer drafts.Unlock()
	if drafts.names == nil {
		drafts.names = make(map[string]bool)
	}
	if begun {
		drafts.names[name] = true
		return
	}
	delete(drafts.names, name)
	os.Remove(name) // gone already if all went well
}

// Discard removes what Save has begun to write and not completed, for a
// program that ends at once.
func Discard() {
	drafts.Lock()
	defer drafts.Unlock()
	for name := range drafts.names {
		os.Remove(name)
	}
}
