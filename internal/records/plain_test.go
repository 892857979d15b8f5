package records

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPlainRecord(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Record{
		`{"Application":"HDARS","Target":"web01"}`:          {Application: "HDARS", Target: "web01"},
		` { "feedname" : "Über" , "VERSION" : "" } ` + "\r": {FeedName: "Über"},
	} {
		if got, ok := plainRecord([]byte(text)); !ok || got != want {
			t.Errorf("plainRecord(%q) = %+v, %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		``, `{`, `{}`, `[]`, `{"Target"}`, `{"Target":}`, `{"Target":"a"`, `{"Target":"a",}`, `{"Target":"a"}{}`, `{"Target":null}`,
		`{"Target":1}`, `{"Target":"a\u0020"}`, "{\"Target\":\"a\tb\"}", "{\"Target\":\"\xff\"}", `{"Target":"a","target":"b"}`,
		`{"Nothing":"a"}`, `{"record":{}}`, `{"Target":"a" "Feed":"b"}`, `{,"Target":"a"}`, `{Target:"a"}`,
	} {
		if got, ok := plainRecord([]byte(text)); ok {
			t.Errorf("plainRecord(%q) = %+v, want it left to the decoder", text, got)
		}
	}
}

// TestPlainRecordAgrees holds the short way to the long one: what it reads, the decoder reads the
// same.
func TestPlainRecordAgrees(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{
		`{`, `}`, `"`, `:`, `,`, ` `, `"Target"`, `"target"`, `"FeedName"`, `"x"`, `"a\n"`, `null`, `\`, "é", "\xff", `"Nope"`, `""`,
	})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, p := range rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces") {
			text += p
		}
		plain, ok := plainRecord([]byte(text))
		if !ok {
			return
		}
		members, err := readMembers([]byte(text))
		if err != nil {
			t.Fatalf("%q: the decoder says %v", text, err)
		}
		if l := readRecord(members); len(l.problems) > 0 || l.Record != plain {
			t.Fatalf("%q: %+v, the decoder says %+v %v", text, plain, l.Record, l.problems)
		}
	})
}
