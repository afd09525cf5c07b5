package cli

import (
	"github.com/spf13/cobra"

	"countinghouse/app"
)

// completeWith makes the shell offer words for flags, by name.
func completeWith(cmd *cobra.Command, words map[string][]string) {
	for flag, list := range words {
		offer(cmd, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return list, cobra.ShellCompDirectiveNoFileComp
		})
	}
}

// completeNames makes the shell offer the names in the configuration for a flag. Where there is no
// configuration that can be read it offers none.
func (c *command) completeNames(cmd *cobra.Command, flag string, names func(app.Config) []string) {
	offer(cmd, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		config, err := app.LoadConfig(app.ConfigPath(app.Options{Dir: c.data, Config: c.config}))
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(config), cobra.ShellCompDirectiveNoFileComp
	})
}

func offer(cmd *cobra.Command, flag string, words cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, words); err != nil {
		panic("cli: completion of a flag that is not there: " + err.Error())
	}
}

func sourceNames(c app.Config) []string {
	var out []string
	for _, s := range c.Sources {
		out = append(out, string(s.Name))
	}
	return out
}

func accountNames(c app.Config) []string {
	var out []string
	for _, a := range c.Accounts {
		out = append(out, string(a.Name))
	}
	return out
}
