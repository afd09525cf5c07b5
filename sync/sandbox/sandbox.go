// Package sandbox owns the servers of a pretend business: it serves a world on loopback in the
// protocols of its sources, and its bank's statements as files. app starts it for the demo and for
// the sandbox command; the clients that talk to it are the ones that talk to the live services.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/paypal"
	"countinghouse/sync/profile"
	"countinghouse/sync/razorpay"
	"countinghouse/sync/spectrocoin"
	"countinghouse/sync/stripe"
	"countinghouse/sync/whmcs"
	"countinghouse/sync/world"
)

// Sandbox is a world being served. Close ends it.
type Sandbox struct {
	World  *world.World
	now    func() book.Instant
	addr   string
	server *http.Server
	done   chan error
}

// Start serves a world at an address of this computer, "127.0.0.1:0" for any free port. An address
// that others could reach is refused.
func Start(ctx context.Context, w *world.World, listen string,
	now func() book.Instant) (*Sandbox, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, fmt.Errorf("sandbox: address %q is not of the form 127.0.0.1:8640", listen)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("sandbox: address %q: the sandbox listens on this computer only; "+
			"use 127.0.0.1", listen)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("sandbox: listen: %w", err)
	}
	s := &Sandbox{World: w, now: now, addr: l.Addr().String(), done: make(chan error, 1)}
	s.server = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() { s.done <- s.server.Serve(l) }()
	return s, nil
}

// Close stops the servers and waits for them.
func (s *Sandbox) Close() error {
	err := s.server.Close()
	if e := <-s.done; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// server is the simulator of one source.
type server struct {
	simulate func(w *world.World, now func() book.Instant) http.Handler
	secrets  func() map[string]string
	// path is what the source's address has behind its name: ruling 44 says where it ends.
	path string
}

// servers are all simulators, by the name of the source that each stands for.
var servers = map[book.SourceName]server{
	world.BillingName: {secrets: whmcs.SimulatorSecrets,
		simulate: func(w *world.World, now func() book.Instant) http.Handler {
			return whmcs.NewSimulator(w, func(o *whmcs.SimOptions) { o.Now = now })
		}},
	world.StripeName: {secrets: stripe.SimulatorSecrets,
		simulate: func(w *world.World, now func() book.Instant) http.Handler {
			return stripe.NewSimulator(w).Taking(world.Desk{Now: now})
		}},
	world.PayPalName: {secrets: paypal.SimulatorSecrets,
		simulate: func(w *world.World, now func() book.Instant) http.Handler {
			return paypal.NewSimulator(w).Taking(world.Desk{Now: now})
		}},
	world.RazorpayName: {secrets: razorpay.SimulatorSecrets,
		simulate: func(w *world.World, now func() book.Instant) http.Handler {
			return razorpay.NewSimulator(w).Taking(world.Desk{Now: now})
		}},
	world.SpectroCoinName: {secrets: spectrocoin.SimulatorSecrets, path: "/api/public",
		simulate: func(w *world.World,
			_ func() book.Instant) http.Handler {
			return spectrocoin.NewSimulator(w)
		}},
}

// URL is the address of a source, as its configuration wants it.
func (s *Sandbox) URL(name book.SourceName) string {
	return "http://" + s.addr + "/" + string(name) + servers[name].path
}

// StatementURL is where an account's statement of a month can be fetched in one of
// world.StatementFormats.
func (s *Sandbox) StatementURL(a book.AccountName, m book.Month, format string) string {
	i := slices.IndexFunc(world.StatementFormats, func(f world.StatementFormat) bool {
		return f.Name == format
	})
	return fmt.Sprintf("http://%s/statements/%s-%s.%s", s.addr, a, m, world.StatementFormats[i].Ext)
}

// Secrets are the keys that the servers accept, by source and field.
func (s *Sandbox) Secrets() map[book.SourceName]map[string]string {
	out := map[book.SourceName]map[string]string{}
	for name, x := range servers {
		out[name] = x.secrets()
	}
	return out
}

// Serves reports whether a sandbox has a server for a source of a pretend business.
func Serves(name book.SourceName) bool {
	_, ok := servers[name]
	return ok
}

// otherBilling are the kinds of billing system as which the same business is served beside WHMCS,
// each at its own name.
var otherBilling = []string{profile.FluxBilling.Kind, profile.FOSSBilling.Kind}

func (s *Sandbox) handler() http.Handler {
	mux := http.NewServeMux()
	for name, x := range servers {
		prefix := "/" + string(name)
		mux.Handle(prefix+"/", http.StripPrefix(prefix, x.simulate(s.World, s.now)))
	}
	for _, kind := range otherBilling {
		mux.Handle("/"+kind+"/", http.StripPrefix("/"+kind, profile.NewSimulator(s.World, kind)))
	}
	mux.HandleFunc("GET /statements/{file}", s.statement)
	return mux
}

func (s *Sandbox) statement(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	stem, ext, _ := strings.Cut(file, ".")
	if len(stem) < 9 {
		http.NotFound(w, r)
		return
	}
	month, err := book.ParseMonth(stem[len(stem)-7:])
	if err != nil {
		http.NotFound(w, r)
		return
	}
	// A bank states the days that are over.
	from, to := month.First(), min(month.Last(), s.World.Now.In(s.World.Zone)-1)
	for i := range s.World.Accounts {
		a := &s.World.Accounts[i]
		if string(a.Name) != stem[:len(stem)-8] || from > to {
			continue
		}
		for _, f := range world.StatementFormats {
			if f.Ext != ext {
				continue
			}
			w.Header().Set("Content-Type", f.MediaType)
			if f.Write(a, w, from, to, s.World.Now) != nil {
				panic(http.ErrAbortHandler)
			}
			return
		}
	}
	http.NotFound(w, r)
}
