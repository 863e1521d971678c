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
	"breachbot/workflow"
)

// trouble is what a check found wrong, in plain words that go together with the
// name of the check: why, and what cures it. Anyone who can reach the address of
// health can read it, so it holds nothing secret and nothing personal.
type trouble struct {
	cause string
	cure  string // empty when the cause says it
}

// Error is both, for a log line or a terminal.
func (t *trouble) Error() string {
	if t.cure == "" {
		return t.cause
	}
	if strings.HasSuffix(t.cause, "?") {
		return t.cause + " To put it right: " + t.cure
	}
	return t.cause + ". To put it right: " + t.cure
}

// troubleWith explains an error over something outside the program: what could not
// be done, and the variable that names it.
func troubleWith(variable, what string, err error) *trouble {
	return &trouble{what + ": " + because(err), cureOf(err, variable)}
}

// cause is one reason why a server or an address cannot be used, in words that
// an administrator can act on.
type cause struct {
	is    func(error) bool
	words string // empty: the error's own, as because gives them
	cure  string // what to do; %s stands for the variable that names the server
	// passes says that it may end without anybody changing a setting of the bot, so
	// that the start waits for it.
	passes bool
}

// causes are in the order they are looked for: the first that fits is said.
var causes = []cause{
	{noSuchHost, "there is no such host", "correct the host in %s, or its entry in the DNS", true},
	{as[*net.DNSError], "the name of the host could not be looked up", "look at the DNS of this machine", true},
	{code(syscall.ECONNREFUSED), "nothing listens there (connection refused)", "start it, or correct its address in %s", true},
	{code(syscall.EADDRINUSE), "it is taken by another program, or by another breachbot", "end that one, or put another port into %s", false},
	{code(syscall.EADDRNOTAVAIL), "this machine does not have that address", "put an address of this machine into %s", false},
	{code(syscall.EROFS), "its file system takes no changes", "mount it for writing, or put another folder into %s", false},
	{code(syscall.ENOSPC, syscall.EDQUOT), "its disk is full", "free space on it", true},
	{code(syscall.ENOTDIR), "it is not a folder", "put a folder into %s", false},
	{code(syscall.EACCES, syscall.EPERM), "this user may not do that here", "give the user that runs breachbot the right to, or put another place into %s", false},
	{code(syscall.ENOENT), "there is none", "make it, or correct its name in %s", false},
	{code(syscall.EISDIR), "it is a folder", "name a file in %s", false},
	{code(syscall.EHOSTUNREACH, syscall.ENETUNREACH), "there is no way to that host from here", "look at the network and its firewalls", true},
	{as[*tls.CertificateVerificationError], "its certificate is not trusted here", "renew it, or name the authority that signed it and restart (%s)", true},
	{as[tls.RecordHeaderError], "it does not speak TLS", "correct the port or the kind of address in %s", false},
	{sqlState("28"), "it refuses this account or password", "correct the account in %s", false},
	{sqlState("3D000"), "it has no database of this name", "make the database, or correct its name in %s", false},
	{sqlState("57P03"), "it is starting up or shutting down", "wait; if it lasts, look at its log", true},
	{sqlState("53300"), "it has too many connections", "allow it more, or give each breachbot fewer with pool_max_conns in %s", true},
	{sqlState("53100"), "its disk is full", "free space on the database's disk", true},
	{sqlState("42501"), "this account may not do that", "make this account the owner of the database and its tables", false},
	{said("NOAUTH", "WRONGPASS", "ERR invalid password", "ERR AUTH"), "it refuses this password, or wants one", "correct the account or password in %s", false},
	{said("NOPERM"), "this account may not do that", "give the account in %s all keys that begin with breachbot: and the commands that the README lists", false},
	{said("READONLY"), "it is a replica that takes no changes", "put the address of the primary into %s", true},
	{said("OOM"), "its memory is full, so it takes no changes", "raise its maxmemory, or give breachbot a Redis of its own", true},
	{said("NOREPLICAS"), "too few of its replicas are there, so it takes no changes", "bring the replicas back, or lower its min-replicas-to-write", true},
	{said("MISCONF"), "it could not save to its disk, so it takes no changes", "free its disk, or look at its log", true},
	{said("MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"), "it is without its primary", "look at its log; it may be failing over", true},
	{said("LOADING", "BUSY"), "it is starting up, or busy with a script", "wait; if it lasts, look at its log", true},
	{is(sqlite.ErrInUse), "another breachbot uses it; one process at a time, or set DATABASE_URL", "end the other one", true},
	{is(sqlite.ErrLocked), "another program keeps the file locked", "end that one; it may be a backup program", true},
	{is(sqlite.ErrEmpty), "it is an empty file, so the register that was there is missing", "put the newest backup in its place; delete it only if there has never been a register here", false},
	{is(sqlite.ErrOnlyLog), "the file is gone, and only its log is there", "put the file back beside its log; to begin anew, or before a backup is put there, move the log away", false},
	{is(sqlite.ErrForeign), "it is not a database of breachbot", "correct %s, or put the newest backup in its place", false},
	{is(sqlite.ErrLogUnread), "part of it is in its log, which cannot be read where nothing may be written", "copy breachbot.db together with breachbot.db-wal into a folder that may be written to", false},
	{is(sqlite.ErrFull), "its disk is full", "free space on it", true},
	{is(sqlite.ErrReadOnly), "the file or its folder may not be written to", "give both to the user that runs breachbot, or put another folder into %s", false},
	{is(sqlite.ErrDisk), "the disk does not take it: it fails, or a limit is reached", "look at the disk, its quota and the log of the system", true},
	{is(sqlite.ErrDamaged), "the file is damaged", "stop, keep a copy of it, put the newest backup in its place and run breachbot verify", false},
	{is(postgres.ErrEncoding), "its encoding is not UTF8, so it cannot hold every letter that people type", "make another (createdb --encoding=UTF8 --template=template0 breachbot) and put it into %s", false},
	{is(postgres.ErrReadOnly), readOnlyWords, readOnlyCure, true},
	{sqlState("25006"), readOnlyWords, readOnlyCure, true},
	{slackSays("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"), "", "put the app's present token into %s and restart", false},
	{slackSays("app_uninstalled"), "the app was removed from the workspace (app_uninstalled)", "install it again, put its token into SLACK_BOT_TOKEN and restart", false},
	{slackSays("not_allowed_token_type"), "", "put the other kind of token into %s and restart", false},
	{slackSays("missing_scope", "no_permission"), "", "give the app the scopes that breachbot manifest prints, and SLACK_APP_TOKEN the scope connections:write, and install it again", false},
	{slackSays("access_denied", "ekm_access_denied", "enterprise_is_restricted", "forbidden_team", "team_access_not_granted", "org_login_required"), "", "have an administrator of Slack allow the app", true},
	{slackSays("link_disabled", "socket_mode_disabled"), "Socket Mode is switched off for this app (link_disabled)", "switch it on at api.slack.com/apps, Socket Mode; the bot then connects by itself", true},
	{slackSays("too_many_websockets"), "the app has as many connections as Slack allows, 10 (too_many_websockets)", "end the other processes that use the same tokens; connections that were cut off end by themselves", true},
	{slackSays("ratelimited", "rate_limited"), "", "wait a minute", true},
	{ended, "it ends the connection; is this the right port?", "correct the port in %s, or look at its log", true},
	{timedOut, "it does not answer in time", "look whether it is overloaded, or held up by a lock", true},
}

const (
	readOnlyWords = "it takes no changes: it is read-only, perhaps a standby"
	readOnlyCure  = "put the address of the primary into %s (several hosts with target_session_attrs=read-write find it), or let it take changes again (default_transaction_read_only)"
)

// causeOf is the first cause that fits, if one does.
func causeOf(err error) (cause, bool) {
	n := slices.IndexFunc(causes, func(c cause) bool { return c.is(err) })
	if n < 0 {
		return cause{}, false
	}
	return causes[n], true
}

// because says why something cannot be used. It repeats nothing of the error
// itself, which may hold an address with a password in it, except what is known
// to be safe: a word about the schema, or Slack's code.
func because(err error) string {
	if c, ok := causeOf(err); ok && c.words != "" {
		return c.words
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
	case as[answered](err):
		status, _ := errors.AsType[answered](err)
		return status.Error()
	case errors.As(err, &pg):
		return "it says SQLSTATE " + pg.Code
	}
	return "it does not answer as it should"
}

// cureOf says what puts it right, where the variable names what is at fault. It is
// empty when the cause itself says so.
func cureOf(err error, variable string) string {
	cure := "look at its log, and whether %s is right"
	if c, ok := causeOf(err); ok {
		cure = c.cure
	} else if as[*store.NewerSchema](err) || as[*store.OlderSchema](err) {
		cure = ""
	} else if as[*bot.Failure](err) {
		cure = "look at status.slack.com, and what Slack's documentation says of the code"
	}
	return strings.ReplaceAll(cure, "%s", variable)
}

// passes tells whether it may be put right without touching the bot or its
// settings, so that waiting for it makes sense.
func passes(err error) bool {
	if c, ok := causeOf(err); ok {
		return c.passes
	}
	if f, ok := errors.AsType[*bot.Failure](err); ok {
		return !f.Permanent()
	}
	return errors.Is(err, workflow.ErrUnavailable)
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

// slackSays finds Slack's codes.
func slackSays(any ...string) func(error) bool {
	return func(err error) bool {
		f, ok := errors.AsType[*bot.Failure](err)
		return ok && slices.Contains(any, f.Code())
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
