// as: pid
// want: fmt.Println in
// want: println in a pure

// Package printing is a planted case of the architecture test.
package printing

import "fmt"

func f() {
	fmt.Println("here")
	println("here")
	_ = fmt.Sprint("fine")
}
