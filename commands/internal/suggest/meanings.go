package suggest

import "strings"

// flagMeanings are words that users of gh, kubectl, curl, jf and pgutil would write, with the flags
// that mean the same here: the first that the command has, or those joined by a comma if it may
// mean either. What follows an = is a value.
func flagMeanings() map[string]string {
	return map[string]string{
		// Where to.
		"server": "url source", "host": "url source", "endpoint": "url source", "base-url": "url source", "address": "url source addr",
		"url": "source", "profile": "source", "context": "source", "s": "source", "port": "addr", "listen": "addr",
		// Who.
		"token": "api-key", "key": "api-key", "apikey": "api-key", "auth-token": "api-key", "access-token": "api-key", "pat": "api-key", "X": "api-key",
		"token-file": "api-key-file", "key-file": "api-key-file", "password-stdin": "api-key-file=-", "with-token": "api-key-file=-", "api-key-stdin": "api-key-file=-",
		"user": "deployment-user username", "u": "deployment-user username", "author": "deployment-user", "by": "deployment-user", "login": "username",
		"pass": "password", "k": "insecure", "insecure-skip-tls-verify": "insecure", "insecure-tls": "insecure", "no-check-certificate": "insecure", "no-verify-ssl": "insecure", "skip-tls-verify": "insecure",
		"cacert": "ca-cert", "certificate-authority": "ca-cert", "cert": "client-cert", "client-certificate": "client-cert",
		// What.
		"name": "package application", "pkg": "package", "p": "package,password", "packageName": "package", "package-name": "package", "artifact": "package", "id": "package", "purl": "package",
		"ver": "version", "tag": "version", "package-version": "version", "v": "version,debug", "scope": "group", "namespace": "group", "groupId": "group", "g": "group",
		"feed-name": "feed to-feed", "repo": "feed to-feed", "repository": "feed to-feed", "registry": "feed to-feed", "R": "feed to-feed",
		"from": "from-feed,since", "to": "to-feed,until", "source-feed": "from-feed", "target-feed": "to-feed", "dest-feed": "to-feed", "feeds": "stages to-feed", "stage": "stages to-feed", "package-type": "type", "feed-type": "type",
		// A deployment.
		"env": "target deployment-target", "environment": "target deployment-target", "e": "target deployment-target", "t": "target deployment-target", "machine": "target deployment-target", "node": "target deployment-target", "targets": "target",
		"app": "application deployment-application", "a": "application deployment-application", "project": "application deployment-application", "service": "application deployment-application",
		"message": "description deployment-description", "m": "description deployment-description", "comment": "description deployment-description", "comments": "description deployment-description", "notes": "description deployment-description", "d": "description deployment-description", "desc": "description deployment-description",
		"link": "deployment-url", "run-url": "deployment-url", "timestamp": "date deployment-date", "when": "date deployment-date", "time": "date deployment-date", "at": "date deployment-date",
		// Files and output.
		"f": "input-file output-file", "file": "input-file output-file", "from-file": "input-file", "input": "input-file", "i": "input-file", "data": "input-file", "in": "input-file",
		"out": "output-file output", "outfile": "output-file", "output-dir": "output-file", "destination": "output-file", "dest": "output-file", "dir": "output-file packages", "D": "output-file", "clobber": "force", "overwrite": "force", "y": "force", "yes": "force", "replace": "force",
		"format": "output", "yaml": "output=json", "raw": "jq", "template": "jq", "query": "jq", "q": "quiet", "silent": "quiet", "no-progress": "quiet", "verbose": "debug", "trace": "debug", "vv": "debug", "w": "output=wide",
		"sha256": "checksum", "sha512": "checksum", "sha1": "checksum", "md5": "checksum", "hash": "checksum", "digest": "checksum", "no-verify": "verify=off",
		// Lists.
		"n": "limit dry-run", "L": "limit", "top": "limit", "count": "limit", "max": "limit", "max-results": "limit", "after": "since", "start": "since", "before": "until", "end": "until",
		"newest": "latest", "last": "latest", "order": "sort", "sort-by": "sort", "order-by": "sort", "state": "status",
		// How.
		"dryrun": "dry-run", "whatif": "dry-run", "noop": "dry-run", "plan": "dry-run", "jobs": "parallel", "j": "parallel", "concurrency": "parallel", "threads": "parallel", "workers": "parallel",
		"retry": "retries", "max-time": "timeout", "wait-timeout": "wait", "connect-timeout": "timeout", "idempotent": "once", "ignore-errors": "on-failure=warn", "allow-failure": "on-failure=warn", "async": "on-failure=queue", "db": "ledger", "database": "ledger",
	}
}

// propertyMeanings are names that people give the columns of a list of deployments, in small
// letters alone, with the properties that mean the same.
func propertyMeanings() map[string]string {
	means := map[string]string{}
	for property, names := range map[string]string{
		"PackageName": "name pkg artifact component module packageid",
		"Version":     "tag release packageversion",
		"GroupName":   "scope namespace org organization",
		"FeedName":    "repo repository registry source packagefeed",
		"Application": "project service system product deployedwith",
		"Description": "message comment comments notes summary title",
		"Target":      "server servername host hostname machine node env environment computer computername destination deployedto",
		"UserName":    "by author actor deployer deployedby deploymentuser",
		"Url":         "link uri page runurl buildurl deploymenturl",
		"Date":        "time timestamp when deployedat deployedon deploymentdate created madeat",
		"Purl":        "packageurl",
	} {
		for name := range strings.FieldsSeq(names) {
			means[name] = property
		}
	}
	return means
}
