package sandbox

import (
	"bytes"
	"encoding/xml"
	"net/http"
)

// Namespaces of OData 2 in Atom (odata.org/documentation/odata-version-2-0/atom-format).
const (
	atomNamespace = "http://www.w3.org/2005/Atom"
	dataNamespace = "http://schemas.microsoft.com/ado/2007/08/dataservices"
	metaNamespace = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
)

// atomFeed is a list of entries. Prefixes are written as part of the names, because clients of
// NuGet feeds expect the prefixes d and m and encoding/xml would repeat the namespace on each
// element.
type atomFeed struct {
	XMLName xml.Name    `xml:"feed"`
	Base    string      `xml:"xml:base,attr"`
	Atom    string      `xml:"xmlns,attr"`
	Data    string      `xml:"xmlns:d,attr"`
	Meta    string      `xml:"xmlns:m,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Count   string      `xml:"m:count,omitempty"`
	Entries []atomEntry `xml:"entry"`
}

// atomEntry is one package. The namespaces are set only if the entry is the document itself and not
// part of a feed.
type atomEntry struct {
	XMLName    xml.Name       `xml:"entry"`
	Atom       string         `xml:"xmlns,attr,omitempty"`
	Data       string         `xml:"xmlns:d,attr,omitempty"`
	Meta       string         `xml:"xmlns:m,attr,omitempty"`
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Author     string         `xml:"author>name"`
	Content    atomContent    `xml:"content"`
	Properties atomProperties `xml:"m:properties"`
}

// atomContent points to the package's file.
type atomContent struct {
	Type   string `xml:"type,attr"`
	Source string `xml:"src,attr"`
}

// atomProperties are the properties that clients read to choose, fetch and verify a package; the
// hash is base64, the size in bytes.
type atomProperties struct {
	ID                string `xml:"d:Id"`
	Version           string `xml:"d:Version"`
	Authors           string `xml:"d:Authors"`
	Description       string `xml:"d:Description"`
	Created           typed  `xml:"d:Created"`
	Published         typed  `xml:"d:Published"`
	Listed            typed  `xml:"d:Listed"`
	NormalizedVersion string `xml:"d:NormalizedVersion"`
	Hash              string `xml:"d:PackageHash"`
	HashAlgorithm     string `xml:"d:PackageHashAlgorithm"`
	Size              typed  `xml:"d:PackageSize"`
	Latest            typed  `xml:"d:IsLatestVersion"`
	AbsoluteLatest    typed  `xml:"d:IsAbsoluteLatestVersion"`
	Prerelease        typed  `xml:"d:IsPrerelease"`
}

// typed is a property that is not a string.
type typed struct {
	Type string `xml:"m:type,attr"`
	Text string `xml:",chardata"`
}

// sendAtom answers with an Atom document.
func sendAtom(x *exchange, document any) {
	body, err := xml.Marshal(document)
	if err != nil {
		x.text(http.StatusInternalServerError, err.Error())
		return
	}
	// NuGet's client refuses a content element that is written with an end tag, which encoding/xml
	// always does.
	body = bytes.ReplaceAll(body, []byte(`"></content>`), []byte(`"/>`))
	x.xml("application/atom+xml; charset=utf-8", xml.Header+string(body))
}
