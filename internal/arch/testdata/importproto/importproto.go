// as: internal/record
// want: protoactor-go/actor may be imported only in [actors]

// Package importproto is a planted case of the architecture test.
package importproto

import _ "github.com/asynkron/protoactor-go/actor"
