// Package nupkg makes and reads NuGet package files: zip archives with a .nuspec that names the package, as
// learn.microsoft.com/nuget/reference/nuspec describes them.
package nupkg

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
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

type metadata struct {
	ID          string `xml:"id"`
	Version     string `xml:"version"`
	Authors     string `xml:"authors"`
	Description string `xml:"description"`
}

// contentTypes and relations are the two parts that make a zip an Open Packaging Conventions package (ECMA-376).
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
	return pack([]part{
		{"_rels/.rels", fmt.Sprintf(relations, target.String())},
		{id.ID + ".nuspec", xml.Header + string(manifest)},
		{"[Content_Types].xml", contentTypes},
		{"content/readme.txt", id.ID + " " + id.Version + "\n" + description + "\n"},
	})
}

type part struct{ name, content string }

// pack zips the parts with one fixed time, which keeps the bytes the same.
func pack(parts []part) ([]byte, error) {
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for _, p := range parts {
		w, err := archive.CreateHeader(&zip.FileHeader{
			Name: p.name, Method: zip.Deflate, Modified: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, p.content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// Read finds out which package a file is. The error tells that it is no zip, or has no usable .nuspec at its root.
func Read(content []byte) (Identity, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return Identity{}, err
	}
	for _, file := range archive.File {
		if !strings.Contains(file.Name, "/") && strings.HasSuffix(strings.ToLower(file.Name), ".nuspec") {
			return readNuspec(file)
		}
	}
	return Identity{}, errors.New("no .nuspec in the package")
}

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
