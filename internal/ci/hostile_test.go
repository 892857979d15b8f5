package ci

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ value, want string }{
		{"acme/shop", "acme/shop"},
		{"größe 数", "größe 数"},
		{" a \t b\r\nc ", "a b c"},
		{"a\x1b[31mb\x07\u0085\u202e", "a [31mb"},
		{"bad\xffutf8", "bad utf8"},
		{"##vso[task.setvariable variable=x]y", "#vso[task.setvariable variable=x]y"},
		{"a####b #\u200b#", "a#b # #"},
		{"\n::error::x", "::error::x"},
		{"\x00\x01", ""},
	}
	for _, test := range tests {
		if got := clean(test.value); got != test.want {
			t.Errorf("clean(%q) = %q, want %q", test.value, got, test.want)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	tests := []struct{ address, want string }{
		{"https://ci.example/job/1/", "https://ci.example/job/1/"},
		{"HTTP://ci.example:8080/job", "http://ci.example:8080/job"},
		{"https://user:pass@ci.example/1", "https://ci.example/1"},
		{"https://ci.example/1?token=s&buildId=7&x", "https://ci.example/1?buildId=7"},
		{"https://ci.example/1?", "https://ci.example/1"},
		{"https://ci.example/1#access_token=s", "https://ci.example/1"},
		{"https://ci.example/#/builds/1", "https://ci.example/#/builds/1"},
		{"https://ci.example/a b", "https://ci.example/a%20b"},
		{"ftp://ci.example/1", ""}, {"javascript:alert(1)", ""}, {"//ci.example/1", ""}, {"https:///1", ""}, {"ci.example/1", ""}, {"", ""},
		{"https://ci.example/%zz", ""},
		{"https://ci.example/" + strings.Repeat("a", 2000), ""},
	}
	for _, test := range tests {
		if got := page(test.address); got != test.want {
			t.Errorf("page(%q) = %q, want %q", test.address, got, test.want)
		}
	}
}

func TestAnnotation(t *testing.T) {
	t.Parallel()
	const text = "50% of \"größe\" | it's [x]; 😀\r\n##vso[task.complete]::error::y"
	tests := []struct{ env, warning string }{
		{"GITHUB_ACTIONS=true", "::warning::50%25 of \"größe\" | it's [x]; 😀%0D%0A# #vso[task.complete]::error::y"},
		{"GITEA_ACTIONS=true", "::warning::50%25 of \"größe\" | it's [x]; 😀%0D%0A# #vso[task.complete]::error::y"},
		{"TF_BUILD=True", "##vso[task.logissue type=warning]50%AZP25 of \"größe\" | it's [x%5D%3B 😀%0D%0A# #vso[task.complete%5D::error::y"},
		{"TEAMCITY_VERSION=2025", "##teamcity[message text='50% of \"gr|0x00f6|0x00dfe\" || it|'s |[x|]; |0xd83d|0xde00|r|n##vso|[task.complete|]::error::y' status='WARNING']"},
		{"GITLAB_CI=true", ""},
		{"X=", ""},
	}
	for _, test := range tests {
		asError := strings.NewReplacer("::warning::", "::error::", "type=warning", "type=error", "'WARNING'", "'ERROR'").Replace(test.warning)
		for level, want := range map[Level]string{Warning: test.warning, Error: asError} {
			got, ok := Annotation(environment(test.env), level, text)
			if got != want || ok != (want != "") {
				t.Errorf("%s: %q, %v, want %q", test.env, got, ok, want)
			}
		}
	}
}

func TestHarmless(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"plain # text":     "plain # text",
		"x ##vso[a]b":      "x # #vso[a]b",
		"####[error]":      "# # # #[error]",
		"a ::error::b":     "a ::error::b",
		" ::error::b":      " : :error::b",
		":::error::##":     ": ::error::# #",
		"--- group":        "- -- group",
		"+++ group":        "+ ++ group",
		"~~~":              "~ ~~",
		"^^^ +++":          "^ ^^ +++",
		"--- ::x":          "- -- ::x",
		"---x":             "---x",
		"a --- b":          "a --- b",
		"\u00a0::error::b": "\u00a0: :error::b",
	} {
		if got := Harmless(line); got != want {
			t.Errorf("Harmless(%q) = %q, want %q", line, got, want)
		}
	}
}

// checkValue is what every default must be, whatever the variables hold.
func checkValue(t *testing.T, what string, v Value) {
	t.Helper()
	if !utf8.ValidString(v.Text) || utf8.RuneCountInString(v.Text) > pageLimit || strings.Contains(v.Text, "##") {
		t.Errorf("%s %q is not UTF-8, too long or holds a log command", what, v.Text)
	}
	if strings.ContainsFunc(v.Text, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.TrimSpace(v.Text) != v.Text {
		t.Errorf("%s %q is not one clean line", what, v.Text)
	}
	if (v.Text == "") != (v.From == "") {
		t.Errorf("%s: text %q from %q", what, v.Text, v.From)
	}
}

func FuzzDetect(f *testing.F) {
	f.Add("acme/shop", "42", sha, "https://u:p@ci.example/x?token=1#t", "jsmith")
	f.Add("a\nb", "\x1b[0m", "##vso[x]y", "javascript:1", "::error::")
	f.Add("0", "#", "0", "0", "0")
	f.Add("../..", "a&b=c", "é", "https://h/%2e%2e?region=%0a", "\u202e")
	f.Fuzz(func(t *testing.T, pipeline, run, commit, address, user string) {
		for _, s := range systems() {
			getenv := everyVariable(s, pipeline, run, commit, address, user)
			d, ok := Detect(getenv)
			if !ok {
				t.Fatalf("%s is not seen", s.name)
			}
			checkValue(t, "application", d.Application)
			checkValue(t, "description", d.Description)
			checkValue(t, "user", d.UserName)
			checkValue(t, "url", d.URL)
			if u, err := url.Parse(d.URL.Text); err != nil || u.User != nil || strings.Contains(u.RawQuery, "token") {
				t.Errorf("%s: url %q (%v)", s.name, d.URL.Text, err)
			}
			if line, ok := Annotation(getenv, Error, pipeline); ok && strings.ContainsAny(line, "\r\n") {
				t.Errorf("%s: the annotation %q is more than one line", s.name, line)
			}
		}
	})
}

// everyVariable answers each variable of a row by the place that it has there.
func everyVariable(s system, pipeline, run, commit, address, user string) func(string) string {
	return func(name string) string {
		if name == s.detect.variable {
			return map[string]string{"": "true", "jenkins-*": "jenkins-x"}[s.detect.value] + strings.TrimSuffix(s.detect.value, "jenkins-*")
		}
		for _, place := range []struct {
			templates []string
			value     string
		}{{s.page, address}, {s.pipeline, pipeline}, {s.run, run}, {s.commit, commit}, {s.user, user}} {
			if strings.Contains(strings.Join(place.templates, ""), "{"+name) {
				return place.value
			}
		}
		return ""
	}
}
