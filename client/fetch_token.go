package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// registryAuth gets the bearer tokens of a container registry.
type registryAuth struct{ c *Client }

// forScope asks a registry whether it takes the credentials as they are, and if not, for a bearer
// token instead: so the request that fetches an image meets no challenge, and goes out once (Inedo
// docs, proget/docker/semantic-versioning; distribution.github.io, spec/auth/token). The zero
// Secret means that the credentials will do.
func (r registryAuth) forScope(ctx context.Context, scope string) (Secret, error) {
	resp, err := r.c.read(ctx, "v2/", "*/*")
	if err == nil {
		drain(resp.Body)
		return Secret{}, nil
	}
	if KindOf(err) == KindNotFound {
		// Not every proxy passes the bare address on. The manifest decides.
		return Secret{}, nil
	}
	realm, ok := bearerRealm(err)
	if !ok {
		return Secret{}, err
	}
	realm["scope"] = scope
	return r.token(ctx, realm)
}

// afterRefusal gets a token for a list of tags that was refused with err.
func (r registryAuth) afterRefusal(ctx context.Context, err error, list *url.URL) (Secret, bool) {
	realm, challenged := bearerRealm(err)
	repository, ok := strings.CutSuffix(strings.TrimPrefix(list.Path, r.c.base.Path+"v2/"), "/tags/list")
	if !challenged || !ok {
		return Secret{}, false
	}
	realm["scope"] = pullScope(repository)
	token, err := r.token(ctx, realm)
	return token, err == nil && !token.IsZero()
}

// token asks the realm of a challenge for a token. A realm at another origin is refused: it would
// get the credentials.
func (r registryAuth) token(ctx context.Context, challenge map[string]string) (Secret, error) {
	u, err := r.c.resolveLink(challenge["realm"])
	if err != nil {
		return Secret{}, err
	}
	query := u.Query()
	for _, name := range []string{"service", "scope"} {
		if challenge[name] != "" {
			query.Set(name, challenge[name])
		}
	}
	u.RawQuery = query.Encode()
	resp, err := r.c.read(ctx, u.String(), "application/json")
	if err != nil {
		return Secret{}, err
	}
	defer drain(resp.Body)
	var answer struct {
		Token       string
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, smallDocumentLimit)).Decode(&answer); err != nil {
		return Secret{}, r.c.failures.unreadable(ctx, resp, "a token as JSON", err)
	}
	if answer.Token == "" {
		answer.Token = answer.AccessToken
	}
	if max(len(answer.Token), len(answer.AccessToken)) > longestToken {
		return Secret{}, &Error{Kind: KindUnavailable, Message: "the registry's token is longer than 16 KiB, which no server takes in a header"}
	}
	if err := checkCredential("token of the registry", answer.Token); err != nil {
		return Secret{}, &Error{Kind: KindUnavailable, Message: err.Error()}
	}
	token := NewSecret(answer.Token)
	r.c.scrub.secrets.Add(token)
	r.c.scrub.secrets.Add(NewSecret(answer.AccessToken))
	return token, nil
}

// longestToken is 16 KiB: IIS takes no request with more in its headers.
const longestToken = 16 << 10

// pullScope is what a token for reading a repository must be good for.
func pullScope(repository string) string { return "repository:" + repository + ":pull" }

// bearerRealm reads the challenge of a 401 that requires a bearer token.
func bearerRealm(err error) (map[string]string, bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Status != http.StatusUnauthorized {
		return nil, false
	}
	for _, challenge := range e.challenges {
		scheme, rest, _ := strings.Cut(challenge, " ")
		if strings.EqualFold(scheme, "Bearer") {
			parameters := challengeParameters(rest)
			_, err := url.Parse(parameters["realm"])
			return parameters, err == nil && parameters["realm"] != ""
		}
	}
	return nil, false
}

// challengeParameters reads NAME="VALUE" pairs (RFC 9110 section 11.2).
func challengeParameters(text string) map[string]string {
	parameters := map[string]string{}
	for _, match := range regexp.MustCompile(`(\w+)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		parameters[strings.ToLower(match[1])] = match[2]
	}
	return parameters
}
