package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
)

const ownFile = `{"sources": [
  {"name": "corp", "url": "https://proget.corp.local", "feed": "DefaultNuGet", "api_key_file": "key.txt", "ca_cert": "ca.pem", "insecure": true},
  {"name": "Lab", "url": "https://lab.example/proget", "key_command": ["pass", "show", "lab"], "auth": "header"}
]}`

const pgutilFile = "\ufeff" + `{"sources": [
  {"name": "LAB", "url": "https://other.example", "token": "t"},
  {"name": "Default", "url": "https://old.corp.local/", "defaultFeed": "npm", "token": "` + canary + `", "username": "u"},
  {"name": "", "url": "https://nameless"}, {"name": "no url"},
  {"name": "basic", "url": "https://b.example", "username": "jsmith", "password": "p w", "somethingNew": {"a": [1]}}
]}`

func TestFind(t *testing.T) {
	t.Parallel()
	s := newStore(t, ownFile, pgutilFile)
	beside := func(name string) string { return filepath.Join(filepath.Dir(s.Path()), name) }
	tests := []struct {
		name string
		want Source
	}{
		{"CORP", Source{Name: "corp", URL: "https://proget.corp.local", Feed: "DefaultNuGet", APIKeyFile: beside("key.txt"),
			CACert: beside("ca.pem"), Insecure: true, File: s.Path()}},
		{" lab ", Source{Name: "Lab", URL: "https://lab.example/proget", KeyCommand: []string{"pass", "show", "lab"}, Auth: "header", File: s.Path()}},
		{"default", Source{Name: "Default", URL: "https://old.corp.local/", Feed: "npm", APIKey: canary, File: s.places.pgutil[0], Pgutil: true}},
		{"Basic", Source{Name: "basic", URL: "https://b.example", Username: "jsmith", Password: "p w", File: s.places.pgutil[0], Pgutil: true}},
	}
	for _, test := range tests {
		got, err := s.Find(test.name)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: %+v (%v), want %+v", test.name, got, err, test.want)
		}
	}
	_, err := s.Find("nope")
	unknown, ok := errors.AsType[*UnknownError](err)
	if !ok || strings.Join(unknown.Known, " ") != "corp Lab LAB Default basic" {
		t.Errorf("%v, want the known names", err)
	}
}

func TestFindObfuscated(t *testing.T) {
	t.Parallel()
	s := newStore(t, "", fmt.Sprintf(`{"sources": [
		{"name": "key", "url": "https://a", "encryptedToken": %q}, {"name": "user", "url": "https://a", "username": "u", "encryptedPassword": %q},
		{"name": "broken", "url": "https://a", "encryptedToken": "bm8="}, {"name": "nobody", "url": "https://a", "encryptedPassword": "x"}]}`,
		obfuscate(canary), obfuscate("größe")))
	if got, err := s.Find("key"); err != nil || got.APIKey != canary {
		t.Errorf("key %+v, %v", got, err)
	}
	if got, err := s.Find("user"); err != nil || got.Username != "u" || got.Password != "größe" {
		t.Errorf("user %+v, %v", got, err)
	}
	if got, err := s.Find("nobody"); err != nil || got.Credentials() != "none" {
		t.Errorf("nobody %+v, %v", got, err)
	}
	if _, err := s.Find("broken"); err == nil || !strings.Contains(err.Error(), `source "broken": its obfuscated secret is damaged`) {
		t.Errorf("broken: %v", err)
	}
}

func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	const secret = `"api_key": "` + canary + `"`
	tests := []struct{ name, content, want string }{
		{"not JSON", "name=corp\n", "line 1, column 1 is not valid JSON: expected a value"},
		{"a comma too many", "{\"sources\": [\n{\"name\": \"a\", " + secret + ",}\n]}", "line 2, column"},
		{"cut", `{"sources": [{"name": "a", ` + secret, "the JSON is incomplete"},
		{"white space", " \n", "the JSON is incomplete"},
		{"two values", `{"sources": []} {}`, "unexpected text after the JSON"},
		{"a misspelt property", `{"sources": [{"name": "a", "url": "https://a", "apikey": "` + canary + `"}]}`, `unknown field "apikey"`},
		{"a wrong kind of value", `{"sources": [{"name": 7}]}`, `"sources.name" has a value of the wrong type`},
		{"an array", `[]`, "the JSON is not an object"},
		{"no name", `{"sources": [{"url": "https://a", ` + secret + `}]}`, "a source has no name"},
		{"no URL", `{"sources": [{"name": "a", ` + secret + `}]}`, `source "a" has no url`},
		{"the same name", `{"sources": [{"name": "a", "url": "u"}, {"name": "A", "url": "u"}]}`, `two sources are named "A"`},
		{"two ways", `{"sources": [{"name": "a", "url": "u", "key_command": ["x"], ` + secret + `}]}`, "more than one of API key"},
		{"an empty command", `{"sources": [{"name": "a", "url": "u", "key_command": [""]}]}`, "has no program"},
		{"a password alone", `{"sources": [{"name": "a", "url": "u", "password": "` + canary + `"}]}`, "a password without a user name"},
		{"a name like a URL", `{"sources": [{"name": "http://a", "url": "u"}]}`, `"http://a" is not a valid source name`},
		{"too large", `{"sources": []` + strings.Repeat(" ", fileLimit) + "}", "it is too large"},
	}
	for _, test := range tests {
		s := newStore(t, test.content, "")
		for what, err := range map[string]error{"find": second(s.Find("a")), "add": s.Add(t.Context(), Source{Name: "b", URL: "u"}, true), "remove": second(s.Remove(t.Context(), "a"))} {
			damaged, ok := errors.AsType[*FileError](err)
			if !ok || damaged.Path != s.Path() || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), canary) {
				t.Errorf("%s, %s: %v, want the file and %q", test.name, what, err, test.want)
			}
		}
		if content, err := os.ReadFile(s.Path()); err != nil || string(content) != test.content {
			t.Errorf("%s: the damaged file was changed", test.name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestDamagedFileIsNamedWhenNeeded: pgutil's file does not matter if ours has the source.
func TestDamagedFileIsNamedWhenNeeded(t *testing.T) {
	t.Parallel()
	s := newStore(t, ownFile, "{")
	if _, err := s.Find("corp"); err != nil {
		t.Errorf("pgutil's file was needed: %v", err)
	}
	if _, err := s.Find("Default"); err == nil || !strings.Contains(err.Error(), filepath.Base(s.places.pgutil[0])) {
		t.Errorf("%v, want the damaged file", err)
	}
	found, err := s.List()
	if len(found) != 2 || err == nil {
		t.Errorf("list: %v, %v, want ours and the error", found, err)
	}
}

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	s := newStore(t, "", "")
	if err := os.MkdirAll(s.Path(), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find("a"); err == nil || !strings.Contains(err.Error(), s.Path()) {
		t.Errorf("a folder instead of the file: %v", err)
	}
}

func TestNoFiles(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Store{"no files": newStore(t, "", ""), "no home": {}} {
		_, err := s.Find(DefaultName)
		if unknown, ok := errors.AsType[*UnknownError](err); !ok || len(unknown.Known) != 0 {
			t.Errorf("%s: %v", name, err)
		}
		if found, err := s.List(); len(found) != 0 || err != nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	if err := (Store{}).Add(t.Context(), Source{Name: "a", URL: "u"}, false); err == nil || !strings.Contains(err.Error(), "HOME") {
		t.Errorf("no home: %v", err)
	}
}

func TestListShadows(t *testing.T) {
	t.Parallel()
	found, err := newStore(t, ownFile, pgutilFile).List()
	var got []string
	for _, s := range found {
		got = append(got, s.Name+": "+s.Credentials())
	}
	want := "corp: key file, Lab: key command, Default: API key, basic: user name"
	if err != nil || strings.Join(got, ", ") != want {
		t.Errorf("%q (%v), want %q", got, err, want)
	}
}

func TestAddAndRemove(t *testing.T) {
	t.Parallel()
	s := newStore(t, "", pgutilFile)
	source := Source{Name: "corp", URL: "https://a.example/?a=1&b=<2>", APIKey: canary}
	if err := s.Add(t.Context(), source, false); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(s.Path()); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
	source.File = s.Path()
	if got, err := s.Find("corp"); err != nil || !reflect.DeepEqual(got, source) {
		t.Errorf("%+v (%v), want %+v", got, err, source)
	}
	err := s.Add(t.Context(), Source{Name: "CORP", URL: "https://b"}, false)
	if exists, ok := errors.AsType[*ExistsError](err); !ok || exists.Name != "corp" || !strings.Contains(err.Error(), `"corp"`) {
		t.Errorf("a second one: %v", err)
	}
	if err := s.Add(t.Context(), Source{Name: "CORP", URL: "https://b"}, true); err != nil {
		t.Error(err)
	}
	if err := s.Add(t.Context(), Source{Name: "default", URL: "https://mine"}, false); err != nil {
		t.Error(err)
	}
	if got, err := s.Find("Default"); err != nil || got.URL != "https://mine" {
		t.Errorf("ours does not go before pgutil's: %+v, %v", got, err)
	}
	if removed, err := s.Remove(t.Context(), "corp"); err != nil || removed.URL != "https://b" {
		t.Errorf("removed %+v, %v", removed, err)
	}
	if got, err := s.Find("corp"); err == nil {
		t.Errorf("still there: %+v", got)
	}
	if _, ok := errors.AsType[*UnknownError](second(s.Remove(t.Context(), "basic"))); !ok {
		t.Error("one of pgutil's was removed")
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	s := newStore(t, "", "")
	for _, source := range []Source{{}, {Name: "a"}, {Name: "a\nb", URL: "u"}, {Name: "a", URL: "u", APIKey: canary, Username: "u"}} {
		if err := s.Add(t.Context(), source, false); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%+v: %v", source, err)
		}
	}
	if _, err := os.Stat(s.Path()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was written: %v", err)
	}
}

// TestLinkStays: whoever keeps settings in a repository links to them.
func TestLinkStays(t *testing.T) {
	t.Parallel()
	s := newStore(t, "", "")
	elsewhere := filepath.Join(t.TempDir(), "kept.json")
	write(t, elsewhere, ownFile)
	if err := os.MkdirAll(filepath.Dir(s.Path()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, s.Path()); err != nil {
		t.Skip(err)
	}
	if _, err := s.Remove(t.Context(), "corp"); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(elsewhere)
	if err != nil || strings.Contains(string(content), "corp") || !strings.Contains(string(content), "Lab") {
		t.Errorf("%s (%v)", content, err)
	}
	if info, err := os.Lstat(s.Path()); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info.Mode(), err)
	}
}

// TestReadersSeeWholeFiles reads while others write.
func TestReadersSeeWholeFiles(t *testing.T) {
	t.Parallel()
	s := newStore(t, ownFile, "")
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			for range 8 {
				if err := s.Add(t.Context(), Source{Name: fmt.Sprint("s", i), URL: "https://" + strings.Repeat("a", 5000)}, true); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if _, err := s.Find("corp"); err != nil {
			t.Error(err)
			running = false
		}
	}
	<-done
}
