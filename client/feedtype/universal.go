package feedtype

import (
	"bufio"
	"context"
	"io"
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// universalQuery looks for a universal package.
type universalQuery struct{ query }

// locateUniversal asks the feed's version list for the checksum, and builds the address (Inedo
// docs, proget/api/universal-feed). The list may lack a package that a connector would fetch, so a
// version that is given needs no entry in it.
func locateUniversal(ctx context.Context, of query) (Content, error) {
	q := universalQuery{of}
	found, err := q.universalVersion(ctx)
	if err != nil {
		return Content{}, err
	}
	version := q.pkg.Version
	if isLatest(version) {
		if version = string(found.Version); version == "" {
			return Content{}, missing(q.pkg)
		}
	}
	path := q.pkg.Name + "/" + version
	if q.pkg.Group != "" {
		path = q.pkg.Group + "/" + path
	}
	content := Content{
		Ref: "upack/" + q.feed + "/download/" + escapePath(path), FileName: q.pkg.Name + "-" + version + ".upack",
		Version: version, Size: -1, guessed: found.Version == "",
	}
	if found.Version == "" || bool(found.IsVirtual) { // a virtual package is put together as it is fetched
		return content, nil
	}
	content.Size = knownSize(found.Size)
	content.publish("upack index", map[string]string{"sha1": found.SHA1})
	return content, nil
}

// universalEntry is one version in the list; JSON names in any letter case.
type universalEntry struct {
	Group, Name string
	Version     text
	SHA1        string // hex
	Size        int64  // bytes
	IsVirtual   flag
}

// universalVersion finds the version that is asked for; a zero entry if the list does not have it.
func (q universalQuery) universalVersion(ctx context.Context) (found universalEntry, err error) {
	ask := url.Values{"name": {q.pkg.Name}}
	if q.pkg.Group != "" {
		ask.Set("group", q.pkg.Group)
	}
	if !isLatest(q.pkg.Version) {
		ask.Set("version", q.pkg.Version)
	}
	pick := newestOf(q.pkg)
	ref := "upack/" + q.feed + "/versions?" + strings.ReplaceAll(ask.Encode(), "+", "%20")
	err = q.read(ctx, ref, "application/json", func(_ *Document, r io.Reader) error {
		return oneOrMany(r, func(e universalEntry) {
			unnamed := e.Group == "" && e.Name == "" // it answers what was asked for
			same := strings.EqualFold(e.Group, q.pkg.Group) && ecosystem.SameName(q.pkg.Type, e.Name, q.pkg.Name)
			if (same || unnamed) && pick.wanted(q.pkg, string(e.Version)) {
				found = e
			}
		})
	})
	return found, q.refusable(err)
}

// oneOrMany reads an array of entries, or the one object that the server answers if a version was
// requested.
func oneOrMany[T any](r io.Reader, f func(T)) error {
	buffered := bufio.NewReader(r)
	first, err := firstByte(buffered)
	if err != nil {
		return err
	}
	j := newJSON(buffered)
	decode := func() error {
		var entry T
		_, err := j.decode(&entry)
		f(entry)
		return err
	}
	if first == '{' {
		err = decode()
	} else {
		err = j.items(decode)
	}
	if err != nil {
		return err
	}
	return j.end()
}

// firstByte looks at the first byte that is not white space, and leaves it to be read.
func firstByte(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(b)) {
			return b, r.UnreadByte()
		}
	}
}
