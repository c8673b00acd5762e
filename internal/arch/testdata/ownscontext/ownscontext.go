// as: neuron/sim
// want: context.Background in a pure package
// want: context.WithTimeout in a pure package

// Package ownscontext is a planted case of the architecture test.
package ownscontext

import (
	"context"
	"time"
)

func f(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if ctx == context.Background() {
		return nil
	}
	return ctx.Err()
}
