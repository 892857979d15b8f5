package commands

import "github.com/spf13/cobra"

// feed is the group of commands around feeds.
func (a *app) feed() *cobra.Command {
	return group("feed", "Fetch packages from feeds", a.feedGet())
}
