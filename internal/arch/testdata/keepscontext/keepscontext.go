// as: internal/live
// want: a type keeps a context

// Package keepscontext is a planted case of the architecture test.
package keepscontext

import "context"

type t struct {
	ctx context.Context
	end func(context.Context) error
}
