package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Index answers what people ask the register. Errors wrap workflow.ErrNotFound
// when there is nothing of the kind.
type Index interface {
	// InChannel gives the incident that people work on in a channel.
	InChannel(ctx context.Context, channel workflow.ChannelID) (workflow.IncidentID, error)
	// Open gives open incidents, including drills, newest last: those a person takes
	// part in, or all when person is empty.
	Open(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error)
	// Newest gives the same as Open, newest first.
	Newest(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error)
	// Owing gives the incidents, ended ones too, about which a person gets reminders,
	// for example of an action, newest first.
	Owing(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error)
	// Find gives incidents that mention all the words, including drills, newest
	// first: those a person takes part in, or all when person is empty.
	Find(ctx context.Context, person workflow.UserID, words string, limit int) ([]workflow.Entry, error)
	// Register gives a page of the register, newest first.
	Register(ctx context.Context, p workflow.Page, limit int) ([]workflow.Entry, error)
	// Trend sums up the register.
	Trend(ctx context.Context) (workflow.Trend, error)
	// Digest sums up the week before the one a day (2006-01-02) is in, for the board.
	Digest(ctx context.Context, day string) (workflow.Digest, error)
}

// find looks for words in what the person may see. The words are not kept anywhere.
func (in *inbound) find(ctx context.Context, p who, words string) ([]workflow.Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	entries, err := in.bot.Index.Find(ctx, p.scope(), words, listMost)
	in.bot.alarm("find incidents", err)
	return entries, err
}

// typed undoes what Slack escapes in the text of a command.
var typed = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// found answers /breach find.
func (in *inbound) found(ctx context.Context, p who, words string) view.Message {
	if strings.TrimSpace(words) == "" {
		return view.Sorry("Please type what to look for, such as: /breach find letter wrong address")
	}
	entries, err := in.find(ctx, p, typed.Replace(words))
	if err != nil {
		return view.Sorry(in.bot.sentence(err))
	}
	return view.Found(entries, in.bot.rules, in.bot.Now())
}

// search answers the form that asks for words.
func search(ctx context.Context, s *submission) {
	entries, err := s.in.find(ctx, s.by, view.Words(s.values))
	if err != nil {
		s.refuse(err)
		return
	}
	v := view.FoundModal(entries, s.in.bot.Now())
	if !s.in.ackView(v) {
		return
	}
	// Too large for the socket: it goes another way.
	s.in.ackView(view.Wait())
	s.in.turn(ctx, window{id: s.id}, v)
}

// register is a page of the register, for people who may see it.
func (in *inbound) register(ctx context.Context, p who, page workflow.Page) slack.ModalViewRequest {
	shown, err := in.read(ctx, p, page, view.RegisterMost)
	if err != nil {
		return view.Notice("Not possible", in.bot.sentence(err))
	}
	return view.Register(shown, in.bot.rules)
}

// registerTable answers /breach register.
func (in *inbound) registerTable(ctx context.Context, p who) view.Message {
	shown, err := in.read(ctx, p, workflow.Page{}, view.RegisterTableMost)
	if err != nil {
		return view.Sorry(in.bot.sentence(err))
	}
	return view.RegisterTable(shown, in.bot.rules)
}

var errRegister = &workflow.Error{Kind: workflow.ErrForbidden, Message: "The register is for the data protection officer and deputy, the information governance lead, the Caldicott Guardian, the SIRO and the board. Your own incidents are under /breach list."}

// read reads a page of the register for people who may see it.
func (in *inbound) read(ctx context.Context, p who, page workflow.Page, most int) (view.RegisterPage, error) {
	b := in.bot
	if !p.actor.MaySeeRegister() {
		b.measures.refused.WithLabelValues("role").Inc()
		return view.RegisterPage{}, errRegister
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	shown, err := in.page(ctx, page, most)
	if err == nil {
		shown.Trend, err = b.Index.Trend(ctx)
	}
	b.alarm("read the register", err)
	shown.Show = p.actor.MayRead(nil)
	return shown, err
}

func (in *inbound) page(ctx context.Context, page workflow.Page, most int) (view.RegisterPage, error) {
	entries, err := in.bot.Index.Register(ctx, page, most+1)
	if err != nil {
		return view.RegisterPage{}, err
	}
	more := len(entries) > most
	switch {
	case page.Newer && !more: // the newest page, whole
		if page != (workflow.Page{}) {
			return in.page(ctx, workflow.Page{}, most)
		}
	case page.Newer:
		return view.RegisterPage{Entries: entries[len(entries)-most:], Older: true, Newer: true}, nil
	case more:
		entries = entries[:most]
	}
	return view.RegisterPage{Entries: entries, Older: more, Newer: page != (workflow.Page{})}, nil
}

// drill is the report form for a practice incident, for people who may start one.
func (in *inbound) drill(p who) slack.ModalViewRequest {
	b := in.bot
	if !p.actor.MayDrill() {
		b.measures.refused.WithLabelValues("role").Inc()
		return view.Notice("Not possible", "A drill calls in everybody who handles breaches, so only they can start one. To report a real breach, type /breach.")
	}
	return view.FormReport.Build(b.desk(p.actor), nil, view.Meta{Drill: true})
}

// listMost is how many incidents a list asks the store for: one more than is shown.
const listMost = 21

func (in *inbound) list(ctx context.Context, p who) view.Message {
	entries, more, err := in.open(ctx, p)
	if err != nil {
		return view.Sorry(in.bot.sentence(err))
	}
	return view.List(entries, more, in.bot.rules, in.bot.Now())
}

// open are the open incidents a person sees in lists, the most urgent first, and
// whether there are more.
func (in *inbound) open(ctx context.Context, p who) (entries []workflow.Entry, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	entries, err = in.bot.Index.Newest(ctx, p.scope(), openMost)
	in.bot.alarm("list incidents", err)
	slices.SortStableFunc(entries, workflow.ByUrgency)
	if len(entries) > listMost {
		entries = entries[:listMost]
	}
	return entries, len(entries) == listMost, err
}

// listed shows the list in a modal, for a button.
func (in *inbound) listed(ctx context.Context, p who) slack.ModalViewRequest {
	entries, more, err := in.open(ctx, p)
	if err != nil {
		return view.Notice("Not possible", in.bot.sentence(err))
	}
	return view.ListModal(entries, more, in.bot.Now())
}

// status answers /breach status.
func (in *inbound) status(ctx context.Context, p who, channel workflow.ChannelID, reference string) view.Message {
	inc, err := in.meant(ctx, p, channel, reference)
	switch {
	case err != nil:
		return view.Sorry(in.bot.sentence(err))
	case inc == nil:
		return in.list(ctx, p)
	}
	return view.Status(inc, in.bot.rules, p.actor.MayRead(inc), in.bot.Now()).For(p.actor, inc, in.bot.rules)
}

// table answers /breach clocks and the like.
func (in *inbound) table(ctx context.Context, p who, channel workflow.ChannelID, word, reference string) view.Message {
	inc, err := in.meant(ctx, p, channel, reference)
	switch {
	case err != nil:
		return view.Sorry(in.bot.sentence(err))
	case inc == nil:
		return view.Sorry("This is not an incident's channel. Please type the reference too, such as: /breach " + word + " BR-2026-0014")
	}
	m, refused, _ := view.Table(word, in.bot.desk(p.actor), inc)
	if refused {
		in.bot.measures.refused.WithLabelValues("role").Inc()
	}
	return m
}

// meant is the incident that somebody means by its reference or, without one, by the
// channel; nil if that is not an incident's.
func (in *inbound) meant(ctx context.Context, p who, channel workflow.ChannelID, reference string) (*workflow.Incident, error) {
	if reference == "" {
		inc, _ := in.here(ctx, p, channel)
		return inc, nil
	}
	id, err := workflow.ParseIncidentID(reference)
	if err != nil {
		return nil, err
	}
	return in.visible(ctx, p, id)
}
