package cli

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/records"
)

// fixedNow is the clock of these tests.
func fixedNow() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func TestParseDate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-21":                    "2026-11-21T00:00:00Z whole",
		"20261121":                      "2026-11-21T00:00:00Z whole",
		"2026-11-21T10:00:00Z":          "2026-11-21T10:00:00Z",
		"2026-11-21t10:00:00z":          "2026-11-21T10:00:00Z",
		"2026-11-21T10:00:00":           "2026-11-21T10:00:00Z",
		"2026-11-21 10:00":              "2026-11-21T10:00:00Z",
		"2026-11-21 10:00:00 +01:00":    "2026-11-21T09:00:00Z",
		"2026-11-21T10:00:00.999Z":      "2026-11-21T10:00:00Z",
		"2026-11-21T10:00:00,5":         "2026-11-21T10:00:00Z",
		"2026-11-21T10:00:00+01:00":     "2026-11-21T09:00:00Z",
		"2026-11-21T10:00:00-0530":      "2026-11-21T15:30:00Z",
		"2026-11-21T10:00-05":           "2026-11-21T15:00:00Z",
		"2026-01-01T00:30:00+14:00":     "2025-12-31T10:30:00Z",
		"20261121T100000Z":              "2026-11-21T10:00:00Z",
		"20261121T1000+0100":            "2026-11-21T09:00:00Z",
		"2024-02-29":                    "2024-02-29T00:00:00Z whole",
		"2026-11-21T23:59:59.999+00:00": "2026-11-21T23:59:59Z",
		"":                              "", "today": "", "2026": "", "2026-11": "", "2026-13-01": "", "2026-02-29": "", "2026-11-21T25:00": "",
		"21.11.2026": "", "11/21/2026": "", "2026-11-21T10:00:00+15:00": "", "2026-11-21T10:00:00+01:60": "", "1764000000": "",
		"2026-11-21T": "", "2026-11-21Z": "", "2026-11-21T10:00:00ZZ": "", " 2026-11-21": "",
	} {
		at, whole, err := parseDate(text)
		got := ""
		if err == nil {
			got = at.Format(time.RFC3339)
		} else if !strings.Contains(err.Error(), strconv.Quote(text)) {
			t.Errorf("%q: the error does not quote it: %v", text, err)
		}
		if whole {
			got += " whole"
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzParseDate holds that what is read is what is sent: the sent form of any date reads as the
// same moment.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-11-21", "2026-11-21T10:00:00.5+01:00", "20261121T1000-05", "2026-11-21 10:00 +0100"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, _, err := parseDate(text)
		if err != nil {
			return
		}
		if at.Nanosecond() != 0 || at.Location() != time.UTC {
			t.Errorf("%q gave %v", text, at)
		}
		if at.Year() < 1 || at.Year() > 9999 {
			return
		}
		again, _, err := parseDate(at.Format(records.DateLayout))
		if err != nil || !again.Equal(at) {
			t.Errorf("%q gave %v, and again %v, %v", text, at, again, err)
		}
	})
}

func TestDeploymentDate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "2026-11-21": "", "1999-01-01": "", "2026-11-22T12:00:00Z": "", "2026-11-22": "",
		"2026-11-22T12:00:01Z": "more than a day in the future", "2026-11-23": "more than a day in the future", "2062-11-21": "more than a day",
		"0001-01-01T00:00:00": "an unset date", "soon": "is not a valid date",
	} {
		_, err := CheckDeploymentDate(text, fixedNow())
		if got := ""; err != nil {
			got = err.Error()
			if want == "" || !strings.Contains(got, want) {
				t.Errorf("%q: %s, want %q", text, got, want)
			}
		} else if want != "" {
			t.Errorf("%q was taken, want %q", text, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "24h": 24 * time.Hour, "1h30m": 90 * time.Minute, "7d": 168 * time.Hour, "1.5d": 36 * time.Hour,
		"2w": 14 * 24 * time.Hour, "0": 0, "0d": 0, "250ms": 250 * time.Millisecond, "36500d": 36500 * 24 * time.Hour,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "d", "w", "7", "7 d", "-1d", "-1h", "NaNd", "Infd", "infw", "36501d", "30000w", "1e300d", "900000h", "1d12h", "a day", "7D", "seven",
	} {
		if got, err := parseDuration(text); err == nil || !strings.Contains(err.Error(), strconv.Quote(text)) {
			t.Errorf("%q gave %v, %v; want an error that quotes it", text, got, err)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"90s", "7d", "NaNd", "0x1p-2w", "1e9d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := parseDuration(text); err == nil && (d < 0 || d > longestDuration) {
			t.Errorf("%q gave %v", text, d)
		}
	})
}

// TestMoment reads the ends of a period, at noon on 21 November 2026.
func TestMoment(t *testing.T) {
	t.Parallel()
	f := &Flags{app: New(Env{Now: func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.FixedZone("", 3600)) }})}
	for text, want := range map[string]string{
		"today": "2026-11-21T00:00:00Z", "Yesterday": "2026-11-20T00:00:00Z", "2026-11-19": "2026-11-19T00:00:00Z",
		"24h": "2026-11-20T11:00:00Z", "2026-11-19T10:00:00+01:00": "2026-11-19T09:00:00Z",
	} {
		var p Problems
		since, until := f.moment(Text{text, "--since"}, 0, &p), f.moment(Text{text, "--until"}, 24*time.Hour, &p)
		if got := since.Format(time.RFC3339); !p.None() || got != want {
			t.Errorf("%s: %s, want %s (%v)", text, got, want, p.lines)
		}
		if wholeDay := strings.HasSuffix(want, "T00:00:00Z"); wholeDay != (until.Sub(since) == 24*time.Hour) {
			t.Errorf("%s ends at %s", text, until)
		}
	}
}
