// Package feedtype has the protocol of each kind of ProGet feed: how to get from the identity of a
// package (type, group, name, version, qualifiers) to the one URL that serves its content, its file
// name and the checksums that the feed publishes.
//
// It sends nothing itself. Index documents are asked for through the [Index] interface, and the
// request for the content is left to the caller, who may have headers for it that must go out
// exactly once.
//
//	kind, err := feedtype.For(ecosystem.NuGet)
//	content, err := kind.Locate(ctx, index, "DefaultNuGet", pkg)
//
// Feeds speak the ecosystems' own protocols; Inedo documents their base URLs only (Inedo docs,
// proget/api/http-requests). So each file does what the ecosystem's official client does: it reads
// the index and takes the URL found there, and builds a URL only if the ecosystem defines its form.
package feedtype
