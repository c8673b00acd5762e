// as: internal/report
// want: os.ReadFile opens whatever lies there
// want: os.Open opens whatever lies there

// Package opens is a planted case of the architecture test.
package opens

import "os"

func f() error {
	if _, err := os.ReadFile("f"); err != nil {
		return err
	}
	_, err := os.Open("g")
	return err
}
