package output

import (
	"math"
	"testing"
	"time"
)

func TestFormatBytes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n    int64
		want string
	}{
		{-1, "?"}, {0, "0 B"}, {1, "1 B"}, {1023, "1023 B"}, {1024, "1.0 KiB"}, {1536, "1.5 KiB"},
		{2516582, "2.4 MiB"}, {1<<20 - 1, "1.0 MiB"}, {1 << 20, "1.0 MiB"}, {1<<20 - 60, "1023.9 KiB"},
		{1 << 30, "1.0 GiB"}, {3 << 40, "3.0 TiB"}, {1 << 50, "1.0 PiB"}, {math.MaxInt64, "8.0 EiB"},
	}
	for _, tt := range tests {
		if got := FormatBytes(tt.n); got != tt.want {
			t.Errorf("FormatBytes(%d) = %q, want %q", tt.n, got, tt.want)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	t.Parallel()
	tests := []struct {
		d    time.Duration
		want string
	}{
		{0, "0s"}, {340 * time.Millisecond, "340ms"}, {999999 * time.Microsecond, "999ms"},
		{time.Second, "1s"}, {2450 * time.Millisecond, "2.4s"}, {9990 * time.Millisecond, "9.9s"},
		{10 * time.Second, "10s"}, {59900 * time.Millisecond, "59s"}, {time.Minute, "1m"},
		{200 * time.Second, "3m20s"}, {125 * time.Minute, "2h5m"}, {2 * time.Hour, "2h"}, {48 * time.Hour, "2d"}, {76 * time.Hour, "3d4h"}, {-time.Minute, "-1m"},
	}
	for _, tt := range tests {
		if got := FormatDuration(tt.d); got != tt.want {
			t.Errorf("FormatDuration(%v) = %q, want %q", tt.d, got, tt.want)
		}
	}
}
