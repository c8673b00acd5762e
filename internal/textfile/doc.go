// Package textfile reads files as other programs leave them: packed by gzip,
// zstd or bzip2, in UTF-8 or UTF-16, with or without a byte order mark, with
// the line ends of any system, and cuts their lines into fields.
//
// What comes out is UTF-8 with \n. Nothing is held but a line at a time; how
// much is read in all is bounded by the caller.
package textfile
