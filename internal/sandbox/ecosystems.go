package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// ecosystem is a feed with its samples: the kinds of feeds for which one feed without promotions is
// enough.
type ecosystem struct {
	feed Feed
	// pack makes the content of a sample.
	pack func(Package) ([]byte, error)
	// samples are in the order of their publication; their content and date are filled in later.
	samples []Package
}

// languages has for each kind samples that clients may handle wrongly: pre-releases, withdrawn
// versions, platforms, archives.
func languages() []ecosystem {
	return []ecosystem{
		{Feed{Name: "rubygems", Type: "rubygems"}, packGem, []Package{
			sample("acme-tools", "1.0.0", "acme-tools-1.0.0.gem", "platform=ruby"),
			sample("acme-tools", "1.1.0", "acme-tools-1.1.0.gem", "platform=ruby"),
			sample("acme-tools", "1.1.0", "acme-tools-1.1.0-x86_64-linux.gem", "platform=x86_64-linux"),
			sample("acme-tools", "1.2.0.pre1", "acme-tools-1.2.0.pre1.gem", "platform=ruby"),
		}},
		{Feed{Name: "cargo", Type: "cargo"}, packCrate, []Package{
			sample("acme_core", "0.3.0", "acme_core-0.3.0.crate", ""),
			sample("acme_core", "0.4.0", "acme_core-0.4.0.crate", ""),
			takenBack(sample("acme_core", "0.5.0", "acme_core-0.5.0.crate", "")),
			sample("acme_core", "1.0.0-alpha.1", "acme_core-1.0.0-alpha.1.crate", ""),
		}},
		{Feed{Name: "conda", Type: "conda"}, packConda, []Package{
			sample("acme-tool", "1.0.0", "acme-tool-1.0.0-0.tar.bz2", "build=0&subdir=noarch&type=tar.bz2"),
			sample("acme-tool", "1.0.0", "acme-tool-1.0.0-0.conda", "build=0&subdir=noarch&type=conda"),
			sample("acme-tool", "1.1.0", "acme-tool-1.1.0-py311_2.conda", "build=py311_2&subdir=linux-64&type=conda"),
		}},
		{Feed{Name: "cran", Type: "cran"}, packCRAN, []Package{
			sample("acmeTools", "1.0-2", "acmeTools_1.0-2.tar.gz", "ext=tar.gz&path=src%2Fcontrib%2FArchive%2FacmeTools"),
			sample("acmeTools", "1.1.0", "acmeTools_1.1.0.tar.gz", "ext=tar.gz&path=src%2Fcontrib"),
		}},
		{Feed{Name: "composer", Type: "composer"}, packComposer, grouped("acme",
			sample("web-kit", "1.0.0", "acme-web-kit-1.0.0.zip", ""),
			sample("web-kit", "v1.1.0", "acme-web-kit-v1.1.0.zip", ""),
			sample("web-kit", "2.0.0-beta.1", "acme-web-kit-2.0.0-beta.1.zip", ""),
			sample("web-kit", "dev-main", "acme-web-kit-dev-main.zip", ""),
		)},
		{Feed{Name: "pub", Type: "pub"}, packPub, []Package{
			sample("acme_widgets", "1.0.0", "acme_widgets-1.0.0.tar.gz", ""),
			sample("acme_widgets", "1.1.0+3", "acme_widgets-1.1.0+3.tar.gz", ""),
			takenBack(sample("acme_widgets", "1.2.0", "acme_widgets-1.2.0.tar.gz", "")),
			sample("acme_widgets", "2.0.0-dev.1", "acme_widgets-2.0.0-dev.1.tar.gz", ""),
		}},
		{Feed{Name: "vsix", Type: "vsix"}, packVSIX, []Package{
			sample("Acme.Tools", "1.0.0", "Acme.Tools-1.0.0.vsix", ""),
			sample("Acme.Tools", "1.1.0", "Acme.Tools-1.1.0.vsix", ""),
		}},
		{Feed{Name: "terraform", Type: "terraform"}, packModule, grouped("acme",
			sample("network.aws", "1.0.0", "network.aws-1.0.0.zip", ""),
			sample("network.aws", "1.1.0", "network.aws-1.1.0.zip", ""),
		)},
	}
}

// systems are the feeds of Linux distributions: several architectures, epochs, both kinds of
// compression.
func systems() []ecosystem {
	return []ecosystem{
		{Feed{Name: "debian", Type: "debian"}, packDeb, []Package{
			sample("acme-tool", "1.0-1", "acme-tool_1.0-1_amd64.deb", "arch=amd64&component=main&distro=stable"),
			sample("acme-tool", "1:1.4.0-1", "acme-tool_1.4.0-1_amd64.deb", "arch=amd64&component=main&distro=stable"),
			sample("acme-docs", "1.0-1", "acme-docs_1.0-1_all.deb", "arch=all&component=main&distro=stable"),
			sample("libacme1", "2.0~rc1-1", "libacme1_2.0~rc1-1_arm64.deb", "arch=arm64&component=contrib&distro=stable"),
			sample("libacme1", "2.0~rc2-1", "libacme1_2.0~rc2-1_amd64.deb", "arch=amd64&component=main&distro=testing"),
		}},
		{Feed{Name: "rpm", Type: "rpm"}, packRPM, []Package{
			sample("acme-tool", "1.4.0-1", "acme-tool-1.4.0-1.x86_64.rpm", "arch=x86_64"),
			sample("acme-tool", "1.4.0-1", "acme-tool-1.4.0-1.aarch64.rpm", "arch=aarch64"),
			sample("acme-docs", "1.0-2", "acme-docs-1.0-2.noarch.rpm", "arch=noarch"),
		}},
		{Feed{Name: "rpm-zstd", Type: "rpm", Zstd: true}, packRPM, []Package{
			sample("acme-tool", "1.5.0-1", "acme-tool-1.5.0-1.x86_64.rpm", "arch=x86_64"),
		}},
		{Feed{Name: "apk", Type: "apk"}, packAPK, []Package{
			sample("acme-tool", "1.0.0-r0", "acme-tool-1.0.0-r0.apk", "arch=x86_64"),
			sample("acme-tool", "1.1.0-r1", "acme-tool-1.1.0-r1.apk", "arch=x86_64"),
		}},
	}
}

// sample is a package without content. File names are written out, not computed: clients compute
// them, and a rule shared with the server would prove nothing.
func sample(name, version, file, qualifier string) Package {
	return Package{Name: name, Version: version, FileName: file, Qualifier: qualifier}
}

// takenBack marks a withdrawn sample: no client may choose it as the latest, though its number is
// the highest.
func takenBack(p Package) Package {
	p.Unlisted = true
	return p
}

// grouped gives samples their vendor or namespace.
func grouped(group string, packages ...Package) []Package {
	for i := range packages {
		packages[i].Group = group
	}
	return packages
}

// addEcosystems publishes the samples of a feed ten days apart, the last of them ten days ago.
func (s samples) addEcosystems(now time.Time) error {
	for _, e := range slices.Concat(languages(), systems()) {
		if err := s.AddFeed(e.feed); err != nil {
			return err
		}
		for i, p := range e.samples {
			content, err := e.pack(p)
			if err != nil {
				return fmt.Errorf("sample %s: %w", p.FileName, err)
			}
			p.Content, p.Published = content, now.AddDate(0, 0, -10*(len(e.samples)-i))
			if err := s.AddPackage(e.feed.Name, p); err != nil {
				return err
			}
		}
	}
	return nil
}
