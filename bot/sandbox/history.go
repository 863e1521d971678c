package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// tsTime is the instant a ts names.
func tsTime(ts string) time.Time { return time.UnixMicro(tsMicros(ts)).UTC() }

// tsMicros compares timestamps as numbers: callers also send "0" and whole seconds.
func tsMicros(ts string) int64 {
	var frac int64
	whole, part, _ := strings.Cut(ts, ".")
	sec, _ := strconv.ParseInt(whole, 10, 64)
	if part != "" {
		part = (part + "000000")[:6]
		for _, r := range part {
			frac = frac*10 + int64(r-'0')
		}
	}
	return sec*1_000_000 + frac
}

// maxHistory is the largest limit of conversations.history (Slack: conversations.history).
const maxHistory = 999

func conversationsHistory(c *call) (obj, error) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	var list []any
	for _, m := range slices.Backward(ch.messages) { // newest first
		if (m.threadTS == "" || m.threadTS == m.ts) && c.inRange(m.ts) {
			list = append(list, c.ws.messageJSON(m, c.args.bool("include_all_metadata")))
		}
	}
	page, next, err := c.page("history:"+ch.id, list, 100, maxHistory)
	if err != nil {
		return nil, err
	}
	answer := obj{"messages": page, "has_more": next != "", "pin_count": len(ch.pins)}
	if next != "" {
		answer["response_metadata"] = obj{"next_cursor": next}
	}
	return answer, nil
}

func conversationsReplies(c *call) (obj, error) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	root := ch.find(c.args.str("ts"))
	if root == nil {
		return nil, fail("thread_not_found")
	}
	if root.threadTS != "" && root.threadTS != root.ts { // a reply names its thread
		root = ch.find(root.threadTS)
	}
	if root == nil {
		return nil, fail("thread_not_found")
	}
	full := c.args.bool("include_all_metadata")
	list := []any{c.ws.messageJSON(root, full)}
	for _, m := range ch.replies(root.ts) {
		if c.inRange(m.ts) {
			list = append(list, c.ws.messageJSON(m, full))
		}
	}
	page, next, err := c.page("replies:"+ch.id+root.ts, list, 100, 1000)
	if err != nil {
		return nil, err
	}
	answer := obj{"messages": page, "has_more": next != ""}
	if next != "" {
		answer["response_metadata"] = obj{"next_cursor": next}
	}
	return answer, nil
}

// readable resolves a channel whose history the bot may read.
func (c *call) readable() (*channel, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	if err := c.need(string(ch.kind) + ":history"); err != nil {
		return nil, err
	}
	if !ch.has(c.ws.BotUserID) {
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

func (c *call) inRange(ts string) bool {
	at, inclusive := tsMicros(ts), c.args.bool("inclusive")
	if oldest := c.args.str("oldest"); oldest != "" {
		if o := tsMicros(oldest); at < o || at == o && !inclusive {
			return false
		}
	}
	if latest := c.args.str("latest"); latest != "" {
		if l := tsMicros(latest); at > l || at == l && !inclusive {
			return false
		}
	}
	return true
}
