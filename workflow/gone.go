package workflow

import (
	"slices"
	"time"
)

// A message may be gone: deleted, kept no longer than the workspace keeps messages, or
// too old to be changed. It is never tried for ever. A card is posted anew, and so is a
// request while somebody still has to answer it; any other is left as it is.

// MessageGone records that a message cannot be brought up to date any more. Task is
// the delivery that found it, Of the message.
type MessageGone struct {
	Task   TaskKey `json:"task"`
	Of     TaskKey `json:"of"`
	Places []Place `json:"places"`
	Code   string  `json:"code"` // Slack's
}

func (MessageGone) Kind() string { return "message_gone" }

func (e MessageGone) task() TaskKey { return e.Task }
func (MessageGone) fate() fate      { return carriedOut }
func (e MessageGone) trace() Act    { return Act{Task: e.Of, Code: e.Code} }
func (e MessageGone) filed() Event  { return e }

func (e MessageGone) known(i *Incident) bool {
	if e.Of.Kind() == KindCard {
		return i.Card.Nth > e.Of.nth() || i.Card.TS != "" && !slices.Contains(e.Places, i.Card.Place)
	}
	return !slices.ContainsFunc(e.Places, func(at Place) bool { return slices.Contains(i.Posts[e.Of].Places, at) })
}

func (k TaskKey) nth() int { s, _ := k.Subject(); return s.Nth }

func (i *Incident) foldGone(r Record, e MessageGone) {
	if e.Of.Kind() == KindCard {
		i.Card = Card{Nth: i.Card.Nth + 1, At: i.Card.At}
		return
	}
	post, sent := i.Posts[e.Of]
	if !sent {
		return
	}
	post.Places = slices.DeleteFunc(slices.Clone(post.Places), func(at Place) bool { return slices.Contains(e.Places, at) })
	post.Gone = slices.Concat(post.Gone, e.Places)
	i.Posts = with(i.Posts, e.Of, post)
}

// gone tells whether a message was sent and is nowhere any more.
func (p Post) gone() bool { return len(p.Places) == 0 && len(p.Gone) > 0 }

// anewAfter is how long after a message that is gone the next one is posted: a
// workspace in which messages cannot be changed for long is not flooded. Product rule.
const anewAfter = time.Hour

// ask is the request to be sent to somebody because of an event: the first or, if that
// is gone, another. It is due at the time given, or later if the last is not old yet.
func (p *planner) ask(about int, to Target, due time.Time) (Subject, time.Time) {
	s := Subject{Kind: KindAsk, About: about, To: to}
	for {
		post, sent := p.inc.Posts[s.Key()]
		if !sent || !post.gone() {
			return s, due
		}
		s.Nth++
		due = post.At.Add(anewAfter)
	}
}
