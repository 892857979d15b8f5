// Package ecosystem has the rules by which each packaging ecosystem spells names and groups and
// orders versions.
//
// Whether two packages or two versions are the same, and which version comes first, is decided on
// keys: [PackageKey], [VersionKey] and [SortKey] map every spelling to a canonical string, and the
// comparing functions compare those. So each relation is an equivalence or a total order by
// construction, whatever a server sends, and a caller with many rows computes each key once.
//
// The rules are the ecosystems' own, each cited where it is implemented. Nothing here talks to a
// server.
package ecosystem
