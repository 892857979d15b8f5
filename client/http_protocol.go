package client

import (
	"bytes"
	"encoding/binary"
)

// speaksTLS is what otherProtocolOf calls a server that requires https.
const speaksTLS = "TLS"

// otherProtocolOf names the protocol whose first words are said, or "" if they are HTTP's or
// unknown. A server that speaks another protocol has read nothing of a request that it could store.
func otherProtocolOf(said []byte) string {
	if isTLSAlert(said) {
		return speaksTLS
	}
	if isHTTP2Frame(said) {
		return "HTTP/2 only"
	}
	for _, greeting := range []struct{ words, name string }{
		{"SSH-", "SSH"},
		{"220 ", "SMTP or FTP"}, {"220-", "SMTP or FTP"}, {"421 ", "SMTP or FTP"}, {"554 ", "SMTP or FTP"},
		{"+OK ", "POP3"}, {"* OK", "IMAP"}, {"* BYE", "IMAP"},
		{"-ERR", "Redis or POP3"}, {"-DENIED", "Redis"}, {"-NOAUTH", "Redis"},
		{"ERROR\r\nERROR", "memcached"},
		{"RFB 00", "VNC"}, {"AMQP", "AMQP"}, {"@RSYNCD:", "rsync"}, {"RTSP/", "RTSP"}, {"SIP/2.0", "SIP"},
		{"<?xml version='1.0'?><stream:", "XMPP"},
	} {
		if bytes.HasPrefix(said, []byte(greeting.words)) {
			return greeting.name
		}
	}
	if isMySQLGreeting(said) {
		return "MySQL"
	}
	return ""
}

// isTLSAlert recognizes the alert by which a TLS server refuses what is not TLS (RFC 8446 sections
// 5.1 and 6). It sends no other record before it was greeted: what only begins like one may follow
// a request that was carried out.
func isTLSAlert(said []byte) bool {
	return len(said) >= 7 && said[0] == 0x15 && said[1] == 3 && said[2] <= 4 && said[3] == 0 && said[4] == 2 && (said[5] == 1 || said[5] == 2)
}

// isHTTP2Frame recognizes the first frame of an HTTP/2 server, SETTINGS, or GOAWAY, of the
// connection itself (RFC 9113 sections 4.1 and 6.5).
func isHTTP2Frame(said []byte) bool {
	if len(said) < 9 || binary.BigEndian.Uint32(said[5:9]) != 0 || said[0] != 0 {
		return false
	}
	const settings, goAway = 4, 7
	length := binary.BigEndian.Uint32(said[:4]) >> 8
	return said[3] == settings && length%6 == 0 || said[3] == goAway
}

// isMySQLGreeting recognizes the first packet of a MySQL server: number 0, version 10 of the
// protocol, or an error.
func isMySQLGreeting(said []byte) bool {
	return len(said) >= 5 && said[2] == 0 && said[3] == 0 && (said[4] == 10 || said[4] == 0xff)
}
