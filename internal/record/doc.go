// Package record writes and reads the result folder of a run.
//
// A folder holds manifest.json (what ran, where, with which versions, and the
// SHA-256 of every file), summary.json (scores by name), tables as Parquet (and
// CSV copies on request), pictures and other files, and log.jsonl.
//
// Duties:
//
//   - Bounded memory: rows go to an append-only file of plain records below
//     .parts during the run, and become Parquet when it ends.
//   - Safe against any death of the process: no half-written file carries its
//     final name, and what a killed run recorded is salvaged by [Recover] or
//     continued by [Resume], which cuts every table back to the rows that the
//     checkpoint counted. So run(T), resume, run(T) leaves the tables of
//     run(2T), byte for byte.
//   - Deterministic bytes: equal rows give equal tables. Wall-clock times are
//     in manifest.json and log.jsonl only.
//
// Times in tables are simulated microseconds, information is in bits.
package record
