package advisory

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"sort"
	"strings"

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

// check refuses what is not a range at all. Unknown types are not an error: see
// sequence.
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
		if err := checkLength("events", e.Introduced, e.Fixed, e.LastAffected, e.Limit); err != nil {
			return err
		}
	}
	return checkLength("type", r.Type)
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
	key  string // see [ecosystem.SortKey]; "" comes before all versions
	kind int
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

// sequence is a range with its events sorted: many versions are compared with one advisory, which
// may have very many events.
type sequence struct {
	order ecosystem.Type // "" if the range is of an unknown type
	steps []step
	limit string // key of the last limit
	ends  bool   // there are limits, none of which is "*"
	doubt string // why no version can be compared with it, "" if they can
}

// within yields the stretches of a line, in the order of the sequence, whose versions are in the
// range. Source: OSV schema, evaluation.
func (s *sequence) within(l *line) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		if s.doubt != "" {
			return
		}
		inside, from, end := false, 0, len(l.keys)
		if s.ends {
			end = l.from(s.limit)
		}
		for _, step := range s.steps {
			at := l.from(step.key)
			if step.kind == lastStep {
				at = l.after(step.key)
			}
			at = min(at, end)
			if inside == (step.kind == introducedStep) {
				continue
			}
			if inside && from < at && !yield(from, at) {
				return
			}
			inside, from = !inside, at
		}
		if inside && from < end {
			yield(from, end)
		}
	}
}

// sequence sorts the events. A range that begins nowhere begins with the first version.
func (r versionRange) sequence(kind ecosystem.Type) sequence {
	if r.Type != "SEMVER" && r.Type != "ECOSYSTEM" {
		return sequence{doubt: fmt.Sprintf("ranges of type %s cannot be compared with versions", r.Type)}
	}
	s := sequence{order: r.order(kind)}
	begun, endless := false, false
	for _, e := range r.Events {
		for kind, version := range []string{fixedStep: e.Fixed, introducedStep: e.Introduced, lastStep: e.LastAffected} {
			if version == "" {
				continue
			}
			if version != first && !ecosystem.Ordered(s.order, version) {
				s.doubt = fmt.Sprintf("the advisory's version %q cannot be compared with others of type %s", version, s.order)
				return s
			}
			begun = begun || kind == introducedStep
			s.steps = append(s.steps, step{eventKey(s.order, version), kind})
		}
		switch {
		case e.Limit == "":
		case e.Limit == "*":
			endless = true
		case !ecosystem.Ordered(s.order, e.Limit):
			s.doubt = fmt.Sprintf("the advisory's limit %q cannot be compared with versions of type %s", e.Limit, s.order)
			return s
		default:
			s.limit, s.ends = max(s.limit, ecosystem.SortKey(s.order, e.Limit)), true
		}
	}
	s.ends = s.ends && !endless
	if !begun {
		s.steps = append(s.steps, step{"", introducedStep})
	}
	sort.SliceStable(s.steps, func(i, j int) bool {
		a, b := s.steps[i], s.steps[j]
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.kind, b.kind)) < 0
	})
	return s
}

func eventKey(order ecosystem.Type, version string) string {
	if version == first {
		return ""
	}
	return ecosystem.SortKey(order, version)
}
