package commands

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// TestEveryShapeInTheDocs compares the page about JSON with the properties that are written.
func TestEveryShapeInTheDocs(t *testing.T) {
	t.Parallel()
	json := filepath.Join("..", "docs", "json.md")
	clitest.CheckShape(t, json, "Deployments", ledger.Entry{})
	clitest.CheckShape(t, json, "Promotions", client.Promotion{})
	clitest.CheckShape(t, json, "Version", buildInfo{})
	page, err := os.ReadFile(json)
	if err != nil {
		t.Fatal(err)
	}
	for heading, want := range map[string][]string{
		"Records":           records.Names(),
		"Promoted packages": {"purl", "packageName", "groupName", "packageType", "version", "promotions"},
		"Matrix":            {"packageName", "groupName", "packageType", "version", "stages", "skipped"},
	} {
		if got := clitest.Tabled(string(page), heading); !slices.Equal(got, want) {
			t.Errorf("%s: the page has %q, the program %q", heading, got, want)
		}
	}
}
