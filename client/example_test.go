package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/progettest"
)

// startProGet runs a fake ProGet instead of https://proget.corp.local.
func startProGet() *progettest.Server {
	server, err := progettest.Start(progettest.WithSamples(), progettest.WithOptions(func(o *progettest.Options) { o.APIKey = "my-api-key" }))
	if err != nil {
		panic(err)
	}
	return server
}

// Record that web01 now runs Newtonsoft.Json 12.0.3.
func Example() {
	proget := startProGet()
	defer proget.Close()

	c, err := client.New(proget.URL, client.WithAPIKey(client.NewSecret("my-api-key")))
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := c.Deployments.Record(context.Background(), client.Deployment{
		Application: "HDARS", Description: "Deployed by HDARS to Testing", Target: "web01",
		FeedName: "DefaultNuGet", PackageName: "Newtonsoft.Json", Version: "12.0.3",
	}, client.RecordOptions{})
	fmt.Println(receipt.Attempts, err)
	// Output: 1 <nil>
}

// List who promoted a package to the feed of approved ones.
func ExamplePromotionsService_List() {
	proget := startProGet()
	defer proget.Close()
	c, err := client.New(proget.URL, client.WithAPIKey(client.NewSecret("my-api-key")))
	if err != nil {
		fmt.Println(err)
		return
	}

	query := client.PromotionQuery{ToFeed: "npm-approved", Group: "@angular", Package: "animation", Type: ecosystem.NPM}
	for pkg, err := range c.Promotions.List(context.Background(), query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, p := range pkg.Promotions {
			fmt.Println(pkg.Group, pkg.Name, pkg.Version, "from", p.FromFeed, "by", p.User)
		}
	}
	// Output: angular animation 12.3.1 from npm-unapproved by jsmith
}

// Download a package and record the deployment in the same request: first find where its content
// is, which records nothing, then fetch it once.
func ExampleDownloadsService_Fetch() {
	proget := startProGet()
	defer proget.Close()
	folder, err := os.MkdirTemp("", "example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	c, err := client.New(proget.URL, client.WithAPIKey(client.NewSecret("my-api-key")))
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx := context.Background()
	pkg := ecosystem.Package{Type: ecosystem.NPM, Name: "lodash", Version: "4.17.21"}
	content, err := c.Downloads.Locate(ctx, "npm-approved", pkg)
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := c.Downloads.Fetch(ctx, client.FetchRequest{
		Content:     content,
		Annotation:  &client.Annotation{Application: "HDARS", Description: "Deployed by HDARS", Target: "web01"},
		Destination: client.Destination{Folder: folder},
	})
	fmt.Println(filepath.Base(got.File), got.Deployment, err)
	// Output: lodash-4.17.21.tgz recorded <nil>
}

// The kind of an error says what to do about it.
func ExampleKindOf() {
	forbidden := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "The specified API key does not have the proper permissions.", http.StatusForbidden)
	}))
	defer forbidden.Close()
	c, err := client.New(forbidden.URL)
	if err != nil {
		fmt.Println(err)
		return
	}

	_, err = c.Deployments.Record(context.Background(), client.Deployment{}, client.RecordOptions{})
	switch client.KindOf(err) {
	case "":
		fmt.Println("recorded")
	case client.KindUncertain:
		fmt.Println("it may have been recorded: look before you send it again")
	case client.KindUnavailable:
		fmt.Println("nothing was recorded: try again later")
	default:
		failed, _ := errors.AsType[*client.Error](err)
		fmt.Println(failed.Kind, failed.Status, failed.Server)
	}
	// Output: auth 403 The specified API key does not have the proper permissions.
}

// A secret does not print.
func ExampleSecret() {
	key := client.NewSecret("my-api-key")
	fmt.Printf("%s %v %+v %x\n", key, key, struct{ Key client.Secret }{key}, key)
	// Output: REDACTED REDACTED {Key:REDACTED} REDACTED
}
