// Package data gives an experiment its items: what is told to inputs, with a
// name, a label and features where there are any.
//
// Load makes a Set of every source of the experiment. A Set has one or more
// fields, such as a picture; a Part of it, "digits" or "digits.train", hands out
// item i, which is always the same for the same i: an item is read from what
// was loaded, or drawn from the seed, the number of the source, its part and i,
// and from nothing else. So neither order nor repetition has a state to save,
// and drawing more of one source never shifts another.
//
// Parts of a set never share an item. Whatever is read from files is checked
// when it is loaded; an error says file, place and what was expected, and is
// tied to the key that names the file.
//
// Collections, sets and parts are for one goroutine at a time.
package data
