// Package client is a Go client for the parts of Inedo ProGet's HTTP interface that concern
// deployments: recording that a package was deployed, querying promotions, and downloading a
// package from a feed, optionally recording the deployment.
//
// A [Client] is made for one server with [New] and used from any number of goroutines:
//
//	c, err := client.New("https://proget.corp.local", client.WithAPIKey(client.NewSecret("my-api-key")))
//	receipt, err := c.Deployments.Record(ctx, client.Deployment{…}, client.RecordOptions{})
//
// # What it promises
//
// Credentials are attached in one place, only to requests for the origin (scheme, host and port)
// that the client was made for, on every hop. They are held as [Secret], a type that prints as
// REDACTED, and no error, log line or redirect carries them.
//
// A record is never called recorded unless the server answered 2xx for it. What was sent and not
// answered is [KindUncertain]: the API has no idempotency key, so it is not sent again unless you
// ask for it.
//
// Every read of a server's body has a limit or runs in constant memory, and every wait ends with
// the context.
//
// # Errors
//
// Every method returns an [*Error], which has its [Kind], the method and the redacted URL, the
// status and the server's own words. If the kind is not enough for a hint, it has a [Reason], which
// errors.Is and errors.As find. An error is not changed once it was returned.
//
// # Tests
//
// Package progettest runs a fake ProGet for tests of programs that use this one.
package client
