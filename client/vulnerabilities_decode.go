package client

import (
	"fmt"
	"io"
	"slices"
	"strconv"
)

// The properties that are read of a vulnerability.
const (
	ofID = iota
	ofCVE
	ofSummary
	ofDetails
	ofCVSS
	ofScore
	ofSeverity
	ofPublication
	ofWithdrawal
	ofAffected
	vulnerabilityProperties
)

var vulnerabilityNames = []string{
	"id", "cve", "summary", "details", "cvss", "numericCvss", "severity", "published", "withdrawn", "affectedPackages",
}

// Bounds on what is kept of an answer.
const (
	// vulnerabilitiesLimit is 64 MiB: a vulnerability has some KiB of text, and a package some
	// dozens.
	vulnerabilitiesLimit = 64 << 20
	// findingsLimit is 100,000, each vulnerability counted once for each package that has it.
	findingsLimit = 100_000
	// idLimit is 128 bytes, of which real ones have a dozen: an id is shown with each package.
	idLimit = 128
)

// decodeVulnerabilities reads an array of vulnerabilities of so many packages. The word null is not
// an answer.
func decodeVulnerabilities(body io.Reader, packages int) (all []Vulnerability, err error) {
	stream := newElementStream(body)
	stream.atMost(vulnerabilitiesLimit)
	findings := 0
	null, err := stream.open()
	switch {
	case err != nil:
		return nil, err
	case null:
		return nil, shapeError("it is null")
	}
	err = stream.each(func(c *jsonCursor) error {
		v, err := vulnerability(c, packages)
		if findings += len(v.Affected); findings > findingsLimit {
			return shapeError(fmt.Sprintf("it names more than %d vulnerabilities", findingsLimit))
		}
		all = append(all, v)
		return err
	})
	return all, err
}

// vulnerability reads one vulnerability. One that does not say which of several packages it is of
// could be of any.
func vulnerability(c *jsonCursor, packages int) (Vulnerability, error) {
	var values [vulnerabilityProperties]string
	var affected []int
	err := c.members(vulnerabilityNames, func(p int) (err error) {
		if p == ofAffected {
			affected, err = indexes(c, packages)
			return err
		}
		values[p] = c.value()
		return nil
	})
	if err != nil {
		return Vulnerability{}, err
	}
	if len(affected) == 0 && packages == 1 {
		affected = []int{0}
	}
	if values[ofID] == "" || len(affected) == 0 {
		return Vulnerability{}, shapeError("one of the vulnerabilities has no id, or does not say which package it is of")
	}
	if len(values[ofID]) > idLimit {
		return Vulnerability{}, shapeError(fmt.Sprintf("the id of a vulnerability has more than %d bytes", idLimit))
	}
	return Vulnerability{
		ID: values[ofID], CVE: values[ofCVE], Summary: values[ofSummary], Details: values[ofDetails], CVSS: values[ofCVSS],
		Score: values[ofScore], Severity: values[ofSeverity], Published: parseServerDate(values[ofPublication]),
		Withdrawn: parseServerDate(values[ofWithdrawal]), Affected: affected,
	}, nil
}

// indexes reads an array of indexes below n.
func indexes(c *jsonCursor, n int) (all []int, err error) {
	if c.next() != '[' {
		c.skip() // null, or nothing that could be meant
		return nil, nil
	}
	c.pos++
	for first := true; c.more(']', first); first = false {
		index, err := strconv.Atoi(c.value())
		if err != nil || index < 0 || index >= n {
			return nil, shapeError("one of the vulnerabilities is of a package that was not asked about")
		}
		if !slices.Contains(all, index) {
			all = append(all, index)
		}
	}
	return all, nil
}
