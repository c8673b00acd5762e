// Package journal is what a run tells while it goes on: a struct of callbacks,
// and the tables and figures that it hands over, as plain data. How they are
// kept or drawn is not the run's business.
package journal
