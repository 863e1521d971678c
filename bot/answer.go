package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// sentence is what a person is told about an error. The workflow writes its
// refusals for them; anything else is ours to fix.
func (b *Bot) sentence(err error) string {
	var refusal *workflow.Error
	var not *errNotAllowed
	switch {
	case errors.As(err, &refusal):
		return refusal.Message
	case errors.As(err, &not):
		return not.reason
	case errors.Is(err, workflow.ErrNotFound):
		return "There is no incident with that reference, or you are not part of it."
	}
	return "The record cannot be reached just now. Nothing was changed. Please try again in a minute; " + b.urgent()
}

// urgent says who to contact when something cannot be done here and now.
func (b *Bot) urgent() string {
	if b.rules.DPOContact == "" {
		return "if it is urgent, ring your information governance lead."
	}
	return "if it is urgent, contact the data protection officer (DPO) outside Slack: " + b.rules.DPOContact
}

// alarm logs an error that is ours to fix, without anything that was typed.
func (b *Bot) alarm(doing string, err error) {
	var refusal *workflow.Error
	if err == nil || errors.As(err, &refusal) || errors.Is(err, workflow.ErrNotFound) {
		return
	}
	b.Log.Error(doing, "error", err)
}

// say answers a command on the ack. When that has gone, or the answer is too large
// for the socket, it answers through the response URL. So it does while nobody knows
// whether Slack can show the answer: only there it says so.
func (in *inbound) say(ctx context.Context, url string, m view.Message) {
	b := in.bot
	blocks, whole := b.sure(view.Messages, m.Blocks)
	asks := !whole && url != "" && !b.shapes.refuses(view.Messages, b.Now())
	if asks || in.acked || in.ack(answer(view.Message{Text: m.Text, Blocks: blocks})) {
		in.ack(nil)
		b.whisper(ctx, url, m)
	}
}

// reply says something to the person who pressed a button: beside it or, where
// Slack gives no way to, in a direct message.
func (in *inbound) reply(ctx context.Context, c slack.InteractionCallback, m view.Message) {
	if c.ResponseURL == "" {
		in.bot.tell(ctx, workflow.UserID(c.User.ID), m)
		return
	}
	in.bot.whisper(ctx, c.ResponseURL, m)
}

// whisper answers through a response URL, so that only the person sees it.
func (b *Bot) whisper(ctx context.Context, url string, m view.Message) {
	if url == "" {
		return
	}
	err := b.shaped(view.Messages, m.Blocks, func(blocks []slack.Block) error {
		body := answer(view.Message{Text: m.Text, Blocks: blocks})
		body["replace_original"] = false // beside what was pressed, not in its place
		return b.respond(ctx, url, body)
	})
	if err != nil {
		b.measures.failures.WithLabelValues("response_url").Inc()
		b.Log.Error("an answer could not be shown to a person", "code", codeOf(failure(ctx, err)))
	}
}

// respond posts to a response URL. The library's own post does not keep what Slack
// says when it refuses.
func (b *Bot) respond(ctx context.Context, url string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := b.hook.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, maxSaid))
	if err != nil {
		return err
	}
	// Success is "ok". A refusal is a word, or JSON like that of a method.
	var reply slack.SlackResponse
	if json.Unmarshal(said, &reply) != nil {
		reply = slack.SlackResponse{Ok: res.StatusCode == http.StatusOK, Error: strings.TrimSpace(string(said))}
	}
	switch {
	case reply.Ok:
		return nil
	case res.StatusCode >= http.StatusInternalServerError || reply.Error == "":
		return slack.StatusCodeError{Code: res.StatusCode, Status: res.Status}
	}
	return reply.Err()
}

// maxSaid is how much is read of what Slack says to a post to a response URL.
const maxSaid = 16 << 10

// tell sends a person a direct message, where Slack gives no other way to answer.
// It is a courtesy and is not repeated.
func (b *Bot) tell(ctx context.Context, id workflow.UserID, m view.Message) {
	channel, err := b.dm(ctx, id)
	if err == nil {
		err = b.shaped(view.Messages, m.Blocks, func(blocks []slack.Block) error {
			return b.call(ctx, "chat.postMessage", string(channel), func() error {
				_, _, err := b.back.PostMessageContext(ctx, string(channel), slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(blocks...),
					slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
				return err
			})
		})
	}
	if err != nil {
		b.Log.Error("an answer could not be shown to a person", "code", codeOf(err))
	}
}

// answer is the body of an answer that only the person who asked sees, beside what
// they pressed.
func answer(m view.Message) map[string]any {
	return map[string]any{
		"response_type": slack.ResponseTypeEphemeral,
		"text":          m.Text,
		"blocks":        m.Blocks,
		"unfurl_links":  false,
		"unfurl_media":  false,
	}
}
