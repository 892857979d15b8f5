// Package rules has no program: its tests check the rules of this module, and run with all the
// others.
//
// They read the source tree itself and fail with the reason for the rule, so that nobody has to
// explain it in a review: which package may import which (docs/architecture.md), how long a file
// and a function may be, what must be documented, and what must not be linked into the binary.
package rules
