package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lib/pq"

	"github.com/progetctl/progetctl/internal/ledger/engine"
	"github.com/progetctl/progetctl/internal/safefile"
)

// address is where a ledger is, and how it is reached.
type address struct {
	config  pq.Config
	schema  string
	secrets []string // what no message may show
}

// schemaName is the schema of the tables unless the URL names another.
const schemaName = "progetctl"

var errAddress = errors.New("the ledger's address is not a valid URL: it must look like postgres://USER@HOST/DATABASE?sslmode=verify-full, with special characters percent-encoded")

// parseURL reads a URL. If an @ comes after the host, or there is a fragment, the password has a
// character that should be percent-encoded, and a part of it would be read as the host or the
// database, and shown. If a user contains a colon, the colon before the password is
// percent-encoded. A database that is not given has the user's name.
func parseURL(place string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(place))
	if err != nil {
		return nil, errAddress
	}
	u.Scheme = strings.ToLower(u.Scheme)
	known := u.Scheme == "postgres" || u.Scheme == "postgresql"
	if !known || u.Opaque != "" || strings.ContainsAny(u.EscapedPath(), "@:") || strings.Contains(place, "#") ||
		strings.Contains(u.User.Username(), ":") {
		return nil, errAddress
	}
	query, err := url.ParseQuery(u.RawQuery) // u.Query would leave out what it cannot read
	if err != nil {
		return nil, errAddress
	}
	for key, values := range query {
		if strings.ContainsAny(key, "@/:") {
			return nil, errAddress
		}
		if len(values) > 1 {
			return nil, errors.New("the ledger's address has a parameter more than once")
		}
	}
	if u.Path == "" {
		u.Path = "/" // otherwise a URL without a host is written without "//", which the driver does not accept as a URL
	}
	return u, nil
}

// WithoutPassword is a URL without the passwords in it, "" for one that is not valid.
func WithoutPassword(place string) string {
	u, err := parseURL(place)
	if err != nil {
		return ""
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	query := u.Query()
	for key := range query {
		if strings.HasSuffix(strings.ToLower(key), "password") { // that of the user, or of a key
			query.Del(key)
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// NameOf is what messages call the database of a URL, without connecting.
func NameOf(ctx context.Context, o engine.Options) string {
	a, err := readAddress(ctx, o)
	if err != nil {
		return unknownName
	}
	return a.name()
}

// unknownName is what messages call a database whose URL cannot be read.
const unknownName = "postgres://"

// parseAddress reads a URL, completed by libpq's variables, password file and service file. Its
// errors show no part that may be secret; secret is called with each secret that it finds.
func parseAddress(place string, secret func(string)) (address, error) {
	a := address{schema: schemaName}
	u, err := parseURL(place)
	if err != nil {
		return a, err
	}
	query := u.Query()
	if path := query.Get("search_path"); path != "" {
		// The schema is set after the connection is made, because poolers refuse unknown
		// parameters.
		if !isSchema(path) {
			return a, errors.New("search_path must name one schema, with at most 63 bytes, that is not the server's own")
		}
		a.schema = path
		query.Del("search_path")
	}
	if !query.Has("application_name") && !query.Has("fallback_application_name") {
		query.Set("fallback_application_name", "progetctl")
	}
	password, _ := u.User.Password()
	a.hide(secret, password, query.Get("password"))
	u.RawQuery = query.Encode()
	if a.config, err = pq.NewConfig(u.String()); err != nil {
		return a, errors.New(a.redact(strings.TrimPrefix(err.Error(), "pq: ")))
	}
	if host, ok := strings.CutPrefix(a.config.Host, "["); ok { // the driver leaves the brackets of IPv6 if there is no port
		a.config.Host = strings.TrimSuffix(host, "]")
	}
	if err := checkFiles(a.config); err != nil {
		return a, err
	}
	a.hide(secret, a.config.Password)
	if a.config.Database == "" {
		a.config.Database = a.config.User
	}
	if a.config.ConnectTimeout == 0 {
		a.config.ConnectTimeout = connectTimeout
	}
	return a, nil
}

// readAddress is parseAddress, for as long as ctx lasts and no more than silence: the service file
// may be a pipe that nobody writes to.
func readAddress(ctx context.Context, o engine.Options) (address, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, silence, errors.New("it took too long to read the files that its address names"))
	defer cancel()
	a, err := safefile.Wait(ctx, func() (address, error) { return parseAddress(o.Place, o.Secret) })
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return address{}, engine.Unusable(unknownName, err)
	}
	return a, nil
}

// isSchema reports whether a name is that of one schema, which the server neither cuts, so that two
// names were the same schema, nor replaces by the user's name, nor has for itself.
func isSchema(name string) bool {
	const maxName = 63 // bytes
	return len(name) <= maxName && !strings.ContainsAny(name, ",\"\x00") && utf8.ValidString(name) &&
		!strings.HasPrefix(name, "pg_") && name != "$user" && name != "information_schema"
}

// hide passes on secrets, in all spellings that the driver's errors may have. The caller redacts
// errors of the server.
func (a *address) hide(secret func(string), secrets ...string) {
	for _, s := range secrets {
		if s == "" {
			continue
		}
		if secret != nil {
			secret(s)
		}
		a.secrets = append(a.secrets, s, url.QueryEscape(s), url.PathEscape(s), strings.Trim(strconv.Quote(s), `"`))
	}
}

func (a address) redact(text string) string {
	for _, secret := range a.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}

// host is the host as the ledger's name has it, with the port unless it is PostgreSQL's own.
func (a address) host() string {
	host := a.config.Host
	switch {
	case a.local():
		host = "localhost"
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	if a.config.Port != 5432 {
		host += ":" + strconv.Itoa(int(a.config.Port))
	}
	return host
}

// name is the address without user, password and parameters.
func (a address) name() string { return "postgres://" + a.host() + "/" + a.config.Database }

// local is true for a socket of this machine.
func (a address) local() bool {
	return a.config.Hostaddr == (netip.Addr{}) && (filepath.IsAbs(a.config.Host) || strings.HasPrefix(a.config.Host, "@"))
}

// warnings say who could read what is sent over the network.
func (a address) warnings() []string {
	host := a.config.Host
	if a.config.Hostaddr != (netip.Addr{}) {
		host = a.config.Hostaddr.String()
	}
	if ip := net.ParseIP(host); a.local() || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	switch a.config.SSLMode {
	case pq.SSLModeDisable, pq.SSLModeAllow, pq.SSLModePrefer:
		return []string{fmt.Sprintf("sslmode=%s lets others on the network read the password and the records; use sslmode=verify-full", a.config.SSLMode)}
	}
	return nil
}
