package advisory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// versionRange is a time line of versions, its events in any order.
type versionRange struct {
	Type   string  `json:"type"`
	Events []event `json:"events"`
}

// event is one of its four properties: the first affected version, the first that is not, the last
// that is, or a bound of what the range speaks of.
type event struct {
	Introduced   string `json:"introduced"`
	Fixed        string `json:"fixed"`
	LastAffected string `json:"last_affected"`
	Limit        string `json:"limit"`
}

// check refuses what is not a range at all. Types that are not known are not an error: see
// includes.
func (r versionRange) check() error {
	if r.Type == "" {
		return errors.New("a range has no \"type\"")
	}
	if r.Type == "GIT" {
		return nil
	}
	for i, e := range r.Events {
		if e == (event{}) {
			return fmt.Errorf("events[%d] is none of introduced, fixed, last_affected and limit", i)
		}
	}
	return nil
}

// order is the ecosystem whose order the range is in: SEMVER's is that of semver.org, whatever the
// package.
func (r versionRange) order(kind ecosystem.Type) ecosystem.Type {
	if r.Type == "SEMVER" {
		switch kind {
		case ecosystem.PyPI, ecosystem.Maven, ecosystem.Debian, ecosystem.RPM, ecosystem.Alpine, ecosystem.Gem,
			ecosystem.Composer, ecosystem.Conda, ecosystem.CRAN:
			return ecosystem.Cargo
		}
	}
	return kind
}

// step is an event at its version.
type step struct {
	version string
	kind    int
}

// The kinds of events, in the order in which those of one version take effect: what is fixed in a
// version may be introduced again in it, and the last affected version is affected.
const (
	fixedStep = iota
	introducedStep
	lastStep
)

// first is the version that comes before all others. Source: OSV schema,
// affected[].ranges[].events.
const first = "0"

// includes reports whether a version is in the range. The error says why that is not clear. Source:
// OSV schema, evaluation.
func (r versionRange) includes(kind ecosystem.Type, version string) (bool, error) {
	if r.Type != "SEMVER" && r.Type != "ECOSYSTEM" {
		return false, fmt.Errorf("ranges of type %s cannot be compared with versions", r.Type)
	}
	order := r.order(kind)
	if !ecosystem.Ordered(order, version) {
		return false, fmt.Errorf("%q cannot be compared with the versions of other %s packages", version, kind)
	}
	steps, limits, err := r.steps(order)
	if err != nil || !withinLimits(order, limits, version) {
		return false, err
	}
	inside := false
	for _, s := range steps {
		at := 1
		if s.version != first {
			at = ecosystem.CompareVersions(order, version, s.version)
		}
		switch {
		case s.kind == introducedStep && at >= 0:
			inside = true
		case s.kind == fixedStep && at >= 0, s.kind == lastStep && at > 0:
			inside = false
		}
	}
	return inside, nil
}

// steps sorts the events. A range that begins nowhere begins with the first version.
func (r versionRange) steps(order ecosystem.Type) (steps []step, limits []string, err error) {
	begun := false
	for _, e := range r.Events {
		for kind, version := range []string{fixedStep: e.Fixed, introducedStep: e.Introduced, lastStep: e.LastAffected} {
			if version == "" {
				continue
			}
			if version != first && !ecosystem.Ordered(order, version) {
				return nil, nil, fmt.Errorf("the advisory's version %q cannot be compared with others of type %s", version, order)
			}
			begun = begun || kind == introducedStep
			steps = append(steps, step{version, kind})
		}
		if e.Limit != "" {
			if e.Limit != "*" && !ecosystem.Ordered(order, e.Limit) {
				return nil, nil, fmt.Errorf("the advisory's limit %q cannot be compared with versions of type %s", e.Limit, order)
			}
			limits = append(limits, e.Limit)
		}
	}
	if !begun {
		steps = append(steps, step{first, introducedStep})
	}
	slices.SortStableFunc(steps, func(a, b step) int {
		return cmp.Or(compareSteps(order, a.version, b.version), cmp.Compare(a.kind, b.kind))
	})
	return steps, limits, nil
}

func compareSteps(order ecosystem.Type, a, b string) int {
	switch {
	case a == b:
		return 0
	case a == first:
		return -1
	case b == first:
		return 1
	}
	return ecosystem.CompareVersions(order, a, b)
}

// withinLimits reports whether the range speaks of the version: it is below one of the limits, or
// there are none.
func withinLimits(order ecosystem.Type, limits []string, version string) bool {
	for _, limit := range limits {
		if limit == "*" || ecosystem.CompareVersions(order, version, limit) < 0 {
			return true
		}
	}
	return len(limits) == 0
}
