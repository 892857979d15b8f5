package sandbox

import (
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/progetctl/progetctl/internal/sandbox/nupkg"
)

// defaultFeed takes the packages that lie directly in Options.PackagesDir.
const defaultFeed = "DefaultNuGet"

// loadPackages reads DIR/*.nupkg and DIR/FEED/*.nupkg.
func loadPackages(s *Server, dir string) error {
	folder := os.DirFS(dir)
	// Glob returns no error for a missing folder, which would hide a mistyped name.
	if _, err := os.ReadDir(dir); err != nil {
		return fmt.Errorf("packages folder: %w", err)
	}
	for _, pattern := range []string{"*.nupkg", "*/*.nupkg"} {
		files, err := fs.Glob(folder, pattern)
		if err != nil {
			return fmt.Errorf("packages folder %q: %w", dir, err)
		}
		for _, file := range files {
			if err := loadNupkg(s, folder, file); err != nil {
				return fmt.Errorf("package %q: %w", file, err)
			}
		}
	}
	return nil
}

// loadNupkg takes the identity from the .nuspec and not from the file's name, as a server does on
// upload.
func loadNupkg(s *Server, folder fs.FS, file string) error {
	feedName := defaultFeed
	if parent := path.Dir(file); parent != "." {
		feedName = parent
	}
	content, err := fs.ReadFile(folder, file)
	if err != nil {
		return err
	}
	id, err := nupkg.Read(content)
	if err != nil {
		return err
	}
	if s.lookup(feedName) == nil {
		if err := s.AddFeed(Feed{Name: feedName, Type: "nuget"}); err != nil {
			return err
		}
	}
	return s.AddPackage(feedName, Package{
		Name: id.ID, Version: id.Version, FileName: path.Base(file), Content: content,
	})
}
