package receiver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// Limits of every connection. A proxy in front hands over whole requests, so that only strangers are
// slow.
const (
	headersWithin = 5 * time.Second
	requestWithin = 15 * time.Second
	answerWithin  = 60 * time.Second
	idleFor       = 60 * time.Second
	headersMax    = 32 << 10
	// connections is how many may be open at once.
	connections = 1024
)

// Server is a receiver that listens.
type Server struct {
	addr   net.Addr
	server *http.Server
	done   chan error
}

// Listen serves a receiver at an address. The caller closes it.
func Listen(ctx context.Context, addr string, r *Receiver) (*Server, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("receiver: listen: %w", err)
	}
	s := &Server{addr: l.Addr(), done: make(chan error, 1)}
	s.server = &http.Server{Handler: r, ReadHeaderTimeout: headersWithin, ReadTimeout: requestWithin,
		WriteTimeout: answerWithin, IdleTimeout: idleFor, MaxHeaderBytes: headersMax,
		ErrorLog: slog.NewLogLogger(r.o.Log.Handler(), slog.LevelDebug)}
	go func() { s.done <- s.server.Serve(netutil.LimitListener(l, connections)) }()
	return s, nil
}

// Addr is where it listens: "127.0.0.1:8642".
func (s *Server) Addr() string { return s.addr.String() }

// Done gives the error with which serving ended by itself.
func (s *Server) Done() <-chan error { return s.done }

// Close takes nothing more and waits until what came in is answered, or ctx ends.
func (s *Server) Close(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.server.Close())
	}
	return err
}

// OnlyHere reports whether an address can be reached from this computer only.
func OnlyHere(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
