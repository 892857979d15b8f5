package feedtype

import (
	"bufio"
	"context"
	"io"
	"strings"
)

// locateGem asks the compact index for the checksum and builds the address (guides.rubygems.org, rubygems-org-compact-index-api).
// The index of a feed with a connector may be partial, so a version that is named can do without.
func locateGem(ctx context.Context, q query) (Content, error) {
	platform := q.pkg.Qualifiers["platform"]
	if platform == "ruby" { // the word for "any", which is no part of a file name
		platform = ""
	}
	pick, version, sum := newestOf(q.pkg), "", ""
	if !isLatest(q.pkg.Version) {
		version = q.pkg.Version
	}
	err := q.read(ctx, "rubygems/"+q.feed+"/info/"+escape(q.pkg.Name), "text/plain, */*", func(_ *Document, r io.Reader) error {
		return eachGem(r, func(v, p, s string) {
			if p == platform && pick.wanted(q.pkg, v) {
				version, sum = v, s
			}
		})
	})
	if q.refusable(err) != nil {
		return Content{}, err
	}
	if version == "" {
		return Content{}, missing(q.pkg)
	}
	file := q.pkg.Name + "-" + version
	if platform != "" {
		file += "-" + platform
	}
	file += ".gem"
	content := Content{Ref: "rubygems/" + q.feed + "/gems/" + escape(file), FileName: file, Version: version, Size: -1}
	content.publish("gem index", map[string]string{"sha256": sum})
	return content, nil
}

// eachGem reads lines of "VERSION[-PLATFORM] DEPENDENCIES|checksum:HEX,ruby:…".
func eachGem(r io.Reader, f func(version, platform, sum string)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	for lines.Scan() {
		head, tail, ok := strings.Cut(lines.Text(), "|")
		name, _, spaced := strings.Cut(head, " ")
		if !ok || !spaced {
			continue // the line of dashes, and what a later format may add
		}
		version, platform, _ := strings.Cut(name, "-")
		f(version, platform, gemSum(tail))
	}
	return lineError(lines.Err())
}

// gemSum finds the checksum among the requirements; "" in an index that has none.
func gemSum(requirements string) string {
	for field := range strings.SplitSeq(requirements, ",") {
		if sum, ok := strings.CutPrefix(field, "checksum:"); ok {
			return sum
		}
	}
	return ""
}
