// Package baseline holds what infomorphic networks are compared with: logistic
// regression for digits, and the classical learning rules of associative
// memories. It is pure.
package baseline
