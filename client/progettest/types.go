package progettest

import "github.com/progetctl/progetctl/internal/sandbox"

// Options are the ways in which one ProGet differs from another; see [WithOptions]:
//
//	APIKey                   the only valid key; empty: no credentials are needed
//	User, Password           a further account, for Basic authentication
//	BasePath                 path of the whole server, such as "/proget"
//	PublicURL                the address in indexes, as behind a badly configured proxy
//	PackagesDir              a folder with more packages: DIR/FEED/x.nupkg
//	NoSamples                leaves out the sample feeds, packages and promotions
//	Edition                  free, basic or enterprise, the default
//	Before2023, OldHealth, Dialect, PascalCase, ChocolateyAtFeeds
//	                         addresses and spellings of other versions
//	GroupBug, IgnoreFilters  promotion queries that return too little or too much
//	FeedKey                  every caller has a feed key, which cannot list vulnerabilities
//	RegistryTokens, SimpleJSON, InRelease
//	                         what a Docker, PyPI or Debian feed may have besides
//	Now                      the clock, time.Now if nil
//	Log                      receives one line for each request
type Options = sandbox.Options

// Dialect is the spelling that the promotions endpoint understands and answers in.
type Dialect = sandbox.Dialect

// The dialects.
const (
	DialectCurrent = sandbox.DialectCurrent // group and package
	DialectOld     = sandbox.DialectOld     // groupName and packageName
)

// Feed is a feed to add: Name and Type as ProGet writes it (nuget, npm, universal, …). NoRecords
// switches deployment records off for it; NoV2, NoV3 (NuGet) and Zstd (RPM) change its protocol.
type Feed = sandbox.Feed

// Package is one version of a package to add: Group (npm's with its @), Name, Version, FileName and
// Content; Qualifier distinguishes several files of a version (arch=amd64), Unlisted is for a
// version that its publisher withdrew, Published is now if zero.
type Package = sandbox.Package

// Image is a container image to add: Repository, Tag, Platforms such as linux/amd64, and the
// contents of its Layers.
type Image = sandbox.Image

// Vulnerability is a known vulnerability of some Versions of a package (Type, Group, Name): its ID,
// Summary, Details, CVE, CVSS, Score and Severity, and when it was Published or Withdrawn.
type Vulnerability = sandbox.Vulnerability

// PromotedPackage is a version of a package (Type, Group, Name, Version) with its Promotions.
type PromotedPackage = sandbox.PromotedPackage

// Promotion is one step: FromFeed, ToFeed, Date, User, Comments and ID.
type Promotion = sandbox.Promotion

// Deployment is a recorded deployment: the ten properties of the API (Application, Description,
// Target, FeedName, PackageName, Version, GroupName, UserName, URL, Date), and what the server
// adds: Via, which is [ViaPost] or [ViaGet], ReceivedAt, and the User of the credentials.
type Deployment = sandbox.Deployment

// How a deployment was recorded.
const (
	ViaPost = sandbox.ViaPost // by the deployment API
	ViaGet  = sandbox.ViaGet  // by headers on the GET of a package
)

// Request is one request as it arrived: Method, Target (escaped path and query), Header, Body (1
// MiB at most), Status of the answer (0 if there was none), the User of the credentials, and a Note
// if something was not recorded.
type Request = sandbox.Request

// Fault is an error in one or several requests; the zero value lets one request pass.
//
//	Method                      limits it to one method
//	Times                       how many requests; 0 means one, a negative number all that follow
//	Status, Header, Body, Fill  answer instead of the server; Fill repeats Body to so many bytes
//	Header                      without Status: replaces fields of the server's answer
//	Effect, After               what happens to the connection or the body, and at which byte
//	Wait, Delay                 delays the answer: until Wait can be received from, or for a time
type Fault = sandbox.Fault

// Effect is what a fault does to a connection or to the body of an answer.
type Effect = sandbox.Effect

// The effects. N is [Fault].After.
const (
	Plain        = sandbox.Plain        // nothing
	ResetBefore  = sandbox.ResetBefore  // resets the connection before anything is stored
	ResetReading = sandbox.ResetReading // resets it after N bytes of the request's body
	ResetAfter   = sandbox.ResetAfter   // stores what is to be stored, then resets instead of answering
	Cut          = sandbox.Cut          // closes the connection after N bytes of the answer's body
	Stall        = sandbox.Stall        // stops after N bytes, until Wait or Delay ends
	Slow         = sandbox.Slow         // sends N bytes at a time, with a pause after each
	Corrupt      = sandbox.Corrupt      // flips the bits of byte N
	IgnoreRange  = sandbox.IgnoreRange  // answers a Range request with the whole content
)

// SignInPage is what a proxy or an expired session sends instead of an answer: HTML with 200.
func SignInPage() Fault { return sandbox.SignInPage() }

// Challenge is a 401 that asks for Basic credentials.
func Challenge() Fault { return sandbox.Challenge() }

// Redirect sends the client elsewhere.
func Redirect(status int, location string) Fault { return sandbox.Redirect(status, location) }
