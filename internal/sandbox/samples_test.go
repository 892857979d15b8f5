package sandbox

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// addressOf is where a client of the feed's protocol would end up for a stored package.
func addressOf(f *feed, p *stored) string {
	file := url.PathEscape(p.FileName)
	switch f.Type {
	case "npm":
		return "/npm/" + f.Name + "/" + fullName(p.Group, p.Name) + "/-/" + file
	case "pypi":
		return "/pypi/" + f.Name + "/packages/" + file
	case "maven":
		folder := strings.ReplaceAll(p.Group, ".", "/") + "/" + p.Name + "/" + p.Version
		return "/maven2/" + f.Name + "/" + folder + "/" + file
	case "universal":
		return "/upack/" + f.Name + "/download/" + fullName(p.Group, p.Name) + "/" + p.Version
	case "asset":
		return "/endpoints/" + f.Name + "/content/" + strings.ReplaceAll(p.Name, " ", "%20")
	case "helm":
		return "/helm/" + f.Name + "/" + file
	case "docker":
		return "/v2/" + f.Name + "/" + p.Name + "/manifests/" + p.Version
	}
	if path, ok := ecosystemAddresses()[f.Type]; ok {
		return "/" + f.Type + "/" + f.Name + "/" + path(p)
	}
	return "/nuget/" + f.Name + "/package/" + p.Name + "/" + p.Version
}

// The rule that everything else depends on, for each sample of each kind of feed: the content is
// the stored one, plain requests record nothing, the annotated one records exactly one deployment
// of exactly that package.
func TestEverySampleCanBeFetched(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	fetched := 0
	for _, f := range s.allFeeds() {
		for _, p := range s.list(f, func(*stored) bool { return true }) {
			address := base + addressOf(f, p)
			plain := get(t, address)
			call{method: "HEAD", url: address, header: deploymentHeaders()}.send(t)
			get(t, address, append(deploymentHeaders(), "Range", "bytes=1-")...)
			if plain.status != 200 || plain.body != string(p.Content) || len(s.Deployments()) != fetched {
				t.Fatalf("%s: %d, %d deployments", address, plain.status, len(s.Deployments()))
			}
			get(t, address, deploymentHeaders()...)
			fetched++
			list := s.Deployments()
			last := list[len(list)-1]
			if len(list) != fetched || last.key() != keyOf(f, p) || last.Via != ViaGet {
				t.Fatalf("%s: recorded %+v", address, last)
			}
		}
	}
	if fetched < 40 {
		t.Errorf("only %d samples", fetched)
	}
}

func TestSamplePromotionsFitTheFeeds(t *testing.T) {
	t.Parallel()
	s, _ := start(t, Options{})
	var ids []int
	for p := range s.Promoted() {
		for _, step := range p.Promotions {
			ids = append(ids, step.ID)
			for _, name := range []string{step.FromFeed, step.ToFeed} {
				f := s.lookup(name)
				if f == nil {
					t.Fatalf("%+v names feed %q", p, name)
				}
				key := pageKey{f.Name, p.Group, p.Name, p.Version}
				held := s.list(f, func(q *stored) bool { return keyOf(f, q).folded() == key.folded() })
				if len(held) == 0 || packageType(f.Type) != p.Type {
					t.Errorf("feed %s of type %s has no %s %s", f.Name, f.Type, p.Name, p.Version)
				}
			}
			if step.Date.After(noon()) || step.Date.Before(noon().AddDate(-2, 0, 0)) {
				t.Errorf("%s %s was promoted at %v", p.Name, p.Version, step.Date)
			}
		}
	}
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(ids) {
		t.Errorf("promotion ids %v", ids)
	}
}

func TestSamplesFollowTheClock(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{noon(), time.Date(2031, 2, 3, 4, 5, 6, 0, time.FixedZone("", 3600))} {
		s, _ := start(t, Options{Now: func() time.Time { return now }})
		for p := range s.Promoted() {
			if date := p.Promotions[0].Date; now.Sub(date) > 400*24*time.Hour || date.After(now) {
				t.Errorf("at %v: %v", now, date)
			}
		}
	}
}

func TestNoSamples(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{NoSamples: true})
	if got := get(t, base+"/api/management/feeds/list"); got.body != "[]" {
		t.Errorf("feeds %s", got.body)
	}
	for range s.Promoted() {
		t.Error("a promotion")
	}
	if got := get(t, base+"/"); got.status != 200 || strings.Count(got.body, "None.") != 2 {
		t.Errorf("page %d", got.status)
	}
}
