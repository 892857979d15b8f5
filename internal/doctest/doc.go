// Package doctest holds no program: its tests run the commands of the documentation. That is every
// shell and PowerShell example in README.md and docs, the recipes for CI systems with the variables
// that such a system sets, and the scripts in action.yml and in the template for GitLab. They check
// the links between the pages too, and the manifests of a release that .ci/release has made.
package doctest
