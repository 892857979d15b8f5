package feedtype

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// rpmQuery looks for an RPM package.
type rpmQuery struct{ query }

// locateRPM reads the repository's table of contents, repomd.xml, and the list of packages that it
// names, with its checksum (github.com/rpm-software-management/createrepo_c).
func locateRPM(ctx context.Context, of query) (content Content, err error) {
	q := rpmQuery{of}
	if err := q.need([2]string{"arch", "x86_64"}); err != nil {
		return Content{}, err
	}
	var primary rpmData
	var root *Document
	err = q.read(ctx, "rpm/"+q.feed+"/repodata/repomd.xml", "", func(doc *Document, r io.Reader) error {
		root = doc
		primary, err = readRepomd(r)
		return err
	})
	if err != nil {
		return Content{}, err
	}
	ref, err := primary.Location.resolve(root)
	if err != nil {
		return Content{}, q.broken(root.URL, err)
	}
	sums, ignored := chooseSum("rpm repomd.xml", map[string]string{primary.Checksum.Type: primary.Checksum.Sum})
	err = q.stream(ctx, ref, sums, func(_ *Document, r io.Reader) error {
		content, err = q.findRPM(root, r)
		return err
	})
	content.Ignored = append(content.Ignored, ignored...)
	return content, err
}

type rpmChecksum struct {
	Type string `xml:"type,attr"` // "sha256", in old repositories "sha", which is sha1
	Sum  string `xml:",chardata"`
}

// rpmLocation is relative to the repository's root, or to Base if there is one.
type rpmLocation struct {
	Base string `xml:"base,attr"`
	Href string `xml:"href,attr"`
}

// resolve makes the location absolute. root is repomd.xml, one folder below the repository's root.
// A location is the path of a file, not a URL reference: a # or ? is part of a name, and so is a %
// without two digits behind it.
func (l rpmLocation) resolve(root *Document) (string, error) {
	link := strings.TrimSpace(l.Href)
	base := strings.TrimSpace(l.Base)
	switch {
	case link == "":
	case strings.Contains(link, "://"):
		path, query, found := strings.Cut(link, "?")
		if link = literalPath(path); found {
			link += "?" + literalPath(query)
		}
		return resolve(root, link)
	case strings.Contains(base, "://"):
		link = strings.TrimSuffix(base, "/") + "/" + link
	case base != "":
		link = "../" + strings.Trim(base, "/") + "/" + link
	default:
		link = "../" + link
	}
	return resolve(root, literalPath(link))
}

// literalPath escapes what would end a path or not be one in a URL, and leaves what is escaped
// already.
func literalPath(link string) string {
	var b strings.Builder
	for i := range len(link) {
		switch c := link[i]; {
		case c == '#':
			b.WriteString("%23")
		case c == '?':
			b.WriteString("%3F")
		case c == '%' && !(i+2 < len(link) && isHex(link[i+1]) && isHex(link[i+2])):
			b.WriteString("%25")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

type rpmData struct {
	Type     string      `xml:"type,attr"`
	Location rpmLocation `xml:"location"`
	Checksum rpmChecksum `xml:"checksum"`
}

// readRepomd finds the list of packages.
func readRepomd(r io.Reader) (primary rpmData, err error) {
	err = eachElement(r, func(dec *xml.Decoder, start xml.StartElement) error {
		if start.Name.Local != "data" {
			return nil
		}
		var data rpmData
		if err := dec.DecodeElement(&data, &start); err != nil {
			return err
		}
		if data.Type == "primary" {
			primary = data
		}
		return nil
	})
	if err == nil && primary.Location.Href == "" {
		err = errors.New("it names no primary list of packages")
	}
	return primary, err
}

type rpmPackage struct {
	Name    string `xml:"name"`
	Arch    string `xml:"arch"`
	Version struct {
		Epoch   string `xml:"epoch,attr"`
		Version string `xml:"ver,attr"`
		Release string `xml:"rel,attr"`
	} `xml:"version"`
	Checksum rpmChecksum `xml:"checksum"`
	Size     struct {
		Package string `xml:"package,attr"` // bytes
	} `xml:"size"`
	Location rpmLocation `xml:"location"`
}

// short is the version as ProGet writes it, without the epoch.
func (p rpmPackage) short() string { return p.Version.Version + "-" + p.Version.Release }

// full has the epoch, which is compared first.
func (p rpmPackage) full() string {
	if p.Version.Epoch == "" {
		return p.short()
	}
	return p.Version.Epoch + ":" + p.short()
}

// findRPM looks through the list of packages. Of one that is listed twice, the first counts.
func (q rpmQuery) findRPM(root *Document, r io.Reader) (content Content, err error) {
	pick := newestOf(q.pkg)
	var found *rpmPackage
	var others []string
	err = eachElement(onlyWith(r, "package", q.pkg.Name), func(dec *xml.Decoder, start xml.StartElement) error {
		if start.Name.Local != "package" {
			return nil
		}
		var p rpmPackage
		if err := dec.DecodeElement(&p, &start); err != nil {
			return err
		}
		switch {
		case p.Name != q.pkg.Name:
		case p.Arch == q.pkg.Qualifiers["arch"]:
			if (found == nil || p.full() != found.full()) && q.matches(p, pick) {
				found = &p
			}
		case q.matches(p, newestOf(q.pkg)):
			others = addOther(others, p.Arch)
		}
		return nil
	})
	if err == nil && found == nil {
		err = q.missingBut("arch", others)
	}
	if err != nil {
		return Content{}, err
	}
	return q.rpmContent(root, *found)
}

// matches compares with and without the epoch, because people rarely give the epoch of a package,
// and ProGet does not show it.
func (q rpmQuery) matches(p rpmPackage, pick *newest) bool {
	if epoch := q.pkg.Qualifiers["epoch"]; epoch != "" && epoch != p.Version.Epoch {
		return false
	}
	return pick.wanted(q.pkg, p.full(), p.short())
}

// rpmContent makes the answer of a package; its file is named by its location.
func (q rpmQuery) rpmContent(root *Document, p rpmPackage) (content Content, err error) {
	content = Content{Version: p.short(), Size: parseSize(p.Size.Package)}
	if q.pkg.Version == p.full() { // who names the epoch keeps it
		content.Version = p.full()
	}
	if content.Ref, err = p.Location.resolve(root); err != nil {
		return Content{}, err
	}
	content.FileName = lastSegment(content.Ref)
	content.publish("rpm primary", map[string]string{p.Checksum.Type: p.Checksum.Sum})
	return content, nil
}
