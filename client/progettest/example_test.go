package progettest_test

import (
	"context"
	"fmt"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/progettest"
)

// Record a deployment with the client, and read what the server has stored. In a test, New(t, …)
// replaces Start and Close.
func Example() {
	proget, err := progettest.Start(progettest.WithFeed(
		progettest.Feed{Name: "approved", Type: "nuget"},
		progettest.Package{Name: "Acme.Web", Version: "1.2.0"},
	))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer proget.Close()

	c, err := client.New(proget.URL, client.WithAPIKey(client.NewSecret(proget.APIKey)))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = c.Deployments.Record(context.Background(), client.Deployment{
		Application: "HDARS", Description: "Deployed by HDARS to Testing", Target: "web01",
		FeedName: "approved", PackageName: "Acme.Web", Version: "1.2.0",
	}, client.RecordOptions{})
	fmt.Println(err)
	for _, d := range proget.Deployments() {
		fmt.Println(d.Target, "runs", d.PackageName, d.Version, "by", d.User)
	}
	// Output:
	// <nil>
	// web01 runs Acme.Web 1.2.0 by api
}

// A server that is down for one request: nothing was stored, so the client tries again.
func ExampleServer_Fault() {
	proget, err := progettest.Start(progettest.WithSamples())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer proget.Close()
	proget.Fault("/api/package-deployment", progettest.Fault{Status: 503})

	c, err := client.New(proget.URL, client.WithAPIKey(client.NewSecret(proget.APIKey)), client.WithSleep(noWait))
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := c.Deployments.Record(context.Background(), client.Deployment{
		Application: "HDARS", Description: "Deployed by HDARS to Testing", Target: "web01",
		FeedName: "DefaultNuGet", PackageName: "Newtonsoft.Json", Version: "12.0.3",
	}, client.RecordOptions{})
	fmt.Println(receipt.Attempts, "attempts,", len(proget.Deployments()), "deployment,", err)
	// Output: 2 attempts, 1 deployment, <nil>
}
