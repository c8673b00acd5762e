package fault

import (
	"errors"
	"reflect"
	"slices"
)

// Distinct returns joined errors without those that say again what one before
// has said or wraps: all that is asked of an engine that is broken has the same
// answer.
func Distinct(err error) error {
	var all []error
	said := func(err error) bool {
		return slices.ContainsFunc(all, func(e error) bool { return tells(e, err) })
	}
	var add func(error)
	add = func(err error) {
		if many, ok := err.(interface{ Unwrap() []error }); ok && reflect.TypeOf(err) == joined {
			for _, e := range many.Unwrap() {
				add(e)
			}
			return
		}
		if err != nil && !said(err) {
			all = append(all, err)
		}
	}
	add(err)
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}

// tells reports whether e says what err says: in its words, or by wrapping it alone.
func tells(e, err error) bool {
	for ; e != nil; e = errors.Unwrap(e) {
		if e.Error() == err.Error() {
			return true
		}
	}
	return false
}

// joined is the type of what errors.Join returns. Others that hold several errors
// have words of their own.
var joined = reflect.TypeOf(errors.Join(errors.ErrUnsupported))
