package feedtype

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// maxTokenBytes bounds one tag or text of a page: 1 MiB, where real ones have a few hundred bytes.
const maxTokenBytes = 1 << 20

// readSimpleHTML reads the anchors of a simple page: the text is the file's name, the fragment its checksum.
func readSimpleHTML(r io.Reader, f func(pypiFile) error) error {
	tokens := html.NewTokenizer(r)
	tokens.SetMaxBuf(maxTokenBytes)
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return pageError(tokens.Err())
		case html.StartTagToken:
			if name, _ := tokens.TagName(); string(name) != "a" {
				continue
			}
			if err := f(pypiAnchor(tokens)); err != nil {
				return err
			}
		}
	}
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

// pypiAnchor makes a file of an anchor and the text that follows it.
func pypiAnchor(tokens *html.Tokenizer) pypiFile {
	f := pypiFile{size: -1}
	for more := true; more; {
		var key, value []byte
		key, value, more = tokens.TagAttr()
		switch string(key) {
		case "href":
			f.link, f.hashes = splitFragment(string(value))
		case "data-yanked":
			f.yanked = true // its value is the reason, and may be empty
		}
	}
	if tokens.Next() == html.TextToken {
		f.name = strings.TrimSpace(tokens.Token().Data)
	}
	return f
}
