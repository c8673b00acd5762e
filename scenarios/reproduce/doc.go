// Package reproduce says what this project claims, and whether runs bear it
// out.
//
//   - Registry: the claims as data, read from YAML. An entry names a scenario,
//     what it sets, its seeds, and checks: a score, the range it must lie in,
//     and where that range comes from;
//
//   - Judge: findings, one a check, from the scores of an entry's runs. Means
//     come with Student's t interval, shares of runs with Wilson's, both 95 %;
//
//   - Page: docs/results.md from findings. The page carries its data, so that
//     entries measured at different times merge.
//
//   - Pack: entries with how they are measured. Each is a sweep of package sweep,
//     in a folder of its own; what is done already is not run again.
//
// From Go, for one entry:
//
//	pack, err := reproduce.Open(reproduce.Options{Dir: "reproductions"})
//	chosen, err := pack.Choose([]string{"bars"})
//	begun, err := pack.Begin(chosen)
//	result, err := pack.Run(ctx, begun[0])
package reproduce
