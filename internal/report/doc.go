// Package report makes report.html from a result folder: one page that needs
// only a browser, and neither a network connection nor the folder.
//
// It shows the scenario, the results of its expectations, the figures, the
// scores, the atoms of the neurons over time as a chart to explore, the first
// rows of each table, where the run came from and how to reproduce it.
//
// Duties: every text of the folder is escaped (see markup); files are compared
// with the manifest before they are read; the size of the page is limited even
// for a large folder, and the page says what was left out.
package report
