package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"

	files "infomorph/internal/guard"
)

// Coordinator is the name in the certificate of a coordinator. Only its holder
// may give orders.
const Coordinator = "coordinator"

// scheme is the scheme of the URI in a certificate.
const scheme = "infomorph"

// Identity is what a certificate says about its holder: the URI
// infomorph://NAME@HOST:PORT among its subject alternative names. A certificate
// without a port is valid for every port of its host; a coordinator usually has
// such a one.
type Identity struct {
	Name, Host, Port string
}

// String returns the name and the address.
func (id Identity) String() string { return id.Name + " (" + id.Address() + ")" }

// Address returns HOST:PORT, or HOST: if the certificate is valid for any port.
func (id Identity) Address() string { return net.JoinHostPort(id.Host, id.Port) }

// URI returns the URI that the certificate contains.
func (id Identity) URI() *url.URL {
	host := id.Host
	switch {
	case id.Port != "":
		host = net.JoinHostPort(id.Host, id.Port)
	case net.ParseIP(id.Host) != nil && net.ParseIP(id.Host).To4() == nil:
		host = "[" + id.Host + "]"
	}
	return &url.URL{Scheme: scheme, User: url.User(id.Name), Host: host}
}

// Speaks reports whether the holder may claim an address as its own.
func (id Identity) Speaks(address string) bool {
	host, port, err := net.SplitHostPort(address)
	return err == nil && host == id.Host && (id.Port == "" || port == id.Port)
}

// IdentityOf reads the identity in a certificate.
func IdentityOf(c *x509.Certificate) (Identity, error) {
	for _, u := range c.URIs {
		if u.Scheme == scheme && u.User != nil && u.Hostname() != "" {
			return Identity{u.User.Username(), u.Hostname(), u.Port()}, nil
		}
	}
	return Identity{}, errors.New("the certificate has no URI infomorph://NAME@HOST:PORT among its subject alternative names (infomorph node certificates makes such ones)")
}

// Credentials are a certificate with its key, and the certificate authority
// that both sides trust.
type Credentials struct {
	Identity
	certificate tls.Certificate
	authority   *x509.CertPool
}

// LoadCredentials reads three PEM files.
func LoadCredentials(cert, key, ca string) (*Credentials, error) {
	pair, err := files.KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", cert, key, err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cert, err)
	}
	id, err := IdentityOf(leaf)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cert, err)
	}
	text, err := files.ReadFile(ca, files.Small)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: no certificate in it, expected PEM", ca)
	}
	c := &Credentials{Identity: id, certificate: pair, authority: pool}
	if err := c.valid(leaf); err != nil {
		return nil, fmt.Errorf("%s: %w", cert, err)
	}
	return c, nil
}

// valid checks the certificate as the peers will do, so that an error is found
// at the start.
func (c *Credentials) valid(leaf *x509.Certificate) error {
	_, err := leaf.Verify(x509.VerifyOptions{Roots: c.authority, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err
}

// config returns the TLS configuration for both directions: each side must show
// a certificate of the authority.
func (c *Credentials) config() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{c.certificate},
		RootCAs:      c.authority, ClientCAs: c.authority,
		ClientAuth: tls.RequireAndVerifyClientCert,
		MinVersion: tls.VersionTLS13,
	}
}

// loopback reports whether an address can be reached from this machine only.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
