package feedtype

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// crate is one line of a crate's file in a sparse index (doc.rust-lang.org,
// cargo/reference/registry-index).
type crate struct {
	Name    text   `json:"name"`
	Version text   `json:"vers"`
	Sum     string `json:"cksum"` // sha256, hex
	Yanked  flag   `json:"yanked"`
}

// cargoQuery looks for a crate.
type cargoQuery struct{ query }

// locateCargo finds the version in the crate's index file and its address by the template in
// config.json.
func locateCargo(ctx context.Context, of query) (Content, error) {
	q := cargoQuery{of}
	base, name := "cargo/"+q.feed+"/", strings.ToLower(q.pkg.Name)
	if strings.Contains(name, ".") { // no crate has a group, which could turn a part of the name into a dot segment
		return Content{}, &NameError{"package name", q.pkg.Name, "has a dot, which the name of a crate has not"}
	}
	found, err := q.findCrate(ctx, base+escapePath(cratePrefix(name)+"/"+name))
	if err != nil {
		return Content{}, err
	}
	crateName := q.pkg.Name
	if found.Name != "" {
		crateName = string(found.Name)
	}
	content := Content{FileName: crateName + "-" + string(found.Version) + ".crate", Version: string(found.Version), Size: -1}
	content.publish("cargo index", map[string]string{"sha256": found.Sum})
	err = q.read(ctx, base+"config.json", "application/json", func(doc *Document, r io.Reader) error {
		var config struct{ DL string }
		if err := decodeWhole(r, &config); err != nil {
			return err
		}
		if strings.TrimSpace(config.DL) == "" {
			return errors.New(`it has no "dl", the address of crates`)
		}
		content.Ref, err = resolve(doc, crateLink(config.DL, crateName, found))
		return err
	})
	return content, err
}

// findCrate reads the lines of the index, each of which is JSON. A yanked version counts only if it
// is requested by number. A line that can't be read is skipped, as cargo does, unless it may be the
// requested one.
func (q cargoQuery) findCrate(ctx context.Context, ref string) (found crate, err error) {
	pick := newestOf(q.pkg)
	err = q.read(ctx, ref, "text/plain, */*", func(_ *Document, r io.Reader) error {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLineBytes)
		unread := 0
		for n := 1; lines.Scan(); n++ {
			if n > maxVersions {
				return errTooMany
			}
			var c crate
			if _, err := mistyped(json.Unmarshal(lines.Bytes(), &c)); err != nil {
				if unread == 0 && len(bytes.TrimSpace(lines.Bytes())) > 0 {
					unread = n
				}
				continue
			}
			if c.Name != "" && !ecosystem.SameName(ecosystem.Cargo, string(c.Name), q.pkg.Name) {
				continue
			}
			if !(bool(c.Yanked) && isLatest(q.pkg.Version)) && pick.wanted(q.pkg, string(c.Version)) {
				found = c
			}
		}
		switch err := lineError(lines.Err()); {
		case err != nil || found.Version != "":
			return err
		case unread > 0:
			return fmt.Errorf("line %d is not JSON", unread)
		}
		return missing(q.pkg)
	})
	return found, err
}

// cratePrefix is the folder of a crate in the index.
func cratePrefix(name string) string {
	switch n := len(name); {
	case n < 3:
		return string('0' + rune(n))
	case n == 3:
		return "3/" + name[:1]
	}
	return name[:2] + "/" + name[2:4]
}

// crateLink fills in the template; one without markers has the usual path after it.
func crateLink(template, name string, c crate) string {
	if !strings.Contains(template, "{") {
		template = strings.TrimSuffix(template, "/") + "/{crate}/{version}/download"
	}
	return strings.NewReplacer(
		"{crate}", escape(name), "{version}", escape(string(c.Version)), "{prefix}", escapePath(cratePrefix(name)),
		"{lowerprefix}", escapePath(cratePrefix(strings.ToLower(name))), "{sha256-checksum}", escape(c.Sum),
	).Replace(template)
}
