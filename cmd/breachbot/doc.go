// Breachbot runs a personal-data-breach incident inside Slack, from the first
// worried message to the signed-off review.
//
// # Libraries
//
// Besides the standard one: slack-go (Slack), gorilla/websocket (its dialer needs
// a larger buffer; the sandbox's sockets), pgx and modernc.org/sqlite (stores),
// goose (migrations), go-redis and redsync (lock and shared limits),
// rickar/cal (bank holidays, for the severities' targets only), robfig/cron
// (ticks), cenkalti/backoff (retries), x/sync, go-envconfig,
// prometheus/client_golang. For tests go-cmp and goleak, chromedp (the page in a
// real Chromium), and from npm @slack/bolt and @slack/web-api, which must run
// against the sandbox unchanged, @slack/types with typescript, which must accept
// everything that people are shown, and axe-core.
//
// # Figures
//
// make bench prints them, each against a bare slack-go bot that opens the same
// form, acknowledges and keeps nothing, on the same kind of workspace in the same
// run; those of the page against a bare page that waits for a line and adds it.
// One run on two cores, on a slow day, so read the ratios:
//
//	/breach to the open form, one at a time: 2.7 ms; against 2.5 ms, ratio 1.05; target at most 1.2
//	the same, 20 at a time: 31.9 ms; against 29.7 ms, ratio 1.07; target at most 1.2
//	report sent, on disk, answered (SQLite, synchronous=FULL): 6.9 ms; against 3.1 ms, 3.8 ms more; target at most 5 ms more
//	Slack calls from a report to a ready channel and the reporter's message, besides invitations: 6; target at most 6
//	a message of the bot, from being posted to being drawn in Chromium: 28 ms; against 6 ms, ratio 4.4; target at most 200 ms
//	the same after 2,000 messages, of which the page shows the last 100: 51 ms; against 6 ms, ratio 8.0; target at most 200 ms
//	starting demo to its first page: 66 ms; target at most 1 s
//	start to serving, fresh store: 90 ms; against breachbot version 32 ms, ratio 2.8; target at most 60 ms, missed on this day (14 ms on a better one)
//	the same, existing store: 59 ms; against 32 ms, ratio 1.8; target at most 60 ms
//	idle memory: 26 MiB; target under 40 MiB
//	stripped binary: 36.4 MB; target under 35 MB, missed since the whole response is in it
//	a tick with nothing due at 100,000 open incidents, SQLite: 18 µs; against 19 µs at 1,000, ratio 0.96; target at most 1.5
//	the same, PostgreSQL: 168 µs; against 178 µs at 1,000, ratio 0.94; target at most 1.5
package main
