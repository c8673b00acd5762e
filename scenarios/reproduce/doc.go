// Package reproduce holds the claims of this project and checks them with runs.
//
//   - Registry: the claims as data, read from YAML. An entry has a scenario, settings,
//     seeds, and checks. A check has a score, the range in which it must lie, and the
//     source of that range;
//   - Judge: findings, one for each check, from the scores of an entry's runs. Means have
//     Student's t interval, shares of runs have Wilson's, both 95 %;
//   - Page: docs/results.md from findings. The page contains its data, so that entries
//     measured at different times can be merged;
//   - Pack: entries and how to measure them. Each entry is a sweep of package sweep, in
//     its own folder. Runs that are done are not repeated.
//
// From Go, for one entry:
//
//	pack, err := reproduce.Open(reproduce.Options{Dir: "reproductions"})
//	chosen, err := pack.Choose([]string{"bars"})
//	begun, err := pack.Begin(chosen)
//	result, err := pack.Run(ctx, begun[0])
package reproduce
