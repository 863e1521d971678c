package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/redis/go-redis/v9"

	"breachbot/bot"
	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/sqlite"
)

// cause is one reason why a server or an address cannot be used, in words that
// an administrator can act on.
type cause struct {
	is    func(error) bool
	words string
}

// causes are in the order they are looked for: the first that fits is said.
var causes = []cause{
	{noSuchHost, "there is no such host"},
	{as[*net.DNSError], "the name of the host could not be looked up"},
	{code(syscall.ECONNREFUSED), "nothing listens there (connection refused)"},
	{code(syscall.EADDRINUSE), "it is taken by another program, or by another breachbot"},
	{code(syscall.EADDRNOTAVAIL), "this machine does not have that address"},
	{code(syscall.EACCES, syscall.EPERM), "this user may not do that here"},
	{code(syscall.ENOENT), "there is none"},
	{code(syscall.EISDIR), "it is a folder"},
	{code(syscall.EHOSTUNREACH, syscall.ENETUNREACH), "there is no way to that host from here"},
	{as[*tls.CertificateVerificationError], "its certificate is not trusted here"},
	{as[tls.RecordHeaderError], "it does not speak TLS"},
	{sqlState("28"), "it refuses this account or password"},
	{sqlState("3D000"), "it has no database of this name"},
	{sqlState("57P03"), "it is starting up or shutting down"},
	{sqlState("53300"), "it has too many connections"},
	{sqlState("42501"), "this account may not do that"},
	{said("NOAUTH", "WRONGPASS", "ERR invalid password", "ERR AUTH"), "it refuses this password, or wants one"},
	{said("NOPERM"), "this account may not do that"},
	{said("READONLY"), "it is a replica that takes no changes"},
	{said("LOADING"), "it is starting up"},
	{is(sqlite.ErrInUse), "another breachbot uses it; one process at a time, or set DATABASE_URL"},
	{is(postgres.ErrReadOnly), "it takes no changes: it is read-only, perhaps a standby"},
	{ended, "it ends the connection; is this the right port?"},
	{timedOut, "it does not answer in time"},
}

// because says why something cannot be used. It repeats nothing of the error
// itself, which may hold an address with a password in it, except what is known
// to be safe: a word about the schema, or Slack's code.
func because(err error) string {
	for _, c := range causes {
		if c.is(err) {
			return c.words
		}
	}
	var newer *store.NewerSchema
	var older *store.OlderSchema
	var refused *bot.Failure
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &newer):
		return newer.Error()
	case errors.As(err, &older):
		return older.Error()
	case errors.As(err, &refused):
		if status, ok := strings.CutPrefix(refused.Code(), "http_"); ok {
			return "it answers with HTTP status " + status
		}
		return "Slack says " + refused.Code()
	case errors.As(err, &pg):
		return "it says SQLSTATE " + pg.Code
	}
	return "it does not answer as it should"
}

func is(one error) func(error) bool { return func(err error) bool { return errors.Is(err, one) } }

func as[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

func code(any ...syscall.Errno) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(any, func(e syscall.Errno) bool { return errors.Is(err, e) })
	}
}

// sqlState finds PostgreSQL's codes that begin so (its appendix A).
func sqlState(prefix string) func(error) bool {
	return func(err error) bool {
		pg, ok := errors.AsType[*pgconn.PgError](err)
		return ok && strings.HasPrefix(pg.Code, prefix)
	}
}

// said finds Redis's codes, with which its answers begin.
func said(any ...string) func(error) bool {
	return func(err error) bool {
		answer, ok := errors.AsType[redis.Error](err)
		return ok && slices.ContainsFunc(any, func(code string) bool { return strings.HasPrefix(answer.Error(), code) })
	}
}

func noSuchHost(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

// ended is a server that hung up instead of answering.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func timedOut(err error) bool {
	network, ok := errors.AsType[net.Error](err)
	return ok && network.Timeout() || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}

// hostOf is the host and port of an address, without account, password or
// anything else.
func hostOf(address Secret) string {
	u, err := url.Parse(address.Reveal())
	switch {
	case err != nil:
		return "the host of that address"
	case u.Host != "":
		return u.Host
	case u.Query().Get("host") != "": // PostgreSQL takes it there as well
		return u.Query().Get("host")
	}
	return u.Path // a socket
}

// slackHost is where Slack is looked for.
func (c Config) slackHost() string {
	if c.SlackAPIURL == "" {
		return "slack.com"
	}
	u, err := url.Parse(c.SlackAPIURL)
	if err != nil {
		return "the host of SLACK_API_URL"
	}
	return u.Host
}
