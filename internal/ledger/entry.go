package ledger

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/jsontext"
	"github.com/progetctl/progetctl/internal/ledger/engine"
	"github.com/progetctl/progetctl/internal/records"
)

// Status is the state of a record, as people and scripts see it.
type Status string

// The statuses. Skipped is never stored: callers use it for a record that [Session.Add] says to
// skip.
const (
	Recorded  Status = "recorded"
	Queued    Status = "queued"
	Skipped   Status = "skipped"
	Failed    Status = "failed"
	Uncertain Status = "uncertain"
	Planned   Status = "planned" // saved, but its process ended before sending it
	Dropped   Status = "dropped"
	Retired   Status = "retired" // not a deployment: the target no longer runs the package, or anything
)

// Two states have no status of their own: sending, which is not stored in the row (see stateNow),
// is shown as uncertain, and refused (by a flush, so that it is pending) as failed.
const (
	sending Status = "sending"
	refused Status = "refused"
)

// Via is how a record was made.
type Via string

// Post is a record sent on its own; Get one that was sent with the download of its package; Retire
// one that is only in the ledger, because ProGet has no such record.
const (
	Post   Via = "post"
	Get    Via = "get"
	Retire Via = "retire"
)

func (s Status) known() bool {
	switch s {
	case Recorded, Queued, Skipped, Failed, Uncertain, Planned, Dropped, Retired:
		return true
	}
	return false
}

func (v Via) known() bool { return v == Post || v == Get || v == Retire }

// The first and the last second that RFC 3339 can write.
const (
	firstYear = -62167219200 // 0000-01-01T00:00:00Z
	lastYear  = 253402300799 // 9999-12-31T23:59:59Z
)

// Failure is why a record is failed or uncertain, or the last reason why it is still queued.
type Failure struct {
	Kind    string `json:"kind"`             // the word of the exit code: "rejected", "uncertain", …
	Status  int    `json:"status,omitempty"` // HTTP status, 0 if there was no answer
	Message string `json:"message"`
}

// Entry is one deployment record with its outcome; in JSON, the object that every command prints.
type Entry struct {
	ID                 string         `json:"id"`
	Server             string         `json:"server"`
	MadeAt             time.Time      `json:"made_at"` // UTC, whole seconds
	Record             records.Record `json:"record"`
	Via                Via            `json:"via"`
	Status             Status         `json:"status"`
	Attempts           int            `json:"attempts"` // of all runs together
	Error              *Failure       `json:"error,omitempty"`
	PossiblyDuplicated bool           `json:"possibly_duplicated,omitempty"`
	// Type is that of the package, "" if unknown. In JSON it shows as the package URL.
	Type ecosystem.Type `json:"purl,omitempty"`
	// Asked is the version that was asked for, if the feed spells it differently or it was a word:
	// latest.
	Asked string `json:"asked,omitempty"`
	Host  string `json:"host,omitempty"` // the machine that made the record
}

// PURL is the package URL of the version that was deployed, "" if the package's type is unknown.
func (e Entry) PURL() string {
	if e.Type == "" || e.Record.PackageName == "" {
		return ""
	}
	return ecosystem.Package{Type: e.Type, Group: e.Record.GroupName, Name: e.Record.PackageName, Version: e.Record.Version}.PURL()
}

// MarshalJSON is AppendJSON for encoding/json.
func (e Entry) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

// AppendJSON appends what encoding/json would write without escaping HTML: a batch may have a
// million of these.
func (e Entry) AppendJSON(b []byte) []byte {
	b = jsontext.AppendProperty(append(b, '{'), "id", e.ID)
	b = jsontext.AppendProperty(b, "server", e.Server)
	b = append(e.MadeAt.AppendFormat(append(b, `,"made_at":"`...), time.RFC3339Nano), '"')
	b = e.Record.AppendJSON(append(b, `,"record":`...))
	b = jsontext.AppendProperty(b, "via", string(e.Via))
	b = jsontext.AppendProperty(b, "status", string(e.Status))
	b = strconv.AppendInt(append(b, `,"attempts":`...), int64(e.Attempts), 10)
	if e.Error != nil {
		b = e.Error.appendJSON(append(b, `,"error":`...))
	}
	if e.PossiblyDuplicated {
		b = append(b, `,"possibly_duplicated":true`...)
	}
	if purl := e.PURL(); purl != "" {
		b = jsontext.AppendProperty(b, "purl", purl)
	}
	if e.Asked != "" {
		b = jsontext.AppendProperty(b, "asked", e.Asked)
	}
	if e.Host != "" {
		b = jsontext.AppendProperty(b, "host", e.Host)
	}
	return append(b, '}')
}

func (f *Failure) appendJSON(b []byte) []byte {
	b = jsontext.AppendProperty(append(b, '{'), "kind", f.Kind)
	if f.Status != 0 {
		b = strconv.AppendInt(append(b, `,"status":`...), int64(f.Status), 10)
	}
	return append(jsontext.AppendProperty(b, "message", f.Message), '}')
}

// columns are what scan reads, in its order.
func columns(d engine.Dialect) string {
	return "id, server, made_at, via, " + stateNow(d) + ", attempts, error_kind, error_status, error_message, possibly_duplicated, type, asked, host, " + recordColumns()
}

// recordColumns are the columns of a record's properties, in their order.
func recordColumns() string {
	var list []byte
	for i, p := range new(records.Record).Properties() {
		if i > 0 {
			list = append(list, ", "...)
		}
		list = append(append(append(list, '"'), p.Column...), '"') // "user" is a word of SQL
	}
	return string(list)
}

// stateNow is the state, or that the record is being sent.
func stateNow(d engine.Dialect) string {
	return "CASE WHEN id IN (" + d.InFlight + ") THEN 'sending' ELSE state END"
}

// scanner reads the columns of many rows, and after them further ones of a query.
type scanner struct {
	entry                Entry
	failure              Failure
	madeAt               int64
	attempts, httpStatus int64 // database/sql converts to no other integer without writing digits and reading them again
	places               []any
	texts                []*string // of the entry, which are often the same as in the one before
	former               []string
}

func newScanner(more ...any) *scanner {
	s := &scanner{}
	e := &s.entry
	s.places = []any{
		&e.ID, &e.Server, &s.madeAt, (*string)(&e.Via), (*string)(&e.Status), &s.attempts, &s.failure.Kind, &s.httpStatus, &s.failure.Message,
		&e.PossiblyDuplicated, (*string)(&e.Type), &e.Asked, &e.Host,
	}
	s.texts = []*string{&e.Server, (*string)(&e.Via), (*string)(&e.Status), (*string)(&e.Type), &e.Host}
	for _, p := range e.Record.Properties() {
		s.places, s.texts = append(s.places, p.Value), append(s.texts, p.Value)
	}
	s.former = make([]string, len(s.texts))
	s.places = append(s.places, more...)
	return s
}

// scan reads a row.
func (s *scanner) scan(rows *sql.Rows) (Entry, error) {
	if err := rows.Scan(s.places...); err != nil {
		return Entry{}, err
	}
	// A list of a million entries may be in memory, with a dozen servers and feeds, so consecutive
	// entries share equal texts.
	for i, text := range s.texts {
		if *text == s.former[i] {
			*text = s.former[i]
		}
		s.former[i] = *text
	}
	e := s.entry
	e.MadeAt, e.Attempts = time.Unix(s.madeAt, 0).UTC(), int(s.attempts)
	if s.failure.Kind != "" {
		e.Error = &Failure{Kind: s.failure.Kind, Status: int(s.httpStatus), Message: s.failure.Message}
	}
	if !e.Status.known() && e.Status != sending && e.Status != refused || !e.Via.known() || !validID(e.ID) || s.madeAt < firstYear || s.madeAt > lastYear {
		return Entry{}, fmt.Errorf("%w: its record %q was not written by this program", ErrDamaged, e.ID)
	}
	switch e.Status {
	case refused:
		e.Status = Failed
	case sending:
		e.Status, e.Error = Uncertain, &Failure{Kind: string(Uncertain), Message: "it is being sent by another process"}
	}
	return e, nil
}

// scan reads one row.
func scan(rows *sql.Rows, more ...any) (Entry, error) { return newScanner(more...).scan(rows) }

// states are the states that a status includes.
func states(s Status) []Status {
	switch s {
	case Failed:
		return []Status{Failed, refused}
	case Uncertain:
		return []Status{Uncertain, sending}
	}
	return []Status{s}
}

// marks is a list of n question marks for an IN clause.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// tuples is a list of rows of width question marks each, for a VALUES clause.
func tuples(rows, width int) string {
	return strings.TrimSuffix(strings.Repeat("("+marks(width)+"), ", rows), ", ")
}
