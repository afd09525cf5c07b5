package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
)

// shortestPull is the least time between two pulls of all sources.
const shortestPull = time.Minute

func (c *command) serveCommand() *cobra.Command {
	var q app.ServeRequest
	cmd := &cobra.Command{
		Use:   "serve [--listen ADDR] [--pull-every TIME]",
		Short: "Receive the gateways' signed webhooks, and pull now and then",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.PullEvery != 0 && q.PullEvery < shortestPull {
				return usageError{fmt.Errorf("--pull-every %s: use 1m or more, or 0 for one pull at "+
					"the start", q.PullEvery)}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			served, err := a.Serve(cmd.Context(), q, c.serving)
			if err != nil {
				return err
			}
			return c.showServed(served)
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Listen, "listen", "127.0.0.1:8642", "the `address` to listen on")
	f.DurationVar(&q.PullEvery, "pull-every", 15*time.Minute,
		"the `time` between two pulls of all sources, 0 for one at the start")
	return cmd
}

// serving says where webhooks are taken.
func (c *command) serving(s app.Serving) {
	c.note("Listening on http://%s", s.Addr)
	for _, x := range s.Sources {
		if x.Off == "" {
			c.note("  %-16s POST %s", x.Name, x.Path)
		}
	}
	c.note("  %-16s GET /healthz", "health")
	if s.Open {
		c.note("Other computers can reach this address without TLS. Put a proxy with TLS before it, " +
			"and listen on 127.0.0.1.")
	}
	c.note("Press Ctrl-C to stop.")
}

type servedDoc struct {
	Source   book.SourceName `json:"source"`
	Path     string          `json:"path"`
	Off      string          `json:"off,omitempty"`
	Received int             `json:"received"`
	Repeated int             `json:"repeated"`
	Refused  map[string]int  `json:"refused"`
}

// showServed says at the end what came in.
func (c *command) showServed(s app.Serving) error {
	docs := make([]servedDoc, 0, len(s.Sources))
	for _, x := range s.Sources {
		docs = append(docs, servedDoc{x.Name, x.Path, x.Off, x.Received, x.Repeated, x.Refused})
		refused := 0
		for _, n := range x.Refused {
			refused += n
		}
		if x.Off == "" {
			c.say("%s: %d received, %d sent again, %d refused", x.Name, x.Received, x.Repeated, refused)
		}
	}
	if !c.json {
		return nil
	}
	return writeJSON(c.env.Stdout, struct {
		Listened string      `json:"listened"`
		Sources  []servedDoc `json:"sources"`
	}{s.Addr, docs})
}
