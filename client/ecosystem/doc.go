// Package ecosystem knows how each packaging ecosystem spells names and groups and orders versions.
package ecosystem
