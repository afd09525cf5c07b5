package app

import (
	"context"
	"fmt"
	"strings"

	"countinghouse/app/book"
)

// SetWatch makes an account watch a folder for statements, "" for none. backup is as of EditConfig.
func (a *App) SetWatch(ctx context.Context, name book.AccountName, folder string) (backup string,
	err error) {
	return a.change(ctx, func(c *Config) error {
		for i := range c.Accounts {
			if c.Accounts[i].Name == name {
				c.Accounts[i].Watch = strings.TrimSpace(folder)
				return nil
			}
		}
		return fmt.Errorf("there is no account %q in %s", name, ConfigName)
	})
}
