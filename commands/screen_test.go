package commands

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/progetctl/progetctl/client/progettest"
)

// terminal is a terminal of some width, in front of a server whose clock is that of the tests.
type terminal struct {
	t       *testing.T
	server  *progettest.Server
	home    string // ~ in arguments and in what is shown
	now     func() time.Time
	environ []string
}

func openScreen(t *testing.T) *terminal {
	t.Helper()
	server := progettest.New(t, progettest.WithSamples(), progettest.WithOptions(func(o *progettest.Options) { o.Now = fixedNow }))
	home := t.TempDir()
	return &terminal{t, server, home, fixedNow, []string{
		"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_STATE_HOME=" + home, "APPDATA=" + home, "PROGET_URL=" + server.URL, "PROGET_API_KEY=" + server.APIKey, "NO_COLOR=1",
	}}
}

// run returns what a person sees, without what differs from run to run: the server's address, IDs,
// and the home folder.
func (s *terminal) run(width int, args ...string) string {
	s.t.Helper()
	return s.settled(s.raw(s.t.Context(), width, func(w io.Writer) io.Writer { return w }, args...))
}

// settled is what was written, the same in each run.
func (s *terminal) settled(text string, code int) string {
	text = regexp.MustCompile(`127\.0\.0\.1:\d{4,5}`).ReplaceAllString(text, "127.0.0.1:54321")
	text = regexp.MustCompile(`go1\.\S+,\s+\w+/\w+\)`).ReplaceAllString(text, "go1.26.0, linux/amd64)")
	text = regexp.MustCompile(`\b01[0-9A-HJKMNP-TV-Z]{24}\b`).ReplaceAllString(text, "01JCZK3V7Q8M4T5W6X7Y8Z9A0B")
	if strings.Contains(text, s.home) { // where a message is wrapped depends on the length of the folder's name
		text = regexp.MustCompile(`\n {2,}(\S)`).ReplaceAllString(text, " $1")
	}
	text = strings.ReplaceAll(text, s.home, "~")
	text = regexp.MustCompile(`~\\\S*`).ReplaceAllStringFunc(text, filepath.ToSlash)
	text = regexp.MustCompile(`difference \d+s`).ReplaceAllString(text, "difference 0s")
	return fmt.Sprintf("%s[exit code %d]\n", text, code)
}

// raw runs a command and returns what it writes, to its result as wrapped.
func (s *terminal) raw(ctx context.Context, width int, wrapped func(io.Writer) io.Writer, args ...string) (text string, code int) {
	var out bytes.Buffer
	env := plainEnv(&out, &out)
	env.Stdout, env.Now = wrapped(&out), s.now
	env.StdoutTerminal, env.StderrTerminal = true, true
	env.Width = func() int { return width }
	env.Environ = func() []string { return append(s.environ, "TERM=dumb") }
	typed := make([]string, len(args))
	for i, arg := range args {
		typed[i] = strings.ReplaceAll(arg, "~", s.home)
	}
	code = Main(ctx, env, typed)
	return out.String(), code
}

// prepare puts records of all kinds into the ledger.
func (s *terminal) prepare() {
	record := func(more ...string) {
		s.run(80, append([]string{"deploy", "record", "--application", "Shop", "--description", "d", "--retries", "0"}, more...)...)
	}
	record("pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "nuget-approved", "--target", "web01", "--date", "2026-11-13T01:00:00Z", "--deployment-user", "jsmith")
	record("pkg:nuget/Acme.Web@1.2.0", "--feed", "nuget-prod", "--target", "web02", "--date", "2026-11-14T01:00:00Z", "--deployment-user", "deploy-bot")
	record("pkg:npm/@angular/animation@12.3.1", "--feed", "nosuch", "--target", "web03", "--date", "2026-11-15T01:00:00Z", "--deployment-user", "jsmith")
	const path = "/api/package-deployment/"
	s.server.Fault(path, progettest.Fault{Status: 503}, progettest.Fault{Status: 500})
	record("pkg:npm/@angular/animation@12.3.1", "--feed", "npm-approved", "--target", "web04", "--date", "2026-11-16T01:00:00Z", "--on-failure", "queue")
	record("pkg:nuget/Acme.Web@1.2.0", "--feed", "nuget-prod", "--target", "web05", "--date", "2026-11-17T01:00:00Z")
}

// TestScreens compares what is shown at several widths with the files in testdata/screens. To
// rewrite them: go test ./commands -run TestScreens -update.
func TestScreens(t *testing.T) {
	t.Parallel()
	s := openScreen(t)
	s.check([]screenCase{
		{"pending-empty", []int{80}, []string{"deploy", "pending"}},
		{"history-new", []int{80}, []string{"deploy", "history"}},
		{"where-new", []int{80}, []string{"deploy", "where"}},
	})
	s.prepare()
	s.check([]screenCase{
		{"promotions-list", []int{40, 60, 80, 100, 160}, []string{"promotions", "list"}},
		{"promotions-list-wide", []int{80}, []string{"promotions", "list", "-o", "wide"}},
		{"promotions-list-empty", []int{80}, []string{"promotions", "list", "--package", "nothing", "--to-feed", "nuget-prod"}},
		{"promotions-list-error", []int{80}, []string{"promotions", "list", "--to-feed", "nuget-prd"}},
		{"promotions-matrix", []int{40, 60, 80, 100}, []string{"promotions", "matrix", "--stages", "nuget-dev,nuget-test,nuget-prod"}},
		{"promotions-matrix-empty", []int{80}, []string{"promotions", "matrix", "--package", "nothing", "--stages", "nuget-dev,nuget-test"}},
		{"promotions-audit", []int{60, 80}, []string{"promotions", "audit", "--feed", "DefaultNuGet"}},
		{"promotions-audit-all", []int{40, 60, 80, 100}, []string{"promotions", "audit", "--feed", "nuget-prod", "--all"}},
		{"promotions-audit-empty", []int{80}, []string{"promotions", "audit", "--feed", "nuget-approved"}},
		{"promotions-check", []int{80}, []string{"promotions", "check", "pkg:nuget/Acme.Web@1.2.0", "--to-feed", "nuget-test"}},
		{"promotions-check-unmet", []int{80}, []string{"promotions", "check", "pkg:nuget/Acme.Web@1.2.0", "--to-feed", "nuget-prod"}},
		{"history", []int{40, 60, 80, 100, 160}, []string{"deploy", "history"}},
		{"history-wide", []int{80}, []string{"deploy", "history", "-o", "wide"}},
		{"history-empty", []int{80}, []string{"deploy", "history", "--package", "nothing"}},
		{"pending", []int{60, 80, 100}, []string{"deploy", "pending"}},
		{"history-error", []int{80}, []string{"deploy", "history", "--status", "lost"}},
		{"where", []int{60, 80, 100}, []string{"deploy", "where"}},
		{"where-empty", []int{80}, []string{"deploy", "where", "--package", "nothing"}},
		{"sources-empty", []int{80}, []string{"sources", "list"}},
		{"batch-failed", []int{80}, []string{"deploy", "record", "pkg:nuget/Acme.Web@1.2.0", "--feed", "nosuch", "--target", "web01", "--target", "web02",
			"--application", "Shop", "--description", "d", "--ledger", "off", "--parallel", "1"}},
		{"flush", []int{80}, []string{"deploy", "flush"}}, // the last: it changes the ledger
		{"flush-empty", []int{80}, []string{"deploy", "flush"}},
	})
	s.checkRecord()
	s.checkErrors()
}

// checkRecord looks at what deploy record says.
func (s *terminal) checkRecord() {
	s.t.Helper()
	record := func(more ...string) []string {
		return append([]string{"deploy", "record", "pkg:nuget/Acme.Web@1.2.0", "--feed", "nuget-prod", "--application", "Shop", "--description", "d"}, more...)
	}
	s.check([]screenCase{
		{"record", []int{60, 80}, record("--target", "web11")},
		{"record-again", []int{80}, record("--target", "web11", "--once")},
		{"record-many", []int{80}, record("--target", "web12", "--target", "web13")},
		{"record-missing", []int{80}, []string{"deploy", "record", "pkg:nuget/Acme.Web@1.2.0"}},
		{"record-no-feed", []int{60, 80}, []string{"deploy", "record", "pkg:nuget/Acme.Web@1.2.0", "--feed", "nuget-prd", "--application", "Shop", "--description", "d", "--target", "web11"}},
		{"record-no-version", []int{80}, []string{"deploy", "record", "pkg:nuget/Acme.Web@1.2.1", "--feed", "nuget-prod", "--application", "Shop", "--description", "d", "--target", "web11", "--check"}},
		{"record-refused", []int{80}, record("--target", "web11", "--api-key", "wrong")},
		{"record-no-scheme", []int{60, 80}, record("--target", "web11", "--source", "localhost:8731")},
		{"record-words", []int{60, 80}, []string{"deploy", "record", "Acme.Web", "1.2.0"}},
		{"record-down", []int{60, 80}, record("--target", "web11", "--source", "http://127.0.0.1:9", "--retries", "0")},
		{"record-queued", []int{80}, record("--target", "web11", "--source", "http://127.0.0.1:9", "--retries", "0", "--on-failure", "queue")},
		{"flush-down", []int{60, 80}, []string{"deploy", "flush", "--source", "http://127.0.0.1:9", "--retries", "0"}},
		{"record-dry", []int{80}, record("--target", "web11", "--dry-run", "--shell", "sh")},
	})
}

// checkErrors looks at the commonest errors of commands that have no other screen of them.
func (s *terminal) checkErrors() {
	s.t.Helper()
	s.check([]screenCase{
		{"promotions-list-refused", []int{60, 80}, []string{"promotions", "list", "--api-key", "wrong"}},
		{"promotions-check-error", []int{80}, []string{"promotions", "check", "pkg:nuget/Acme.Web@1.2.0", "--to-feed", "nuget-prd"}},
		{"promotions-matrix-error", []int{80}, []string{"promotions", "matrix", "--stages", "nuget-dev,nuget-tst"}},
		{"promotions-audit-error", []int{80}, []string{"promotions", "audit", "--feed", "nosuch"}},
		{"where-error", []int{80}, []string{"deploy", "where", "--at", "tomorow"}},
		{"pending-error", []int{80}, []string{"deploy", "pending", "--ledger", "off"}},
		{"command-error", []int{80}, []string{"deploy", "lst"}},
	})
}

// screenCase is a command and the widths at which it is looked at.
type screenCase struct {
	name   string
	widths []int
	args   []string
}

func (s *terminal) check(cases []screenCase) {
	s.t.Helper()
	for _, c := range cases {
		for _, width := range c.widths {
			got := s.run(width, c.args...)
			s.wantFit(c.name, width, got)
			s.golden(fmt.Sprintf("%s-%d", c.name, width), got)
		}
	}
}

// isToPaste recognizes what would be another command, or none, if it were wrapped.
var isToPaste = regexp.MustCompile(`^  (progetctl|PowerShell|export|\{"error":) |^curl |^    (--|\| )`).MatchString

// wantFit insists that no line is wider than the terminal, but for what is to paste and what has no
// spaces, such as a URL. Where a text with the home folder is wrapped depends on its name.
func (s *terminal) wantFit(name string, width int, text string) {
	s.t.Helper()
	if strings.HasSuffix(name, "-wide") || strings.Contains(text, "~/") {
		return
	}
	for line := range strings.Lines(text) {
		free := isToPaste(line) || !strings.Contains(strings.TrimSpace(line), " ")
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width && !free {
			s.t.Errorf("%s: %d columns of %d: %s", name, n, width, line)
		}
	}
}

func (s *terminal) golden(name, got string) {
	s.t.Helper()
	path := filepath.Join("testdata", "screens", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		s.t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}
