package commands

import "github.com/spf13/cobra"

// promotions is the group of commands around promotions.
func (a *app) promotions() *cobra.Command {
	return group("promotions", "Query promotions of packages between feeds",
		a.promotionsList(), a.promotionsCheck(), a.promotionsMatrix())
}
