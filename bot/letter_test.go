package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"breachbot/bot"
	"breachbot/bot/mail"
	"breachbot/bot/mail/mailtest"
	"breachbot/bot/sandbox"
	"breachbot/scheduler"
	"breachbot/workflow"
)

// addresses of the practice. The deputy has none.
var addresses = map[workflow.Principal]string{
	sandbox.Dee: "dpo@brynteg.example", sandbox.Ivy: "ig@brynteg.example", sandbox.Cal: "caldicott@brynteg.example",
	sandbox.Sam: "siro@brynteg.example", sandbox.Rob: "rob@brynteg.example",
}

// withMail is a setting in which what Slack does not take goes through a mail server.
func withMail(post *mailtest.Server, more ...func(*workflow.Rules)) func(*setting) {
	return func(s *setting) {
		before := s.rules
		s.rules = func(r *workflow.Rules) {
			if before != nil {
				before(r)
			}
			for p := range addresses {
				r.Mailable = append(r.Mailable, p)
			}
			for _, m := range more {
				m(r)
			}
		}
		s.options = func(o *bot.Options) {
			o.Addresses = addresses
			o.Mailer = mail.New(mail.Options{
				Host: post.Host, Port: post.Port, Security: mail.StartTLS, User: mailtest.User, Password: mailtest.Password,
				From: "breachbot@brynteg.example", Roots: post.Roots, Timeout: time.Second, Now: o.Now,
			})
		}
	}
}

// passes lets time pass a minute at a time, and carries out what is due.
func (w *world) passes(d time.Duration) {
	w.tb.Helper()
	for range int(d / time.Minute) {
		w.ws.Advance(time.Minute)
		if _, err := w.sched.RunOnce(w.tb.Context()); err != nil {
			w.tb.Fatal(err)
		}
	}
}

// down makes every call of Slack fail.
func (w *world) down() {
	w.ws.Fault(sandbox.Fault{Next: -1, Kind: sandbox.FaultStatus})
}

// lettersTo are the subjects of what went to an address.
func lettersTo(post *mailtest.Server, address string) (all []string) {
	for _, l := range post.Letters() {
		if l.To == address {
			all = append(all, l.Header.Get("Subject"))
		}
	}
	return all
}

// Slack is down from before a milestone until after the next. What the law's clock asks
// goes by e-mail, once to each person; when Slack is back it has each message once, with
// its buttons, and calls nothing missed that went by e-mail.
func TestWhileSlackIsDownTheCountdownGoesByMail(t *testing.T) {
	t.Parallel()
	post := mailtest.Listen(t, mail.StartTLS)
	w := newWorld(t, withMail(post))
	id := w.report()
	w.triage(id)
	w.deliver()
	w.later(47 * time.Hour)
	w.down()
	w.passes(75 * time.Minute) // the milestone of 24 hours, told to the DPO
	if got := lettersTo(post, "dpo@brynteg.example"); !slices.Equal(got, []string{string(id) + ": the clock is running"}) {
		t.Fatalf("the DPO got %q", got)
	}
	letter := post.Letters()[0]
	for _, words := range []string{
		"Incident BR-2026-0001", "Monday 23 November 2026 16:45 GMT (Europe/London), which is Monday 23 November 2026 16:45 UTC",
		"notify the regulator by telephone or their own form", "/breach status BR-2026-0001",
	} {
		if !strings.Contains(letter.Text, words) {
			t.Errorf("the e-mail lacks %q:\n%s", words, letter.Text)
		}
	}
	w.passes(12 * time.Hour) // the one of 12 hours, told to more people
	clock := func(subject string) bool { return strings.HasSuffix(subject, ": the clock is running") }
	if got := slices.DeleteFunc(lettersTo(post, "dpo@brynteg.example"), func(s string) bool { return !clock(s) }); len(got) != 2 {
		t.Errorf("the DPO got %q", got)
	}
	for _, address := range []string{"ig@brynteg.example", "caldicott@brynteg.example"} {
		if got := lettersTo(post, address); len(got) < 1 {
			t.Errorf("%s got nothing", address)
		}
	}
	w.ws.ClearFaults()
	w.recover()
	inc := w.incident(id)
	if len(inc.Stalls) != 0 {
		t.Errorf("stalls %v", inc.Stalls)
	}
	if n := w.count(sandbox.Dee, " left"); n != 1 {
		t.Errorf("Slack has %d reminders for the DPO: %q", n, w.said(sandbox.Dee))
	}
	if n := w.count(sandbox.Dee, "Not sent at the time"); n != 0 {
		t.Errorf("what went by e-mail is called missed: %q", w.said(sandbox.Dee))
	}
	sent := len(post.Letters())
	w.passes(30 * time.Minute)
	if n := len(post.Letters()); n != sent {
		t.Errorf("%d e-mails more once Slack was back", n-sent)
	}
	w.onceEach()
	w.verify()
}

// What leaves Slack holds nothing that anybody typed, and no name.
func TestNoMailHoldsAnythingTypedOrAName(t *testing.T) {
	t.Parallel()
	post := mailtest.Listen(t, mail.StartTLS)
	w := newWorld(t, withMail(post))
	id := w.report(answers{workflow.FieldTitle: "SECRETtitle", workflow.FieldWhat: "SECRETwhat", workflow.FieldRisk: "high"})
	w.deliver()
	w.down()
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.AddNote{Text: "SECRETnote"})
	w.triage(id)
	w.assess(id)
	w.passes(90 * time.Minute)
	if got := lettersTo(post, "dpo@brynteg.example"); !slices.Contains(got, string(id)+": please decide") {
		t.Errorf("the DPO was not asked: %q", got)
	}
	for _, l := range post.Letters() {
		whole := l.Header.Get("Subject") + "\n" + l.Text
		if strings.Contains(whole, "SECRET") || strings.Contains(whole, "<@") || strings.Contains(whole, "Letter to the wrong") {
			t.Errorf("an e-mail holds what was typed, or a mention:\n%s", whole)
		}
		for _, name := range []string{"Nia", "Rob", "Ivy", "Cal ", "Dee", "Dan ", "Sam", "Bea"} {
			if strings.Contains(whole, name) {
				t.Errorf("an e-mail names %s:\n%s", name, whole)
			}
		}
	}
	if strings.Contains(w.log.String(), "SECRET") || strings.Contains(w.log.String(), "@brynteg.example") {
		t.Error("the log holds what was typed, or an address")
	}
}

// One of those with a role has left Slack. They get what matters by e-mail; the card
// says so, the timeline too, and the privacy team is told.
func TestSomebodyWhomSlackCannotWriteToGetsItByMail(t *testing.T) {
	t.Parallel()
	const gone = "U30LEFT"
	post := mailtest.Listen(t, mail.StartTLS)
	w := newWorld(t, func(s *setting) {
		s.rules = func(r *workflow.Rules) { r.Roster[workflow.RoleCaldicott] = []workflow.Principal{gone} }
	}, withMail(post, func(r *workflow.Rules) { r.Mailable = append(r.Mailable, gone) }))
	w.ws.AddUser(sandbox.User{ID: gone, Name: "left", Kind: sandbox.Deactivated})
	w.restartWith(func(o *bot.Options) {
		o.Addresses = map[workflow.Principal]string{gone: "left@brynteg.example"}
	})
	id := w.report()
	w.deliver()
	w.passes(10 * time.Minute)
	if got := lettersTo(post, "left@brynteg.example"); !slices.Equal(got, []string{string(id) + ": a report needs somebody"}) {
		t.Fatalf("they got %q", got)
	}
	w.deliver()
	if card := w.card(id); !strings.Contains(card, "by e-mail") {
		t.Errorf("the card does not say so:\n%s", card)
	}
	if n := w.count(sandbox.Ivy, "Could not be delivered"); n != 1 {
		t.Errorf("the IG lead was told %d times of what was given up: %q", n, w.said(sandbox.Ivy))
	}
	inc := w.incident(id)
	if !slices.ContainsFunc(inc.Acts, func(a workflow.Act) bool {
		return a.Kind == workflow.Mailed{}.Kind() && slices.Equal(a.Mailed, []workflow.Principal{gone})
	}) {
		t.Error("the journal does not say that it went by e-mail")
	}
	w.passes(30 * time.Minute)
	if got := lettersTo(post, "left@brynteg.example"); len(got) != 1 {
		t.Errorf("in the end they got %q", got)
	}
	w.verify()
}

// restartWith starts the bot again with other options.
func (w *world) restartWith(change func(*bot.Options)) {
	w.stop()
	before := w.set.options
	w.set.options = func(o *bot.Options) {
		if before != nil {
			before(o)
		}
		change(o)
	}
	w.start()
}

// The mail server refuses one of a group: the others have it, and the refusal is named.
func TestARefusedRecipientKeepsTheMailFromNobodyElse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code  int
		never bool
	}{{550, true}, {451, false}} {
		t.Run(fmt.Sprint(tt.code), func(t *testing.T) {
			t.Parallel()
			post := mailtest.Listen(t, mail.StartTLS)
			w := newWorld(t, dpos, withMail(post))
			w.ws.AddGroup("S0DPO", "dpos", sandbox.Dee, sandbox.Cal, sandbox.Dan) // Dan has no address
			id := w.report()
			w.triage(id)
			w.deliver()
			post.Refuse("dpo@brynteg.example", tt.code)
			w.down()
			w.assess(id)
			w.passes(20 * time.Minute)
			ask := string(id) + ": please decide"
			if got := lettersTo(post, "caldicott@brynteg.example"); !slices.Equal(got, []string{ask}) {
				t.Errorf("the other one got %q", got)
			}
			inc := w.incident(id)
			m := inc.MailsOf(workflow.Subject{Kind: workflow.KindAsk, About: inc.Asking, To: "S0DPO"}.Key())
			if m.Never[sandbox.Dan] != workflow.NoAddress {
				t.Errorf("whoever has no address is not named: %+v", m)
			}
			if tt.never && m.Never[sandbox.Dee] != mail.CodeRecipient || !tt.never && m.Owed[sandbox.Dee] != mail.CodeDeferred {
				t.Errorf("%+v", m)
			}
			post.Refuse("dpo@brynteg.example", 0)
			w.passes(30 * time.Minute)
			want := 1
			if tt.never {
				want = 0
			}
			if got := lettersTo(post, "dpo@brynteg.example"); len(got) != want {
				t.Errorf("the first got %q", got)
			}
			if got := lettersTo(post, "caldicott@brynteg.example"); len(got) != 1 {
				t.Errorf("the other one got %q", got)
			}
			w.verify()
		})
	}
}

// The mail server is down too, or hangs: nothing is lost, no worker is held for long,
// and the e-mail goes when it is back.
func TestAMailServerThatDoesNotAnswerLosesNothing(t *testing.T) {
	t.Parallel()
	post := mailtest.Listen(t, mail.StartTLS)
	w := newWorld(t, withMail(post))
	id := w.report()
	w.triage(id)
	w.deliver()
	post.Hang("dpo@brynteg.example")
	w.down()
	w.assess(id)
	w.passes(12 * time.Minute)
	inc := w.incident(id)
	if len(post.Letters()) > 0 && slices.ContainsFunc(post.Letters(), func(l mailtest.Letter) bool { return l.To == "dpo@brynteg.example" }) {
		t.Fatal("it does not hang")
	}
	post.Hang("")
	w.passes(30 * time.Minute)
	if got := lettersTo(post, "dpo@brynteg.example"); !slices.Equal(got, []string{string(id) + ": please decide"}) {
		t.Errorf("the DPO got %q; stalls were %v", got, inc.Stalls)
	}
	w.verify()
}

// dying is a courier whose process dies between the mail server's yes and our record.
type dying struct {
	scheduler.Courier
	deaths atomic.Int32
}

func (d *dying) Deliver(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	e, err := d.Courier.Deliver(ctx, inc, c)
	if c.Task.Kind == workflow.KindMail && err == nil && d.deaths.Add(-1) >= 0 {
		return nil, errors.New("killed")
	}
	return e, err
}

// SMTP cannot be asked what it has. What is sent again after a kill is the same letter:
// its Message-ID tells mail systems to drop the double.
func TestAMailSentAgainAfterAKillIsTheSameLetter(t *testing.T) {
	t.Parallel()
	post := mailtest.Listen(t, mail.StartTLS)
	w := newWorld(t, withMail(post))
	id := w.report()
	w.triage(id)
	w.deliver()
	courier := &dying{Courier: w.bot}
	courier.deaths.Store(1)
	w.sched.Courier = courier
	w.down()
	w.assess(id)
	w.passes(30 * time.Minute)
	ids := map[string]int{}
	for _, l := range post.Letters() {
		ids[l.Header.Get("Message-Id")+" to "+l.To]++
	}
	again := 0
	for _, n := range ids {
		again += n - 1
	}
	if again != 1 {
		t.Errorf("%d letters went twice, want the one whose record was lost: %v", again, ids)
	}
	if got := len(w.incident(id).Mails); got == 0 {
		t.Error("nothing was recorded")
	}
}

// breachbot starts while Slack does not answer at all: what was owed goes by e-mail all
// the same, and Slack has it once it is back.
func TestAStartWithoutSlackSendsMails(t *testing.T) {
	t.Parallel()
	post := mailtest.Listen(t, mail.StartTLS)
	w := newWorld(t, withMail(post))
	id := w.report()
	w.triage(id)
	w.assess(id) // nobody has been told yet
	before := len(w.posts())
	w.stop()
	w.down()
	opts := bot.Options{
		BotToken: w.ws.BotToken, AppToken: w.ws.AppToken, APIURL: w.srv.APIURL(),
		Service: w.service, Limiter: unhurried{}, Now: w.ws.Now, Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	w.set.options(&opts)
	fresh := bot.New(opts)
	w.sched.Courier = fresh
	w.passes(15 * time.Minute)
	if got := lettersTo(post, "dpo@brynteg.example"); !slices.Contains(got, string(id)+": please decide") {
		t.Errorf("the DPO got %q", got)
	}
	w.ws.ClearFaults()
	w.passes(2 * time.Minute)
	if n := len(w.posts()) - before; n != 0 {
		t.Errorf("%d messages went out before Slack had said who we are", n)
	}
	if err := fresh.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 40 {
		w.passes(time.Minute)
	}
	if n := w.count(sandbox.Dee, "needs your decision"); n != 1 {
		t.Errorf("the DPO was asked %d times: %q", n, w.said(sandbox.Dee))
	}
	w.onceEach()
	w.verify()
}
