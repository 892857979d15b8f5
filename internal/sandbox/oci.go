package sandbox

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// The media types of images (github.com/opencontainers/image-spec).
const (
	ociIndex    = "application/vnd.oci.image.index.v1+json"
	ociManifest = "application/vnd.oci.image.manifest.v1+json"
	ociConfig   = "application/vnd.oci.image.config.v1+json"
	ociLayer    = "application/vnd.oci.image.layer.v1.tar"
	ociGzip     = ociLayer + "+gzip"
)

// Image is a container image to be added by AddImage.
type Image struct {
	Repository string // without the feed, such as acme/builder
	Tag        string
	// Platforms such as linux/amd64. With several, the tag is an index of as many images.
	Platforms []string
	// Layers are the contents of the layers, tar or tar in gzip, the same for each platform.
	Layers [][]byte
}

// ociDescriptor points to a part of an image.
type ociDescriptor struct {
	MediaType string       `json:"mediaType"`
	Digest    string       `json:"digest"`
	Size      int          `json:"size"`
	Platform  *ociPlatform `json:"platform,omitempty"`
}

type ociPlatform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

// ociConfigFile is an image's configuration. Its RootFS names the layers by the digests of their
// unpacked contents (image-spec, config.md).
type ociConfigFile struct {
	ociPlatform
	Config struct{}  `json:"config"`
	RootFS ociRootFS `json:"rootfs"`
}

type ociRootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

// layer returns a layer's media type, and the digest of its unpacked content.
func layer(content []byte) (mediaType, diffID string) {
	mediaType = ociLayer
	if unpacked, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
		mediaType = ociGzip
		content, _ = io.ReadAll(unpacked) // a truncated layer is served unchanged, for tests
	}
	return mediaType, fmt.Sprintf("sha256:%x", sha256.Sum256(content))
}

// ociDocument is a manifest or an index.
type ociDocument struct {
	SchemaVersion int             `json:"schemaVersion"`
	MediaType     string          `json:"mediaType"`
	Config        *ociDescriptor  `json:"config,omitempty"`
	Layers        []ociDescriptor `json:"layers,omitempty"`
	Manifests     []ociDescriptor `json:"manifests,omitempty"`
}

// registry serves /v2: the registry of all Docker feeds, in which the feed is the first part of a
// repository (Inedo docs, proget/docker/private-registries).
type registry struct{ *Server }

// add keeps the tagged manifest as a package, everything else as parts under their digests.
func (s registry) add(feedName string, image Image) error {
	var layers, manifests []ociDescriptor
	rootFS := ociRootFS{Type: "layers", DiffIDs: []string{}}
	for _, content := range image.Layers {
		mediaType, diffID := layer(content)
		layers = append(layers, s.addPart(feedName, mediaType, content))
		rootFS.DiffIDs = append(rootFS.DiffIDs, diffID)
	}
	for _, name := range image.Platforms {
		os, architecture, _ := strings.Cut(name, "/")
		platform := ociPlatform{architecture, os}
		config := s.addPart(feedName, ociConfig, marshal(ociConfigFile{ociPlatform: platform, RootFS: rootFS}))
		document := ociDocument{SchemaVersion: 2, MediaType: ociManifest, Config: &config, Layers: layers}
		if len(image.Platforms) == 1 {
			return s.addManifest(feedName, image, document)
		}
		manifest := s.addPart(feedName, ociManifest, marshal(document))
		manifest.Platform = &platform
		manifests = append(manifests, manifest)
	}
	return s.addManifest(feedName, image, ociDocument{SchemaVersion: 2, MediaType: ociIndex, Manifests: manifests})
}

func (s registry) addManifest(feedName string, image Image, document ociDocument) error {
	return s.AddPackage(feedName, Package{
		Name: image.Repository, Version: image.Tag, FileName: document.MediaType, Content: marshal(document),
	})
}

// addPart keeps what is asked for by its digest only.
func (s registry) addPart(feedName, mediaType string, content []byte) ociDescriptor {
	p := digest(Package{FileName: mediaType, Content: content, Published: s.opts.Now()})
	d := ociDescriptor{MediaType: mediaType, Digest: "sha256:" + p.sha256, Size: len(content)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[partKey(feedName, d.Digest)] = p
	return d
}

// part finds one; nil if it does not exist.
func (s registry) part(feedName, digest string) *stored {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.parts[partKey(feedName, digest)]
}

func partKey(feedName, digest string) string { return strings.ToLower(feedName) + " " + digest }

// sampleImages are for one platform and for two.
func sampleImages() ([]Image, error) {
	base, err := archive.TarGz(archive.File{Name: "etc/acme-release", Content: "The base layer of a sample image.\n"})
	if err != nil {
		return nil, err
	}
	tool, err := archive.TarGz(archive.File{Name: "usr/share/builder/README", Content: "The second layer of a sample image.\n"})
	return []Image{
		{Repository: "acme/builder", Tag: "1.4.0", Platforms: []string{"linux/amd64"}, Layers: [][]byte{base}},
		{Repository: "acme/builder", Tag: "1.5.0", Platforms: []string{"linux/amd64", "linux/arm64"}, Layers: [][]byte{base, tool}},
	}, err
}

// marshal encodes what can always be encoded.
func marshal(v any) []byte {
	raw, _ := json.Marshal(v)
	return raw
}

func (s registry) answer(x *exchange, segments []string) {
	x.Header().Set("Docker-Distribution-API-Version", "registry/2.0")
	rest := dropEmptyTail(segments)
	if len(rest) == 1 && rest[0] == "_auth" {
		s.registryToken(x)
		return
	}
	if !s.admitToRegistry(x) {
		return
	}
	if len(rest) == 0 {
		x.text(http.StatusOK, "Authenticated as ProGet user: "+x.entry.User)
		return
	}
	if len(rest) == 1 && rest[0] == "_catalog" {
		x.json(map[string][]string{"repositories": s.repositories()})
		return
	}
	f := s.lookup(rest[0])
	if f == nil || f.Type != "docker" || len(rest) < 4 {
		registryError(x, http.StatusBadRequest, "UNKNOWN", "could not resolve proget feed")
		return
	}
	last := len(rest) - 2
	s.repository(x, f, strings.Join(rest[1:last], "/"), rest[last], rest[last+1])
}

// repository serves what is below the address of a repository.
func (s registry) repository(x *exchange, f *feed, name, kind, reference string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	manifests := s.list(f, func(p *stored) bool { return strings.EqualFold(p.Name, name) })
	switch kind {
	case "tags":
		x.json(map[string]any{"name": f.Name + "/" + name, "tags": tagsOf(manifests)})
		return
	case "blobs":
		if p := s.part(f.Name, reference); p != nil {
			x.sendFile(p, "application/octet-stream")
			return
		}
	case "manifests":
		if p := s.part(f.Name, reference); p != nil {
			manifests = append(manifests, p)
		}
		for _, p := range manifests {
			if digest := "sha256:" + p.sha256; reference == digest || reference == p.Version {
				x.Header().Set("Docker-Content-Digest", digest)
				x.sendPackage(f, p, p.FileName)
				return
			}
		}
	}
	registryError(x, http.StatusNotFound, strings.ToUpper(strings.TrimSuffix(kind, "s"))+"_UNKNOWN", "not known: "+reference)
}

// repositories lists those of all Docker feeds by their full names, sorted (distribution-spec, the
// catalog of Docker's registry).
func (s registry) repositories() []string {
	names := []string{}
	for _, f := range s.allFeeds() {
		if f.Type != "docker" {
			continue
		}
		for _, p := range s.list(f, func(*stored) bool { return true }) {
			names = append(names, f.Name+"/"+p.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func tagsOf(manifests []*stored) []string {
	tags := []string{}
	for _, p := range manifests {
		tags = append(tags, p.Version)
	}
	return tags
}

// registryError is an error as registries write it (github.com/opencontainers/distribution-spec,
// error codes).
func registryError(x *exchange, status int, code, message string) {
	body := marshal(map[string]any{"errors": []any{map[string]string{"code": code, "message": message}}})
	x.send(status, "application/json", body)
}

// admitToRegistry checks Basic credentials or the token, and answers 401 with where to get one.
func (s registry) admitToRegistry(x *exchange) bool {
	if _, token, _ := strings.Cut(x.r.Header.Get("Authorization"), " "); same(token, s.token()) {
		x.update(func(r *Request) { r.User = apiUser })
		return true
	}
	if !s.opts.RegistryTokens && x.admit(basicOf(x.r)) {
		return true
	}
	realm := s.base(x.r) + "/v2/_auth"
	x.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer realm=%q,service=%q", realm, x.r.Host))
	registryError(x, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
	return false
}

// registryToken returns the token if the credentials are right (Inedo docs,
// proget/docker/semantic-versioning).
func (s registry) registryToken(x *exchange) {
	if !x.admit(basicOf(x.r)) {
		x.challenge("ProGet")
		return
	}
	x.json(map[string]string{"token": s.token()})
}

// token is what the registry takes instead of the key. It does not reveal the key.
func (s registry) token() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte("registry "+url.QueryEscape(s.opts.APIKey))))
}
