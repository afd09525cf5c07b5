package cli

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
)

func (c *command) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			if c.json {
				return writeJSON(c.env.Stdout, map[string]string{"version": c.env.Version,
					"go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
			}
			c.say("countinghouse %s (%s, %s/%s)", c.env.Version, runtime.Version(), runtime.GOOS,
				runtime.GOARCH)
			return nil
		},
	}
}

func (c *command) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check the profile, the books, the keys and the connections",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := app.Doctor(cmd.Context(), c.options())
			type findingDoc struct {
				Check  string `json:"check"`
				OK     bool   `json:"ok"`
				Detail string `json:"detail"`
			}
			docs := []findingDoc{}
			var failed error
			for _, f := range findings {
				mark := "ok    "
				if !f.OK {
					mark = "FAILED"
					failed = errors.New("the checks marked FAILED need somebody")
				}
				docs = append(docs, findingDoc{f.Check, f.OK, f.Detail})
				c.say("%s  %-24s %s", mark, f.Check, f.Detail)
			}
			if c.json {
				if err := writeJSON(c.env.Stdout, map[string]any{"checks": docs}); err != nil {
					return err
				}
			}
			return failed
		},
	}
}

func (c *command) sandboxCommand() *cobra.Command {
	var q app.SandboxRequest
	var month string
	var gateways []string
	cmd := &cobra.Command{
		Use: "sandbox [--listen ADDR] [--seed N] [--customers N] [--month YYYY-MM] " +
			"[--gateways LIST]",
		Short: "Run the sandbox servers and print the configuration that points at them",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if q.Month, err = c.demoMonth(month); err != nil {
				return err
			}
			if q.Gateways, err = demoGateways(gateways); err != nil {
				return err
			}
			q.Clock = func(book.Instant) book.Instant { return book.At(c.env.Clock()) }
			s, err := app.StartSandbox(cmd.Context(), q)
			if err != nil {
				return err
			}
			defer s.Close()
			if c.json {
				err = writeJSON(c.env.Stdout, map[string]any{"config": s.ConfigText(),
					"environment": s.Environment(), "statements": s.Statements(), "at": s.Now()})
			} else {
				_, err = fmt.Fprintln(c.env.Stdout, s.Guide())
			}
			if err != nil {
				return err
			}
			c.note("The sandbox runs until you press Ctrl-C. Type the commands above in another shell.")
			<-cmd.Context().Done()
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Listen, "listen", "127.0.0.1:8640", "the `address` on this computer")
	f.Uint64Var(&q.Seed, "seed", 1, "the `number` that the business is made from")
	f.IntVar(&q.Customers, "customers", app.DemoCustomers, "how `many` customers it has")
	f.StringVar(&month, "month", "", "the `month` to reconcile (default: the last full one)")
	gatewayFlag(cmd, &gateways)
	return cmd
}

// demoMonth is the month of a flag, else the last full one.
func (c *command) demoMonth(flag string) (book.Month, error) {
	if flag == "" {
		return book.MonthOf(book.DateOf(c.now())) - 1, nil
	}
	m, err := book.ParseMonth(flag)
	if err != nil {
		return 0, usageError{fmt.Errorf("--month %q: use YYYY-MM, such as 2026-10", flag)}
	}
	return m, nil
}

func gatewayFlag(cmd *cobra.Command, list *[]string) {
	cmd.Flags().StringSliceVar(list, "gateways", nil, "the gateways that it uses, a `list` such as "+
		"stripe,paypal (default: all there are)")
}

// demoGateways are the gateways of a flag beside Stripe, which every pretend business uses; all that
// there are where the flag says none.
func demoGateways(flag []string) ([]book.SourceName, error) {
	known := app.DemoGateways()
	if len(flag) == 0 {
		return known, nil
	}
	var names []book.SourceName
	for _, word := range flag {
		name := book.SourceName(strings.ToLower(strings.TrimSpace(word)))
		if name == "stripe" || slices.Contains(names, name) {
			continue
		}
		if !slices.Contains(known, name) {
			return nil, usageError{fmt.Errorf("--gateways %s: the pretend business knows stripe%s",
				word, joined(known))}
		}
		names = append(names, name)
	}
	return names, nil
}

// joined is a list of names that goes on.
func joined(names []book.SourceName) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(", " + string(n))
	}
	return b.String()
}

func (c *command) demoCommand() *cobra.Command {
	var q app.DemoRequest
	var month string
	var gateways []string
	var headless, matches bool
	cmd := &cobra.Command{
		Use: "demo [--headless] [--month YYYY-MM] [--seed N] [--customers N] [--out DIR] " +
			"[--gateways LIST] [--matches]",
		Short: "Open a pretend business's month, end to end over the real protocols",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if q.Month, err = c.demoMonth(month); err != nil {
				return err
			}
			if q.Gateways, err = demoGateways(gateways); err != nil {
				return err
			}
			q.Options = c.options()
			q.Judge = c.at != ""
			return c.demo(cmd, q, headless, matches)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&headless, "headless", false, "open no window: write the workbook and exit")
	f.StringVar(&month, "month", "", "the `month` to show (default: the last full one)")
	f.Uint64Var(&q.Seed, "seed", 1, "the `number` that the business is made from")
	f.IntVar(&q.Customers, "customers", app.DemoCustomers, "how `many` customers it has")
	gatewayFlag(cmd, &gateways)
	f.StringVar(&q.Out, "out", "", "the `folder` for the workbook (default: countinghouse-demo)")
	f.BoolVar(&matches, "matches", false, "list the matches in the JSON document")
	return cmd
}

// demo makes the month and opens the window on it. Where no window can be opened it says so and
// leaves the workbook and pictures of the screens.
func (c *command) demo(cmd *cobra.Command, q app.DemoRequest, headless, matches bool) error {
	show, finish := c.progress()
	d, err := app.Demo(cmd.Context(), q, show)
	finish()
	if err != nil {
		return err
	}
	defer func() {
		if err := d.Close(); err != nil {
			c.note("%s", app.Explain(err))
		}
	}()
	if !headless {
		err := c.env.Window(cmd.Context(), Window{App: d.App, Options: q.Options, Month: q.Month})
		if !errors.Is(err, ErrNoWindow) {
			return err
		}
		c.note("%s: the demo month is written to %s instead.", sentence(err), d.Out)
	}
	if err := d.WritePack(cmd.Context(), show); err != nil {
		return err
	}
	finish()
	if !headless && c.env.Pictures != nil {
		files, err := c.env.Pictures(cmd.Context(), d.App, d.Month, d.Out)
		if err != nil {
			return err
		}
		c.note("%d pictures of the screens are there too.", len(files))
	}
	if c.json {
		return c.demoDocument(d, matches)
	}
	if c.quiet {
		return nil
	}
	if err := d.Month.WriteSummary(c.env.Stdout); err != nil {
		return err
	}
	c.say("\nWorkbook: %s", d.Workbook())
	return nil
}

// demoDocument is the document of reconcile with the workbook's place and the check of the outcome
// against what really happened in the pretend business.
func (c *command) demoDocument(d *app.DemoRun, matches bool) error {
	v := d.Verdict()
	return writeJSON(c.env.Stdout, struct {
		reconcileDoc
		Workbook string      `json:"workbook"`
		Truth    app.Verdict `json:"truth"`
	}{reconcileDocument(d.Month, matches), d.Workbook(), v})
}
