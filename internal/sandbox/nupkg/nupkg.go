// Package nupkg makes and reads NuGet package files: zip archives with a .nuspec that names the
// package, as learn.microsoft.com/nuget/reference/nuspec describes them.
package nupkg

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// maxNuspec bounds what is read of a .nuspec, in bytes; real ones have a few KiB.
const maxNuspec = 1 << 20

// Identity names a package.
type Identity struct {
	ID      string `xml:"metadata>id"`
	Version string `xml:"metadata>version"`
}

// nuspec is the manifest, for writing.
type nuspec struct {
	XMLName  xml.Name `xml:"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd package"`
	Metadata metadata `xml:"metadata"`
}

// metadata holds the four elements without which NuGet refuses a package.
type metadata struct {
	ID          string `xml:"id"`
	Version     string `xml:"version"`
	Authors     string `xml:"authors"`
	Description string `xml:"description"`
}

// contentTypes and relations are the two parts that make a zip an Open Packaging Conventions
// package (ECMA-376).
const (
	contentTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="nuspec" ContentType="application/octet"/>` +
		`<Default Extension="txt" ContentType="application/octet"/></Types>`
	relations = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/%s.nuspec" Id="R1"/>` +
		`</Relationships>`
)

// Build makes a package that holds one text file. The same arguments give the same bytes.
func Build(id Identity, description string) ([]byte, error) {
	manifest, err := xml.Marshal(nuspec{Metadata: metadata{
		ID: id.ID, Version: id.Version, Authors: "Acme", Description: description,
	}})
	if err != nil {
		return nil, err
	}
	var target strings.Builder
	if err := xml.EscapeText(&target, []byte(id.ID)); err != nil {
		return nil, err
	}
	return archive.Zip(
		archive.File{Name: "_rels/.rels", Content: fmt.Sprintf(relations, target.String())},
		archive.File{Name: id.ID + ".nuspec", Content: xml.Header + string(manifest)},
		archive.File{Name: "[Content_Types].xml", Content: contentTypes},
		archive.File{Name: "content/readme.txt", Content: id.ID + " " + id.Version + "\n" + description + "\n"},
	)
}

// Read finds out which package a file is. It is an error if the file is not a zip, or has no usable
// .nuspec at its root.
func Read(content []byte) (Identity, error) {
	reader, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return Identity{}, err
	}
	for _, file := range reader.File {
		if !strings.Contains(file.Name, "/") && strings.HasSuffix(strings.ToLower(file.Name), ".nuspec") {
			return readNuspec(file)
		}
	}
	return Identity{}, errors.New("no .nuspec in the package")
}

// readNuspec matches elements whatever their namespace, of which NuGet has had six.
func readNuspec(file *zip.File) (Identity, error) {
	reader, err := file.Open()
	if err != nil {
		return Identity{}, err
	}
	defer reader.Close()
	var id Identity
	if err := xml.NewDecoder(io.LimitReader(reader, maxNuspec)).Decode(&id); err != nil {
		return Identity{}, fmt.Errorf("nuspec %q: %w", file.Name, err)
	}
	id.ID, id.Version = strings.TrimSpace(id.ID), strings.TrimSpace(id.Version)
	if id.ID == "" || id.Version == "" {
		return Identity{}, fmt.Errorf("nuspec %q without id or version", file.Name)
	}
	return id, nil
}
