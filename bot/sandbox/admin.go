package sandbox

import (
	"slices"
	"time"
)

// ReserveName lets an archived private channel that the app cannot see hold a name, so that creating it answers
// name_taken.
func (ws *Workspace) ReserveName(name string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ch := ws.addChannel(private, name, "USLACKBOT")
	ch.archived = true
	ws.changedLocked()
}

// ShareChannel connects a channel with another organisation's team, which tells the app (channel_shared).
func (ws *Workspace) ShareChannel(ref, team string) error {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ch := ws.lookup(ref)
	if ch == nil {
		return errNoChannel
	}
	ch.shared = append(ch.shared, team)
	ws.emitLocked("channel_shared", obj{"connected_team_id": team, "channel": ch.id}, ch)
	ws.changedLocked()
	return nil
}

// ChangeChannelID gives a channel a new id, as sharing can, which tells the app (channel_id_changed). It returns the
// new id.
func (ws *Workspace) ChangeChannelID(ref string) (string, error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ch := ws.lookup(ref)
	if ch == nil {
		return "", errNoChannel
	}
	old := ch.id
	ch.id = ws.id("C")
	delete(ws.channels, old)
	ws.channels[ch.id] = ch
	ws.chanIDs[slices.Index(ws.chanIDs, old)] = ch.id
	ws.emitLocked("channel_id_changed", obj{"old_channel_id": old, "new_channel_id": ch.id}, nil)
	ws.changedLocked()
	return ch.id, nil
}

// DeleteChannel removes a channel for good, which tells the app (group_deleted).
func (ws *Workspace) DeleteChannel(ref string) error {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ch := ws.lookup(ref)
	if ch == nil {
		return errNoChannel
	}
	kind := "channel_deleted"
	if ch.kind == private {
		kind = "group_deleted"
	}
	ws.emitLocked(kind, obj{"channel": ch.id}, ch)
	delete(ws.channels, ch.id)
	ws.chanIDs = slices.DeleteFunc(ws.chanIDs, func(id string) bool { return id == ch.id })
	ws.changedLocked()
	return nil
}

// Retain keeps only messages younger than an age, as a retention policy of the
// workspace does: the others are gone from everywhere, their pins too, and no event
// tells of it.
func (ws *Workspace) Retain(age time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	from := ws.clock.now().Add(-age)
	for _, ch := range ws.channels {
		for _, m := range slices.Clone(ch.messages) {
			if tsTime(m.ts).Before(from) {
				ch.remove(m)
			}
		}
	}
	ws.changedLocked()
}
