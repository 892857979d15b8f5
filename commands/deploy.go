package commands

import "github.com/spf13/cobra"

// deploy is the group of commands around deployment records.
func (a *app) deploy() *cobra.Command {
	return group("deploy", "Record package deployments", a.deployRecord())
}
