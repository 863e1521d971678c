package sandbox

import (
	"fmt"
	"regexp"
	"time"
)

// triggerLife is how long a trigger_id is good (Slack: Handling user interaction, modals). Workspace time.
const triggerLife = 3 * time.Second

// trigger lets the app open one modal for one user.
type trigger struct {
	id        string
	user      string
	until     time.Time
	used      bool
	fromModal bool // may push onto that person's stack
}

var triggerShape = regexp.MustCompile(`^\d+\.\d+\.[0-9a-f]{32}$`)

func (ws *Workspace) newTrigger(user string, fromModal bool) *trigger {
	ws.serial++
	t := &trigger{
		id:   fmt.Sprintf("%d.%d.%s", 7000000000000+ws.serial, 4000000000000+ws.serial, randomHex(16)),
		user: user, until: ws.clock.now().Add(triggerLife), fromModal: fromModal,
	}
	if len(ws.triggers) >= keepLogs {
		clear(ws.triggers) // of ancient ones nobody asks any more
	}
	ws.triggers[t.id] = t
	return t
}

// trigger finds a usable trigger; the caller marks it used once it has had its effect.
func (c *call) trigger() (*trigger, error) {
	id := c.args.str("trigger_id")
	if id == "" {
		return nil, failValidation("invalid_arguments", []string{"[ERROR] missing required field: trigger_id"})
	}
	if !triggerShape.MatchString(id) {
		return nil, failValidation("invalid_arguments",
			[]string{"[ERROR] failed to match all allowed schemas [json-pointer:/trigger_id]"})
	}
	t := c.ws.triggers[id]
	switch {
	case t == nil:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case c.ws.clock.now().After(t.until):
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}
