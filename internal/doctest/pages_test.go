package doctest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/scripttest"
)

// TestLinksInTheDocs follows every link between pages, to its heading.
func TestLinksInTheDocs(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	top := filepath.Join("..", "..")
	for _, page := range append(pages(t), filepath.Join(top, "CONTRIBUTING.md"), filepath.Join(top, "SECURITY.md")) {
		for _, m := range link.FindAllStringSubmatch(readPage(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			path, heading, _ := strings.Cut(m[1], "#")
			target := page
			if path != "" {
				target = filepath.Join(filepath.Dir(page), path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
			} else if heading != "" && !slices.Contains(headings(readPage(t, target)), heading) {
				t.Errorf("%s: %s has no heading #%s", page, target, heading)
			}
		}
	}
}

// TestEveryPageIsListed: a page that the list of pages does not lead to is not found.
func TestEveryPageIsListed(t *testing.T) {
	t.Parallel()
	docs := filepath.Join("..", "..", "docs")
	list := readPage(t, filepath.Join(docs, "README.md"))
	for _, pattern := range []string{"*.md", "guides/*.md", "ci/*.md"} {
		found, err := filepath.Glob(filepath.Join(docs, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range found {
			name, err := filepath.Rel(docs, page)
			if err != nil {
				t.Fatal(err)
			}
			if name != "README.md" && !strings.Contains(list, "]("+filepath.ToSlash(name)+")") {
				t.Errorf("docs/README.md does not lead to %s", name)
			}
		}
	}
}

func readPage(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// headings are the anchors of a page, as GitHub makes them.
func headings(page string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		anchor := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(anchor, " ", "-"))
	}
	return all
}

// TestEveryPowerShellExample runs the guides' examples where there is a PowerShell.
func TestEveryPowerShellExample(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	guides, err := filepath.Glob(filepath.Join("..", "..", "docs", "guides", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range guides {
		for _, text := range matches("(?ms)^```powershell\n(.*?)^```$", readPage(t, page)) {
			found++
			script := "[!exec:pwsh] skip 'no pwsh'\nenv COMPUTERNAME=web01\n" +
				"exec progetctl sandbox exec -- pwsh -NoProfile -File example.ps1\n! stderr .\n-- example.ps1 --\n" + text
			name := fmt.Sprintf("%s_%d.txtar", strings.TrimSuffix(filepath.Base(page), ".md"), found)
			if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found == 0 {
		t.Fatal("no example was found")
	}
	testscript.Run(t, scripttest.Params(folder, nil))
}
