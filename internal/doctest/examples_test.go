package doctest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/ledger/pgtest"
	"github.com/progetctl/progetctl/internal/scripttest"
)

// notRun marks a block that no test can run, and says why.
const notRun = "<!-- not run:"

// testCommand marks the block with the command that runs the tests.
const testCommand = "<!-- test-command -->"

// runWith marks the block with what its text presupposes: see stages.
const runWith = "<!-- run with: "

// block is one fenced shell block of a page.
type block struct {
	page, language string
	marker, text   string
	rest           string // the blocks after it
	output         string // that the page shows for it
	number         int
}

// TestEveryExampleInTheDocs runs every shell block of the README and of docs as a script of its own
// in the sandbox, or in a place that has what the text presupposes: it must end with exit code 0,
// and print the output that the page shows, if any.
func TestEveryExampleInTheDocs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ran := 0
	for _, page := range pages(t) {
		for _, b := range append(shellBlocks(t, page), consoleBlocks(t, page)...) {
			if b.marker == testCommand || strings.HasPrefix(b.marker, notRun) {
				continue
			}
			ran++
			b.write(t, folder)
		}
	}
	if ran == 0 {
		t.Fatal("no example was found")
	}
	params := scripttest.Params(folder, map[string]scripttest.Command{"releases": serveReleases})
	params.Setup = stageSetUp(t)
	testscript.Run(t, params)
}

// TestAuditsOnPostgres asks the auditor's questions of a shared ledger, too.
func TestAuditsOnPostgres(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	folder := t.TempDir()
	page := filepath.Join("..", "..", "docs", "guides", "audits.md")
	text := ""
	for _, b := range append(shellBlocks(t, page), consoleBlocks(t, page)...) {
		if b.marker == runWith+"these deployments -->" { // all others have a ledger of their own, or none
			text += b.text
			b.write(t, folder)
		}
	}
	for _, question := range []string{"--package", "--version '<", "--affected-by", "--at", "--vulnerable", "promotions audit"} {
		if !strings.Contains(text, question) {
			t.Errorf("no block asks a ledger with %s", question)
		}
	}
	params := scripttest.Params(folder, nil)
	scripttest.OnPostgres(&params, server.URL())
	testscript.Run(t, params)
}

// write makes a script of the block in a folder.
func (b block) write(t *testing.T, folder string) {
	t.Helper()
	name := strings.NewReplacer("/", "_", ".", "_", " ", "_").Replace(b.page)
	path := filepath.Join(folder, fmt.Sprintf("%s_%s%d.txtar", name, b.language, b.number))
	if err := os.WriteFile(path, []byte(b.script(t)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPowerShellInTheDocs runs the PowerShell blocks of all pages but those of CI systems, whose
// blocks are recipes.
func TestPowerShellInTheDocs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, page := range pages(t) {
		if filepath.Base(filepath.Dir(page)) == "ci" {
			continue
		}
		for _, b := range blocksOf(t, page, "powershell") {
			if strings.HasPrefix(b.marker, notRun) {
				continue
			}
			for _, program := range powerShells() {
				r := recipe{program, b.text}
				// PowerShell continues after a failure, so the output is checked.
				checks := "! stderr .\n"
				if strings.Contains(r.text, "deploy record") {
					checks += "stdout '^Recorded .* on web01 '\n"
				}
				script := fmt.Sprintf("%senv %s=\nenv COMPUTERNAME=web01\nexec progetctl sandbox exec -- %s\n%s-- %s --\n%s",
					r.needed(), scripttest.Now, r.command(), checks, r.file(), r.text)
				path := filepath.Join(folder, fmt.Sprintf("%s_%d_%s.txtar", strings.TrimSuffix(filepath.Base(page), ".md"), b.number, program))
				if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	testscript.Run(t, scripttest.Params(folder, nil))
}

// TestReadmeBegin holds the promise that a newcomer copies two commands.
func TestReadmeBegin(t *testing.T) {
	t.Parallel()
	blocks := shellBlocks(t, filepath.Join("..", "..", "README.md"))
	if len(blocks) < 2 {
		t.Fatalf("the README has %d shell blocks", len(blocks))
	}
	if demo := "progetctl sandbox demo\n"; blocks[0].text != demo {
		t.Errorf("the first block is %q, want %q", blocks[0].text, demo)
	}
	if blocks[1].marker != testCommand || !strings.HasPrefix(blocks[1].text, "go test ") {
		t.Errorf("the second block is %q after %q, want the tests", blocks[1].text, blocks[1].marker)
	}
}

func pages(t *testing.T) []string {
	t.Helper()
	found := []string{filepath.Join("..", "..", "README.md")}
	err := filepath.WalkDir(filepath.Join("..", "..", "docs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func shellBlocks(t *testing.T, page string) []block {
	t.Helper()
	return blocksOf(t, page, "sh")
}

// consoleBlocks are blocks that show commands after a "$ " together with their output. A line that
// begins with four spaces carries on the command before it.
func consoleBlocks(t *testing.T, page string) []block {
	t.Helper()
	blocks := blocksOf(t, page, "console")
	for i := range blocks {
		var commands, output strings.Builder
		inCommand := false
		for line := range strings.Lines(blocks[i].text) {
			command, begins := strings.CutPrefix(line, "$ ")
			inCommand = begins || inCommand && strings.HasPrefix(line, "    ")
			if inCommand {
				commands.WriteString(command)
			} else {
				output.WriteString(line)
			}
		}
		blocks[i].text, blocks[i].output = commands.String(), output.String()
	}
	return blocks
}

// blocksOf cuts the blocks in a language out of a page, each with the comment above it.
func blocksOf(t *testing.T, page, language string) []block {
	t.Helper()
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	fence := regexp.MustCompile("(?m)(?:^(<!-- .* -->)\n)?^```" + language + "\n((?s:.*?))^```$")
	var blocks []block
	for i, m := range fence.FindAllStringSubmatch(string(raw), -1) {
		// A checkout runs the program from source, the tests run their own.
		text := strings.ReplaceAll(m[2], "go run ./cmd/progetctl", "progetctl")
		for j := range blocks {
			blocks[j].rest += text
		}
		blocks = append(blocks, block{page: strings.TrimPrefix(filepath.ToSlash(page), "../../"), language: language, marker: m[1], text: text, number: i + 1})
	}
	return blocks
}
