// as: actors
// want: github.com/rs/zerolog may be imported only in [cmd]

// Package importzerolog is a planted case of the architecture test.
package importzerolog

import _ "github.com/rs/zerolog"
