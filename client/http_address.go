package client

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// parseBase reads a server's address, as [New] says.
func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(TrimPasted(raw))
	// The parser's own error repeats the text, which may hold a password.
	if err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, usageError("the server's address is not an absolute http or https URL such as https://proget.corp.local")
	}
	// Behind a slash in a password, all that follows is read as the path.
	if u.User != nil || strings.Contains(u.Path, "@") {
		return nil, usageError("the server's address holds a user name or password: give credentials on their own")
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return nil, usageError("the server's address has the port %q, which is above 65535", port)
		}
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, usageError("the server's address holds a query or a fragment")
	}
	if found := invisibleIn(u.Path); found != "" {
		return nil, usageError("the path in the server's address holds the invisible character %s: type the address again", found)
	}
	if err := checkSegments(u.EscapedPath()); err != nil {
		return nil, err
	}
	u.RawPath = oneSlash(u.EscapedPath())
	u.Path, err = url.PathUnescape(u.RawPath)
	return u, err
}

// oneSlash writes each run of slashes as one, and one at the end: IIS takes
// https://host/proget//api for another path than https://host/proget/api.
func oneSlash(path string) string {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return "/"
	}
	return "/" + strings.Join(parts, "/") + "/"
}

// escapeQuery escapes what a query string may not hold, as net/url does for a path: a space would
// end the URL in the request line.
func escapeQuery(raw string) string {
	var b strings.Builder
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func checkSegments(escaped string) error {
	for segment := range strings.SplitSeq(escaped, "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return usageError("the path segment %q is not properly escaped", segment)
		}
		for part := range strings.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
			if part == "." || part == ".." {
				return usageError("the path %q holds a dot segment", escaped)
			}
		}
		if strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return usageError("the path %q holds a control character", escaped)
		}
	}
	return nil
}
