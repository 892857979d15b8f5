package client

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestFolderIsHeld: a folder by which somebody replaces the target folder while the server is asked
// does not get the file, whether the file's name is known before or comes with the answer.
func TestFolderIsHeld(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open folder cannot be renamed here")
	}
	for _, test := range []struct{ given, known, disposition string }{
		{"", "", `attachment; filename="server.zip"`},
		{"", "", ""},
		{"", "index.zip", ""},
		{"my.zip", "", ""},
	} {
		parent := t.TempDir()
		folder, theirs, moved := filepath.Join(parent, "mine"), filepath.Join(parent, "theirs"), filepath.Join(parent, "moved")
		for _, dir := range []string{folder, theirs} {
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		p := newClient(t, startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if err := os.Rename(folder, moved); err != nil {
				t.Error(err)
			}
			if err := os.Symlink(theirs, folder); err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Disposition", test.disposition)
			_, _ = io.WriteString(w, "content")
		})))
		content, err := p.Downloads.LocatePath("assets/url.zip")
		if err != nil {
			t.Fatal(err)
		}
		content.FileName = test.known
		_, err = p.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Destination: Destination{Folder: folder, Name: test.given}})
		if err != nil || names(t, theirs) != "" || names(t, moved) == "" {
			t.Errorf("%+v: %v; their folder holds %q, ours %q", test, err, names(t, theirs), names(t, moved))
		}
	}
}
