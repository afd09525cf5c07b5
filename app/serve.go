package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/secret"
	"countinghouse/app/store"
	"countinghouse/sync/receiver"
	"countinghouse/sync/source"
)

// Times of serving.
const (
	// hooksKept is how long applied webhooks are remembered, so that one that is sent again is
	// known. No provider tries for longer than a month.
	hooksKept = 90 * 24 * time.Hour
	// countEvery is how often what was refused is noted in the books.
	countEvery = 10 * time.Second
	// closeWithin is how long the end waits for deliveries that are being answered.
	closeWithin = 15 * time.Second
)

// ServeRequest says where webhooks are received and how often the sources are pulled beside.
type ServeRequest struct {
	// Listen is an address of this computer; a port of 0 takes any free one.
	Listen string
	// PullEvery is the time from one pull of all sources to the next, zero for one at the start only.
	PullEvery time.Duration
}

// Serving says what is being served.
type Serving struct {
	// Addr is where it listens. Open says that other computers can reach it.
	Addr string
	Open bool
	// Sources are all that could take webhooks, in the order of the configuration.
	Sources []ServedSource
}

// ServedSource is the way in for one source's webhooks.
type ServedSource struct {
	Name book.SourceName
	// Path is where its webhooks are taken. Off says why none are, "" where they are.
	Path, Off string
	// Received counts new events, Repeated known ones, Refused by reason what proved nothing or could
	// not be kept. They are zero until serving ends.
	Received, Repeated int
	Refused            map[string]int
}

// server is one run of Serve.
type server struct {
	*App
	q         ServeRequest
	inbox     *store.Inbox
	sources   []ServedSource
	followers map[book.SourceName]*follower
	doors     []receiver.Source
	secretsOf map[book.SourceName]map[string]source.Secret
	receiver  *receiver.Receiver
	health    health
	trouble   trouble

	// counting guards counted, what is noted in the books already.
	counting sync.Mutex
	counted  map[book.SourceName]receiver.Counts
	forgotAt time.Time
}

// Serve receives webhooks, keeps each before it is acknowledged, and reads again what they are about;
// beside that it pulls all sources now and then, for webhooks that were lost. started is called once
// it listens. Serve returns when ctx has ended and all that came in is answered.
func (a *App) Serve(ctx context.Context, q ServeRequest, started func(Serving)) (Serving, error) {
	s, err := a.newServer(q)
	if err != nil {
		return Serving{Sources: s.sources}, err
	}
	defer s.inbox.Close()
	l, err := receiver.Listen(ctx, q.Listen, s.receiver)
	if err != nil {
		return Serving{Sources: s.sources}, cannotListen(q.Listen, err)
	}
	serving := Serving{Addr: l.Addr(), Open: !receiver.OnlyHere(l.Addr()), Sources: s.sources}
	started(serving)
	work, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	all.Go(func() { s.pullAll(work) })
	all.Go(func() { s.countAll(work) })
	for _, f := range s.followers {
		all.Go(func() { f.run(work) })
	}
	select {
	case <-ctx.Done():
	case err = <-l.Done():
	}
	soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	err = errors.Join(err, l.Close(soon))
	stop()
	s.inbox.Close()
	all.Wait()
	if e := s.count(context.WithoutCancel(ctx)); e != nil {
		a.log.Warn("what was refused could not be noted", "error", e)
	}
	serving.Sources = s.counts()
	return serving, err
}

// cannotListen says what to do where an address cannot be listened on.
func cannotListen(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("another program listens on %s already: choose another port with --listen",
			addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port of %s is for the system only: listen on 127.0.0.1:8642 and put a "+
			"proxy before it", addr)
	}
	return fmt.Errorf("--listen %s is no address of this computer: use 127.0.0.1:8642 (%w)", addr, err)
}

// newServer is a server that is ready to listen; its inbox is closed by the caller. Beside an error it
// says which sources take no webhooks.
func (a *App) newServer(q ServeRequest) (*server, error) {
	s := &server{App: a, q: q, followers: map[book.SourceName]*follower{},
		secretsOf: map[book.SourceName]map[string]source.Secret{},
		counted:   map[book.SourceName]receiver.Counts{}}
	if err := s.open(); err != nil {
		return s, err
	}
	s.inbox = a.store.Inbox()
	s.receiver = receiver.New(receiver.Options{Sources: s.doors, Clock: a.wall, Log: a.log,
		Keep: s.keep, Aside: s.aside, Health: s.healthNow})
	return s, nil
}

// open opens every source that can take webhooks. It fails where there is none.
func (s *server) open() error {
	var missing error
	for _, c := range s.Config().Sources {
		if kinds[c.Kind].describe.Role != source.Gateway {
			continue
		}
		served := ServedSource{Name: c.Name, Path: receiver.Path(c.Name)}
		from, err := s.receiving(c)
		if c.Paused {
			err = fmt.Errorf("source %s is paused: resume it, and start serve again", c.Name)
		}
		if err != nil {
			served.Off = Explain(err)
			missing = errors.Join(missing, err)
		} else {
			s.doors = append(s.doors, receiver.Source{Name: c.Name, Ack: from.Describe().Ack,
				Verify: from.Verify})
			follow, err := s.receiving(c)
			if err != nil {
				return err
			}
			s.followers[c.Name] = &follower{app: s.App, name: c.Name, from: follow,
				wake: make(chan struct{}, 1)}
		}
		s.sources = append(s.sources, served)
	}
	switch {
	case len(s.doors) > 0:
		for _, x := range s.sources {
			if x.Off != "" {
				s.log.Warn("webhooks are off, their path answers 404", "source", x.Name, "path", x.Path,
					"why", x.Off)
			}
		}
		return nil
	case missing != nil:
		return missing
	}
	return errors.New("no source that sends webhooks is configured: add the gateway to " + ConfigName)
}

// receiving opens a source for its webhooks. Its error says what is missing for them.
func (s *server) receiving(c SourceConfig) (source.Receiver, error) {
	o, err := s.sourceOptions(c)
	if err != nil {
		return nil, err
	}
	s.secretsOf[c.Name] = o.Secrets
	for _, f := range kinds[c.Kind].describe.Secrets {
		if _, ok := o.Secrets[f.Name]; f.Webhook && !ok {
			return nil, &source.Error{Kind: source.KindAuth, Source: c.Name,
				Op: "receive webhooks", Detail: f.Name + " is not set",
				Hint: fmt.Sprintf("Set %s to receive webhooks, or store it in this computer's keyring.",
					secret.EnvName(string(c.Name), f.Name))}
		}
	}
	p, err := kinds[c.Kind].open(o)
	if err != nil {
		return nil, err
	}
	r, ok := p.(source.Receiver)
	if !ok {
		return nil, &source.Error{Kind: source.KindUnsupported, Source: c.Name,
			Op: "receive webhooks", Hint: "It is read by pulls only."}
	}
	return r, nil
}

// keep stores an event and has it followed.
func (s *server) keep(ctx context.Context, name book.SourceName, e source.Event,
	at book.Instant) (bool, error) {
	fresh, err := s.inbox.Put(ctx, store.Hook{Source: name, Event: e.ID, Type: e.Type, At: e.At,
		About: e.About, ReceivedAt: at})
	if s.trouble.begins(err, s.wall()) {
		s.log.Warn("webhooks cannot be kept and are put off", "error", err)
	}
	if err == nil && fresh && len(e.About) > 0 {
		s.followers[name].poke()
	}
	return fresh, err
}

// aside stores what a provider signed and nobody can read, without secrets and card numbers.
func (s *server) aside(ctx context.Context, name book.SourceName, d source.Delivery,
	why error) error {
	sum := sha256.Sum256(d.Body)
	return s.store.KeepReject(ctx, book.Reject{Origin: string(name),
		Place: "webhook/" + hex.EncodeToString(sum[:8]), Kind: store.KindHook,
		Raw: source.Raw(string(d.Body), s.secretsOf[name]), Reason: why.Error()}, d.At)
}

// pullAll pulls all sources at once and then every so often. Each source that could be pulled, or
// that only could not be reached, has its webhooks followed; one with another account's key has not.
func (s *server) pullAll(ctx context.Context) {
	for {
		var all sync.WaitGroup
		var failed atomic.Bool
		for _, c := range s.Config().Sources {
			all.Go(func() {
				r := s.pull(ctx, c, SyncRequest{}, func(Progress) {})
				if r.Err != nil {
					failed.Store(true)
				}
				if r.Err != nil && ctx.Err() == nil {
					s.log.Warn("pull failed", "source", c.Name, "error", r.Err)
				}
				if f := s.followers[c.Name]; f != nil && ctx.Err() == nil {
					kind := source.KindOf(r.Err)
					f.ready.Store(r.Err == nil || kind == source.KindUnavailable ||
						kind == source.KindLimited)
					f.poke()
				}
			})
		}
		all.Wait()
		s.dun(ctx, !failed.Load())
		s.look(ctx)
		if err := s.forget(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("old webhooks could not be dropped", "error", err)
		}
		every := s.q.PullEvery
		if every <= 0 {
			return
		}
		if !sleep(ctx, every) {
			return
		}
	}
}

// dun does what is due, after a pull of all sources.
func (s *server) dun(ctx context.Context, read bool) {
	if ctx.Err() != nil {
		return
	}
	r, err := s.DoDue(ctx, read, func(Progress) {})
	if err != nil && ctx.Err() == nil {
		s.log.Warn("failed renewals could not all be acted on", "error", err)
	}
	if r.Stopped != "" {
		s.log.Warn("the run of failed renewals stopped", "why", r.Stopped)
	}
}

// sleep waits; false means that ctx has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// forget drops old webhooks once a day.
func (s *server) forget(ctx context.Context) error {
	now := s.wall()
	if now.Sub(s.forgotAt) < 24*time.Hour {
		return nil
	}
	s.forgotAt = now
	_, err := s.store.ForgetHooks(ctx, book.At(now.Add(-hooksKept)))
	return err
}

// countAll notes in the books what was repeated and refused until ctx ends.
func (s *server) countAll(ctx context.Context) {
	for sleep(ctx, countEvery) {
		if err := s.count(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("what was refused could not be noted", "error", err)
		}
	}
}

// count notes what came since the last time.
func (s *server) count(ctx context.Context) error {
	s.counting.Lock()
	defer s.counting.Unlock()
	for name, c := range s.receiver.Counts() {
		before := s.counted[name]
		repeated, refused := c.Repeated-before.Repeated, c.Refusals()-before.Refusals()
		if repeated == 0 && refused == 0 {
			continue
		}
		if err := s.store.CountHooks(ctx, name, book.At(s.wall()), repeated, refused); err != nil {
			return err
		}
		s.counted[name] = c
	}
	return nil
}

// counts are the sources with what came in.
func (s *server) counts() []ServedSource {
	counts := s.receiver.Counts()
	out := make([]ServedSource, len(s.sources))
	for i, x := range s.sources {
		c := counts[x.Name]
		x.Received, x.Repeated, x.Refused = c.Received, c.Repeated, map[string]int{}
		for why, n := range c.Refused {
			x.Refused[string(why)] = n
		}
		out[i] = x
	}
	return out
}
