package feedtype

import (
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// maxTokenBytes bounds one tag or text of a page: 1 MiB; real ones have a few hundred bytes.
const maxTokenBytes = 1 << 20

// readSimpleHTML reads the anchors of a simple page. As in pip, a file's name is the end of its
// link, which the text of the link may cut or describe, and a base element is what the links are
// relative to. A page with a form or a script and no file is for people: a sign-in form. So is one
// without a file to which the request was redirected, which elsewhere says.
func readSimpleHTML(r io.Reader, files *pypiFiles, elsewhere bool) error {
	tokens := html.NewTokenizer(r)
	tokens.SetMaxBuf(maxTokenBytes)
	forPeople, hasFiles := elsewhere, false
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			err := pageError(tokens.Err())
			if err == nil && forPeople && !hasFiles {
				err = errForPeople
			}
			return err
		case html.StartTagToken, html.SelfClosingTagToken:
			switch name, _ := tokens.TagName(); string(name) {
			case "base":
				if href := hrefOf(tokens); files.base == "" { // the first one counts
					files.base = href
				}
			case "form", "script":
				forPeople = true
			case "a":
				file := pypiAnchor(tokens, kind)
				hasFiles = hasFiles || isDistribution(file.name)
				if err := files.add(file); err != nil {
					return err
				}
			}
		}
	}
}

// isSimplePage reports whether a URL is of the project's page, whatever the spelling of its name.
func isSimplePage(address, project string) bool {
	u, err := url.Parse(address)
	return err == nil && slices.ContainsFunc(strings.Split(u.Path, "/"), func(segment string) bool {
		return ecosystem.SameName(ecosystem.PyPI, segment, project)
	})
}

// errForPeople is the error of a page that is not an index.
var errForPeople = errors.New("it is a web page without a link to a file: a sign-in form, perhaps")

// hrefOf is the address of an element of which nothing else is used.
func hrefOf(tokens *html.Tokenizer) (href string) {
	for more := true; more; {
		var key, value []byte
		if key, value, more = tokens.TagAttr(); string(key) == "href" {
			href = strings.TrimSpace(string(value))
		}
	}
	return href
}

// pageError is nil at the end of a page.
func pageError(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, html.ErrBufferExceeded):
		return errTooLarge
	}
	return err
}

// pypiAnchor makes a file of an anchor. The text that follows it is the file's name only if the end
// of the link is not one, as that of a download page with a number.
func pypiAnchor(tokens *html.Tokenizer, kind html.TokenType) pypiFile {
	f := pypiFile{size: -1}
	for more := true; more; {
		var key, value []byte
		key, value, more = tokens.TagAttr()
		switch string(key) {
		case "href":
			f.link = strings.TrimSpace(string(value))
		case "data-yanked":
			f.yanked = true // its value is the reason, and may be empty
		}
	}
	f.name = linkedName(f.link)
	if !isDistribution(f.name) && kind == html.StartTagToken && tokens.Next() == html.TextToken {
		if text := strings.TrimSpace(tokens.Token().Data); isDistribution(text) {
			f.name = text
		}
	}
	return f
}

// linkedName is the decoded file name at the end of a link, relative or not, with or without a
// query or a fragment.
func linkedName(link string) string {
	path, _, _ := strings.Cut(link, "#")
	path, _, _ = strings.Cut(path, "?")
	name := path[strings.LastIndexByte(path, '/')+1:]
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return name
}

// fragmentSums are the checksums at the end of a link: "#sha256=HEX", also among other parameters,
// "#sha256=HEX&egg=tool".
func fragmentSums(link string) (sums map[string]string) {
	_, fragment, _ := strings.Cut(link, "#")
	for parameter := range strings.SplitSeq(fragment, "&") {
		name, value, ok := strings.Cut(parameter, "=")
		if !ok || sumSize(AlgorithmName(name)) == 0 {
			continue
		}
		if decoded, err := url.PathUnescape(value); err == nil {
			value = decoded
		}
		if sums == nil {
			sums = map[string]string{}
		}
		sums[name] = value
	}
	return sums
}
