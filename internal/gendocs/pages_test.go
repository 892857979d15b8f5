package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands"
)

// small is a tree whose pages can be named by hand: a group with a command, a hidden command and a
// topic.
func small() *cobra.Command {
	nothing := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "tool", Short: "Do things"}
	group := &cobra.Command{Use: "deploy", Short: "Deploy things"}
	record := &cobra.Command{Use: "record", Short: "Record a thing", Run: nothing, Long: "Record a <thing>.\n\nEXIT STATUS\n  0  done"}
	record.Flags().String("feed", "main", "FEED of the thing")
	record.Flags().Bool("dry-run", false, "send nothing")
	root.PersistentFlags().Int("retries", 4, "further attempts")
	group.AddCommand(record)
	root.AddCommand(group,
		&cobra.Command{Use: "secret", Hidden: true, Run: nothing},
		&cobra.Command{Use: "topic", Short: "About things"})
	return root
}

func TestPagesOfATree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		write func(*cobra.Command, string) error
		want  []string
	}{
		{"reference", writeReference, []string{"tool.md", "tool_deploy.md", "tool_deploy_record.md", "tool_topic.md"}},
		{"man", writeMan, []string{"tool-deploy-record.1", "tool-deploy.1", "tool-topic.1", "tool.1"}},
		{"completions", writeCompletions, []string{"tool.bash", "tool.fish", "tool.ps1", "tool.zsh"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "not", "there")
			if err := c.write(small(), dir); err != nil {
				t.Fatal(err)
			}
			files := contents(t, dir)
			if got := names(files); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for name, text := range files {
				if text == "" {
					t.Errorf("%s is empty", name)
				}
			}
		})
	}
}

// TestManPage reads one page as man would: title, sections, and flags with the names of their
// values.
func TestManPage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeMan(small(), dir); err != nil {
		t.Fatal(err)
	}
	page := strings.NewReplacer(`\-`, "-", `\fB`, "", `\fP`, "").Replace(contents(t, dir)["tool-deploy-record.1"])
	for _, want := range []string{
		`.TH "TOOL-DEPLOY-RECORD" "1" "Nov 2026" "tool" "tool manual"`,
		".SH NAME\ntool-deploy-record - Record a thing\n", ".SH SYNOPSIS", "tool deploy record [flags]",
		"Record a <thing>.", ".SH EXIT STATUS", "0  done", "\n--feed string\nFEED of the thing\n", "\n--dry-run\nsend nothing\n",
		".SH SEE ALSO\ntool-deploy(1)\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
}

// TestReferencePage has the parts in the order of the help.
func TestReferencePage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeReference(small(), dir); err != nil {
		t.Fatal(err)
	}
	page := contents(t, dir)["tool_deploy_record.md"]
	at := -1
	for _, want := range []string{
		"# tool deploy record", "Record a thing.", "## Usage", "tool deploy record [flags]", "--feed string",
		`Record a \<thing>.`, "## Exit status\n\n```\n0  done\n```", "## See also", "* [tool deploy](tool_deploy.md): Deploy things",
	} {
		next := strings.Index(page, want)
		if next <= at {
			t.Errorf("%q is missing or out of place in:\n%s", want, page)
		}
		at = next
	}
}

// TestBashScriptIsTheProgramsOwn: packages install what the program itself prints.
func TestBashScriptIsTheProgramsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeCompletions(tree(), dir); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	env := commands.Env{Stdout: &want, Stderr: &want}
	if code := commands.Main(t.Context(), env, []string{"completion", "bash"}); code != 0 || want.Len() == 0 {
		t.Fatalf("exit code %d: %s", code, &want)
	}
	if contents(t, dir)["progetctl.bash"] != want.String() {
		t.Error("the two scripts differ")
	}
}

// TestSameBytes holds back everything that depends on the day: two runs, in one process, of two
// trees.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	for _, write := range []func(*cobra.Command, string) error{writeReference, writeMan, writeCompletions} {
		first, second := t.TempDir(), t.TempDir()
		if err := write(small(), first); err != nil {
			t.Fatal(err)
		}
		if err := write(small(), second); err != nil {
			t.Fatal(err)
		}
		a, b := contents(t, first), contents(t, second)
		for name, text := range a {
			if b[name] != text {
				t.Errorf("%s differs from one run to the next", name)
			}
			if strings.Contains(text, "Auto generated") {
				t.Errorf("%s has the generator's tag, which carries the day", name)
			}
		}
	}
}

func TestFreshLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"tool_gone.md", "README.md", "tool.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeReference(small(), dir); err != nil {
		t.Fatal(err)
	}
	want := []string{"README.md", "tool.md", "tool.txt", "tool_deploy.md", "tool_deploy_record.md", "tool_topic.md"}
	if got := names(contents(t, dir)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReferenceLinks follows every link of the real reference to a page of it.
func TestReferenceLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeReference(tree(), dir); err != nil {
		t.Fatal(err)
	}
	files := contents(t, dir)
	link := regexp.MustCompile(`\]\((progetctl[^)]*)\)`)
	for name, text := range files {
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if _, ok := files[found[1]]; !ok {
				t.Errorf("%s links to %s, which does not exist", name, found[1])
			}
		}
	}
}

// TestEveryCommandHasAPage compares with the tree itself: what a user can run, a user can read
// about.
func TestEveryCommandHasAPage(t *testing.T) {
	t.Parallel()
	reference, man := t.TempDir(), t.TempDir()
	var stderr strings.Builder
	if code := run([]string{"-reference", reference, "-man", man}, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	pages, manual := contents(t, reference), contents(t, man)
	for _, cmd := range visible(tree()) {
		path := cmd.CommandPath()
		if _, ok := pages[strings.ReplaceAll(path, " ", "_")+".md"]; !ok {
			t.Errorf("%q has no page in the reference", path)
		}
		if _, ok := manual[strings.ReplaceAll(path, " ", "-")+".1"]; !ok {
			t.Errorf("%q has no man page", path)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"nothing asked", nil, 2, "at least one of"},
		{"an argument", []string{"-man", t.TempDir(), "extra"}, 2, "no argument"},
		{"an unknown flag", []string{"-pdf", "x"}, 2, "-pdf"},
		{"reference into a file", []string{"-reference", file}, 1, "gendocs: "},
		{"man pages into a file", []string{"-man", file}, 1, "gendocs: "},
		{"completions into a file", []string{"-completions", file}, 1, "gendocs: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var stderr strings.Builder
			if code := run(c.args, &stderr); code != c.code || !strings.Contains(stderr.String(), c.says) {
				t.Errorf("exit code %d, stderr %q; want %d and %q", code, stderr.String(), c.code, c.says)
			}
		})
	}
}

// contents reads a folder of pages.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

// names lists the files in order.
func names(files map[string]string) []string {
	var all []string
	for name := range files {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
