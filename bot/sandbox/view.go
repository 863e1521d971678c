package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// view is a modal or a Home tab.
type view struct {
	id, externalID      string
	kind                surface
	user                string
	title, submit, quit obj
	blocks              []Block
	metadata, callback  string
	clearOnClose        bool
	notifyOnClose       bool
	hash                string
	root, previous      string
	state               state
	errors              map[string]string // per block_id, shown under the field
	banner              string
}

// View is a modal or Home tab as its person sees it. The values are copies but
// for the blocks, which never change once they are stored.
type View struct {
	ID, ExternalID, CallbackID string
	Kind                       string // "modal" or "home"
	Title, Submit, Close       string // labels; Submit is "" when the modal has no submit button
	PrivateMetadata            string
	Hash                       string
	RootID, PreviousID         string
	Blocks                     []Block
	State                      map[string]map[string]map[string]any // block_id, action_id, as Slack sends it
	Errors                     map[string]string                    // field errors by block_id
	Banner                     string                               // "We had some trouble connecting. Try again?" or ""
}

// TroubleConnecting is the banner of a modal whose submission failed.
const TroubleConnecting = "We had some trouble connecting. Try again?"

func (v *view) export() *View {
	if v == nil {
		return nil
	}
	return &View{
		ID: v.id, ExternalID: v.externalID, CallbackID: v.callback, Kind: string(v.kind),
		Title: str(v.title["text"]), Submit: str(v.submit["text"]), Close: str(v.quit["text"]),
		PrivateMetadata: v.metadata, Hash: v.hash, RootID: v.root, PreviousID: v.previous,
		Blocks: slices.Clip(v.blocks), Errors: maps.Clone(v.errors), Banner: v.banner,
		State: v.state.export(),
	}
}

func (ws *Workspace) viewJSON(v *view) obj {
	o := obj{
		"id": v.id, "team_id": ws.TeamID, "type": string(v.kind), "blocks": anys(v.blocks),
		"private_metadata": v.metadata, "callback_id": v.callback, "hash": v.hash, "state": v.state.json(),
		"clear_on_close": v.clearOnClose, "notify_on_close": v.notifyOnClose, "title": nilOr(v.title),
		"submit": nilOr(v.submit), "close": nilOr(v.quit), "external_id": v.externalID, "root_view_id": v.root,
		"previous_view_id": nil, "app_id": ws.AppID, "app_installed_team_id": ws.TeamID, "bot_id": ws.BotID,
	}
	if v.previous != "" {
		o["previous_view_id"] = v.previous
	}
	return o
}

func nilOr(o obj) any {
	if o == nil {
		return nil
	}
	return cloneObj(o)
}

// readView validates the JSON of a view and makes it a view, with ids generated where they were left out.
func (ws *Workspace) readView(raw any, want surface) (*view, error) {
	o, ok := raw.(obj)
	if !ok {
		return nil, failValidation("invalid_arguments", []string{"[ERROR] must provide an object [json-pointer:/view]"})
	}
	blocks, faults := checkView(o, want, ws.policy.Blocks2026)
	if len(faults) > 0 {
		return nil, failValidation("invalid_arguments", faults)
	}
	if b, _ := json.Marshal(o); len(b) > maxViewSize {
		return nil, fail("view_too_large")
	}
	v := &view{
		kind: want, externalID: str(o["external_id"]), title: asObj(clone(o["title"])), submit: asObj(clone(o["submit"])),
		quit: asObj(clone(o["close"])), blocks: ws.withBlockIDs(blocks), metadata: str(o["private_metadata"]),
		callback: str(o["callback_id"]),
	}
	v.clearOnClose, _ = o["clear_on_close"].(bool)
	v.notifyOnClose, _ = o["notify_on_close"].(bool)
	v.state = newState(v.blocks, nil)
	return v, nil
}

// arg reads the view argument of a call.
func (c *call) view(want surface) (*view, error) {
	raw, present, ok := c.args.value("view")
	if !ok {
		return nil, failValidation("invalid_arguments", []string{"[ERROR] must be valid JSON [json-pointer:/view]"})
	}
	if !present {
		return nil, failValidation("invalid_arguments", []string{"[ERROR] missing required field: view"})
	}
	return c.ws.readView(raw, want)
}

func (ws *Workspace) freshHash(v *view) {
	ws.serial++
	v.hash = formatTS(ws.clock.now().UnixMicro()) + "." + randomHex(4)
}

// externalTaken reports whether another live view holds the external id; they are unique per team.
func (ws *Workspace) externalTaken(id string, except *view) bool {
	if id == "" {
		return false
	}
	for _, v := range ws.views {
		if v != except && v.externalID == id {
			return true
		}
	}
	return false
}

// show puts a view on top of a person's stack.
func (ws *Workspace) show(v *view, user string, push bool) {
	if !push {
		ws.dropStack(user)
	}
	stack := ws.stacks[user]
	v.id, v.user = ws.id("V"), user
	v.root = v.id
	if len(stack) > 0 {
		v.root, v.previous = stack[0].id, stack[len(stack)-1].id
	}
	ws.freshHash(v)
	ws.views[v.id] = v
	ws.stacks[user] = append(stack, v)
}

func (ws *Workspace) dropStack(user string) {
	for _, v := range ws.stacks[user] {
		delete(ws.views, v.id)
	}
	delete(ws.stacks, user)
}

// pop closes the view (and what lies above it) on its person's stack.
func (ws *Workspace) pop(v *view) {
	stack := ws.stacks[v.user]
	i := slices.Index(stack, v)
	if i < 0 {
		return
	}
	for _, gone := range stack[i:] {
		delete(ws.views, gone.id)
	}
	if ws.stacks[v.user] = stack[:i]; i == 0 {
		delete(ws.stacks, v.user)
	}
}

func (ws *Workspace) top(user string) *view {
	if stack := ws.stacks[user]; len(stack) > 0 {
		return stack[len(stack)-1]
	}
	return nil
}

// replace changes a view in place: its id survives, its hash changes.
func (ws *Workspace) replace(v, next *view) {
	next.id, next.user, next.root, next.previous = v.id, v.user, v.root, v.previous
	if next.externalID == "" {
		next.externalID = v.externalID
	}
	next.state = newState(next.blocks, v.state)
	*v = *next
	ws.freshHash(v)
}

func viewsOpen(c *call) (obj, error) {
	t, err := c.trigger()
	if err != nil {
		return nil, err
	}
	v, err := c.view(surfaceModal)
	if err != nil {
		return nil, err
	}
	if c.ws.externalTaken(v.externalID, nil) {
		return nil, fail("duplicate_external_id")
	}
	t.used = true
	c.ws.show(v, t.user, false)
	return obj{"view": c.ws.viewJSON(v)}, nil
}

func viewsPush(c *call) (obj, error) {
	t, err := c.trigger()
	if err != nil {
		return nil, err
	}
	v, err := c.view(surfaceModal)
	if err != nil {
		return nil, err
	}
	switch {
	case !t.fromModal || c.ws.top(t.user) == nil:
		return nil, fail("not_found")
	case len(c.ws.stacks[t.user]) >= maxStack:
		return nil, fail("push_limit_reached")
	case c.ws.externalTaken(v.externalID, nil):
		return nil, fail("duplicate_external_id")
	}
	t.used = true
	c.ws.show(v, t.user, true)
	return obj{"view": c.ws.viewJSON(v)}, nil
}

func viewsUpdate(c *call) (obj, error) {
	id, external := c.args.str("view_id"), c.args.str("external_id")
	if (id == "") == (external == "") {
		return nil, failValidation("invalid_arguments", []string{"[ERROR] provide either view_id or external_id"})
	}
	var old *view
	for _, v := range c.ws.views {
		if v.id == id || external != "" && v.externalID == external {
			old = v
		}
	}
	if old == nil {
		return nil, fail("not_found")
	}
	next, err := c.view(old.kind)
	if err != nil {
		return nil, err
	}
	switch {
	case c.args.has("hash") && c.args.str("hash") != "" && c.args.str("hash") != old.hash:
		return nil, fail("hash_conflict")
	case c.ws.externalTaken(next.externalID, old):
		return nil, fail("duplicate_external_id")
	}
	c.ws.replace(old, next)
	return obj{"view": c.ws.viewJSON(old)}, nil
}

func viewsPublish(c *call) (obj, error) {
	ws, user := c.ws, c.args.str("user_id")
	u := ws.users[user]
	switch {
	case !ws.app.HomeTab:
		return nil, fail("not_enabled")
	case u == nil || ws.foreign(u) || strings.HasPrefix(string(u.Kind), "bot"):
		return nil, failValidation("invalid_arguments", []string{"[ERROR] invalid `user_id` [json-pointer:/user_id]"})
	}
	v, err := c.view(surfaceHome)
	if err != nil {
		return nil, err
	}
	old := ws.homes[user]
	if hash := c.args.str("hash"); hash != "" && (old == nil || old.hash != hash) {
		return nil, fail("hash_conflict")
	}
	if ws.externalTaken(v.externalID, old) {
		return nil, fail("duplicate_external_id")
	}
	if old != nil {
		ws.replace(old, v)
		return obj{"view": ws.viewJSON(old)}, nil
	}
	v.id, v.user = ws.id("V"), user
	v.root = v.id
	ws.freshHash(v)
	ws.views[v.id], ws.homes[user] = v, v
	return obj{"view": ws.viewJSON(v)}, nil
}
