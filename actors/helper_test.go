package actors

import (
	"sort"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// children returns the references of the direct children of parent, by name.
func children(e *Engine, parent *actor.PID) []*actor.PID {
	var refs []*actor.PID
	for _, bucket := range e.system.ProcessRegistry.LocalPIDs.LocalPIDs {
		for _, id := range bucket.Keys() {
			if name, ok := strings.CutPrefix(id, parent.Id+"/"); ok && !strings.Contains(name, "/") {
				refs = append(refs, e.system.NewLocalPID(id))
			}
		}
	}
	sort.Slice(refs, func(i, j int) bool { return refs[i].Id < refs[j].Id })
	return refs
}
