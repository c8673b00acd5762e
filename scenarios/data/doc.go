// Package data provides the items of an experiment: the values to present to inputs, with
// a name, a label and features if there are any.
//
// Load makes a Set of every source of the experiment. A Set has one or more fields, such
// as a picture. A Part of a set, such as "digits" or "digits.train", returns item i,
// which is always the same for the same i. An item is either read from the loaded data,
// or drawn from the seed, the number of the source, its part and i. It depends on nothing
// else. So there is no state to save, items can be read in any order and repeatedly, and
// drawing more items of one source never changes those of another.
//
// The parts of a set have no items in common. Data from files is checked when it is
// loaded. An error names the file, the position and what was expected, and the key of the
// document that names the file.
//
// Collections, sets and parts must not be used by more than one goroutine at a time.
package data
