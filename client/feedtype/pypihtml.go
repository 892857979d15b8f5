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
func readSimpleHTML(r io.Reader) (files []pypiFile, err error) {
	tokens := html.NewTokenizer(r)
	tokens.SetMaxBuf(maxTokenBytes)
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				return nil, err
			}
			return files, nil
		case html.StartTagToken:
			if token := tokens.Token(); token.Data == "a" {
				files = append(files, pypiAnchor(token, tokens))
			}
		}
	}
}

// pypiAnchor makes a file of an anchor and the text that follows it.
func pypiAnchor(token html.Token, tokens *html.Tokenizer) pypiFile {
	f := pypiFile{size: -1}
	for _, attribute := range token.Attr {
		switch attribute.Key {
		case "href":
			f.link, f.hashes = splitFragment(attribute.Val)
		case "data-yanked":
			f.yanked = true // its value is the reason, and may be empty
		}
	}
	if tokens.Next() == html.TextToken {
		f.name = strings.TrimSpace(tokens.Token().Data)
	}
	return f
}
