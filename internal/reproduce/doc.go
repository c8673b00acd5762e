// Package reproduce says what this project claims, and whether runs bear it
// out.
//
//   - Registry: the claims as data, read from YAML. An entry names a scenario,
//     what it sets, its seeds, and checks: a score, the range it must lie in,
//     and where that range comes from;
//   - Judge: findings, one a check, from the scores of an entry's runs. Means
//     come with Student's t interval, shares of runs with Wilson's, both 95 %;
//   - Page: docs/results.md from findings. The page carries its data, so that
//     entries measured at different times merge.
//
// Who runs the scenarios, and where results are kept, is not this package's
// business.
package reproduce
