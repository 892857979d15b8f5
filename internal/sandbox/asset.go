package sandbox

import (
	"net/http"
	"strings"
)

// assetItem describes a file of an asset directory (Inedo docs, proget/api/assets).
type assetItem struct {
	Name     string `json:"name"`
	Parent   string `json:"parent,omitempty"`
	Size     int    `json:"size"`
	Type     string `json:"type"`
	Modified string `json:"modified"`
	MD5      string `json:"md5"`
	SHA1     string `json:"sha1"`
	SHA256   string `json:"sha256"`
	SHA512   string `json:"sha512"`
}

// assetFeeds answers for asset directories.
type assetFeeds struct{ *Server }

// answer serves content/{path} and metadata/{path}. A file's path is the name of its package.
func (s assetFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	if len(rest) < 2 || rest[0] != "content" && rest[0] != "metadata" {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	path := strings.Join(dropEmptyTail(rest[1:]), "/")
	found := s.list(f, func(p *stored) bool { return strings.EqualFold(p.Name, path) })
	switch {
	case len(found) == 0 && s.isFolder(f, path):
		x.text(http.StatusBadRequest, "The path "+path+" is a folder.")
	case len(found) == 0:
		x.text(http.StatusNotFound, "The file "+path+" was not found.")
	case rest[0] == "metadata":
		x.json(assetItemOf(found[0]))
	default:
		sendAsset(x, f, found[0])
	}
}

// isFolder: folders are not stored, a path is one if a file lies below it.
func (s assetFeeds) isFolder(f *feed, path string) bool {
	return len(s.list(f, func(p *stored) bool {
		return strings.HasPrefix(strings.ToLower(p.Name), strings.ToLower(path)+"/")
	})) > 0
}

// assetItemOf splits the path, because the API reports parent and name apart; a file at the root
// has no parent.
func assetItemOf(p *stored) assetItem {
	parent, name := "", p.Name
	if i := strings.LastIndexByte(p.Name, '/'); i >= 0 {
		parent, name = p.Name[:i], p.Name[i+1:]
	}
	return assetItem{
		Name: name, Parent: parent, Size: len(p.Content), Type: assetType, MD5: p.md5, SHA1: p.sha1, SHA256: p.sha256,
		SHA512: p.sha512, Modified: p.Published.Format("2006-01-02T15:04:05Z"),
	}
}

const assetType = "application/octet-stream"

// sendAsset differs from packages in its validator: ProGet sends the bare SHA-1, without the quotes
// that HTTP requires.
func sendAsset(x *exchange, f *feed, p *stored) {
	if x.replace == nil {
		x.replace = http.Header{}
	}
	if x.replace.Values("ETag") == nil {
		x.replace = x.replace.Clone()
		x.replace.Set("ETag", p.sha1)
	}
	x.sendPackage(f, p, assetType)
}
