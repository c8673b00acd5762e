package live

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"infomorph/internal/guard"
)

//go:embed page
var pageFiles embed.FS

// Listen says where a session is served.
type Listen struct {
	Address string // host:port; the host must be a loopback address unless Cert and Key are given
	Cert    string // files of a certificate and its key, PEM
	Key     string
	Token   string // in the URL; "": a random one is made
}

// Server serves a session to browsers.
type Server struct {
	session *Session
	http    *http.Server
	token   string
	cookie  string
	scheme  string
	hosts   []string
	url     string
	done    chan struct{}
	stop    context.CancelFunc

	mu     sync.Mutex
	logged map[string]bool // kinds of refused requests that were logged
	guests int
}

// Limits of the server.
const (
	maxGuests  = 16
	maxHeader  = 16 << 10
	maxMessage = maxEvent + 1<<10
	minToken   = 16 // characters of a token that the user chooses
)

// Serve serves a session over HTTP. The address to open is URL.
func Serve(ctx context.Context, s *Session, where Listen) (*Server, error) {
	host, _, err := net.SplitHostPort(where.Address)
	if err != nil {
		return nil, fmt.Errorf("got %q, expected an address such as 127.0.0.1:0", where.Address)
	}
	secure := where.Cert != "" || where.Key != ""
	if err := checkPlace(host, secure, where.Token); err != nil {
		return nil, err
	}
	srv := &Server{session: s, token: where.Token, scheme: "http", logged: map[string]bool{}, done: make(chan struct{})}
	if srv.token == "" {
		var b [16]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, err
		}
		srv.token = hex.EncodeToString(b[:])
	}
	l, err := net.Listen("tcp", where.Address)
	if err != nil {
		return nil, err
	}
	if secure {
		cert, err := guard.KeyPair(where.Cert, where.Key)
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		srv.scheme = "https"
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	}
	srv.name(host, l.Addr().(*net.TCPAddr).Port)
	srv.http = &http.Server{Handler: srv.handler(), MaxHeaderBytes: maxHeader, ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	ctx, srv.stop = context.WithCancel(ctx)
	srv.http.BaseContext = func(net.Listener) context.Context { return ctx }
	go func() {
		defer close(srv.done)
		s.ticker(ctx)
	}()
	go func() { _ = srv.http.Serve(l) }() // its error says only that it was closed
	return srv, nil
}

// checkPlace refuses an address where others could read the traffic or open the
// page.
func checkPlace(host string, secure bool, token string) error {
	if token != "" && len(token) < minToken {
		return fmt.Errorf("the token has %d characters, expected at least %d", len(token), minToken)
	}
	if loopback(host) || secure {
		return nil
	}
	return fmt.Errorf("%s can be reached from other machines: give a certificate and its key (--live-cert, --live-key), or listen on 127.0.0.1 and go through ssh -L", orAny(host))
}

func orAny(host string) string {
	if host == "" {
		return "an address without a host"
	}
	return host
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// name finds the host names that requests may have. This stops DNS rebinding: a
// page of another site whose name resolves to this machine sends its own name.
func (s *Server) name(host string, port int) {
	names := []string{"localhost", "127.0.0.1", "[::1]"}
	shown := host
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		shown = "localhost"
		if own, err := net.InterfaceAddrs(); err == nil {
			for _, a := range own {
				if n, ok := a.(*net.IPNet); ok {
					names = append(names, bracket(n.IP.String()))
				}
			}
		}
	} else {
		names = append(names, bracket(host))
	}
	for _, n := range names {
		s.hosts = append(s.hosts, fmt.Sprintf("%s:%d", n, port))
	}
	s.cookie = fmt.Sprintf("infomorph-live-%d", port)
	s.url = fmt.Sprintf("%s://%s:%d/?token=%s", s.scheme, bracket(shown), port, s.token)
}

func bracket(host string) string {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		return "[" + host + "]"
	}
	return host
}

// URL returns the address to open.
func (s *Server) URL() string { return s.url }

// Close ends the server and tells viewers.
func (s *Server) Close() error {
	s.stop()
	err := s.http.Close()
	<-s.done
	return err
}

func (s *Server) handler() http.Handler {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic("live: the page is gone: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", s.headers(http.FileServerFS(files)))
	mux.HandleFunc("GET /live", s.socket)
	return s.guard(mux)
}

// guard accepts only requests with a host name and the token of the server. The
// token comes once in the URL and then in a cookie that other sites cannot
// send.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !s.ours(r.Host):
			s.refuse(w, http.StatusMisdirectedRequest, "asks for another host than this one")
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			s.refuse(w, http.StatusMethodNotAllowed, "sends "+method(r.Method))
		case r.URL.Query().Has("token"):
			s.admit(w, r)
		case !s.known(r):
			s.refuse(w, http.StatusForbidden, "has no token")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// method returns the name of a method for the log, one name for all rare ones.
func method(m string) string {
	switch m {
	case http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions:
		return m
	}
	return "another method"
}

func (s *Server) ours(host string) bool {
	for _, h := range s.hosts {
		if strings.EqualFold(h, host) {
			return true
		}
	}
	return false
}

func (s *Server) right(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) == 1
}

func (s *Server) known(r *http.Request) bool {
	c, err := r.Cookie(s.cookie)
	return err == nil && s.right(c.Value)
}

// admit turns the token of the URL into a cookie, so that it does not stay in
// the address bar.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) {
	if !s.right(r.URL.Query().Get("token")) {
		s.refuse(w, http.StatusForbidden, "has a wrong token")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie, Value: s.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.scheme == "https"})
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// refuse refuses a request, and logs each kind of refusal once.
func (s *Server) refuse(w http.ResponseWriter, code int, what string) {
	s.mu.Lock()
	first := !s.logged[what]
	s.logged[what] = true
	s.mu.Unlock()
	if first && s.session.opts.Log != nil {
		s.session.opts.Log("live view: a stranger was turned away: " + what)
	}
	w.Header().Set("Connection", "close")
	http.Error(w, "not for you: open the address that infomorph has printed", code)
}

func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		socket := strings.Replace(s.scheme, "http", "ws", 1) + "://" + r.Host
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' "+socket+
			"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
