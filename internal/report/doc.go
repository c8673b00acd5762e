// Package report makes report.html out of a result folder: one page that
// needs nothing but a browser, neither a network nor the folder it came from.
//
// It shows what ran and what was expected of it, the figures, the scores, the
// atoms of the neurons over time as a chart to explore, the first rows of each
// table, where the run came from and how to reproduce it.
//
// Duties: every text of the folder is escaped by html/template; files are
// compared with the manifest before they are read; the size of the page is
// bounded however large the folder is, and the page says what was left out.
package report
