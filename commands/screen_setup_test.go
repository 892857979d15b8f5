package commands

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSetupScreens is TestScreens for the commands that set something up, change the ledger, or
// download: the success of each, its empty result, and the errors that are met most. The success of
// sandbox exec and demo is in testdata/script (sandbox_*.txtar), because they run the program in
// other processes. That of completion is a script for a shell, which no terminal shows.
func TestSetupScreens(t *testing.T) {
	t.Parallel()
	s := openScreen(t)
	s.check([]screenCase{
		{"group", []int{60, 80}, []string{"deploy"}},
		{"group-error", []int{80}, []string{"sources", "lits"}},
		{"root-error", []int{80}, []string{"install"}},
		{"root-flag-error", []int{80}, []string{"deploy", "record", "--env", "prod"}},
		{"help-error", []int{80}, []string{"help", "exitcodes"}},
		{"version", []int{80}, []string{"version"}},
		{"version-error", []int{80}, []string{"version", "1"}},
		{"completion-error", []int{80}, []string{"completion", "sh"}},
		{"prune-empty", []int{80}, []string{"deploy", "prune", "--older-than", "400d"}},
		{"get", []int{80}, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "-O", "~/a.nupkg"}},
		{"get-again", []int{80}, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "-O", "~/a.nupkg"}},
		{"get-recorded", []int{80}, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "-O", "~/b.nupkg",
			"--deployment-application", "Shop", "--deployment-description", "d", "--deployment-target", "web01"}},
		{"get-folder", []int{80}, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@13.0.1", "--feed", "DefaultNuGet", "-O", "~"}},
		{"get-folder-again", []int{80}, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@13.0.1", "--feed", "DefaultNuGet", "-O", "~"}},
		{"get-exists", []int{80}, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@13.0.1", "--feed", "DefaultNuGet", "-O", "~", "--checksum", "md5:00000000000000000000000000000000"}},
		{"get-no-feed", []int{60, 80}, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuget2", "-O", "~/c.nupkg"}},
		{"get-missing", []int{80}, []string{"feed", "get", "Newtonsoft.Json"}},
		{"get-error", []int{80}, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@9.9.9", "--feed", "DefaultNuGet", "-O", "~/c.nupkg"}},
		{"sources-add", []int{80}, []string{"sources", "add", "corp", "--url", "https://proget.corp.local", "--feed", "DefaultNuGet", "--api-key", "k"}},
		{"sources-add-error", []int{80}, []string{"sources", "add", "corp", "--url", "https://proget.corp.local"}},
		{"sources-list", []int{60, 80}, []string{"sources", "list"}},
		{"sources-test-error", []int{80}, []string{"sources", "test", "crop"}},
		{"sources-use", []int{80}, []string{"sources", "use", "corp"}},
		{"sources-use-error", []int{80}, []string{"sources", "use", "crop"}},
		{"sources-remove", []int{80}, []string{"sources", "remove", "corp"}},
		{"sources-remove-error", []int{80}, []string{"sources", "remove", "corp"}},
		{"sandbox-start-error", []int{80}, []string{"sandbox", "start", "--addr", "nowhere"}},
		{"sandbox-start-taken", []int{60, 80}, []string{"sandbox", "start", "--addr", strings.TrimPrefix(s.server.URL, "http://")}},
		{"sandbox-exec-error", []int{80}, []string{"sandbox", "exec", "--", "progetcl", "version"}},
		{"sandbox-exec-missing", []int{80}, []string{"sandbox", "exec"}},
		{"sandbox-demo-error", []int{80}, []string{"sandbox", "demo", "fast"}},
	})
	s.run(80, "sources", "add", "here", "--url", s.server.URL, "--feed", "DefaultNuGet", "--api-key", s.server.APIKey)
	s.now = time.Now // as the web server has it, to whose clock doctor looks
	s.check([]screenCase{
		{"sources-test", []int{60, 80}, []string{"sources", "test", "here"}},
		{"doctor", []int{60, 80}, []string{"doctor", "--feed", "DefaultNuGet"}},
		{"doctor-no-feed", []int{80}, []string{"doctor"}},
		{"doctor-wrong-feed", []int{80}, []string{"doctor", "--feed", "nosuch"}},
		{"doctor-refused", []int{80}, []string{"doctor", "--api-key", "wrong"}},
	})
	s.golden("sandbox-start-80", s.runUntilShown("sandbox", "start", "--addr", "127.0.0.1:0", "--api-key", "secret"))
}

// TestLedgerScreens is TestScreens for the commands that change the ledger.
func TestLedgerScreens(t *testing.T) {
	t.Parallel()
	s := openScreen(t)
	s.prepare()
	s.run(80, "deploy", "record", "pkg:nuget/Newtonsoft.Json@13.0.1", "--feed", "nuget-approved", "--target", "web01", "--date", "2026-11-20T15:00:00Z", "--application", "Shop", "--description", "d")
	lines := s.run(80, "deploy", "history", "--target", "web02", "-o", "ndjson")
	line, _, _ := strings.Cut(lines, "[exit code")
	for name, text := range map[string]string{"one.ndjson": line, "wrong.ndjson": "{\"name\": \"Acme.Web\"}\n{\"name\": \"Acme.Web\"}\n"} {
		if err := os.WriteFile(filepath.Join(s.home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	uncertain, _ := s.raw(t.Context(), 80, func(w io.Writer) io.Writer { return w }, "deploy", "pending", "--jq", `.[] | select(.status == "uncertain") | .id`)
	s.check([]screenCase{
		{"import", []int{80}, []string{"deploy", "import", "~/one.ndjson", "--ledger", "~/other.db"}},
		{"import-again", []int{80}, []string{"deploy", "import", "~/one.ndjson", "--ledger", "~/other.db"}},
		{"import-error", []int{80}, []string{"deploy", "import", "~/wrong.ndjson", "--ledger", "~/other.db"}},
		{"settle", []int{80}, []string{"deploy", "settle", strings.TrimSpace(uncertain), "--as", "recorded"}},
		{"settle-error", []int{80}, []string{"deploy", "settle", "01JCZK3V7Q8M4T5W6X7Y8Z9A0B", "--as", "recorded"}},
		{"prune-dry", []int{80}, []string{"deploy", "prune", "--older-than", "1d", "--dry-run"}},
		{"prune", []int{80}, []string{"deploy", "prune", "--older-than", "1d"}},
		{"prune-error", []int{80}, []string{"deploy", "prune", "--older-than", "soon"}},
		{"retire", []int{80}, []string{"deploy", "retire", "--target", "web02", "--package", "Acme.Web"}},
		{"retire-all", []int{80}, []string{"deploy", "retire", "--target", "web01", "--description", "replaced by web07"}},
		{"retire-error", []int{80}, []string{"deploy", "retire", "--target", "web5"}},
	})
}

// runUntilShown runs a command that does not end by itself, and ends it when it has written its
// first words.
func (s *terminal) runUntilShown(args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	text, code := s.raw(ctx, 80, func(w io.Writer) io.Writer { return cancelling{w, cancel} }, args...)
	return s.settled(text, code)
}

// cancelling cancels a run at its first write.
type cancelling struct {
	io.Writer
	cancel func()
}

func (c cancelling) Write(p []byte) (int, error) {
	defer c.cancel()
	return c.Writer.Write(p)
}
