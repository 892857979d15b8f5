package feedtype

import (
	"bufio"
	"context"
	"io"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// anyPlatform is RubyGems' word for a gem that runs everywhere; file names leave it out.
const anyPlatform = "ruby"

// gem is one line of a compact index.
type gem struct {
	text     string // VERSION[-PLATFORM] as the index has it, which is how the file is named
	version  string
	platform string
	sum      string // sha256, hex
}

// locateGem asks the compact index for the checksum and builds the address (guides.rubygems.org,
// rubygems-org-compact-index-api). The index of a feed with a connector may be incomplete, so a
// version that is given needs no entry in it.
func locateGem(ctx context.Context, q query) (Content, error) {
	search := gemSearch{q: q, platform: q.pkg.Qualifiers["platform"], pick: newestOf(q.pkg)}
	if search.platform == "" {
		search.platform = anyPlatform
	}
	err := q.read(ctx, "rubygems/"+q.feed+"/info/"+escape(q.pkg.Name), "text/plain, */*", func(_ *Document, r io.Reader) error {
		return eachGem(r, search.look)
	})
	if q.refusable(err) != nil {
		return Content{}, err
	}
	found := search.found
	if found.text == "" {
		if isLatest(q.pkg.Version) || len(search.others) > 0 {
			return Content{}, q.missingBut("platform", search.others)
		}
		found.text, found.version = q.pkg.Version, q.pkg.Version
		if search.platform != anyPlatform {
			found.text += "-" + search.platform
		}
	}
	file := q.pkg.Name + "-" + found.text + ".gem"
	content := Content{
		Ref: "rubygems/" + q.feed + "/gems/" + escape(file), FileName: file, Version: found.version, Size: -1, guessed: search.found.text == "",
	}
	content.publish("gem index", map[string]string{"sha256": found.sum})
	return content, nil
}

// gemSearch looks for one gem in an index.
type gemSearch struct {
	q        query
	platform string
	pick     *newest
	found    gem
	rank     int
	others   []string // platforms for which the version exists, too
}

// look takes the next line of the index. A version that is named may have the platform in it, as
// lock files do.
func (s *gemSearch) look(g gem) {
	asked := s.q.pkg.Version
	switch {
	case isLatest(asked):
		if g.platform == s.platform && s.pick.offer(g.version) {
			s.found = g
		}
	case g.platform != s.platform && (g.text != asked || s.platform != anyPlatform):
		if gemRank(g.version, asked) > 0 {
			s.others = addOther(s.others, g.platform)
		}
	default:
		rank := gemRank(g.version, asked)
		if g.text == asked {
			rank = 4
		}
		if rank > s.rank {
			s.found, s.rank = g, rank
		}
	}
}

// gemRank rates how well a version matches the one that is asked for, 0 for not at all. RubyGems
// itself reads 1.0.0-beta1 as 1.0.0.pre.beta1, and 1.0 as 1.0.0.
func gemRank(version, asked string) int {
	switch {
	case version == asked:
		return 3
	case !isComparable(version):
		return 0
	case ecosystem.SameVersion(ecosystem.Gem, version, asked):
		return 2
	case ecosystem.CompareVersions(ecosystem.Gem, version, asked) == 0:
		return 1
	}
	return 0
}

// eachGem reads lines of "VERSION[-PLATFORM] DEPENDENCIES|checksum:HEX,ruby:…".
func eachGem(r io.Reader, f func(gem)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLineBytes)
	for n := 1; lines.Scan(); n++ {
		if n > maxVersions {
			return errTooMany
		}
		head, tail, ok := strings.Cut(lines.Text(), "|")
		text, _, spaced := strings.Cut(head, " ")
		if !ok || !spaced || text == "" {
			continue // the line of dashes, and what a later format may add
		}
		g := gem{text: text, sum: gemSum(tail)}
		g.version, g.platform = splitGem(text)
		f(g)
	}
	return lineError(lines.Err())
}

// splitGem takes VERSION[-PLATFORM] apart. Servers that don't write versions as RubyGems does have
// 1.0.0-beta1, whose hyphen is part of the version: no platform begins like a pre-release. Nothing
// is copied, since a line may have very many hyphens.
func splitGem(text string) (version, platform string) {
	end := strings.IndexByte(text, '-')
	for end >= 0 {
		rest := text[end+1:]
		part, _, more := strings.Cut(rest, "-")
		switch {
		case rest == "":
			return text[:end], anyPlatform
		case !gemPrerelease(part):
			return text[:end], rest
		case !more:
			return text, anyPlatform
		}
		end += 1 + len(part)
	}
	return text, anyPlatform
}

// gemPrerelease reports whether a word is part of a version, and not a platform such as java,
// x86_64, arm64, universal or mingw32.
func gemPrerelease(part string) bool {
	word := strings.TrimRight(part, "0123456789.")
	word, _, _ = strings.Cut(word, ".")
	switch strings.ToLower(word) {
	case "", "a", "alpha", "b", "beta", "c", "dev", "pre", "preview", "rc":
		return true
	}
	return false
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
