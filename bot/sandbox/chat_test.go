package sandbox

import (
	"encoding/json"
	"slices"
	"testing"
)

// told are the inner message events so far.
func (tw *town) told(t *testing.T) []obj {
	t.Helper()
	var out []obj
	for _, e := range tw.Envelopes() {
		var payload obj
		check(t, json.Unmarshal(e.Payload, &payload))
		if inner := asObj(payload["event"]); e.Attempt == 0 && str(inner["type"]) == "message" {
			out = append(out, inner)
		}
	}
	return out
}

// The app hears of edits and deletions as Slack tells them: hidden, with the
// message before and after, under a ts of their own.
func TestEditsAndDeletionsAreToldAsSlackTellsThem(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	ana := tw.As(anaID)
	m := get(ana.Post(ch, "one"))
	check(t, ana.Edit(ch, m.TS, "two"))
	check(t, ana.Delete(ch, m.TS))
	events := tw.told(t)
	if len(events) != 3 {
		t.Fatalf("%d events: %v", len(events), events)
	}
	changed, deleted := events[1], events[2]
	if str(changed["subtype"]) != "message_changed" || changed["hidden"] != true || str(changed["channel"]) != ch || str(changed["channel_type"]) != "group" ||
		str(asObj(changed["message"])["text"]) != "two" || str(asObj(changed["previous_message"])["text"]) != "one" ||
		str(asObj(changed["message"])["ts"]) != m.TS || str(asObj(asObj(changed["message"])["edited"])["ts"]) <= m.TS || str(changed["ts"]) == m.TS {
		t.Errorf("edited: %v", changed)
	}
	if str(deleted["subtype"]) != "message_deleted" || str(deleted["deleted_ts"]) != m.TS || str(asObj(deleted["previous_message"])["text"]) != "two" {
		t.Errorf("deleted: %v", deleted)
	}
}

func TestADeletedMessageWithAnswersLeavesATombstone(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID)
	ana := tw.As(anaID)
	m := get(ana.Post(ch, "one"))
	get(ana.PostReply(ch, m.TS, "an answer"))
	check(t, ana.Delete(ch, m.TS))
	events := tw.told(t)
	last := events[len(events)-1]
	if str(last["subtype"]) != "message_changed" || str(asObj(last["message"])["subtype"]) != "tombstone" || str(asObj(last["message"])["ts"]) != m.TS {
		t.Errorf("%v", last)
	}
	if !slices.ContainsFunc(ana.Messages(ch), func(m Message) bool { return m.Text == "an answer" }) {
		t.Error("the answer went with it")
	}
}

func TestWithoutTheSubscriptionNothingIsToldOfMessages(t *testing.T) {
	t.Parallel()
	tw := newTown(t, func(o *Options) {
		o.App = DefaultApp()
		o.App.BotEvents = []string{"member_joined_channel"}
	})
	ch := tw.room(t, "room", anaID)
	m := get(tw.As(anaID).Post(ch, "one"))
	check(t, tw.As(anaID).Edit(ch, m.TS, "two"))
	check(t, tw.As(anaID).Delete(ch, m.TS))
	if got := tw.told(t); len(got) != 0 {
		t.Errorf("told: %v", got)
	}
}
