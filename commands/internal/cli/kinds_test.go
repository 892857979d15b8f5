package cli

import (
	"strings"
	"testing"
)

// TestWebURLWithPassword refuses what may hold a password, and repeats no part of it.
func TestWebURLWithPassword(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://u:canary@h/", "u:canary@h", "//u:canary@h/x", "https:u:canary@h", "https:/u:canary@h/", "https:///u:canary@h/", "htps://u:canary@h",
		"https//u:canary@h", "https://[u:canary@h", "https://u:canary%zz@h/", "https://u:canary/@h", "ftp://u:canary@h", "https:\\\\u:canary@h\\x", "$X https://u:canary@h",
	} {
		if got := WebURLProblem(text); got == "" || strings.Contains(got, "canary") {
			t.Errorf("%q: %q", text, got)
		}
	}
	for text, want := range map[string]string{
		"": "", "https://ci.example/run/1": "", "HTTP://ci.example/users/@me": "", "ci.example/1": `"ci.example/1" is not an absolute http or https URL`,
	} {
		if got := WebURLProblem(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
