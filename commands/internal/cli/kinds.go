package cli

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/progetctl/progetctl/internal/records"
)

// on reads a switch.
func (t Text) on(p *Problems) bool {
	on, err := strconv.ParseBool(t.Value)
	if err != nil {
		p.Addf("%s %q is not a valid value; use 1 or 0", t.From, t.Value)
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
		p.Addf("%s %q must be a whole number, %d or more", t.From, t.Value, least)
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
		p.Addf("%s %q must be longer than 0", t.From, t.Value)
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
		p.Addf("%s %q is not a valid value; use %s", t.From, t.Value, Either(known))
		return known[0]
	}
	return T(t.Value)
}

// WebURLProblem says why a text is not an absolute http or https URL that everyone may see, or "".
// A text with an @ is not repeated: there may be a password in it.
func WebURLProblem(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (!strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https")) {
		if strings.Contains(text, "@") {
			return "is not an absolute http or https URL"
		}
		return fmt.Sprintf("%q is not an absolute http or https URL", text)
	}
	if u.User != nil {
		return "contains a user name or password, which everyone who sees the record could read"
	}
	return ""
}

// dateLayouts are the forms of ISO 8601 and RFC 3339 that are read, without a zone, which is cut
// off first. Fractions of a second are read by each of them that has seconds.
var dateLayouts = []string{
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04",
	"20060102T150405", "20060102T1504",
}

// dayLayouts are the forms of a date alone.
var dayLayouts = []string{"2006-01-02", "20060102"}

// parseDate reads a date, or a date and time; no zone means UTC. whole says that it was a date
// alone.
func parseDate(s string) (t time.Time, whole bool, err error) {
	for _, layout := range dayLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true, nil
		}
	}
	local, offset, ok := cutZone(strings.ToUpper(s))
	if ok {
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, local); err == nil {
				return t.Add(-offset).Truncate(time.Second), false, nil
			}
		}
	}
	return time.Time{}, false, fmt.Errorf("%q is not a valid date; use 2026-11-21 or 2026-11-21T10:00:00Z", s)
}

// cutZone cuts Z, +01, +0100 or +01:00 from the end of a date and time.
func cutZone(s string) (local string, offset time.Duration, ok bool) {
	if rest, found := strings.CutSuffix(s, "Z"); found {
		return strings.TrimSpace(rest), 0, true
	}
	m := zoneForm().FindStringSubmatch(s)
	// A date alone ends in -DD as well: a zone comes only after a time.
	if m == nil || !strings.ContainsAny(m[1], "T ") {
		return s, 0, true
	}
	hours, _ := strconv.Atoi(m[3])
	minutes, _ := strconv.Atoi("0" + m[4])
	if hours > 14 || minutes > 59 {
		return "", 0, false
	}
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if m[2] == "-" {
		offset = -offset
	}
	return m[1], offset, true
}

var zoneForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(.*:?\d\d(?:[.,]\d+)?) ?([+-])(\d\d):?(\d\d)?$`)
})

// CheckDeploymentDate reads the date of a deployment. An empty text is the zero time.
func CheckDeploymentDate(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, _, err := parseDate(text)
	if err == nil {
		err = records.DateProblem(t, text, now)
	}
	return t, err
}

// longestDuration is a hundred years: far more than anyone looks back, and far less than what a
// duration can hold.
const longestDuration = 36500 * 24 * time.Hour

// parseDuration reads Go's durations and whole or broken days and weeks.
func parseDuration(s string) (time.Duration, error) {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if number, found := strings.CutSuffix(s, unit); found {
			n, err := strconv.ParseFloat(number, 64)
			// Asked this way round, because NaN is not below either end.
			if err == nil && n >= 0 && n <= float64(longestDuration/length) {
				return time.Duration(n * float64(length)), nil
			}
			return 0, fmt.Errorf("%q is not a valid duration; use 90s, 24h or 7d", s)
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > longestDuration {
		return 0, fmt.Errorf("%q is not a valid duration; use 90s, 24h or 7d", s)
	}
	return d, nil
}
