// Package progettest runs a fake ProGet for tests of programs that use one, as net/http/httptest
// runs an HTTP server. It is the server of `progetctl sandbox`.
//
//	func TestDeploy(t *testing.T) {
//		proget := progettest.New(t, progettest.WithFeed(progettest.Feed{Name: "approved", Type: "nuget"}))
//		deploy(proget.URL, proget.APIKey) // what is tested
//		if got := proget.Deployments(); len(got) != 1 {
//			t.Errorf("%d deployments, want 1", len(got))
//		}
//	}
//
// A new server has no feed, and one API key. Options add feeds, packages and promotions, and change
// what kind of ProGet it is. [Server.Fault] makes requests fail.
//
// The package does not depend on the client: any program that talks to ProGet can use it in tests.
package progettest
