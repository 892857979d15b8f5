package suggest

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestFlags(t *testing.T) {
	t.Parallel()
	get := []string{"deployment-target", "deployment-user", "deployment-application", "feed", "package", "version", "output-file", "username", "output", "source", "api-key", "debug"}
	record := []string{"target", "application", "description", "input-file", "deployment-user", "on-failure", "dry-run", "feed", "output"}
	list := []string{"from-feed", "to-feed", "package", "limit", "source", "output"}
	formats := []string{"table", "json"}
	for _, test := range []struct {
		typed string
		known []string
		want  string
	}{
		{"target", get, "--deployment-target"},
		{"user", get, "--deployment-user"},
		{"env", record, "--target"},
		{"environment", get, "--deployment-target"},
		{"feed", list, "--from-feed --to-feed"},
		{"feed-name", get, "--feed"},
		{"name", record, "--application"},
		{"name", get, "--package"},
		{"json", list, "-o json"},
		{"format", list, "--output"},
		{"ignore-errors", record, "--on-failure warn"},
		{"out", get, "--output-file"},
		{"aplication", record, "--application"},
		{"my-target", record, "--target"},
		{"frobnicate", record, ""},
		{"token", get, "--api-key"},
		{"f", record, "--input-file"},
		{"x", record, ""},
		{"from", []string{"from-feed", "since"}, "--from-feed --since"},
	} {
		if got := strings.ReplaceAll(strings.Join(Flags(test.typed, test.known, formats), ","), ",", " "); got != test.want {
			t.Errorf("%s of %q: %q, want %q", test.typed, test.known, got, test.want)
		}
	}
}

// tree has two groups, a command and a topic.
func tree() *cobra.Command {
	run := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "tool"}
	deploy := &cobra.Command{Use: "deploy", SuggestFor: []string{"deployments"}}
	deploy.AddCommand(&cobra.Command{Use: "record", Run: run}, &cobra.Command{Use: "history", SuggestFor: []string{"ls", "list"}, Run: run})
	feed := &cobra.Command{Use: "feed"}
	feed.AddCommand(&cobra.Command{Use: "get", SuggestFor: []string{"pull"}, Run: run}, &cobra.Command{Use: "list", Run: run})
	root.AddCommand(deploy, feed, &cobra.Command{Use: "doctor", SuggestFor: []string{"status"}, Run: run}, &cobra.Command{Use: "exit-codes", SuggestFor: []string{"codes"}, Short: "x"})
	return root
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ typed, want string }{
		{"record", "tool deploy record"},
		{"recrod x", "tool deploy record"},
		{"pull", "tool feed get"},
		{"list", "tool deploy history, tool feed list"},
		{"status", "tool doctor"},
		{"stauts", "tool doctor"},
		{"deploy lst", "tool deploy history"},
		{"depoy", "tool deploy"},
		{"deployments list", "tool deploy history"},
		{"deployments", "tool deploy"},
		{"codes", "tool help exit-codes"},
		{"frobnicate", ""},
	} {
		if got := strings.Join(Commands(tree(), strings.Fields(test.typed)), ", "); got != test.want {
			t.Errorf("%s: %q, want %q", test.typed, got, test.want)
		}
	}
}

// TestMeaningsAreFlags: each flag in the table has a name as flags have, and no word means itself.
func TestMeaningsAreFlags(t *testing.T) {
	t.Parallel()
	for word, flags := range flagMeanings() {
		if names := strings.Fields(flags); len(names) == 0 || slices.Equal(names, []string{word}) {
			t.Errorf("%q means %q", word, flags)
		}
	}
}

func TestProperty(t *testing.T) {
	t.Parallel()
	known := []string{"Application", "Description", "Target", "FeedName", "PackageName", "Version", "GroupName", "UserName", "Url", "Date", "Purl"}
	for typed, want := range map[string]string{
		"name": "PackageName", "package_name": "PackageName", "Package": "PackageName", "Feed": "FeedName", "Versoin": "Version",
		"Deployment-Url": "Url", "host name": "Target", "app": "Application", "frobnicate": "",
	} {
		if got := Property(typed, known); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
	for word, property := range propertyMeanings() {
		if !slices.Contains(known, property) {
			t.Errorf("%q means %q", word, property)
		}
	}
}

// TestNearestOfShortWords: of these, most others are two letters away.
func TestNearestOfShortWords(t *testing.T) {
	t.Parallel()
	known := []string{"get", "list", "test", "zsh", "post", "log"}
	for typed, want := range map[string]string{"lst": "list", "gte": "get", "foo": "", "lsit": "list", "pots": "post", "tset": "test", "lis": "list"} {
		if got := strings.Join(Nearest(typed, known), " "); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}
