package live

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func serve(t testing.TB, s *Session) *Server {
	t.Helper()
	srv, err := Serve(context.Background(), s, Listen{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	return srv
}

// place is the server's address without its token.
func (s *Server) place() string { return s.url[:strings.Index(s.url, "/?")] }

// friend is a browser that has opened the address.
func friend(t testing.TB, srv *Server) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	r, err := c.Get(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	if r.StatusCode != http.StatusOK || !strings.Contains(string(body), "Infomorph live") || strings.Contains(r.Request.URL.String(), "token") {
		t.Fatalf("%s answers %d", r.Request.URL, r.StatusCode)
	}
	return c
}

// dial opens the socket of a page.
func dial(t testing.TB, srv *Server, c *http.Client) *websocket.Conn {
	t.Helper()
	return dialAt(t, srv.place(), c)
}

func dialAt(t testing.TB, place string, c *http.Client) *websocket.Conn {
	t.Helper()
	conn, r, err := websocket.Dial(t.Context(), strings.Replace(place, "http", "ws", 1)+"/live", &websocket.DialOptions{HTTPClient: c, HTTPHeader: http.Header{"Origin": {place}}}) //nolint:bodyclose // it is the connection
	if err != nil {
		t.Fatalf("%v %+v", err, r)
	}
	conn.SetReadLimit(1 << 24)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

func say(t testing.TB, conn *websocket.Conn, c Command) {
	t.Helper()
	b, err := json.Marshal(c)
	if err == nil {
		err = conn.Write(t.Context(), websocket.MessageText, b)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// told reads messages until each of the keys has come, and acknowledges them.
func told(t testing.TB, conn *websocket.Conn, keys ...string) map[string]json.RawMessage {
	t.Helper()
	all := map[string]json.RawMessage{}
	for {
		missing := slices.ContainsFunc(keys, func(key string) bool { return all[key] == nil })
		if !missing {
			return all
		}
		kind, b, err := conn.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if kind == websocket.MessageBinary {
			all["spikes"] = b
			continue
		}
		var m struct {
			News  map[string]json.RawMessage
			Reply json.RawMessage
		}
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		if m.Reply != nil {
			all["reply"] = m.Reply
			continue
		}
		maps.Copy(all, m.News)
		seq, _ := seqOf(b)
		say(t, conn, Command{Do: "ack", Seq: seq})
	}
}

// seqOf returns the number of a message that is to be acknowledged.
func seqOf(b []byte) (seq uint32, ok bool) {
	var m struct{ News *struct{ Seq uint32 } }
	if json.Unmarshal(b, &m) != nil || m.News == nil {
		return 0, false
	}
	return m.News.Seq, true
}

// Everything that a page shows comes over the socket, to two pages at once.
func TestTwoPages(t *testing.T) {
	a := start(t, scenario(t, letters, "associative_memory.presentations=100000"), Options{})
	srv := serve(t, a.session)
	for range 2 {
		conn := dial(t, srv, friend(t, srv))
		say(t, conn, Command{Do: "watch", Panels: knownPanels})
		say(t, conn, Command{Do: "pick", Neuron: 3})
		keys := []string{"scene", "spikes", "shown", "outputs", "values", "neuron", "matrix", "atoms", "history", "rates", "log"}
		for key, v := range told(t, conn, keys...) {
			if len(v) < 1 || slices.Contains(keys, key) && len(v) < 3 {
				t.Errorf("%s: %s", key, v)
			}
		}
		say(t, conn, Command{ID: 7, Do: "touch", Event: []byte(`{"rate_scale":0.9}`)})
		got := told(t, conn, "reply", "touches")
		if v := string(got["reply"]); !strings.Contains(v, `"ok":true`) || !strings.Contains(v, "at_us") {
			t.Errorf("touch: %s", v)
		}
		if v := string(got["touches"]); !strings.Contains(v, "rate_scale") {
			t.Errorf("touches: %s", v)
		}
	}
}

// A page that takes nothing any more does not hold the run back, and one that
// has gone is forgotten.
func TestStalledPage(t *testing.T) {
	a := start(t, scenario(t, letters, "associative_memory.presentations=60"), Options{Paused: true})
	srv := serve(t, a.session)
	conn := dial(t, srv, friend(t, srv))
	say(t, conn, Command{Do: "watch", Panels: knownPanels}) // and nothing is read or acknowledged
	until(t, func() bool { return a.session.watchers.Load() == 1 })
	a.must(t, Command{Do: "go"})
	<-a.done
	if a.err != nil {
		t.Fatal(a.err)
	}
	if n := len(a.session.frames.all); n > keptFrames {
		t.Errorf("%d frames are kept", n)
	}
	_ = conn.CloseNow()
	until(t, func() bool { return a.session.watchers.Load() == 0 })
	if len(a.session.follow) > 0 || a.session.wants["raster"] != 0 {
		t.Error("what the page had asked for is not forgotten")
	}
}

// Refused requests: other host names, other sites, no token, a wrong token,
// other methods, too long.
func TestStrangers(t *testing.T) {
	a := start(t, scenario(t, letters), Options{Paused: true})
	srv := serve(t, a.session)
	a.stands(t)
	before := a.session.Status()
	try := func(method, path string, change func(*http.Request)) int {
		r, err := http.NewRequestWithContext(t.Context(), method, srv.place()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return 0
		}
		defer resp.Body.Close()
		return resp.StatusCode
	}
	own := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: srv.cookie, Value: srv.token}) }
	upgrade := func(r *http.Request, origin string) {
		own(r)
		for k, v := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
			r.Header.Set(k, v)
		}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
	}
	for range 3 {
		for what, c := range map[string]struct {
			method, path string
			change       func(*http.Request)
			want         int
		}{
			"no token":              {"GET", "/", func(*http.Request) {}, 403},
			"a wrong token":         {"GET", "/?token=00000000000000000000000000000000", func(*http.Request) {}, 403},
			"an empty token":        {"GET", "/?token=", func(*http.Request) {}, 403},
			"a wrong cookie":        {"GET", "/main.js", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: srv.cookie, Value: "x"}) }, 403},
			"a rebound name":        {"GET", "/", func(r *http.Request) { own(r); r.Host = "evil.example" }, 421},
			"a rebound name, token": {"GET", "/?token=" + srv.token, func(r *http.Request) { r.Host = "evil.example:80" }, 421},
			"a post":                {"POST", "/", own, 405},
			"another site's socket": {"GET", "/live", func(r *http.Request) { upgrade(r, "http://evil.example") }, 403},
			"another port's socket": {"GET", "/live", func(r *http.Request) { upgrade(r, "http://127.0.0.1:1") }, 403},
			"a socket of no origin": {"GET", "/live", func(r *http.Request) { upgrade(r, "") }, 403},
			"a socket, no cookie":   {"GET", "/live", func(r *http.Request) { upgrade(r, srv.place()); r.Header.Del("Cookie") }, 403},
			"a path upwards":        {"GET", "/../server.go", own, 307},
			"a header too large":    {"GET", "/", func(r *http.Request) { own(r); r.Header.Set("X", strings.Repeat("x", 3*maxHeader)) }, 431},
			"its own page":          {"GET", "/", own, 200},
		} {
			if got := try(c.method, c.path, c.change); got != c.want {
				t.Errorf("%s: answer %d, expected %d", what, got, c.want)
			}
		}
	}
	if n := len(a.strange); n != 5 {
		t.Errorf("%d kinds of strangers were told of, each once, expected 5: %q", n, a.strange)
	}
	conn := dial(t, srv, friend(t, srv))
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"do":"touch","event":"`+strings.Repeat("x", maxMessage)+`"}`)); err == nil {
		for err == nil {
			_, _, err = conn.Read(t.Context())
		}
		if websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
			t.Errorf("a message too large: %v", err)
		}
	}
	if after := a.session.Status(); *after != *before {
		t.Errorf("strangers changed the run: %+v, was %+v", after, before)
	}
}

func TestHeaders(t *testing.T) {
	srv := serve(t, New(Options{}))
	r, err := friend(t, srv).Get(srv.place() + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	csp := r.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "form-action 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy lacks %q: %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || r.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", r.Header)
	}
}

// On an address where others could read the traffic, nothing is served without
// a certificate.
func TestPlaces(t *testing.T) {
	for address, want := range map[string]string{"0.0.0.0:0": "certificate", ":0": "certificate", "[::]:0": "certificate", "nonsense": "address such as"} {
		if _, err := Serve(t.Context(), New(Options{}), Listen{Address: address}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := Serve(t.Context(), New(Options{}), Listen{Address: "127.0.0.1:0", Token: "short"}); err == nil {
		t.Error("a short token was taken")
	}
}

// certificate writes a certificate for 127.0.0.1 and its key, and returns who
// trusts it.
func certificate(t *testing.T) (cert, key string, trust *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
	der, err1 := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	secret, err2 := x509.MarshalPKCS8PrivateKey(private)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	whole := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	err1 = os.WriteFile(cert, whole, 0o600)
	err2 = os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	trust = x509.NewCertPool()
	trust.AppendCertsFromPEM(whole)
	return cert, key, trust
}

// TestBeyondLoopback serves every address of the machine, which needs TLS: the
// token is asked for, the cookie goes over TLS alone, and the socket works.
func TestBeyondLoopback(t *testing.T) {
	cert, key, trust := certificate(t)
	a := start(t, scenario(t, letters, "associative_memory.presentations=100000"), Options{})
	srv, err := Serve(t.Context(), a.session, Listen{Address: "0.0.0.0:0", Cert: cert, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	if !strings.HasPrefix(srv.URL(), "https://localhost:") {
		t.Fatalf("the address is %s", srv.URL())
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}}}
	get := func(url string) int {
		r, err := c.Get(url)
		if err != nil {
			return 0
		}
		defer r.Body.Close()
		return r.StatusCode
	}
	if got := get(srv.place()); got != http.StatusForbidden {
		t.Errorf("without the token: answer %d", got)
	}
	if got := get(srv.URL()); got != http.StatusOK {
		t.Errorf("with it: answer %d", got)
	}
	if got := get(strings.Replace(srv.URL(), "https", "http", 1)); got != http.StatusBadRequest {
		t.Errorf("without TLS: answer %d", got)
	}
	direct := &http.Client{Transport: c.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := direct.Get(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if k := r.Cookies(); len(k) != 1 || !k[0].Secure || !k[0].HttpOnly || k[0].SameSite != http.SameSiteStrictMode || r.StatusCode != http.StatusSeeOther {
		t.Errorf("answer %d, cookies %+v", r.StatusCode, k)
	}
	conn := dial(t, srv, c)
	say(t, conn, Command{Do: "watch", Panels: knownPanels})
	say(t, conn, Command{ID: 1, Do: "touch", Event: []byte(`{"rate_scale":0.5}`)})
	if got := told(t, conn, "scene", "touches"); !strings.Contains(string(got["touches"]), "rate_scale") {
		t.Errorf("touches: %s", got["touches"])
	}
	if _, err := Serve(t.Context(), a.session, Listen{Address: "0.0.0.0:0", Cert: cert, Key: cert}); err == nil {
		t.Error("a key that is none was taken")
	}
}
