package client

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// promotionsLimit is 10,000, the most promotions of one package: more than fit into [elementLimit]
// if they have names and dates.
const promotionsLimit = 10_000

// decodePromotions reads an array of promoted packages element by element and gives each to use.
// Null elements are passed over. The word null is not an answer: taken for an empty list, it would
// say that nothing was promoted.
func decodePromotions(body io.Reader, use func(PromotedPackage) error) error {
	stream := newElementStream(body)
	null, err := stream.open()
	switch {
	case err != nil:
		return err
	case null:
		return shapeError("it is null")
	}
	return stream.each(func(c *jsonCursor) error {
		p, err := c.promotedPackage()
		if err != nil {
			return err
		}
		return use(p)
	})
}

// promotedPackage reads one package.
func (c *jsonCursor) promotedPackage() (p PromotedPackage, err error) {
	values, promotions, err := c.packageMembers()
	if err != nil {
		return p, err
	}
	p = PromotedPackage{Type: ecosystem.ParseType(values[inPackageType]), Version: values[inVersion], Promotions: promotions}
	if p.Name, err = values.either(inPackageName, inPackage); err != nil {
		return p, err
	}
	if p.Group, err = values.either(inGroupName, inGroup); err != nil {
		return p, err
	}
	if p.Group == "" {
		p.Group, p.Name = ecosystem.SplitName(p.Type, p.Name)
	}
	p.Group = ecosystem.BareScope(p.Group)
	return p, nil
}

// serverDates are the forms in which servers have been seen to write dates; one without a zone is
// UTC.
var serverDates = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05-0700",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02", time.RFC1123, time.RFC1123Z,
}

// parseServerDate reads a date in any known form, to whole seconds in UTC; the zero time stands for
// one that cannot be read.
func parseServerDate(s string) time.Time {
	s = strings.TrimSpace(s)
	// The current form has no zone. The time package reads RFC 3339 several times faster than any
	// other layout, and a layout that fails costs most of all.
	if len(s) >= len("2006-01-02T15:04:05") && s[10] == 'T' && !strings.ContainsAny(s[10:], "Zz+-") {
		if t, err := time.Parse(time.RFC3339Nano, s+"Z"); err == nil {
			return plausible(t)
		}
	}
	return parseAnyDate(s)
}

// parseAnyDate tries one form after the other.
func parseAnyDate(s string) time.Time {
	for _, layout := range serverDates {
		// A fraction of a second after the seconds is read by every layout.
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(t)
		}
	}
	return parseMicrosoftDate(s)
}

// plausible gives the date to whole seconds in UTC. RFC 3339 has four digits for the year, and .NET
// writes the year 1 for a date that was never set.
func plausible(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Second)
	if t.Year() <= 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// parseMicrosoftDate reads the older ASP.NET form, /Date(1701259200000)/, and a bare number of
// milliseconds since 1970; else it gives the zero time.
func parseMicrosoftDate(s string) time.Time {
	inner, found := strings.CutPrefix(s, "/Date(")
	if found {
		inner = strings.TrimSuffix(inner, ")/")
		// A zone behind the number says how to show it, not when it was.
		if i := strings.LastIndexAny(inner, "+-"); i > 0 {
			inner = inner[:i]
		}
	}
	ms, err := strconv.ParseInt(inner, 10, 64)
	if err != nil || (!found && len(inner) < 12) {
		return time.Time{}
	}
	return plausible(time.UnixMilli(ms))
}
