package client

import (
	"io"
	"strconv"
	"time"
)

// PackageVersion is one version that a feed holds, or one file of it (Inedo docs,
// proget/api/packages/list-versions). The checksums are in hexadecimal digits and may be missing.
type PackageVersion struct {
	PURL    string `json:"purl"`
	Group   string `json:"group,omitempty"` // as the server writes it: an npm scope has its @
	Name    string `json:"name"`
	Version string `json:"version"`
	// Qualifier distinguishes the files of a version, "arch=amd64&component=main", and is in the
	// PURL or here.
	Qualifier string `json:"qualifier,omitempty"`
	// Published is when it was added to the feed: UTC, whole seconds; zero if the server does not
	// say.
	Published   time.Time `json:"published,omitzero"`
	PublishedBy string    `json:"publishedBy,omitempty"` // a user's name
	Size        int64     `json:"size"`                  // bytes
	MD5         string    `json:"md5,omitempty"`
	SHA1        string    `json:"sha1,omitempty"`
	SHA256      string    `json:"sha256,omitempty"`
	SHA512      string    `json:"sha512,omitempty"`
}

// The properties that are read of a version.
const (
	ofPURL = iota
	ofGroup
	ofName
	ofVersion
	ofQualifier
	ofPublished
	ofPublishedBy
	ofSize
	ofMD5
	ofSHA1
	ofSHA256
	ofSHA512
	versionProperties
)

var versionNames = []string{
	"purl", "group", "name", "version", "qualifier", "published", "publishedBy", "size", "md5", "sha1", "sha256", "sha512",
}

// decodeVersions reads an array of versions and gives each to use. An empty object stands for an
// empty array, as the documents say, and any other for its only element.
func decodeVersions(body io.Reader, use func(PackageVersion) error) error {
	stream := newElementStream(body)
	one := func(c *jsonCursor) error {
		v, err := packageVersion(c)
		if err != nil {
			return err
		}
		return use(v)
	}
	switch first, err := stream.first(); {
	case err != nil:
		return err
	case first == '{':
		return stream.only(func(c *jsonCursor) error {
			if c.empty() {
				return nil
			}
			return one(c)
		})
	case first == 'n':
		return errNoVersions
	}
	if _, err := stream.open(); err != nil {
		return err
	}
	return stream.each(one)
}

// packageVersion reads one version. One without a name is an error; files of an asset directory
// have no version.
func packageVersion(c *jsonCursor) (PackageVersion, error) {
	var values [versionProperties]string
	err := c.members(versionNames, func(p int) (err error) {
		if p <= ofQualifier {
			values[p], err = c.identifier(versionNames[p])
			return err
		}
		values[p] = c.value()
		return nil
	})
	if err != nil {
		return PackageVersion{}, err
	}
	if values[ofName] == "" {
		return PackageVersion{}, errNoVersions
	}
	size, err := strconv.ParseInt(values[ofSize], 10, 64)
	if err != nil { // a size that cannot be read is unknown
		size = 0
	}
	return PackageVersion{
		PURL: values[ofPURL], Group: values[ofGroup], Name: values[ofName], Version: values[ofVersion],
		Qualifier: values[ofQualifier], Published: parseServerDate(values[ofPublished]), PublishedBy: values[ofPublishedBy],
		Size: size, MD5: values[ofMD5], SHA1: values[ofSHA1], SHA256: values[ofSHA256], SHA512: values[ofSHA512],
	}, nil
}

// errNoVersions is null, or an object that is neither a version nor empty, a message perhaps: taken
// for an empty list, it would say that a package does not exist.
var errNoVersions = shapeError("it is neither a list nor a version")
