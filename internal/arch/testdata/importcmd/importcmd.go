// as: actors
// want: actors may not import infomorph/cmd
// want: may be imported only in []

// Package importcmd is a planted case of the architecture test.
package importcmd

import _ "infomorph/cmd/infomorph"
