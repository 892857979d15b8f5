package ledger

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

// The quick way writes byte for byte what encoding/json does.
func TestEntryAppendJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := drawEntry(t)
		if got, want := string(e.AppendJSON([]byte("["))), "["+encoded(t, e); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// What a ledger writes can be read again as records, with every property that it can have.
func TestEntryIsInput(t *testing.T) {
	t.Parallel()
	e := Entry{
		ID: "01JCZK3V7Q8M4T5W6X7Y8Z9A0B", Server: "https://h", MadeAt: time.Unix(1<<30, 0).UTC(), Via: Post, Status: Queued, Attempts: 1,
		Error: &Failure{Kind: "unavailable", Status: 503, Message: "busy"}, PossiblyDuplicated: true,
		Type: ecosystem.NuGet, Asked: "latest", Host: "build-7", Record: records.Record{PackageName: "A", Version: "1.0"},
	}
	for field, value := range reflect.ValueOf(e).Fields() {
		if value.IsZero() {
			t.Errorf("%s is not tried", field.Name)
		}
	}
	for item, err := range records.Read(bytes.NewReader(e.AppendJSON(nil)), records.Options{}) {
		if err != nil || item.ID != e.ID || item.Record != e.Record || item.Asked != e.Asked || item.Type != e.Type {
			t.Errorf("%+v, %v", item, err)
		}
	}
}

// drawEntry makes an entry of any text, bytes that are not UTF-8 included.
func drawEntry(t *rapid.T) Entry {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "plain", "{", `"\/`, "<b>&</b>", "\x00\x1f\x7f\u0080", "\u2028\u202e", "line\nfeed\r\t\b\f", "日本語 👩‍🚀", "\xff\xfe", "a\xc3",
	}))
	e := Entry{
		ID: text.Draw(t, "id"), Server: text.Draw(t, "server"), Via: Via(text.Draw(t, "via")), Status: Status(text.Draw(t, "status")),
		// The years that encoding/json writes: 0 to 9999.
		MadeAt:   time.Unix(rapid.Int64Range(-62167219200, 253402300799).Draw(t, "made at"), rapid.Int64Range(0, 1).Draw(t, "fraction")).UTC(),
		Attempts: rapid.Int().Draw(t, "attempts"), PossiblyDuplicated: rapid.Bool().Draw(t, "duplicated"),
		Record: records.Record{
			Application: text.Draw(t, "Application"), Description: text.Draw(t, "Description"), Target: text.Draw(t, "Target"),
			FeedName: text.Draw(t, "FeedName"), PackageName: text.Draw(t, "PackageName"), Version: text.Draw(t, "Version"),
			GroupName: text.Draw(t, "GroupName"), UserName: text.Draw(t, "UserName"), URL: text.Draw(t, "Url"), Date: text.Draw(t, "Date"),
		},
	}
	e.Type = ecosystem.Type(rapid.SampledFrom([]string{"", "npm", "nuget"}).Draw(t, "type"))
	e.Host, e.Asked = text.Draw(t, "host"), text.Draw(t, "asked")
	if rapid.Bool().Draw(t, "failed") {
		e.Error = &Failure{Kind: text.Draw(t, "kind"), Status: rapid.Int().Draw(t, "HTTP status"), Message: text.Draw(t, "message")}
	}
	return e
}

// encoded is what encoding/json makes of an entry.
func encoded(t rapid.TB, e Entry) string {
	t.Helper()
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	// The same properties without a way of their own to write themselves.
	plain := struct {
		ID                 string         `json:"id"`
		Server             string         `json:"server"`
		MadeAt             time.Time      `json:"made_at"`
		Record             records.Record `json:"record"`
		Via                Via            `json:"via"`
		Status             Status         `json:"status"`
		Attempts           int            `json:"attempts"`
		Error              *Failure       `json:"error,omitempty"`
		PossiblyDuplicated bool           `json:"possibly_duplicated,omitempty"`
		PURL               string         `json:"purl,omitempty"`
		Asked              string         `json:"asked,omitempty"`
		Host               string         `json:"host,omitempty"`
	}{e.ID, e.Server, e.MadeAt, e.Record, e.Via, e.Status, e.Attempts, e.Error, e.PossiblyDuplicated, e.PURL(), e.Asked, e.Host}
	if err := enc.Encode(plain); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text.String(), "\n")
}
