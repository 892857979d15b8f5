package advisory

import "testing"

// The vectors are examples of FIRST's CVSS v3.1 documents.
func TestSeverity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		word   word
		vector string
		want   string
	}{
		{"CRITICAL", "", "critical"},
		{"Moderate", "", "medium"},
		{"", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "medium"},
		{"unknown", "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", "medium"},
		{"", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "critical"},
		{"", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "high"},
		{"", "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", "low"},
		{"", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", ""},
		{"", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P", "critical"},
		{"", "CVSS:3.1/AV:N/AC:L", ""},
		{"", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", ""},
		{"", "high", "high"},
		{"", "", ""},
	} {
		if got := severity(c.word, []score{{Score: c.vector}}); got != c.want {
			t.Errorf("severity(%v, %q) = %q, want %q", c.word, c.vector, got, c.want)
		}
	}
	for vector, want := range map[string]float64{
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N": 6.1,
		"CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N": 6.4,
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H": 9.8,
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H": 10,
		"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H": 7.8,
	} {
		if got, ok := cvss3(vector); got != want || !ok {
			t.Errorf("cvss3(%q) = %v, %v, want %v", vector, got, ok, want)
		}
	}
}
