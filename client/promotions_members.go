package client

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/jsontext"
)

// The properties that are read of a package, with both names that ProGet's documentation has had
// for two of them.
const (
	inPackageName = iota
	inPackage
	inGroupName
	inGroup
	inPackageType
	inVersion
	inPromotions
	packageProperties
)

// The properties that are read of a promotion.
const (
	inFromFeed = iota
	inToFeed
	inDate
	inUser
	inComments
	inID
	promotionProperties
)

var (
	packageNames   = []string{"packageName", "package", "groupName", "group", "packageType", "version", "promotions"}
	promotionNames = []string{"fromFeed", "toFeed", "date", "user", "comments", "id"}
)

// packageTexts are the values of the properties of a package.
type packageTexts [packageProperties]string

// either gives the value that a property has in two spellings. If they differ, it is not clear
// which one the server meant.
func (t *packageTexts) either(a, b int) (string, error) {
	switch {
	case t[a] == "":
		return t[b], nil
	case t[b] == "" || ecosystem.SameGroup("", t[a], t[b]):
		return t[a], nil
	}
	return "", shapeError(fmt.Sprintf("one of its objects has different values for %q and %q", packageNames[a], packageNames[b]))
}

// packageMembers reads the object of a package.
func (c *jsonCursor) packageMembers() (values packageTexts, promotions []Promotion, err error) {
	err = c.members(packageNames, func(p int) (err error) {
		if p == inPromotions {
			promotions, err = c.promotions()
			return err
		}
		values[p], err = c.identifier(packageNames[p])
		return err
	})
	if promotions == nil {
		promotions = []Promotion{}
	}
	return values, promotions, err
}

// promotions reads an array of promotions. A single object stands for an array of one; what else is
// not an object is passed over.
func (c *jsonCursor) promotions() (all []Promotion, err error) {
	switch c.next() {
	case '{':
		return c.appendPromotion(nil)
	case '[':
	default:
		c.skip()
		return nil, nil
	}
	c.pos++
	all = make([]Promotion, 0, 2) // most packages have one or two
	for first := true; c.more(']', first); first = false {
		if c.next() != '{' {
			c.skip()
			continue
		}
		if all, err = c.appendPromotion(all); err != nil {
			return nil, err
		}
		if len(all) > promotionsLimit {
			return nil, shapeError(fmt.Sprintf("one package has more than %d promotions", promotionsLimit))
		}
	}
	return all, nil
}

func (c *jsonCursor) appendPromotion(all []Promotion) ([]Promotion, error) {
	var values [promotionProperties]string
	if err := c.texts(promotionNames, values[:]); err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(values[inID], 10, 64)
	if errors.Is(err, strconv.ErrRange) { // without it, two promotions could look like one
		return nil, shapeError(fmt.Sprintf("one of its promotions has the id %s, which is too large for 64 bits", jsontext.Cut(values[inID], 60)))
	}
	if err != nil {
		number = 0
	}
	return append(all, Promotion{
		values[inFromFeed], values[inToFeed], parseServerDate(values[inDate]), values[inUser], values[inComments], number,
	}), nil
}
