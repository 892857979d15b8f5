package advisory

import (
	"math"
	"strings"
)

// score is one rating of a document: a CVSS vector, or a word of the distribution's.
type score struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

// severity takes the database's own word, else a word or a CVSS 3 vector among the scores.
func severity(own word, scores []score) string {
	if found := severityWord(string(own)); found != "" {
		return found
	}
	for _, s := range scores {
		if found := severityWord(s.Score); found != "" {
			return found
		}
		if base, ok := cvss3(s.Score); ok {
			return rating(base)
		}
	}
	return ""
}

// severityWord recognizes the words of CVSS, and GitHub's for medium.
func severityWord(word string) string {
	switch word = strings.ToLower(strings.TrimSpace(word)); word {
	case "low", "medium", "high", "critical":
		return word
	case "moderate":
		return "medium"
	}
	return ""
}

// rating is the word for a base score; none for 0. Source: CVSS v3.1 specification, table 14.
func rating(base float64) string {
	switch {
	case base >= 9:
		return "critical"
	case base >= 7:
		return "high"
	case base >= 4:
		return "medium"
	case base > 0:
		return "low"
	}
	return ""
}

// cvss3 is the base score of a vector, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H". Source: CVSS
// v3.1 specification, sections 7.1 and 7.4.
func cvss3(vector string) (base float64, ok bool) {
	rest, is30 := strings.CutPrefix(vector, "CVSS:3.0/")
	rest, is31 := strings.CutPrefix(rest, "CVSS:3.1/")
	if !is30 && !is31 {
		return 0, false
	}
	given := map[string]string{}
	for metric := range strings.SplitSeq(rest, "/") {
		name, value, _ := strings.Cut(metric, ":")
		given[name] = value
	}
	changed := given["S"] == "C"
	weight := func(metric string, weights map[string]float64) float64 {
		w, known := weights[given[metric]]
		if !known {
			w = math.NaN()
		}
		return w
	}
	effect := map[string]float64{"H": 0.56, "L": 0.22, "N": 0}
	rights := map[string]float64{"N": 0.85, "L": 0.62, "H": 0.27}
	if changed {
		rights = map[string]float64{"N": 0.85, "L": 0.68, "H": 0.5}
	}
	iss := 1 - (1-weight("C", effect))*(1-weight("I", effect))*(1-weight("A", effect))
	impact := 6.42 * iss
	if changed {
		impact = 7.52*(iss-0.029) - 3.25*math.Pow(iss-0.02, 15)
	}
	exploit := 8.22 * weight("AV", map[string]float64{"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2}) *
		weight("AC", map[string]float64{"L": 0.77, "H": 0.44}) * weight("PR", rights) *
		weight("UI", map[string]float64{"N": 0.85, "R": 0.62})
	factor := 1.0
	if changed {
		factor = 1.08
	}
	switch total := factor * (impact + exploit); {
	case math.IsNaN(total) || given["S"] != "U" && !changed:
		return 0, false
	case impact <= 0:
		return 0, true
	default:
		return roundUp(math.Min(total, 10)), true
	}
}

// roundUp rounds to one decimal, upwards, without the errors of binary fractions. Source: CVSS
// v3.1, appendix A.
func roundUp(x float64) float64 {
	n := int(math.Round(x * 100000))
	if n%10000 == 0 {
		return float64(n) / 100000
	}
	return float64(n/10000+1) / 10
}
