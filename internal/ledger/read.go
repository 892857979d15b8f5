package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/jsonstream"
	"github.com/progetctl/progetctl/internal/records"
)

// maxLine is the longest entry in bytes, as of the records that one is made from.
const maxLine = 1 << 20

// ReadEntries yields the entries of JSON that [Entry.AppendJSON] wrote: objects in an array or one
// after the other. Unknown properties are ignored, because a newer version may have written them.
// Each error is a [*records.Problem], also for a date too long after now (see
// [records.DateProblem]); reading continues after it unless the text is not JSON.
func ReadEntries(r io.Reader, now time.Time) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for item, err := range jsonstream.Read(r, jsonstream.Options{Max: maxLine}) {
			var e Entry
			if err == nil {
				e, err = decodeEntry(item.Text, now)
			}
			if _, placed := errors.AsType[*records.Problem](err); err != nil && !placed {
				err = &records.Problem{Place: item.Place, Err: err}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// entryText is an entry in JSON. A record's values may be null as in every input.
type entryText struct {
	ID                 string             `json:"id"`
	Server             string             `json:"server"`
	MadeAt             string             `json:"made_at"`
	Record             map[string]*string `json:"record"`
	Via                Via                `json:"via"`
	Status             Status             `json:"status"`
	Attempts           int                `json:"attempts"`
	Error              *Failure           `json:"error"`
	PossiblyDuplicated bool               `json:"possibly_duplicated"`
	PURL               string             `json:"purl"`
	Asked              string             `json:"asked"`
	Host               string             `json:"host"`
}

// decodeEntry reads one entry and rejects what no ledger writes.
func decodeEntry(text []byte, now time.Time) (Entry, error) {
	var t entryText
	if err := json.Unmarshal(text, &t); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return Entry{}, fmt.Errorf("not a ledger record: %q has a value of the kind %q", wrong.Field, wrong.Value)
		}
		return Entry{}, fmt.Errorf("not a ledger record: %w", err)
	}
	madeAt, wrong := time.Parse(time.RFC3339, t.MadeAt)
	e := Entry{
		ID: t.ID, MadeAt: madeAt.UTC().Truncate(time.Second), Via: t.Via, Status: t.Status, Attempts: t.Attempts,
		Error: t.Error, PossiblyDuplicated: t.PossiblyDuplicated, Asked: t.Asked, Host: t.Host,
	}
	for _, p := range e.Record.Properties() {
		if v := t.Record[p.Name]; v != nil {
			*p.Value = *v
		}
	}
	server, err := Server(t.Server)
	e.Server = server
	switch {
	case t.ID == "":
		return e, errors.New("not a ledger record: it has no \"id\"")
	case !validID(t.ID):
		return e, fmt.Errorf("not a ledger record: \"id\" is %q, which no ledger gives", t.ID)
	case err != nil:
		return e, errors.New("not a ledger record: \"server\" is not an http or https URL")
	case t.MadeAt == "":
		return e, errors.New("not a ledger record: it has no \"made_at\"")
	case wrong != nil:
		return e, fmt.Errorf("not a ledger record: \"made_at\" is %q, not a date and time such as 2026-01-31T08:30:00Z", t.MadeAt)
	case e.Record.PackageName == "" || e.Record.Target == "":
		return e, errors.New("not a ledger record: \"record\" has no PackageName or no Target")
	case !e.Via.known():
		return e, fmt.Errorf("not a ledger record: \"via\" is %q", t.Via)
	case t.Attempts < 0:
		return e, errors.New("not a ledger record: \"attempts\" is below 0")
	}
	if err := records.DateProblem(e.MadeAt, t.MadeAt, now); err != nil {
		return e, fmt.Errorf("made_at %w", err)
	}
	if t.PURL != "" {
		p, err := ecosystem.ParsePURL(t.PURL)
		if err != nil {
			return e, err
		}
		e.Type = p.Type
	}
	if e.Status.known() {
		return e, nil
	}
	return e, fmt.Errorf("not a ledger record: \"status\" is %q", strings.TrimSpace(string(t.Status)))
}
