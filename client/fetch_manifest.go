package client

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// Limits on what an image's manifests may be.
const (
	// manifestLimit is 4 MiB, what registries accept (distribution-spec).
	manifestLimit = 4 << 20
	// manifestsLimit is 64 MiB, for all manifests of an image.
	manifestsLimit = 64 << 20
	// partsLimit is 10,000 manifests and blobs: an image has a few dozen.
	partsLimit = 10_000
	// depthLimit is 10 manifests, each in an index that the one before names: an image has 2.
	depthLimit = 10
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
	MediaType   string       `json:"mediaType"`
	Digest      string       `json:"digest"`
	Size        int64        `json:"size"`
	Platform    *platform    `json:"platform,omitempty"`
	Annotations *annotations `json:"annotations,omitempty"`
}

// annotations are those that are used. There may be any number of others.
type annotations struct {
	ReferenceType string `json:"vnd.docker.reference.type,omitempty"`
	RefName       string `json:"org.opencontainers.image.ref.name,omitempty"`
}

// describes reports whether a part only describes the image: an attestation (docs.docker.com,
// build/metadata/attestations).
func (d descriptor) describes() bool {
	return d.Annotations != nil && d.Annotations.ReferenceType == "attestation-manifest" ||
		d.Platform != nil && d.Platform.OS == "unknown" && d.Platform.Architecture == "unknown"
}

// extension is how a file of this part would be named if it is compressed itself, which a server
// may say in Content-Encoding, too (OCI image-spec, media-types.md).
func (d descriptor) extension() string {
	switch {
	case strings.HasSuffix(d.MediaType, "gzip"): // "+gzip", and ".gzip" in Docker's
		return ".gz"
	case strings.HasSuffix(d.MediaType, "+zstd"):
		return ".zst"
	}
	return ""
}

// manifest is an image, or an index of the images for several platforms.
type manifest struct {
	SchemaVersion int         `json:"schemaVersion"`
	MediaType     string      `json:"mediaType"`
	Config        *descriptor `json:"config"`
	Layers        descriptors `json:"layers"`
	Manifests     descriptors `json:"manifests"`
}

// descriptors is a list of no more than [partsLimit].
type descriptors []descriptor

// UnmarshalJSON reads one descriptor at a time: a manifest of 4 MiB can name a million of them.
func (l *descriptors) UnmarshalJSON(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	switch token, err := dec.Token(); {
	case err != nil:
		return err
	case token == nil:
		return nil
	case token != json.Delim('['):
		return shapeError("a list of parts is not an array")
	}
	*l = descriptors{}
	for dec.More() {
		if len(*l) == partsLimit {
			return errTooManyParts
		}
		var d descriptor
		if err := dec.Decode(&d); err != nil {
			return err
		}
		*l = append(*l, d)
	}
	return nil
}

// errTooManyParts is the error of an image that has more parts than [partsLimit].
var errTooManyParts = shapeError(fmt.Sprintf("the image has more than %d parts", partsLimit))

// parseManifest reads a manifest and checks whatever it points to.
func parseManifest(raw []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		if shape, ok := errors.AsType[shapeError](err); ok {
			return m, shape
		}
		return m, shapeError("it is not the JSON of a manifest")
	}
	if m.SchemaVersion != 2 || (m.Config == nil && m.Manifests == nil) {
		return m, fmt.Errorf("a manifest of schema %d, which is neither an image nor an index", m.SchemaVersion)
	}
	if (m.Config != nil || len(m.Layers) > 0) && m.Manifests != nil {
		// Each program would see another image in it (CVE-2021-41190).
		return m, errors.New("it is an image and an index at the same time")
	}
	for _, d := range append(m.blobs(), m.Manifests...) {
		if _, err := d.checksum(); err != nil {
			return m, err
		}
		if d.Size < 0 || d.Size > blobLimit {
			return m, fmt.Errorf("%s has %d bytes", d.Digest, d.Size)
		}
	}
	return m, nil
}

// blobLimit is 16 TiB: the sizes of all parts of an image can be added up.
const blobLimit = 16 << 40

// blobs lists the configuration and the layers that a registry serves; foreign layers stay where
// they are.
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

// checksum reads the digest. Anything but hexadecimal digits of the right number would lead the
// name of a file astray.
func (d descriptor) checksum() (feedtype.Checksum, error) {
	algorithm, text, _ := strings.Cut(d.Digest, ":")
	sum, err := ParseChecksum(algorithm, text)
	if err != nil || hex.EncodeToString(sum.Sum) != text || !identifies(algorithm) {
		return sum, fmt.Errorf("%q is not a digest", d.Digest)
	}
	sum.Source = "image manifest"
	return sum, nil
}

// parseConfig reads the platform of an image from its configuration.
func parseConfig(raw []byte) (platform, error) {
	var is platform
	err := json.Unmarshal(raw, &is)
	return is, err
}

// identifies reports whether digests of the algorithm identify a part (OCI image-spec,
// descriptor.md).
func identifies(algorithm string) bool { return algorithm == "sha256" || algorithm == "sha512" }

// checkDigests compares a manifest with each digest that the registry states of it, and lists those
// that match. What is not one of a known algorithm does not count.
func checkDigests(said []string, raw []byte) (verified []string, err error) {
	for text := range strings.SplitSeq(strings.Join(said, ","), ",") {
		algorithm, _, _ := strings.Cut(text, ":")
		algorithm = feedtype.AlgorithmName(algorithm)
		sum, ok := feedtype.ParseSum(algorithm, text)
		if !ok || !identifies(algorithm) {
			continue
		}
		h := newHash(algorithm)
		h.Write(raw)
		if got := h.Sum(nil); !bytes.Equal(got, sum) {
			return nil, fmt.Errorf("the manifest's digest is %s:%x, the registry says %s", algorithm, got, strings.TrimSpace(text))
		}
		verified = append(verified, algorithm+" (registry digest)")
	}
	return verified, nil
}
