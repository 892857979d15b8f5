package client

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// Limits on what an image's manifests may be.
const (
	// manifestLimit is 4 MiB, what registries accept (distribution-spec).
	manifestLimit = 4 << 20
	// partsLimit is 10,000 manifests and blobs: an image has some dozens.
	partsLimit = 10_000
)

// manifestTypes are the media types of manifests, those of OCI and of Docker.
func manifestTypes() []string {
	return []string{
		"application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
		"application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
	}
}

// descriptor points to a part of an image (OCI image-spec, descriptor.md).
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// platform is what an image runs on, in Go's words.
type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant,omitempty"`
}

// manifest is an image, or an index of the images for several platforms.
type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        *descriptor  `json:"config"`
	Layers        []descriptor `json:"layers"`
	Manifests     []descriptor `json:"manifests"`
}

// parseManifest reads a manifest and checks whatever it points to.
func parseManifest(raw []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, err
	}
	if m.SchemaVersion != 2 || (m.Config == nil && m.Manifests == nil) {
		return m, fmt.Errorf("a manifest of schema %d, which is neither an image nor an index", m.SchemaVersion)
	}
	for _, d := range append(m.blobs(), m.Manifests...) {
		if _, err := d.checksum(); err != nil {
			return m, err
		}
		if d.Size < 0 {
			return m, fmt.Errorf("%s has %d bytes", d.Digest, d.Size)
		}
	}
	return m, nil
}

// blobs lists the configuration and the layers that a registry serves; foreign
// layers stay where they are.
func (m manifest) blobs() []descriptor {
	var all []descriptor
	if m.Config != nil {
		all = append(all, *m.Config)
	}
	for _, layer := range m.Layers {
		if !strings.Contains(layer.MediaType, ".foreign.") && !strings.Contains(layer.MediaType, ".nondistributable.") {
			all = append(all, layer)
		}
	}
	return all
}

// checksum reads the digest. Anything but hexadecimal digits of the right
// number would lead the name of a file astray.
func (d descriptor) checksum() (feedtype.Checksum, error) {
	algorithm, text, _ := strings.Cut(d.Digest, ":")
	sum, err := ParseChecksum(algorithm, text)
	if err != nil || hex.EncodeToString(sum.Sum) != text || (algorithm != "sha256" && algorithm != "sha512") {
		return sum, fmt.Errorf("%q is no digest", d.Digest)
	}
	sum.Source = "image manifest"
	return sum, nil
}

// matches reports whether an image is for the platform that want names.
func (d descriptor) matches(want feedtype.Image) bool {
	is := platform{}
	if d.Platform != nil {
		is = *d.Platform
	}
	return (want.Architecture == "" || want.Architecture == is.Architecture) &&
		(want.OS == "" || want.OS == is.OS) && (want.Variant == "" || want.Variant == is.Variant)
}
