package cli

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// on reads a switch.
func (t Text) on(p *Problems) bool {
	on, err := strconv.ParseBool(t.Value)
	if err != nil {
		p.Addf("%s %q is neither 1 nor 0", t.From, t.Value)
	}
	return on
}

// count reads a whole number of at least least.
func (t Text) count(otherwise, least int, p *Problems) int {
	if t.Value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(t.Value)
	if err != nil || n < least {
		p.Addf("%s %q is no whole number from %d on", t.From, t.Value, least)
		return otherwise
	}
	return n
}

// duration reads a duration above zero.
func (t Text) duration(otherwise time.Duration, p *Problems) time.Duration {
	if t.Value == "" {
		return otherwise
	}
	d, err := parseDuration(t.Value)
	if err == nil && d == 0 {
		p.Addf("%s %q is no time at all", t.From, t.Value)
	} else if err != nil {
		p.Addf("%s %s", t.From, err)
	}
	return d
}

// OneOf reads one of the known words, of which the first is the default.
func OneOf[T ~string](t Text, known []T, p *Problems) T {
	if t.Value == "" {
		return known[0]
	}
	if !slices.Contains(known, T(t.Value)) {
		p.Addf("%s %q is not known: known are %s", t.From, t.Value, Joined(known, ", "))
		return known[0]
	}
	return T(t.Value)
}

// WebURLProblem says why a text is not an absolute http or https URL that
// everyone may see, or "".
func WebURLProblem(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (!strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https")) {
		return fmt.Sprintf("%q is no absolute http or https URL", text)
	}
	if u.User != nil {
		// Not repeated: there may be a password in it.
		return "holds a user name or a password, which everyone who sees the record could read"
	}
	return ""
}
