package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/internal/jsontext"
)

// line is what one object or row says.
type line struct {
	Item
	status   string // of this program's own output
	skip     bool
	problems []error
}

// member is one property of a JSON object as it was written.
type member struct {
	name  string
	value json.RawMessage
}

// envelope lists what this program's output has around a record.
func envelope() []string {
	return []string{
		"record", "id", "server", "made_at", "via", "status", "attempts", "error", "possibly_duplicated", purlName, "asked", "host",
		"advisories", "not_compared", // of deploy where
	}
}

// readObject reads a record, or an object of this program's output, which has the record under
// "record".
func readObject(text []byte, o Options) line {
	if record, ok := plainRecord(text); ok {
		return line{Item: Item{Record: record}}
	}
	members, err := readMembers(text)
	if err != nil {
		return line{problems: []error{err}}
	}
	i := slices.IndexFunc(members, func(m member) bool { return strings.EqualFold(m.name, "record") })
	if i < 0 {
		return readRecord(members)
	}
	return readOutput(members, o)
}

// readMembers splits an object, keeping doubled names, which decoding into a map or struct would
// silently drop.
func readMembers(text []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	open, err := dec.Token()
	if err != nil {
		return nil, notJSONAt(err, text)
	}
	if open != json.Delim('{') {
		return nil, fmt.Errorf("expected an object, found %s", excerpt(text))
	}
	var members []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, notJSONAt(err, text)
		}
		m := member{name: name.(string)} // the decoder accepts only a string there
		if err := dec.Decode(&m.value); err != nil {
			return nil, notJSONAt(err, text)
		}
		members = append(members, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, notJSONAt(err, text)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not JSON: more follows after the object")
	}
	return members, nil
}

// notJSONAt is [notJSON] for the text of a whole object, with the column if that has one line.
func notJSONAt(err error, text []byte) error {
	fault, ok := jsontext.FaultOf(err, text)
	if !ok || bytes.ContainsAny(bytes.TrimSpace(text), "\r\n") {
		return notJSON(err, text)
	}
	return fmt.Errorf("not JSON: column %d: %s", fault.Column(text), fault)
}

// readRecord reads the ten properties and the package URL, and names everything that is wrong with
// them together.
func readRecord(members []member) line {
	var l line
	var purl string
	var seen [propertyCount + 1]bool
	properties := l.Record.Properties()
	for _, m := range members {
		i, target := find(&properties, m.name), &purl
		switch {
		case i >= 0:
			target = properties[i].Value
		case isPURLName(m.name):
			i = propertyCount
		default:
			l.problems = append(l.problems, unknown(m.name))
			continue
		}
		switch value, err := text(m); {
		case seen[i]:
			l.problems = append(l.problems, doubled(m.name))
		case err != nil:
			l.problems = append(l.problems, err)
		default:
			*target = value
		}
		seen[i] = true
	}
	l.fillFromPURL(purl)
	return l
}

// readOutput reads an object of this program's output. Of what is around the record, only the time
// and the status matter; the rest must be known anyway, or a misspelt property would pass unseen.
func readOutput(members []member, o Options) line {
	outer := map[string]member{}
	var problems []error
	for _, m := range members {
		name := strings.ToLower(m.name)
		if !slices.Contains(envelope(), name) {
			problems = append(problems, unknown(m.name))
		} else if _, twice := outer[name]; twice {
			problems = append(problems, doubled(m.name))
		}
		outer[name] = m
	}
	id, err1 := text(outer["id"])
	madeAt, err2 := text(outer["made_at"])
	status, err3 := text(outer["status"])
	purl, err4 := text(outer[purlName])
	asked, err5 := text(outer["asked"])
	head := readHead(id, madeAt, status, o)
	head.Asked = asked
	head.problems = slices.Concat(problems, head.problems, present(err1, err2, err3, err4, err5))
	if head.skip || len(head.problems) > 0 {
		return head
	}
	inner, err := readMembers(outer["record"].value)
	if err != nil {
		return line{problems: []error{fmt.Errorf("property \"record\": %w", err)}}
	}
	body := readRecord(inner)
	head.Record, head.Type, head.problems = body.Record, body.Type, body.problems
	head.takeType(purl)
	return head
}

// readHead reads what decides over a line of this program's output, JSON or CSV.
func readHead(id, madeAt, status string, o Options) line {
	l := line{Item: Item{ID: id}, status: status}
	switch status {
	case "recorded", "skipped", "dropped", "retired":
		l.skip = true
	case "uncertain":
		l.skip, l.Uncertain = !o.Resend, true
	case "", "queued", "failed", "planned":
	default:
		l.problems = append(l.problems, fmt.Errorf("unknown status %q", status))
	}
	if madeAt == "" {
		return l
	}
	made, err := time.Parse(time.RFC3339, madeAt)
	if err != nil {
		l.problems = append(l.problems, fmt.Errorf("made_at is not an RFC 3339 time: %q", madeAt))
	}
	l.MadeAt = made.UTC()
	return l
}

// text reads a value that must be text; null and a property that does not exist are "not given".
func text(m member) (string, error) {
	if len(m.value) == 0 || string(m.value) == "null" {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(m.value, &s); err != nil {
		return "", fmt.Errorf("property %q must be text, not %s", m.name, excerpt(m.value))
	}
	return s, nil
}

// excerpt quotes the beginning of what was found instead of something else.
func excerpt(value []byte) string {
	const most = 40 // characters: enough to find it again in the file
	runes := []rune(string(value))
	if len(runes) > most {
		return fmt.Sprintf("%q…", string(runes[:most]))
	}
	return fmt.Sprintf("%q", string(runes))
}

func unknown(name string) error { return &UnknownProperty{Name: name} }
func doubled(name string) error { return fmt.Errorf("property %q is given twice", name) }

// present drops the nils.
func present(errs ...error) []error {
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}
