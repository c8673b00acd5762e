package fault

import (
	"errors"
	"reflect"
	"slices"
	"strings"
)

// Distinct returns joined errors without those that say again what one before
// has said, with more or in the same words: all that is asked of an engine that is
// broken has the same answer.
func Distinct(err error) error {
	var all []error
	said := func(text string) bool {
		return slices.ContainsFunc(all, func(e error) bool { return strings.Contains(e.Error(), text) })
	}
	var add func(error)
	add = func(err error) {
		if many, ok := err.(interface{ Unwrap() []error }); ok && reflect.TypeOf(err) == joined {
			for _, e := range many.Unwrap() {
				add(e)
			}
			return
		}
		if err != nil && !said(err.Error()) {
			all = append(all, err)
		}
	}
	add(err)
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}

// joined is the type of what errors.Join returns. Others that hold several errors
// have words of their own.
var joined = reflect.TypeOf(errors.Join(errors.ErrUnsupported))
