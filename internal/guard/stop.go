package guard

import (
	"context"
	"os"
	"sync"
)

// Stopper counts work in progress that ends by itself, with its results saved,
// after its context has ended. If there is none, the program can exit at once.
type Stopper struct {
	// Interrupted reports whether the contexts of all work have ended; nil: never.
	Interrupted func() bool

	mu    sync.Mutex
	going int
}

type stopperKey struct{}

// WithStopper returns a context in which Graceful reports work to s.
func WithStopper(ctx context.Context, s *Stopper) context.Context {
	return context.WithValue(ctx, stopperKey{}, s)
}

// Graceful reports the begin of work that ends by itself soon after ctx has
// ended. The work calls done at its end. Without a Stopper in ctx it does
// nothing.
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
		return // keep the count: this work was interrupted, even if it has ended already
	}
	s.going += n
}

// Going reports whether such work is in progress.
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

// Discard removes the temporary files of every Save in progress. Call it before
// the program exits at once.
func Discard() {
	drafts.Lock()
	defer drafts.Unlock()
	for name := range drafts.names {
		os.Remove(name)
	}
}
