// Package journal defines what a run reports while it runs: a struct of callbacks, and
// tables and figures as plain data. The run does not define how they are stored or drawn.
package journal
