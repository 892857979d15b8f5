package client

import (
	"bytes"
	"encoding/json"
	"strings"

	"golang.org/x/net/html"

	"github.com/progetctl/progetctl/internal/jsontext"
)

// Limits on what is read of a server's error.
const (
	// errorBodyLimit is 64 KiB: enough for the title of a page or the message in a JSON error, even
	// if the rest is long.
	errorBodyLimit = 64 << 10
	// serverWordsLimit is 1 KiB, what a person may be asked to read.
	serverWordsLimit = 1 << 10
)

// serverWords reduces an error body to what the server has to say: the title of a page, the message
// in a JSON object, or the text. Control characters are kept: they are cleaned where they are
// shown.
func serverWords(contentType string, body []byte) string {
	body = bytes.TrimSpace(body)
	words := string(body)
	switch {
	case isHTMLType(contentType) || beginning(body, true) == beginsPage:
		words = pageTitle(body)
	case len(body) > 0 && body[0] == '{':
		if message := jsonMessage(body); message != "" {
			words = message
		}
	}
	return strings.ToValidUTF8(strings.TrimSpace(words), "\uFFFD")
}

// shorten cuts words to what a person may be asked to read, with the escapes in which they are
// shown. It comes after the scrubbing, which would not recognize half a secret.
func shorten(words string) string { return jsontext.Cut(words, serverWordsLimit) }

func pageTitle(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(errorBodyLimit)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "title" && z.Next() == html.TextToken {
				return strings.Join(strings.Fields(string(z.Text())), " ")
			}
		}
	}
}

// jsonMessage finds the message in the shapes that ProGet and the registries behind its feeds use:
// {"message"}, {"error"}, {"errors": [{"code", "message"}]}.
func jsonMessage(body []byte) string {
	var doc struct {
		Message string
		Error   json.RawMessage
		Errors  []struct{ Code, Message string }
	}
	// A field of another type than expected leaves the rest readable.
	_ = json.Unmarshal(body, &doc)
	if len(doc.Errors) > 0 {
		first := doc.Errors[0]
		return strings.TrimSuffix(strings.TrimPrefix(first.Code+": "+first.Message, ": "), ": ")
	}
	if doc.Message != "" {
		return doc.Message
	}
	var text string
	_ = json.Unmarshal(doc.Error, &text)
	return text
}
