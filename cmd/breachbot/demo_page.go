package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/bot/sandbox/page"
	stories "breachbot/bot/sandbox/script"
	"breachbot/workflow"
)

// pageAddress is the first choice for the page's address. When the port is taken,
// the page gets another.
const pageAddress = "127.0.0.1:7272"

// cast are the people of the practice, in the order a breach reaches them.
var cast = []page.Person{
	{ID: sandbox.Nia, Role: "Nurse, reports"},
	{ID: sandbox.Rob, Role: "Responder"},
	{ID: sandbox.Ivy, Role: "Information governance lead"},
	{ID: sandbox.Dee, Role: "Data protection officer"},
	{ID: sandbox.Dan, Role: "Deputy of the DPO"},
	{ID: sandbox.Cal, Role: "Caldicott Guardian"},
	{ID: sandbox.Sam, Role: "Senior information risk owner"},
	{ID: sandbox.Bea, Role: "Board, sees the register"},
	{ID: sandbox.Gus, Role: "Guest, sees nothing"},
	{ID: sandbox.Olu, Role: "Other organisation, sees nothing"},
}

// open serves the page of the workspace and returns its address. The bot does
// not know about it.
func (d *demonstration) open(address string) (string, error) {
	story := d.perform
	if d.hasPast {
		story = nil // it speaks of the first incident, which was another then
	}
	d.page = page.New(d.workspace, page.Options{
		People:  cast,
		Story:   story,
		Pace:    d.pace,
		Moved:   d.wake,
		NextDue: d.nextNudge,
		Alive:   func() bool { _, alive := d.current(); return alive },
		Kill: func() error {
			d.workspace.Sockets().CutAll()
			d.kill()
			return nil
		},
		Restart: func() error {
			if _, alive := d.current(); alive {
				return nil
			}
			ctx, cancel := context.WithTimeout(context.Background(), restartTime)
			defer cancel()
			if err := d.start(ctx); err != nil {
				d.kill()
				return errors.New("the bot could not start; clear the faults and try again")
			}
			return nil
		},
	})
	return d.page.Listen(address)
}

// perform plays the story on the page's stage, starting from the day it is there, so that time does not run backwards.
func (d *demonstration) perform(ctx context.Context, stage *page.Stage) error {
	player := &stories.Player{Workspace: d.workspace, Settle: d.settle, Stage: stage}
	return player.Play(ctx, stories.Later(story, d.workspace.Now()))
}

// restartTime is how long a new bot may take to connect.
const restartTime = 15 * time.Second

// wake makes the bot look at what is due. A bot that has been killed does not hear it.
func (d *demonstration) wake() {
	if bot, alive := d.current(); alive {
		bot.scheduler.Wake("")
	}
}

// reminders are the tasks that come without anybody asking, in words. They name
// no incident, because everybody sees the clock.
var reminders = map[workflow.TaskKind]string{workflow.KindNudge: "a nudge", workflow.KindFollowUp: "a reminder of what is still to come"}

// nextNudge is the next reminder of any incident, and when it comes.
func (d *demonstration) nextNudge() (at time.Time, what string, ok bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	tasks, err := d.comingReminders(ctx)
	if err != nil {
		return time.Time{}, "", false
	}
	now := d.workspace.Now()
	for _, t := range tasks {
		if t.Due.After(now) && (!ok || t.Due.Before(at)) {
			at, what, ok = t.Due, reminders[t.Kind], true
		}
	}
	return at, what, ok
}

// coming are the reminders of all incidents as of a number of commits. Every
// window asks for them whenever anything changes, but most changes commit
// nothing.
type coming struct {
	mu      sync.Mutex
	known   bool
	commits int64
	tasks   []workflow.Task
}

// comingReminders are the tasks of all incidents that come without anybody asking.
func (d *demonstration) comingReminders(ctx context.Context) ([]workflow.Task, error) {
	c := &d.coming
	c.mu.Lock()
	defer c.mu.Unlock()
	commits := d.store.commits.Load() // before reading: what is committed meanwhile is read again
	if c.known && c.commits == commits {
		return c.tasks, nil
	}
	all, err := d.records(ctx)
	if err != nil {
		return nil, err
	}
	bot, _ := d.current()
	c.tasks = nil
	for _, records := range all {
		for _, t := range bot.service.Rederive(records).Tasks {
			if reminders[t.Kind] != "" {
				c.tasks = append(c.tasks, t)
			}
		}
	}
	c.known, c.commits = true, commits
	return c.tasks, nil
}
