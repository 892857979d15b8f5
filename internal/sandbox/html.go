package sandbox

import (
	"html"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// document collects a page. Everything but the marks below is escaped when it is added: what a page
// shows came from requests. It is written by hand because html/template adds 3 MB to the binary.
type document struct {
	strings.Builder
	base string
}

// cell is a piece of finished HTML.
type cell string

// plain is, besides links, the only function that makes a cell of text, so all text is escaped.
func plain(text string) cell { return cell(html.EscapeString(text)) }

// length is about how many bytes of text a reader sees: tags don't count.
func (c cell) length() int {
	n := 0
	for rest := string(c); rest != ""; {
		text, tag, _ := strings.Cut(rest, "<")
		n += len(text)
		_, rest, _ = strings.Cut(tag, ">")
	}
	return n
}

func number(n int) cell { return cell(strconv.Itoa(n)) }

// shortCell is the length up to which a cell stays on one line.
const shortCell = 24

// stamp writes a time as ProGet's pages do, to the second and in UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// pagePolicy forbids everything but the style on the page itself.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'"

const pageStyle = `:root{color-scheme:light dark;--line:#d5d9de;--soft:#5b6470;--link:#0b62c4;--head:#f3f5f7}
@media(prefers-color-scheme:dark){:root{--line:#3a4048;--soft:#9aa4b0;--link:#7db7ff;--head:#22262b}body{background:#15181b;color:#e6e9ec}}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:80rem}
header{border-bottom:1px solid var(--line);padding-bottom:.5rem}header a{font-weight:600;text-decoration:none}
h1{font-size:1.5rem;margin:1rem 0 .25rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:1.75rem 0 .5rem}
p{margin:.25rem 0;color:var(--soft);overflow-wrap:anywhere}a{color:var(--link)}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{padding:.45rem .6rem;text-align:left;vertical-align:top}
td{min-width:14rem;max-width:28rem;overflow-wrap:break-word}td.n{white-space:nowrap;min-width:0;max-width:none}
th{background:var(--head);white-space:nowrap}tbody td{border-top:1px solid var(--line)}
@media(max-width:30rem){th,td{padding:.4rem .42rem}td{min-width:20rem}}`

// siteName is the name of the server on its pages.
const siteName = "ProGet sandbox"

// document begins a page. Without the viewport element, a phone would show it at the width of a
// desktop.
func (s pages) document(title string) *document {
	d := &document{base: s.opts.BasePath}
	d.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
	d.WriteString(html.EscapeString(title))
	if title != siteName {
		d.WriteString(" - " + siteName)
	}
	d.WriteString("</title><style>" + pageStyle + "</style></head><body>")
	if title != siteName { // which is the first page, and has its name once
		d.WriteString("<header>" + string(d.link(siteName)) + "</header>")
	}
	d.WriteString("<main><h1>" + html.EscapeString(title) + "</h1>")
	return d
}

func (d *document) heading(text string) { d.WriteString("<h2>" + html.EscapeString(text) + "</h2>") }

func (d *document) paragraph(text string) { d.WriteString("<p>" + html.EscapeString(text) + "</p>") }

func (d *document) crumb(c cell) { d.WriteString("<p>Feed " + string(c) + "</p>") }

// link leads to a page of the server, given by the segments of its path.
func (d *document) link(text string, segments ...string) cell {
	var path strings.Builder
	path.WriteString(d.base + "/")
	for i, segment := range segments {
		if i > 0 {
			path.WriteString("/")
		}
		path.WriteString(url.PathEscape(segment))
	}
	return cell(`<a href="` + html.EscapeString(path.String()) + `">` + html.EscapeString(text) + "</a>")
}

// versionLink writes each part of a group as a segment of its own, which is how page reads it.
func (d *document) versionLink(key pageKey, text string) cell {
	segments := []string{"feeds", key.feed}
	if key.group != "" {
		segments = append(segments, strings.Split(key.group, "/")...)
	}
	return d.link(text, append(segments, key.name, key.version)...)
}

// table writes the rows that fill passes to its argument, up to maxRows, and says how many it
// omitted.
func (d *document) table(header []string, fill func(row func(...cell))) {
	rows := 0
	var body strings.Builder
	fill(func(cells ...cell) {
		rows++
		if rows > maxRows {
			return
		}
		body.WriteString("<tr>")
		for i, c := range cells {
			// Names, versions and targets come first and read badly when broken; so do dates and
			// other short texts.
			if i < 2 || c.length() <= shortCell {
				body.WriteString(`<td class="n">` + string(c) + "</td>")
			} else {
				body.WriteString("<td>" + string(c) + "</td>")
			}
		}
		body.WriteString("</tr>\n")
	})
	if rows == 0 {
		d.paragraph("None.")
		return
	}
	d.WriteString(`<div class="scroll"><table><thead><tr>`)
	for _, name := range header {
		d.WriteString("<th>" + html.EscapeString(name) + "</th>")
	}
	d.WriteString("</tr></thead><tbody>\n" + body.String() + "</tbody></table></div>")
	if rows > maxRows {
		d.paragraph("And " + strconv.Itoa(rows-maxRows) + " more.")
	}
}

// deployments lists records, newest first, with the package if the page is not about one.
func (d *document) deployments(list []Deployment, withPackage bool) {
	header := []string{"Target", "Date", "Application", "Description", "User", "Recorded by"}
	if withPackage {
		header = append([]string{"Package"}, header...)
	}
	d.table(header, func(row func(...cell)) {
		for i := len(list) - 1; i >= 0; i-- {
			item := list[i]
			cells := []cell{
				plain(item.Target), plain(stamp(item.Date)), d.application(item), plain(item.Description),
				plain(item.UserName), plain(viaText(item.Via)),
			}
			if withPackage {
				key := item.key()
				name := fullName(key.group, key.name) + " " + key.version
				cells = append([]cell{d.versionLink(key, name)}, cells...)
			}
			row(cells...)
		}
	})
}

// application is a link only if the record has a web address: javascript: is an address, too.
func (d *document) application(item Deployment) cell {
	address, err := url.Parse(item.URL)
	if err != nil || address.Scheme != "http" && address.Scheme != "https" {
		return plain(item.Application)
	}
	return cell(`<a rel="noreferrer" href="` + html.EscapeString(address.String()) + `">` +
		html.EscapeString(item.Application) + "</a>")
}

// viaText says how a deployment was recorded.
func viaText(via string) string {
	if via == ViaGet {
		return "download"
	}
	return "API"
}

// send closes the page and answers with it.
func (d *document) send(x *exchange, status int) {
	d.WriteString("</main></body></html>\n")
	x.Header().Set("Content-Security-Policy", pagePolicy)
	x.Header().Set("X-Content-Type-Options", "nosniff")
	x.send(status, "text/html; charset=utf-8", []byte(d.String()))
}
