package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/secret"
)

// secretMax is the longest secret that is read, in bytes.
const secretMax = 64 << 10

func (c *command) secretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Keep, list and forget the keys of sources",
		Long: "Keys stand in this computer's keyring, or in an encrypted file of the profile where the\n" +
			"keyring cannot be used. The file's passphrase is asked, or taken from " +
			secret.PassphraseEnv + "\nor from the file that " + secret.PassphraseFileEnv +
			" names.\n\nA key is read from stdin or asked without being shown, and never taken from an argument.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q: use set, list or forget", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.secretSet(), c.secretList(), c.secretForget())
	return cmd
}

func (c *command) secretSet() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set SOURCE FIELD",
		Short: "Keep one key, read from stdin or asked",
		Args:  fewWords(2, 2, "a source and one of its fields, such as stripe secret_key; the key itself is read from stdin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			value, err := c.readSecret(args[0], args[1])
			if err != nil {
				return err
			}
			done, err := a.SetSecret(book.SourceName(args[0]), args[1], value)
			if err != nil {
				return err
			}
			place := done.Places[args[1]]
			for _, name := range done.Shadowed {
				c.note("%s is set and stands before it.", name)
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]string{"source": args[0], "field": args[1],
					"place": string(place)})
			}
			c.say("%s of %s is %s.", args[1], args[0], place.Words())
			return nil
		},
	}
	cmd.ValidArgsFunction = c.completeSecret
	return cmd
}

// readSecret reads a key: asked where a person sits there, else all of stdin.
func (c *command) readSecret(source, field string) (app.Secret, error) {
	if c.env.AskSecret != nil {
		v, err := c.env.AskSecret(field + " of " + source + ": ")
		return app.Secret(strings.TrimSpace(v)), err
	}
	if c.env.Stdin == nil {
		return "", errors.New("there is no stdin to read the key from")
	}
	text, err := io.ReadAll(io.LimitReader(c.env.Stdin, secretMax+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read the key from stdin: %w", err)
	case len(text) > secretMax:
		return "", fmt.Errorf("what stdin holds is longer than %d KB and no key", secretMax>>10)
	}
	return app.Secret(strings.TrimSpace(string(text))), nil
}

type keyDoc struct {
	Source   book.SourceName `json:"source"`
	Field    string          `json:"field"`
	Place    string          `json:"place"`
	Optional bool            `json:"optional"`
}

func (c *command) secretList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the keys and where each stands, never a key itself",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			docs := []keyDoc{}
			for _, s := range a.Keys() {
				for _, k := range s.Keys {
					place, words := string(k.Place), k.Place.Words()
					switch {
					case k.Locked:
						place, words = "locked", "perhaps in the encrypted file, which is locked"
					case place == "":
						place = "nowhere"
					}
					if k.Optional {
						words += " (optional)"
					}
					docs = append(docs, keyDoc{s.Source, k.Field, place, k.Optional})
					c.say("%-28s %s", string(s.Source)+" "+k.Field, words)
				}
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]any{"secrets": docs})
			}
			return nil
		},
	}
}

func (c *command) secretForget() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "forget SOURCE [FIELD]",
		Short: "Take one key, or all of a source, out of the keyring and the encrypted file",
		Args:  fewWords(1, 2, "a source, and a field where only that one is meant"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			done, err := a.ForgetSecrets(book.SourceName(args[0]), args[1:]...)
			if err != nil {
				return err
			}
			for _, name := range done.Left {
				c.note("%s still holds it: take it out of the environment.", name)
			}
			if c.json {
				places := map[string][]secret.Place{}
				maps.Copy(places, done.Places)
				return writeJSON(c.env.Stdout, map[string]any{"forgotten": places})
			}
			for _, field := range slices.Sorted(maps.Keys(done.Places)) {
				var at []string
				for _, p := range done.Places[field] {
					at = append(at, p.Words())
				}
				c.say("%s of %s was %s and is forgotten.", field, args[0], strings.Join(at, " and "))
			}
			if len(done.Places) == 0 {
				c.say("Nothing was kept for %s.", strings.Join(args, " "))
			}
			return nil
		},
	}
	cmd.ValidArgsFunction = c.completeSecret
	return cmd
}

// fewWords checks how many words stand beside the flags.
func fewWords(least, most int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usageError{errors.New("name " + what)}
		}
		return nil
	}
}

// completeSecret offers sources, then the fields of the one that was named.
func (c *command) completeSecret(_ *cobra.Command, args []string, _ string) ([]string,
	cobra.ShellCompDirective) {
	config, err := app.LoadConfig(app.ConfigPath(app.Options{Dir: c.data, Config: c.config}))
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	switch len(args) {
	case 0:
		return sourceNames(config), cobra.ShellCompDirectiveNoFileComp
	case 1:
		return config.SecretFields(book.SourceName(args[0])), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// askPassphrase asks for the passphrase of the encrypted file; nil where nobody can be asked.
func (c *command) askPassphrase() func(fresh bool) (string, error) {
	if c.env.AskSecret == nil {
		return nil
	}
	return func(fresh bool) (string, error) {
		if !fresh {
			return c.env.AskSecret("Passphrase of the encrypted file of keys: ")
		}
		fmt.Fprintln(c.env.Stderr, "This computer's keyring cannot be used, so keys go into an encrypted file.")
		first, err := c.env.AskSecret("A new passphrase for it: ")
		if err != nil {
			return "", err
		}
		again, err := c.env.AskSecret("The same again: ")
		if err == nil && first != again {
			err = errors.New("the two passphrases differ; nothing was kept")
		}
		return first, err
	}
}

// askSecret asks on the terminal without showing what is typed; nil where stdin is none.
func askSecret() func(prompt string) (string, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return nil
	}
	return func(prompt string) (string, error) {
		fmt.Fprint(os.Stderr, prompt)
		text, err := term.ReadPassword(in)
		fmt.Fprintln(os.Stderr)
		return string(text), err
	}
}
