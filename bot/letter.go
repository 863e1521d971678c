package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"breachbot/bot/mail"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// Mailer sends letters. *mail.Server is one.
type Mailer interface {
	// Send returns nil once a letter is on its way. The error is a *mail.Failure, or
	// the context's.
	Send(ctx context.Context, l mail.Letter) error
}

// errNoMail is the code of an e-mail that is owed by earlier settings.
const errNoMail = "mail_settings"

// addressee is one letter's reader: a person, or a group with an address of its own.
type addressee struct {
	who     workflow.Principal
	address string
}

// mail sends by e-mail what Slack did not take. It needs nothing of Slack but, for a
// group without an address of its own, who is in it.
//
// SMTP cannot be asked whether a letter got through. If breachbot ends between the
// server's yes and our record, or the connection breaks before the yes, the letter goes
// again, with the same Message-ID, by which many mail systems drop the second one: a
// double is better than a deadline that nobody heard of.
func (b *Bot) mail(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	t, now := c.Task.Message(), b.Now()
	e := workflow.Mailed{Task: c.Task.Key, Target: c.Task.Target, Deadline: t.Deadline}
	switch t.Kind {
	case workflow.KindNudge:
		e.Milestone, _ = b.rules.Passed(inc, t, now)
	case workflow.KindRemind:
		e.Milestone, _ = b.rules.PassedReminder(inc, t, now)
	}
	letter, known := view.Mail(inc, t, b.rules, now)
	if b.Mailer == nil || !known {
		return nil, refusal(errNoMail)
	}
	to, never, err := b.addressees(ctx, c.Task.Target.Principal())
	if err != nil {
		return nil, err
	}
	e.Never = never
	var failed error
	for _, r := range to {
		if slices.Contains(inc.MailsOf(e.Message().Key()).To, r.who) {
			continue // as one of a group
		}
		err := b.Mailer.Send(ctx, mail.Letter{ID: letterID(inc, e.Message(), r.who), To: r.address, Subject: letter.Subject, Text: letter.Text})
		var f *mail.Failure
		switch {
		case err == nil:
			e.To = append(e.To, r.who)
			b.measures.mails.WithLabelValues("sent").Inc()
			continue
		case !errors.As(err, &f):
			failed = err
		case f.Permanent() && (f.Code() == mail.CodeRecipient || f.Code() == mail.CodeAddress):
			e.Never = put(e.Never, r.who, f.Code())
		default:
			e.Owed = put(e.Owed, r.who, f.Code())
			failed = &Failure{code: f.Code(), permanent: f.Permanent(), err: err}
		}
		b.measures.mails.WithLabelValues("failed").Inc()
	}
	if len(e.To) == 0 && failed != nil {
		return nil, failed
	}
	return e, nil
}

// addressees are those whom an e-mail to somebody goes to, and those who have no
// address.
func (b *Bot) addressees(ctx context.Context, who workflow.Principal) (to []addressee, never map[workflow.Principal]string, err error) {
	people := []workflow.Principal{who}
	if who.IsGroup() && b.Addresses[who] == "" {
		users, err := b.roster.lastKnown(ctx, who)
		if err != nil {
			return nil, nil, asFailure(err)
		}
		people = nil
		for _, u := range users {
			people = append(people, workflow.Principal(u))
		}
	}
	for _, p := range people {
		if address := b.Addresses[p]; address != "" {
			to = append(to, addressee{p, address})
		} else {
			never = put(never, p, workflow.NoAddress)
			b.Log.Warn("no e-mail address is set for somebody whom Slack does not reach", "id", string(p), "variable", "BREACHBOT_MAIL_TO")
		}
	}
	return to, never, nil
}

// letterID names one letter for ever: the incident, what it says and to whom.
func letterID(inc *workflow.Incident, message workflow.Subject, to workflow.Principal) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s\x00%s", inc.ID, inc.Times.Reported.UnixMicro(), message.Key(), to))
	return hex.EncodeToString(sum[:16])
}
