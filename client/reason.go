package client

// Reason says why a request failed, when [Kind] is not enough for a hint: this package has no flags
// and no variables, so its callers say that in their own terms. It is an error, so that errors.Is
// finds it:
//
//	if errors.Is(err, client.ReasonFileExists) { … }
type Reason string

// The reasons.
const (
	// ReasonCertificate is a TLS certificate of the server that was not accepted.
	ReasonCertificate Reason = "the server's certificate was not accepted"
	// ReasonUnknownAuthority is such a certificate whose authority is unknown. It is a
	// ReasonCertificate as well.
	ReasonUnknownAuthority Reason = "the server's certificate is signed by an unknown authority"
	// ReasonProxyDown is a proxy that could not be reached.
	ReasonProxyDown Reason = "the proxy cannot be reached"
	// ReasonProxyRefused is a proxy that did not let a request pass.
	ReasonProxyRefused Reason = "the proxy refused the request"
	// ReasonFileExists is a file that exists, and that Destination.Overwrite does not replace.
	ReasonFileExists Reason = "the file exists"
	// ReasonNoFileName is a package whose file needs a name, in Destination.Name.
	ReasonNoFileName Reason = "the package has no usable file name"
	// ReasonNoChecksum is a package without a checksum when VerifyRequired asks for one.
	ReasonNoChecksum Reason = "no checksum is published"
	// ReasonNoFeedType is a feed whose type the server does not give.
	ReasonNoFeedType Reason = "the type of the feed is unknown"
	// ReasonQualifier is a version that the feed has for other qualifiers than those that were
	// given: Error.Choices has them.
	ReasonQualifier Reason = "the version exists with other qualifiers"
	// ReasonNoQualifier is a package that is ambiguous without a qualifier, or several:
	// Error.Choices has an example of each.
	ReasonNoQualifier Reason = "a qualifier is missing"
	// ReasonPlatform is an image that does not exist for the platform, or not for all of them:
	// Error.Choices has those that exist, if any is known.
	ReasonPlatform Reason = "the image does not exist for this platform"
	// ReasonRecorded is a download that failed after its deployment was recorded: with its
	// annotation, the next one would record it a second time.
	ReasonRecorded Reason = "the deployment was recorded"
	// ReasonMaybeRecorded is a download that failed after its deployment may have been recorded.
	ReasonMaybeRecorded Reason = "the deployment may have been recorded"
)

// Error returns the reason in words.
func (r Reason) Error() string { return string(r) }

// Is makes each certificate's reason a [ReasonCertificate].
func (r Reason) Is(target error) bool {
	return r == ReasonUnknownAuthority && target == ReasonCertificate
}
