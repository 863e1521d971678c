package bot

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// saying is a stand-in for Slack: it answers each send with the next of these and
// remembers whether the send held a block of 2026.
type saying struct {
	answers []error
	sent    []bool
}

func (s *saying) send(blocks []slack.Block) error {
	s.sent = append(s.sent, len(view.Recent(blocks)) > 0)
	if len(s.sent) > len(s.answers) {
		return nil
	}
	return s.answers[len(s.sent)-1]
}

// What Slack may have carried out is not sent a second time in another form: only a
// definite refusal of the blocks is.
func TestOnlyADefiniteRefusalIsFollowedByThePlainForm(t *testing.T) {
	t.Parallel()
	refused := func(code string, messages ...string) error {
		return failure(t.Context(), slack.SlackErrorResponse{Err: code, ResponseMetadata: slack.ResponseMetadata{Messages: messages}})
	}
	folded := slack.NewContainerBlock(slack.NewDividerBlock()).WithTitle(slack.NewTextBlockObject(slack.PlainTextType, "Why", false, false))
	for name, c := range map[string]struct {
		answers []error
		sent    []bool // each send: with blocks of 2026 or without
		again   []bool // the sends of the next message
		err     bool
		counted float64
	}{
		"accepted":                       {sent: []bool{true}, again: []bool{true}},
		"refused":                        {answers: []error{refused("invalid_blocks")}, sent: []bool{true, false}, again: []bool{false}, counted: 1},
		"refused as an argument":         {answers: []error{refused("invalid_arguments", "[ERROR] unsupported type: container [json-pointer:/view/blocks/0/type]")}, sent: []bool{true, false}, again: []bool{false}, counted: 1},
		"another argument":               {answers: []error{refused("invalid_arguments", "[ERROR] missing required field: title [json-pointer:/view]")}, sent: []bool{true}, again: []bool{true}, err: true},
		"the reply is lost":              {answers: []error{failure(t.Context(), io.ErrUnexpectedEOF)}, sent: []bool{true}, again: []bool{true}, err: true},
		"Slack is out of order":          {answers: []error{refused("internal_error")}, sent: []bool{true}, again: []bool{true}, err: true},
		"too long":                       {answers: []error{refused("msg_blocks_too_long")}, sent: []bool{true}, again: []bool{true}, err: true},
		"the plain form is refused too":  {answers: []error{refused("invalid_blocks"), refused("invalid_blocks")}, sent: []bool{true, false}, again: []bool{true}, err: true},
		"the plain form's reply is lost": {answers: []error{refused("invalid_blocks"), failure(t.Context(), io.ErrUnexpectedEOF)}, sent: []bool{true, false}, again: []bool{false}, err: true, counted: 1},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 20, 16, 45, 0, 0, time.UTC)
			b := New(Options{Service: &workflow.Service{}, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
			s := &saying{answers: c.answers}
			if err := b.shaped(view.Messages, []slack.Block{folded}, s.send); (err != nil) != c.err {
				t.Errorf("error %v", err)
			}
			if !slices.Equal(s.sent, c.sent) {
				t.Errorf("sent %v, want %v", s.sent, c.sent)
			}
			next := &saying{}
			now = now.Add(shapeMemory - time.Second)
			if err := b.shaped(view.Messages, []slack.Block{folded}, next.send); err != nil || !slices.Equal(next.sent, c.again) {
				t.Errorf("within the day: sent %v, want %v (%v)", next.sent, c.again, err)
			}
			for _, at := range []view.Surface{view.Modals, view.HomeTab} { // each surface is asked for itself
				other := &saying{}
				if err := b.shaped(at, []slack.Block{folded}, other.send); err != nil || !slices.Equal(other.sent, []bool{true}) {
					t.Errorf("%s: sent %v (%v)", at, other.sent, err)
				}
			}
			now = now.Add(2 * time.Second)
			later := &saying{}
			if err := b.shaped(view.Messages, []slack.Block{folded}, later.send); err != nil || !later.sent[0] {
				t.Errorf("a day later: sent %v (%v)", later.sent, err)
			}
		})
	}
}

// An answer to which Slack says nothing holds blocks of 2026 only if Slack has shown
// those kinds within the day.
func TestAnAnswerWithoutAReplyIsOnTheSafeSide(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 16, 45, 0, 0, time.UTC)
	b := New(Options{Service: &workflow.Service{}, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	mark := slack.NewTextBlockObject(slack.MarkdownType, "x", false, true)
	alert := []slack.Block{slack.NewAlertBlock(mark)}
	sure := func(at view.Surface) bool { _, whole := b.sure(at, alert); return whole }
	if sure(view.Modals) {
		t.Error("nobody has asked Slack")
	}
	accept := func([]slack.Block) error { return nil }
	if err := b.shaped(view.Modals, alert, accept); err != nil || !sure(view.Modals) || sure(view.Messages) {
		t.Errorf("Slack has shown one in a modal: %v, in messages %v (%v)", sure(view.Modals), sure(view.Messages), err)
	}
	now = now.Add(shapeMemory)
	if sure(view.Modals) {
		t.Error("that was a day ago")
	}
	if blocks, _ := b.sure(view.Modals, alert); len(blocks) != 1 || len(view.Recent(blocks)) > 0 {
		t.Errorf("instead: %v", blocks)
	}
	refuse := func(blocks []slack.Block) error {
		if len(view.Recent(blocks)) > 0 {
			return failure(context.Background(), slack.SlackErrorResponse{Err: "invalid_blocks"})
		}
		return nil
	}
	if err := errors.Join(b.shaped(view.Modals, alert, accept), b.shaped(view.Modals, alert, refuse)); err != nil || sure(view.Modals) {
		t.Errorf("Slack has just refused one: %v", err)
	}
}

// That Slack has shown a table does not mean that it shows one with buttons, which
// came later.
func TestATableWithButtonsIsAskedForByItself(t *testing.T) {
	t.Parallel()
	b := New(Options{Service: &workflow.Service{}, Now: func() time.Time { return time.Unix(0, 0) }, Log: slog.New(slog.DiscardHandler)})
	text := slack.NewDataTableRawTextCell("x")
	bare := []slack.Block{slack.NewDataTableBlock("x").AddRow(text).AddRow(text)}
	press := slack.NewDataTableActionCell(slack.NewButtonBlockElement("a", "v", slack.NewTextBlockObject(slack.PlainTextType, "Show", false, false)))
	buttons := []slack.Block{slack.NewDataTableBlock("x").AddRow(text).AddRow(press)}
	if err := b.shaped(view.Messages, bare, func([]slack.Block) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, whole := b.sure(view.Messages, bare); !whole {
		t.Error("a table has just been shown")
	}
	if _, whole := b.sure(view.Messages, buttons); whole {
		t.Error("one with buttons has not")
	}
}

type never struct{}

func (never) Take(context.Context, Caller, ...Budget) time.Duration { return 0 }
func (never) Empty(context.Context, Budget, time.Duration)          {}

// A delivery whose folded detail Slack refuses is posted once, under its stamp, and
// so is what it is updated to; a repeated attempt finds it.
func TestARefusedDeliveryIsPostedOnceUnderItsStamp(t *testing.T) {
	t.Parallel()
	ws := sandbox.New(sandbox.Options{Frozen: true, NoRateLimits: true, Policy: sandbox.Policy{Blocks2026: sandbox.NoBlocks2026}})
	ws.Practice()
	srv, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	b := New(Options{
		BotToken: ws.BotToken, AppToken: ws.AppToken, APIURL: srv.APIURL(), Service: &workflow.Service{},
		Limiter: never{}, Now: ws.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err := b.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	detail := func(words string) view.Message {
		inside := slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, words, false, true), nil, nil)
		return view.Message{Text: "Words", Blocks: []slack.Block{slack.NewContainerBlock(inside).WithTitle(slack.NewTextBlockObject(slack.PlainTextType, "Why", false, false))}}
	}
	channel, err := b.dm(t.Context(), sandbox.Dee)
	if err != nil {
		t.Fatal(err)
	}
	c := workflow.Claim{Task: workflow.Task{Key: "anchor:2026-11-20"}, Stored: ws.Now()}
	ts, err := b.send(t.Context(), channel, detail("Because."), telling{}.payload(nil, stampOf(c, channel)))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := b.find(t.Context(), nil, c, channel); err != nil || found == nil || found.Timestamp != ts {
		t.Errorf("a second attempt finds %+v, want %q (%v)", found, ts, err)
	}
	ws.Advance(shapeMemory) // Slack is asked again
	if err := b.update(t.Context(), workflow.Place{Channel: channel, TS: ts}, detail("Because of that.")); err != nil {
		t.Fatal(err)
	}
	dms := ws.As(sandbox.Dee).DMs()
	if len(dms) != 1 {
		t.Fatalf("%d messages", len(dms))
	}
	if got := ws.As(sandbox.Dee).Render(dms[0]); !strings.Contains(got, "*Why*") || !strings.Contains(got, "Because of that.") {
		t.Errorf("the DPO reads\n%s", got)
	}
	refused := 0
	for _, r := range ws.Requests() {
		if r.Error == "invalid_blocks" {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("Slack refused %d times", refused)
	}
}
