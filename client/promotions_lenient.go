package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lenientPackage reads an element whose values are not of the documented
// types: numbers and booleans where strings are due, strings where numbers
// are, an object where an array is.
func lenientPackage(raw []byte) (*wirePackage, error) {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimLeft(raw, ", \t\r\n")))
	dec.UseNumber()
	var element any
	if err := dec.Decode(&element); err != nil {
		return nil, err
	}
	doc, ok := element.(map[string]any)
	if !ok {
		return nil, shapeError(fmt.Sprintf("one of its elements is no object: %.40s", bytes.TrimLeft(raw, ", \t\r\n")))
	}
	fields := lowerKeys(doc)
	p := &wirePackage{
		PackageName: text(fields["packagename"]), Package: text(fields["package"]),
		GroupName: text(fields["groupname"]), Group: text(fields["group"]),
		PackageType: text(fields["packagetype"]), Version: text(fields["version"]),
	}
	for _, entry := range list(fields["promotions"]) {
		if promotion, ok := entry.(map[string]any); ok {
			p.Promotions = append(p.Promotions, lenientPromotion(lowerKeys(promotion)))
		}
	}
	return p, nil
}

func lenientPromotion(fields map[string]any) wirePromotion {
	id, err := strconv.ParseInt(text(fields["id"]), 10, 64)
	if err != nil { // one that is no number, or too large a one, is none
		id = 0
	}
	return wirePromotion{
		FromFeed: text(fields["fromfeed"]), ToFeed: text(fields["tofeed"]), Date: text(fields["date"]),
		User: text(fields["user"]), Comments: text(fields["comments"]), ID: id,
	}
}

func lowerKeys(doc map[string]any) map[string]any {
	lower := make(map[string]any, len(doc))
	for k, v := range doc {
		lower[strings.ToLower(k)] = v
	}
	return lower
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	default:
		return ""
	}
}

func list(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		return []any{v}
	default:
		return nil
	}
}

// parseMicrosoftDate reads the older ASP.NET form, /Date(1701259200000)/, and
// a bare number of milliseconds since 1970; else it gives the zero time.
func parseMicrosoftDate(s string) time.Time {
	inner, found := strings.CutPrefix(s, "/Date(")
	if found {
		inner = strings.TrimSuffix(inner, ")/")
		// A zone behind the number says how to show it, not when it was.
		if i := strings.LastIndexAny(inner, "+-"); i > 0 {
			inner = inner[:i]
		}
	}
	ms, err := strconv.ParseInt(inner, 10, 64)
	if err != nil || (!found && len(inner) < 12) {
		return time.Time{}
	}
	return plausible(time.UnixMilli(ms))
}
