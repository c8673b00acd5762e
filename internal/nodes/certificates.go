package nodes

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"infomorph/internal/guard"
)

// AuthorityFile is the certificate of a certificate authority. Its key is in ca.key.
const AuthorityFile = "ca.crt"

// clockSkew is how far the clocks of two machines may differ.
const clockSkew = 5 * time.Minute

// holder is the owner of a certificate and its key.
type holder struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// MakeCertificates writes into a folder a certificate and a key for the
// coordinator and every node of the list, valid for the given time:
// coordinator.crt and .key, NAME.crt and .key. They are signed by the authority
// of the folder, ca.crt and ca.key, which it makes if there is none. Keys are
// readable only by their owner. It returns the names of the files that it
// wrote. An existing certificate stays as it is; if it has another address,
// that is an error.
func MakeCertificates(dir string, l *List, valid time.Duration, now time.Time) ([]string, error) {
	if valid <= 0 || valid > 20*365*24*time.Hour {
		return nil, fmt.Errorf("certificates valid for %v, expected up to 20 years", valid)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	m := &maker{dir: dir, from: now.Add(-clockSkew), until: now.Add(valid)}
	ca, err := m.authority()
	if err != nil {
		return nil, err
	}
	host, port, _ := l.coordinator()
	if err := m.issue(ca, coordinatorName, host, port); err != nil {
		return m.wrote, err
	}
	for _, n := range l.Nodes {
		host, port, err := splitPort(n.Address)
		if err == nil {
			err = m.issue(ca, n.Name, host, port)
		}
		if err != nil {
			return m.wrote, err
		}
	}
	return m.wrote, nil
}

type maker struct {
	dir         string
	from, until time.Time
	wrote       []string
}

// authority reads the authority of the folder, or creates it.
func (m *maker) authority() (*holder, error) {
	ca, err := m.read("ca")
	if !errors.Is(err, os.ErrNotExist) {
		return ca, err
	}
	t := m.template("infomorph authority")
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign
	return m.sign(t, nil, "ca")
}

func (m *maker) template(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // crypto/rand does not fail
	return &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: m.from, NotAfter: m.until}
}

// issue creates the certificate of one holder at an address.
func (m *maker) issue(ca *holder, name, host string, port int) error {
	t := m.template(name)
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	at := host
	if ip := net.ParseIP(host); ip != nil {
		t.IPAddresses = []net.IP{ip}
		if ip.To4() == nil {
			at = "[" + host + "]"
		}
	} else {
		t.DNSNames = []string{host}
	}
	if port > 0 {
		at = net.JoinHostPort(host, strconv.Itoa(port))
	}
	t.URIs = []*url.URL{{Scheme: "infomorph", User: url.User(name), Host: at}}
	if there, err := m.issued(name, t.URIs[0]); there || err != nil {
		return err
	}
	_, err := m.sign(t, ca, name)
	return err
}

// issued reports whether there is a certificate already with the name and
// address from the list.
func (m *maker) issued(name string, who *url.URL) (bool, error) {
	der, err := m.block(name + ".crt")
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	path := filepath.Join(m.dir, name+".crt")
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	for _, u := range cert.URIs {
		// A URI without a port is valid for all ports.
		if u.Scheme == who.Scheme && u.User.Username() == name && u.Hostname() == who.Hostname() && (u.Port() == "" || u.Port() == who.Port()) {
			return true, nil
		}
	}
	return false, fmt.Errorf("%s is of %v, the list says %v: remove it with its key to make it anew, or name another folder", path, cert.URIs, who)
}

// sign creates a key and a certificate and writes both. Without an authority
// the certificate is self-signed.
func (m *maker) sign(t *x509.Certificate, ca *holder, name string) (*holder, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	by := ca
	if by == nil {
		by = &holder{t, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, by.cert, &key.PublicKey, by.key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	err = errors.Join(m.write(name+".key", "EC PRIVATE KEY", secret, 0o600), m.write(name+".crt", "CERTIFICATE", der, 0o644))
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &holder{cert, key}, err
}

func (m *maker) write(name, kind string, der []byte, mode os.FileMode) error {
	path := filepath.Join(m.dir, name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	err = errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: der}), f.Close())
	if err == nil {
		m.wrote = append(m.wrote, path)
	}
	return err
}

// read reads a certificate of the folder with its key.
func (m *maker) read(name string) (*holder, error) {
	cert, err := m.block(name + ".crt")
	if err != nil {
		return nil, err
	}
	key, err := m.block(name + ".key")
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is here without its key %s: certificates are made where the key is", filepath.Join(m.dir, name+".crt"), name+".key")
	}
	if err != nil {
		return nil, err
	}
	h := &holder{}
	if h.cert, err = x509.ParseCertificate(cert); err == nil {
		h.key, err = x509.ParseECPrivateKey(key)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(m.dir, name), err)
	}
	return h, nil
}

func (m *maker) block(name string) ([]byte, error) {
	path := filepath.Join(m.dir, name)
	text, err := guard.ReadFile(path, guard.Small)
	if err != nil {
		return nil, err
	}
	b, _ := pem.Decode(text)
	if b == nil {
		return nil, fmt.Errorf("%s: expected PEM", path)
	}
	return b.Bytes, nil
}
