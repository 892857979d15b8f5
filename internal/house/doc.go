// Package house holds no program: its tests are the house rules of this module, run with all the
// others.
//
// They read the source tree itself and fail with the reason for the rule, so that a change which
// breaks one is told why before a person has to say it: which package may import which
// (docs/architecture.md), how long a file and a function may be, what must be documented, and what
// must not be linked into the binary.
package house
