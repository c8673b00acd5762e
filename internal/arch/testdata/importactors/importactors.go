// as: scenarios
// want: scenarios may not import infomorph/actors

// Package importactors is a planted case of the architecture test.
package importactors

import _ "infomorph/actors"
