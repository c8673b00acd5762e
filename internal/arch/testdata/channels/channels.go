// as: pid
// want: channel in a pure package
// want: channel in a pure package
// want: channel in a pure package
// want: channel in a pure package
// want: channel in a pure package
// want: channel in a pure package

// Package channels is a planted case of the architecture test.
package channels

func f(c chan int) int {
	c <- 1
	select {
	case v := <-c:
		return v
	default:
	}
	for range c {
		break
	}
	return <-c
}
