package bot

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// A mention in a channel is a push. Messages there name people all the time: who
// decided, who assessed, whose turn it is. Only those whom a message calls are
// mentioned; the others are named in plain words.

// names keeps people's names as Slack gives them, for a few minutes.
type names struct {
	bot   *Bot
	mu    sync.Mutex
	cache map[workflow.UserID]name
}

type name struct {
	at   time.Time
	text string
}

func newNames(b *Bot) *names { return &names{bot: b, cache: map[workflow.UserID]name{}} }

// of is a person's name. It is empty when Slack does not give it just now.
func (n *names) of(ctx context.Context, id workflow.UserID) string {
	now := n.bot.Now()
	n.mu.Lock()
	known, ok := n.cache[id]
	n.mu.Unlock()
	if ok && now.Sub(known.at) < fresh {
		return known.text
	}
	user, err := n.bot.people.ask(ctx, n.bot.back, id)
	if err != nil {
		return known.text
	}
	text := user.RealName
	if text == "" {
		text = user.Name
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.cache) >= maxPeople {
		clear(n.cache)
	}
	n.cache[id] = name{now, text}
	return text
}

// mentioned finds mentions of people and groups in the JSON of blocks, in which <
// and > are escaped.
var mentioned = regexp.MustCompile(`\\u003c(?:@([UW][A-Z0-9]+)|!subteam\^(S[A-Z0-9]+))\\u003e`)

// raw is a block that is JSON already.
type raw struct {
	slack.Block
	json json.RawMessage
}

func (r raw) MarshalJSON() ([]byte, error) { return r.json, nil }

// unmentioned is a message to a channel in which only those are mentioned whom it
// calls. Whoever has no name just now stays mentioned: the message matters more than
// the push.
func (b *Bot) unmentioned(ctx context.Context, m view.Message) view.Message {
	m.Blocks = b.unmentionedBlocks(ctx, m.Blocks, m.Calls)
	return m
}

// unmentionedBlocks leaves a container a container, with other blocks in it: where
// Slack does not have containers yet, they are sent without it.
func (b *Bot) unmentionedBlocks(ctx context.Context, blocks []slack.Block, calls []workflow.Principal) []slack.Block {
	out := slices.Clone(blocks)
	for n, block := range blocks {
		if c, is := block.(*slack.ContainerBlock); is {
			inside := *c
			inside.ChildBlocks.BlockSet = b.unmentionedBlocks(ctx, c.ChildBlocks.BlockSet, calls)
			out[n] = &inside
			continue
		}
		plain, err := json.Marshal(block)
		if err != nil || !mentioned.Match(plain) {
			continue
		}
		out[n] = raw{block, mentioned.ReplaceAllFunc(plain, func(found []byte) []byte {
			parts := mentioned.FindSubmatch(found)
			who := workflow.Principal(string(parts[1]) + string(parts[2]))
			if slices.Contains(calls, who) {
				return found
			}
			words := ""
			if who.IsGroup() {
				words = b.rolesOf(who)
			} else {
				words = b.names.of(ctx, workflow.UserID(who))
			}
			if words == "" {
				return found
			}
			quoted, err := json.Marshal(slackutilsx.EscapeMessage(words))
			if err != nil {
				return found
			}
			return quoted[1 : len(quoted)-1]
		})}
	}
	return out
}

// rolesOf names a group by the roles it holds.
func (b *Bot) rolesOf(group workflow.Principal) string {
	var roles []string
	for role, who := range b.rules.Roster {
		if slices.Contains(who, group) {
			roles = append(roles, "the "+role.Short())
		}
	}
	slices.Sort(roles)
	return strings.Join(roles, ", ")
}
