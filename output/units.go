package output

import (
	"fmt"
	"time"
)

// FormatBytes returns a size in binary units with one decimal: 0 B, 1023 B, 2.4 MiB (IEC 80000-13,
// 1 KiB = 1024 B). A negative size, which is an unknown one, is "?".
func FormatBytes(n int64) string {
	if n < 0 {
		return "?"
	}
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/1024, 0
	units := []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for size >= 1023.95 && unit < len(units)-1 { // would be rounded to 1024.0
		size, unit = size/1024, unit+1
	}
	return fmt.Sprintf("%.1f %s", size, units[unit])
}

// FormatDuration returns a duration for people, with no more detail than they use: 340ms, 2.4s,
// 59s, 3m20s, 2h, 3d4h.
func FormatDuration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == 0:
		return "0s"
	case d < 0:
		return "-" + FormatDuration(-d)
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < 10*time.Second:
		return d.Truncate(100 * time.Millisecond).String()
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return twoUnits(d/time.Minute, "m", d%time.Minute/time.Second, "s")
	case d < day:
		return twoUnits(d/time.Hour, "h", d%time.Hour/time.Minute, "m")
	default:
		return twoUnits(d/day, "d", d%day/time.Hour, "h")
	}
}

// twoUnits leaves out the smaller unit if there is none of it.
func twoUnits(n time.Duration, unit string, rest time.Duration, smaller string) string {
	if rest == 0 {
		return fmt.Sprintf("%d%s", n, unit)
	}
	return fmt.Sprintf("%d%s%d%s", n, unit, rest, smaller)
}
