// Package textfile reads text files of other programs: compressed by gzip, zstd
// or bzip2 or not, in UTF-8 or UTF-16, with or without a byte order mark, with
// the line ends of any system. It splits their lines into fields.
//
// The result is UTF-8 with \n. Only one line at a time is in memory. The caller
// must limit how much is read in total.
package textfile
