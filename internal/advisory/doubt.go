package advisory

import (
	"cmp"
	"fmt"
	"slices"
)

// doubt is why versions may be affected of which nothing certain is known.
type doubt struct {
	from  *affected // the first entry that gives a reason
	why   string    // its reason
	place bool      // the reason is that the version has no place in an order
	fixed []fix     // the nearest of the versions in which all those entries are fixed
}

// add takes the reason of a further entry.
func (d *doubt) add(one *affected, why string, place bool) {
	if d.from == nil {
		d.from, d.why, d.place = one, why, place
	}
	d.fixed = append(d.fixed, one.ready().fixed...)
}

// join puts doubts of two kinds together; either may be nil.
func join(a, b *doubt) *doubt {
	switch {
	case a == nil || a.from == nil:
		return b
	case b == nil || b.from == nil:
		return a
	case b.from.index < a.from.index:
		a, b = b, a
	}
	both := *a
	both.fixed = nearest(slices.Concat(a.fixed, b.fixed))
	return &both
}

// finding is what the doubt says of a version; false if there is no doubt.
func (d *doubt) finding(a *Advisory, of *pkg, version string) (Finding, bool) {
	if d == nil || d.from == nil {
		return Finding{}, false
	}
	why := d.why
	if d.place {
		why = fmt.Sprintf("%q cannot be compared with the versions of other %s packages", version, of.kind)
	}
	return Finding{ID: a.ID, Severity: cmp.Or(a.Severity, d.from.severity), Fixed: versionsOf(d.fixed), Doubt: why}, true
}

// doubt is that of a version that no entry has. It is the same for all versions that have a place
// in the same orders.
func (c *comparison) doubt(version int) *doubt {
	places := 0
	for i, order := range c.orders {
		if c.of.inOrder(order).has[version] {
			places |= 1 << i
		}
	}
	if c.doubts[places] == nil {
		d := &doubt{}
		for _, one := range c.entries {
			if why, place := one.doubt(c.of, version); why != "" || place {
				d.add(one, why, place)
			}
		}
		d.fixed = nearest(d.fixed)
		c.doubts[places] = d
	}
	return c.doubts[places]
}

// doubt says why it is not clear whether a version is affected: it has no place in an order, or
// why. Git ranges beside others say the same in commits.
func (one *affected) doubt(of *pkg, version int) (why string, place bool) {
	if one.gitOnly() {
		return "the advisory names Git commits only", false
	}
	if len(one.ranges) == 0 && len(one.versions) == 0 {
		return "the advisory does not say which versions are affected", false
	}
	for _, s := range slices.Backward(one.ready().sequences) {
		switch {
		case s.order != "" && !of.inOrder(s.order).has[version]:
			return "", true
		case s.doubt != "":
			return s.doubt, false
		}
	}
	return "", false
}
