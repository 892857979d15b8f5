package ledger

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/records"
	"pgregory.net/rapid"
)

// The example of the ULID specification, with the time 1469918176385.
func TestIDIsAULID(t *testing.T) {
	t.Parallel()
	var g IDs
	id := g.New(time.UnixMilli(1469918176385))
	if !regexp.MustCompile(`^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$`).MatchString(id) {
		t.Errorf("got %s", id)
	}
	if got := encodeID(1<<64-1, 1<<64-1); got != "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" {
		t.Errorf("the largest is %s", got)
	}
	if got := firstID(time.Time{}); got != strings.Repeat("0", 26) {
		t.Errorf("the first of all is %s", got)
	}
}

// A machine without a clock may begin before 1970. Its ids are as random as any.
func TestIDsOfAnEarlyClock(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, now := range []time.Time{time.Unix(0, 0), time.UnixMilli(-1), time.UnixMilli(1), time.Date(1907, 1, 17, 0, 0, 0, 0, time.UTC), {}} {
		for range 2 { // processes
			var g IDs
			for range 2 {
				id := g.New(now)
				if seen[id] || !validID(id) || !strings.HasPrefix(id, "000000000") {
					t.Errorf("%s: got %s", now, id)
				}
				seen[id] = true
			}
		}
	}
}

// Whatever the clock does, ids ascend, and none is smaller than the first of its time.
func TestIDsAscend(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var g IDs
		if rapid.Bool().Draw(t, "carry") {
			g.hi, g.lo = uint64(noon.UnixMilli())<<16, 1<<64-2
		}
		last := ""
		for _, offset := range rapid.SliceOf(rapid.Int64Range(-5, 5)).Draw(t, "clock") {
			now := noon.Add(time.Duration(offset) * time.Millisecond)
			id := g.New(now)
			if id <= last || id < firstID(now) || len(id) != 26 {
				t.Fatalf("%s after %s", id, last)
			}
			last = id
		}
	})
}

func TestIDsAreUniqueAcrossGoroutinesAndHosts(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[string]bool{}
	var shared IDs
	for range 4 {
		wg.Go(func() {
			var own IDs
			for range 500 {
				a, b := own.New(noon), shared.New(noon)
				mu.Lock()
				seen[a], seen[b] = true, true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 4*500*2 {
		t.Errorf("%d different ids, want %d", len(seen), 4*500*2)
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	tests := []struct{ address, want string }{
		{"https://proget.corp.local", "https://proget.corp.local"},
		{"HTTPS://ProGet.Corp.Local:443/", "https://proget.corp.local"},
		{"http://proget:80//", "http://proget"},
		{"http://proget:443", "http://proget:443"},
		{"http://proget:8624/Base/Path/", "http://proget:8624/Base/Path"},
		{"https://user:secret@proget/x?key=secret#y", "https://proget/x"},
		{"http://[::1]/", "http://[::1]"},
		{"http://[::1]:8624", "http://[::1]:8624"},
		{"https://proget/a%2Fb", "https://proget/a%2Fb"},
	}
	for _, tt := range tests {
		got, err := Server(tt.address)
		if err != nil || got != tt.want {
			t.Errorf("%s is %q, %v, want %q", tt.address, got, err, tt.want)
		}
		if again, err := Server(got); err != nil || again != got {
			t.Errorf("%s is not the same when written again: %q, %v", got, again, err)
		}
	}
	for _, bad := range []string{"", "proget", "http://", "http://user:secret@[", "%", "http://[::%25\x80]", "http://[fe80::1%25\u00e9]"} {
		if got, err := Server(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is %q, %v", bad, got, err)
		}
	}
}

func FuzzServer(f *testing.F) {
	f.Add("https://user:canary@proget:443/base/?key=canary")
	f.Add("http://[fe80::1%25eth0]:80")
	f.Fuzz(func(t *testing.T, address string) {
		got, err := Server(address)
		if err != nil {
			return
		}
		again, err := Server(got)
		if err != nil || again != got {
			t.Errorf("%q became %q, and that %q, %v", address, got, again, err)
		}
	})
}

// The properties that scripts read, written down once more by hand: to change one here is to break
// them.
func TestEntryJSON(t *testing.T) {
	t.Parallel()
	e := Entry{
		ID: "01JC", Server: host, MadeAt: noon, Record: records.Record{Target: "web01"}, Via: Post, Status: Uncertain, Attempts: 1,
		Error: &Failure{Kind: "uncertain", Status: 502, Message: "no answer"}, PossiblyDuplicated: true,
	}
	want := `{"id":"01JC","server":"https://proget.corp.local","made_at":"2026-11-21T12:00:00Z","record":{"Target":"web01"},` +
		`"via":"post","status":"uncertain","attempts":1,"error":{"kind":"uncertain","status":502,"message":"no answer"},"possibly_duplicated":true}`
	if got, err := json.Marshal(e); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	e.Record = records.Record{PackageName: "animation", GroupName: "@angular", Version: "12.3.1"}
	e.Error, e.PossiblyDuplicated, e.Type, e.Host = nil, false, "npm", "build-7"
	if got, _ := json.Marshal(e); !strings.HasSuffix(string(got), `"attempts":1,"purl":"pkg:npm/%40angular/animation@12.3.1","host":"build-7"}`) {
		t.Errorf("got %s", got)
	}
	e.Error, e.Type, e.Host = &Failure{Kind: "x"}, "", ""
	if got, _ := json.Marshal(e); !strings.Contains(string(got), `"error":{"kind":"x","message":""}}`) {
		t.Errorf("what is not given is printed: %s", got)
	}
	if got := states(Recorded); !slices.Equal(got, []Status{Recorded}) {
		t.Errorf("recorded stands for %q", got)
	}
}

func TestValidID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		new(IDs).New(noon): true, encodeID(0, 1): true, "": false, encodeID(0, 0): false,
		"8ZZZZZZZZZZZZZZZZZZZZZZZZZ": false, "01JC0000000000000000000000x": false, "01jc0000000000000000000000": false,
	} {
		if validID(id) != want {
			t.Errorf("%q: %t", id, !want)
		}
	}
}
