package fault

import (
	"errors"
	"reflect"
	"slices"
)

// Distinct returns joined errors without repetitions: it leaves out an error if
// an earlier one has the same text or wraps an error with this text. A broken
// engine, for example, returns the same error to every call.
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

// tells reports whether e, or an error that it wraps alone, has the text of
// err.
func tells(e, err error) bool {
	for ; e != nil; e = errors.Unwrap(e) {
		if e.Error() == err.Error() {
			return true
		}
	}
	return false
}

// joined is the type that errors.Join returns. Other types that hold several
// errors have a text of their own.
var joined = reflect.TypeOf(errors.Join(errors.ErrUnsupported))
