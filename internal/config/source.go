// Package config stores the named ProGet servers of a user: our own file, and pgutil's, which is
// only read.
//
// Ours is progetctl/config.json in the user's configuration folder, mode 0600:
//
//	{"default": "corp", "sources": [{"name": "corp", "url": "https://proget.corp.local", "feed": "DefaultNuGet", "api_key_file": "key.txt"}]}
//
// A name is looked for there first and then in pgutil's file (Inedo docs, proget/api/pgutil), in
// any letter case. A file that cannot be read is an error only if it is needed: see [Store.Find].
package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// DefaultName is the source that is used if none is named and none was made the default, by pgutil
// too.
const DefaultName = "Default"

// Source is a named server. At most one of the four ways to get credentials is set: APIKey,
// APIKeyFile, KeyCommand, or Username with Password.
type Source struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	Feed string `json:"feed,omitempty"` // the feed if none is named

	APIKey     string   `json:"api_key,omitempty"`
	APIKeyFile string   `json:"api_key_file,omitempty"` // a relative one lies beside config.json
	KeyCommand []string `json:"key_command,omitempty"`  // program and arguments, run without a shell
	Username   string   `json:"username,omitempty"`
	Password   string   `json:"password,omitempty"`
	Auth       string   `json:"auth,omitempty"` // auto, header, query or basic

	CACert     string `json:"ca_cert,omitempty"` // these three as APIKeyFile
	ClientCert string `json:"client_cert,omitempty"`
	ClientKey  string `json:"client_key,omitempty"`
	Insecure   bool   `json:"insecure,omitempty"`

	// File is where the source was read from, Pgutil that this is pgutil's file. Default is set by
	// [Store.List].
	File    string `json:"-"`
	Pgutil  bool   `json:"-"`
	Default bool   `json:"-"`

	unlock func(*Source) error // makes pgutil's obfuscated secrets readable
}

// Credentials describes how the source gets its credentials, without any secret; "none" if it has
// none.
func (s Source) Credentials() string {
	switch {
	case s.APIKey != "":
		return "API key"
	case s.APIKeyFile != "":
		return "key file"
	case len(s.KeyCommand) > 0:
		return "key command"
	case s.Username != "":
		return "user name"
	}
	return "none"
}

// Check returns what makes the source unusable, quoting no secret.
func (s Source) Check() error {
	if err := CheckName(s.Name); err != nil {
		return err
	}
	switch {
	case s.URL == "":
		return fmt.Errorf("source %q has no url", s.Name)
	case len(s.KeyCommand) > 0 && s.KeyCommand[0] == "":
		return fmt.Errorf("source %q: the key command has no program", s.Name)
	case s.Password != "" && s.Username == "":
		return fmt.Errorf("source %q has a password without a user name", s.Name)
	}
	return s.CheckCredentials()
}

// CheckName returns why a name cannot be a source's.
func CheckName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return errors.New("a source has no name")
	case strings.Contains(name, "://"), strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("%q is not a valid source name", name)
	}
	return nil
}

// CheckCredentials returns that there is more than one way to authenticate.
func (s Source) CheckCredentials() error {
	if s.waysToAuthenticate() > 1 {
		return fmt.Errorf("source %q has more than one of API key, key file, key command and user name", s.Name)
	}
	return nil
}

func (s Source) waysToAuthenticate() int {
	ways := 0
	for _, given := range []bool{s.APIKey != "", s.APIKeyFile != "", len(s.KeyCommand) > 0, s.Username != ""} {
		if given {
			ways++
		}
	}
	return ways
}

// is compares names as pgutil does.
func (s Source) is(name string) bool { return strings.EqualFold(s.Name, strings.TrimSpace(name)) }
