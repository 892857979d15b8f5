package sqlite

import "testing"

func TestNotShared(t *testing.T) {
	t.Parallel()
	for path, shared := range map[string]bool{
		`\\server\share\l.db`: true, `//server/share/l.db`: true, `\\?\UNC\server\share\l.db`: true, `\\?\unc\s\x`: true,
		`C:\l.db`: false, `\l.db`: false, `\\?\C:\l.db`: false, `\\.\C:\l.db`: false, `l.db`: false,
	} {
		if err := notShared("windows", path); (err != nil) != shared {
			t.Errorf("%s: %v", path, err)
		}
		if err := notShared("linux", path); err != nil {
			t.Errorf("on Linux, %s: %v", path, err)
		}
	}
}
