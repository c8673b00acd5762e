package pid

import "errors"

var errGoalSources = errors.New("pid: the goal is for another number of sources")
