package promotions

import (
	"strconv"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/jsontext"
)

// flatPromotion is one promotion with its package's properties on it.
type flatPromotion struct {
	PURL    string         `json:"purl,omitempty"`
	Name    string         `json:"packageName"`
	Group   string         `json:"groupName,omitempty"`
	Type    ecosystem.Type `json:"packageType"`
	Version string         `json:"version"`
	client.Promotion
}

// flattener gives the flat object of a package with one promotion; each overwrites the one before.
func flattener() func(promotedPackage) any {
	flat, purl := new(flatPromotion), purls()
	return func(p promotedPackage) any {
		*flat = flatPromotion{purl(p), p.Name, p.Group, p.Type, p.Version, p.Promotions[0]}
		return flat
	}
}

// purls gives package URLs. Promotions of one package that follow each other cost it once.
func purls() func(promotedPackage) string {
	var last promotedPackage
	var url string
	return func(p promotedPackage) string {
		if p.Name != last.Name || p.Version != last.Version || p.Group != last.Group || p.Type != last.Type {
			last, url = p, purl(p)
			last.Promotions = nil // good for this call only
		}
		return url
	}
}

// nestedPackage is a package with all its promotions.
type nestedPackage struct {
	PURL string `json:"purl,omitempty"`
	promotedPackage
}

// nester gives nested objects; each overwrites the one before.
func nester() func(promotedPackage) any {
	nested := new(nestedPackage)
	return func(p promotedPackage) any {
		*nested = nestedPackage{purl(p), p}
		return nested
	}
}

// purl is the package URL of a version, "" if the server does not say its type. An npm scope has
// its @ there.
func purl(p promotedPackage) string {
	if p.Type == "" {
		return ""
	}
	group, name := ecosystem.SplitName(p.Type, ecosystem.JoinName(p.Type, p.Group, p.Name))
	return ecosystem.Package{Type: p.Type, Group: group, Name: name, Version: p.Version}.PURL()
}

// AppendJSON appends what encoding/json would write without escaping HTML, and takes a quarter of
// its time: a list may have half a million of these.
func (f *flatPromotion) AppendJSON(b []byte) []byte {
	b = appendPackage(append(b, '{'), f.PURL, f.Name, f.Group, f.Type, f.Version)
	return append(appendPromotion(b, f.Promotion), '}')
}

// AppendJSON does the same for a package with all its promotions.
func (n *nestedPackage) AppendJSON(b []byte) []byte {
	b = appendPackage(append(b, '{'), n.PURL, n.Name, n.Group, n.Type, n.Version)
	b = append(b, `,"promotions":[`...)
	for i, p := range n.Promotions {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendPromotion(append(b, '{'), p), '}')
	}
	return append(b, "]}"...)
}

// appendPackage appends the properties of a package to an object that was begun.
func appendPackage(b []byte, purl, name, group string, kind ecosystem.Type, version string) []byte {
	if purl != "" {
		b = jsontext.AppendProperty(b, "purl", purl)
	}
	b = jsontext.AppendProperty(b, "packageName", name)
	if group != "" {
		b = jsontext.AppendProperty(b, "groupName", group)
	}
	b = jsontext.AppendProperty(b, "packageType", string(kind))
	return jsontext.AppendProperty(b, "version", version)
}

// appendPromotion appends the properties of a promotion to an object that was begun.
func appendPromotion(b []byte, p client.Promotion) []byte {
	b = jsontext.AppendProperty(b, "fromFeed", p.FromFeed)
	b = jsontext.AppendProperty(b, "toFeed", p.ToFeed)
	if !p.Date.IsZero() {
		b = append(p.Date.AppendFormat(append(b, `,"date":"`...), time.RFC3339), '"')
	}
	b = jsontext.AppendProperty(b, "user", p.User)
	b = jsontext.AppendProperty(b, "comments", p.Comments)
	if p.ID != 0 {
		b = strconv.AppendInt(append(b, `,"id":`...), p.ID, 10)
	}
	return b
}
