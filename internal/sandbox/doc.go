// Package sandbox is a fake ProGet server: an http.Handler that answers the deployment, promotion,
// package and feed endpoints as Inedo documents them, keeps everything in memory, and misbehaves on
// request.
//
// `progetctl sandbox` runs it, and the tests use it. It shares no code with the client: both are
// written from the vendor's documents, so that a misreading in one of them shows as a disagreement.
//
// What the documents don't say, the sandbox assumes:
//   - a deployment of a version that the feed does not have is recorded anyway (200);
//   - a feed whose deployment records are switched off answers as usual and records nothing;
//   - an annotated GET counts as a deployment only with all three required headers, never for HEAD, Range or 304;
//   - a caller with an API key is the user "api", one without credentials is "Anonymous";
//   - paths that a protocol lets the server choose (the crates of Cargo, the archives of pub, Composer, Terraform and
//     VSIX, the folder of RPMs) are ones that no client can guess from ProGet's documents, so that it has to read them
//     from the index.
//
// Docs: Inedo docs, proget/packages/package-deployment, proget/packages/package-promotion,
// proget/api.
package sandbox
