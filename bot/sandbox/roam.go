package sandbox

// CreateChannel makes a channel with this person in it and returns its id.
func (p *Person) CreateChannel(name string, isPrivate bool) (string, error) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	if err := checkName(name); err != nil {
		return "", err
	}
	if p.ws.byName(name) != nil {
		return "", fail("name_taken")
	}
	kind := public
	if isPrivate {
		kind = private
	}
	ch := p.ws.addChannel(kind, name, p.ID)
	p.ws.join(ch, p.ID, "")
	p.ws.changedLocked()
	return ch.id, nil
}

// Join lets this person enter a public channel.
func (p *Person) Join(channel string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return err
	}
	if !ch.has(p.ID) {
		p.ws.join(ch, p.ID, "")
	}
	p.ws.changedLocked()
	return nil
}

// Invite adds any account to a channel this person is in, as a human may: also guests, outsiders and the app.
func (p *Person) Invite(channel, user string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return err
	}
	if p.ws.users[user] == nil {
		return errNobody
	}
	if !ch.has(user) {
		p.ws.join(ch, user, p.ID)
	}
	p.ws.changedLocked()
	return nil
}

// Leave takes this person out of a channel.
func (p *Person) Leave(channel string) error { return p.Remove(channel, p.ID) }

// Remove takes a user, perhaps the app itself, out of a channel this person can see.
func (p *Person) Remove(channel, user string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return err
	}
	if !ch.has(user) {
		return errNobody
	}
	p.ws.leave(ch, user)
	p.ws.changedLocked()
	return nil
}

// RenameChannel renames a channel as a person does; the app gets an event (group_rename).
func (p *Person) RenameChannel(channel, name string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return err
	}
	if err := checkName(name); err != nil {
		return err
	}
	if p.ws.byName(name) != nil {
		return fail("name_taken")
	}
	p.ws.rename(ch, name, p.ID)
	p.ws.changedLocked()
	return nil
}

// Archive archives a channel; Unarchive opens it again.
func (p *Person) Archive(channel string) error { return p.setArchived(channel, true) }

// Unarchive opens an archived channel again.
func (p *Person) Unarchive(channel string) error { return p.setArchived(channel, false) }

func (p *Person) setArchived(channel string, archived bool) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return err
	}
	what := "unarchive"
	if archived {
		what = "archive"
	}
	ch.archived = archived
	p.ws.emitLocked(archiveEvent(ch, what), obj{"channel": ch.id, "user": p.ID}, ch)
	p.ws.changedLocked()
	return nil
}
