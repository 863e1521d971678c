package sandbox

import (
	"encoding/base64"
	"time"
)

// cursorLife is how long a cursor stays valid, in workspace time. Slack says only that cursors expire.
const cursorLife = 10 * time.Minute

// cursor remembers where a listing stopped. It belongs to its method and is only valid for a while.
type cursor struct {
	method string
	rest   []any
	until  time.Time
}

// page cuts a listing. Pages may be shorter than asked for although more follows, as at Slack (Slack: Pagination):
// here every page but the last holds four fifths of the limit. limit 0 takes fallback; above most it is refused.
func (c *call) page(method string, all []any, fallback, most int) (page []any, next string, err error) {
	limit, ok := c.args.int("limit")
	if !ok || limit < 0 || limit > most {
		return nil, "", fail("invalid_limit")
	}
	if limit == 0 {
		limit = fallback
	}
	if limit == 0 {
		limit = most
		if len(all) > most/2 {
			return nil, "", fail("limit_required")
		}
	}
	if key := c.args.str("cursor"); key != "" {
		at := c.ws.cursors[key]
		if at == nil || at.method != method || c.ws.clock.now().After(at.until) {
			return nil, "", fail("invalid_cursor")
		}
		all = at.rest
	}
	if len(all) <= limit {
		return orEmpty(all), "", nil
	}
	cut := max(1, limit*4/5)
	next = base64.StdEncoding.EncodeToString([]byte("next:" + randomHex(8)))
	c.ws.cursors[next] = &cursor{method: method, rest: all[cut:], until: c.ws.clock.now().Add(cursorLife)}
	return all[:cut], next, nil
}
