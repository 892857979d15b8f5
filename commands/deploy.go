package commands

import "github.com/spf13/cobra"

// deploy is the group of commands around deployment records.
func (a *app) deploy() *cobra.Command {
	return group("deploy", "Record package deployments, and keep track of what was recorded",
		a.deployRecord(), a.deployPending(), a.deployFlush(), a.deploySettle(), a.deployHistory())
}
