package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// FuzzDecodeAsEncodingJSON compares what is read, and what is refused, with a slow reading by
// encoding/json alone.
func FuzzDecodeAsEncodingJSON(f *testing.F) {
	for _, seed := range []string{
		`[]`, `null`, ` [ null , {} ] `, `[{"package":"a","group":"@b","promotions":[{"date":"2023-11-29T12:00:00","id":1}]}]`,
		`[{"packageName":7,"promotions":{"date":1701259200000,"toFeed":true}}]`, `[{"packageName":"a","Package":"b"}]`, `[{"package":"a"},`,
		`[{"packageName":"\ud800\u00e4","version":-1.5e+3,"x":{"y":[1,{"z":null}],"Y":2},"promotions":[1,"{",{},{"id":007}]}]`,
		"\xef\xbb\xbf[{\"packageName\":\"a\xff\",\"version\":\"\\\\\\\"\"}]\n", `[{"packageName":"a","packageType":"maven","package":"o:a"}]`,
		`[{"packageName":"a","promotions":[{"toFeed":"x","tofeed":"y"}]}]`, `[{"packageName":"a",}]`, `[{"":1,"":2}]`, `[{"packageName":"a"} {}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > elementLimit {
			return
		}
		want, wantErr := slowlyDecoded(body)
		got, err := decoded(bytes.NewReader(body))
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, want %v", body, err, wantErr)
		}
		if err == nil && len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%q\ngot  %+v\nwant %+v", body, got, want)
		}
	})
}

var errSlowly = errors.New("refused")

// slowlyDecoded is decodePromotions without its reader.
func slowlyDecoded(body []byte) (all []PromotedPackage, err error) {
	var elements []json.RawMessage
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if json.Unmarshal(body, &elements) != nil || elements == nil {
		return nil, errSlowly
	}
	for _, element := range elements {
		if string(element) == "null" {
			continue
		}
		p, err := slowlyRead(element)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func slowlyRead(element []byte) (p PromotedPackage, err error) {
	members, err := slowMembers(element, packageNames)
	if err != nil {
		return p, err
	}
	texts := make([]string, len(members))
	for i, raw := range members {
		if i != inPromotions && len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
			return p, errSlowly
		}
		texts[i] = slowText(raw)
	}
	p = PromotedPackage{Type: ecosystem.ParseType(texts[inPackageType]), Version: texts[inVersion], Promotions: []Promotion{}}
	var nameErr, groupErr error
	p.Name, nameErr = slowEither(texts[inPackageName], texts[inPackage])
	p.Group, groupErr = slowEither(texts[inGroupName], texts[inGroup])
	if err := errors.Join(nameErr, groupErr); err != nil {
		return p, errSlowly
	}
	if p.Group == "" {
		p.Group, p.Name = ecosystem.SplitName(p.Type, p.Name)
	}
	p.Group = ecosystem.BareScope(p.Group)
	var promotions []json.RawMessage
	if raw := members[inPromotions]; bytes.HasPrefix(raw, []byte("{")) {
		promotions = []json.RawMessage{raw}
	} else {
		_ = json.Unmarshal(raw, &promotions) // what is not an array has none
	}
	for _, raw := range promotions {
		if raw[0] != '{' {
			continue
		}
		values, err := slowMembers(raw, promotionNames)
		if err != nil {
			return p, err
		}
		id, err := strconv.ParseInt(slowText(values[inID]), 10, 64)
		if err != nil {
			id = 0
		}
		p.Promotions = append(p.Promotions, Promotion{
			slowText(values[inFromFeed]), slowText(values[inToFeed]), parseServerDate(slowText(values[inDate])),
			slowText(values[inUser]), slowText(values[inComments]), id,
		})
	}
	return p, nil
}

func slowEither(a, b string) (string, error) {
	if a != "" && b != "" && !ecosystem.SameGroup("", a, b) {
		return "", errSlowly
	}
	if a == "" {
		return b, nil
	}
	return a, nil
}

// slowMembers gives the values of the members of an object with some names. It is an error if the
// object has a key twice.
func slowMembers(object []byte, names []string) ([]json.RawMessage, error) {
	values := make([]json.RawMessage, len(names))
	d := json.NewDecoder(bytes.NewReader(object))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, errSlowly
	}
	var keys []string
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		key := token.(string)
		for _, other := range keys {
			if strings.EqualFold(key, other) {
				return nil, errSlowly
			}
		}
		keys = append(keys, key)
		for i, name := range names {
			if strings.EqualFold(key, name) {
				values[i] = value
			}
		}
	}
	return values, nil
}

// slowText is a value as text; an object, an array and null are empty.
func slowText(raw []byte) (s string) {
	switch {
	case len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || raw[0] == 'n':
		return ""
	case raw[0] == '"':
		_ = json.Unmarshal(raw, &s) // it is known to be valid
		return s
	}
	return string(raw)
}
