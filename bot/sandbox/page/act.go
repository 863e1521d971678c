package page

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"breachbot/bot/sandbox"
)

// answer tells the window what became of what was done.
type answer struct {
	Go      string     `json:"go,omitempty"`      // where to look now
	Say     string     `json:"say,omitempty"`     // to the person
	Bad     bool       `json:"bad,omitempty"`     // it did not work
	Confirm *confirmed `json:"confirm,omitempty"` // to be asked first
	Offer   bool       `json:"offer,omitempty"`   // options have arrived
}

// confirmed is the question before a button acts.
type confirmed struct {
	Title  string `json:"title"`
	Text   string `json:"text"` // HTML
	Yes    string `json:"yes"`
	No     string `json:"no"`
	Danger bool   `json:"danger"`
}

// actTime limits how long a click may wait. Slack gives up after three seconds.
const actTime = 30 * time.Second

// act is one click with the form around it.
type act struct {
	page *Page
	who  *sandbox.Person
	form url.Values
	up   map[string][]*multipart.FileHeader
}

func (a *act) get(name string) string { return strings.ReplaceAll(a.form.Get(name), "\r\n", "\n") }

// acts are all that a window can do, by the last part of the address.
var acts = map[string]func(*act, context.Context) (answer, error){
	"send": (*act).send, "edit": (*act).edit, "delete": (*act).delete, "react": (*act).react, "pin": (*act).pin,
	"topic": (*act).topic, "bookmark": (*act).bookmark, "shortcut": (*act).shortcut,
	"press": (*act).press, "choose": (*act).choose, "seek": (*act).seek,
	"fill": (*act).filled, "submit": (*act).submit, "cancel": (*act).cancel, "close": (*act).close,
	"time": (*act).time, "story": (*act).story, "fault": (*act).fault, "bot": (*act).bot,
}

// serveAct does one thing as one person. What does not work is said, not thrown.
func (p *Page) serveAct(w http.ResponseWriter, r *http.Request, who *sandbox.Person) {
	do, known := acts[r.PathValue("act")]
	if !known {
		http.NotFound(w, r)
		return
	}
	if err := r.ParseMultipartForm(maxPost); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a := &act{page: p, who: who, form: r.PostForm}
	if r.MultipartForm != nil {
		a.up = r.MultipartForm.File
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	// A window that is closed meanwhile does not take its click back.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actTime)
	defer cancel()
	out, err := do(a, ctx)
	if err != nil {
		out = answer{Say: said(err), Bad: true}
	}
	if r.Header.Get("X-Page") == "" { // a browser without the script
		http.Redirect(w, r, p.base(who.ID)+out.Go, http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// said is an error in words for the person.
func said(err error) string {
	s := strings.TrimPrefix(err.Error(), "sandbox: ")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// failures are the ways in which the app can fail to answer, as Slack says them.
var failures = map[string]string{
	"dispatch_failed":    "The command failed with the error “dispatch_failed”: the app did not answer in time.",
	"warning":            "The app did not answer in time. Slack shows a warning sign at the button.",
	"trouble_connecting": "We had some trouble connecting. Try again?",
	"unknown_command":    "That is not a valid command for you.",
	"not_available":      "That is not available to you.",
}

func told(out sandbox.Outcome, err error) (answer, error) {
	if err != nil || out.Failed == "" {
		return answer{}, err
	}
	return answer{Say: cmp.Or(failures[out.Failed], out.Failed), Bad: true}, nil
}

// send writes a message, a reply, a message with files, or runs a command.
func (a *act) send(ctx context.Context) (answer, error) {
	text, channel, thread := strings.TrimSpace(a.get("text")), a.get("channel"), a.get("thread")
	if strings.HasPrefix(text, "/") {
		command, rest, _ := strings.Cut(text, " ")
		if thread != "" {
			return answer{}, errors.New("commands do not work in threads")
		}
		run := func() (sandbox.Outcome, error) { return a.who.SlashIn(ctx, channel, command, strings.TrimSpace(rest)) }
		if channel == "" {
			run = func() (sandbox.Outcome, error) { return a.who.Slash(ctx, command, strings.TrimSpace(rest)) }
		}
		return told(run())
	}
	files, err := a.files("file")
	switch {
	case err != nil:
		return answer{}, err
	case len(files) > 0:
		_, err = a.who.Share(channel, thread, text, files)
	case text == "":
		return answer{}, nil
	default:
		_, err = a.who.PostReply(channel, thread, text)
	}
	return answer{}, err
}

// files reads what was chosen in a file field.
func (a *act) files(name string) ([]sandbox.Upload, error) {
	var out []sandbox.Upload
	for _, h := range a.up[name] {
		if h.Filename == "" {
			continue
		}
		f, err := h.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(f)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		out = append(out, sandbox.Upload{Name: h.Filename, Content: content})
	}
	return out, nil
}

func (a *act) edit(context.Context) (answer, error) {
	return answer{}, a.who.Edit(a.get("channel"), a.get("ts"), a.get("text"))
}

func (a *act) delete(context.Context) (answer, error) {
	return answer{}, a.who.Delete(a.get("channel"), a.get("ts"))
}

func (a *act) react(context.Context) (answer, error) {
	return answer{}, a.who.React(a.get("channel"), a.get("ts"), a.get("name"))
}

func (a *act) pin(context.Context) (answer, error) {
	return answer{}, a.who.Pin(a.get("channel"), a.get("ts"))
}

func (a *act) topic(context.Context) (answer, error) {
	return answer{}, a.who.SetTopic(a.get("channel"), a.get("topic"))
}

func (a *act) bookmark(context.Context) (answer, error) {
	return answer{}, a.who.AddBookmark(a.get("channel"), sandbox.Bookmark{Title: a.get("title"), Link: a.get("link")})
}

func (a *act) shortcut(ctx context.Context) (answer, error) {
	if ts := a.get("ts"); ts != "" {
		return told(a.who.MessageShortcut(ctx, a.get("callback"), a.get("channel"), ts))
	}
	return told(a.who.Shortcut(ctx, a.get("callback")))
}

// place is where an element is. In a modal the form comes with it: what was
// typed is entered first, so that the app and a changed form have it.
func (a *act) place() (sandbox.Place, error) {
	switch a.get("where") {
	case "home":
		return sandbox.InHome(), nil
	case "message":
		return sandbox.InMessage(a.get("channel"), a.get("ts")), nil
	}
	return sandbox.InModal(), a.fill()
}

var errGone = errors.New("that form is no longer open")

// fill enters everything in the form into the modal on top, at once.
func (a *act) fill() error {
	top := a.who.Modal()
	if top == nil || top.ID != a.get("view") {
		return errGone
	}
	inputs, wrong := a.inputs(top)
	if err := a.who.FillAll(inputs); err != nil {
		return err
	}
	return wrong
}

// inputs are what the form holds for the inputs of a modal. The error is what is
// wrong with the first that cannot be read; those before it are entered.
func (a *act) inputs(top *sandbox.View) (out []sandbox.Input, err error) {
	for _, b := range top.Blocks {
		if str(b["type"]) != "input" {
			continue
		}
		e := asObj(b["element"])
		block, action := str(b["block_id"]), str(e["action_id"])
		in, given := sandbox.Input{Name: block + "/" + action}, false
		if name := fieldName(b, e); str(e["type"]) == "file_input" {
			var files []sandbox.Upload
			files, err = a.files(name)
			in.Value, given = files, len(files) > 0
		} else {
			in.Value, given, err = a.value(e, name, top.State[block][action])
		}
		if err != nil {
			return out, err
		}
		if given {
			out = append(out, in)
		}
	}
	return out, nil
}

// value is what the form holds for an element, nil for nothing, and whether the
// form has the element at all.
func (a *act) value(e obj, name string, before obj) (value any, given bool, err error) {
	kind := str(e["type"])
	if grouped(e) {
		if !a.form.Has("has:" + strings.TrimPrefix(name, "v:")) {
			return nil, false, nil
		}
		picked := a.form[name]
		switch {
		case kind == "radio_buttons" && len(picked) > 0:
			return picked[0], true, nil
		case len(picked) == 0:
			return nil, true, nil
		}
		return slices.Clone(picked), true, nil
	}
	if !a.form.Has(name) {
		return nil, false, nil
	}
	text := a.get(name)
	if text == "" {
		return nil, true, nil
	}
	if kind != "datetimepicker" {
		return text, true, nil
	}
	zone := a.who.Reader().Zone()
	if seconds, ok := sandbox.UnixSeconds(before["selected_date_time"]); ok {
		if was := time.Unix(seconds, 0).In(zone); was.Format(localInput) == text {
			return was, true, nil // its seconds, and in autumn its hour of the two
		}
	}
	for _, layout := range []string{localInput, localInput + ":05"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true, nil
		}
	}
	return nil, true, errors.New("that is not a date and time")
}

// used is the element that was used, and the option of it if there is one.
type used struct{ block, action, value string }

func (u used) name() string { return u.block + "/" + u.action }

func (u used) field() string {
	return fieldName(sandbox.Block{"block_id": u.block}, obj{"action_id": u.action})
}

// use is the element that a click of this kind used, and where it is.
func (a *act) use(click string) (used, sandbox.Place, error) {
	q, err := url.ParseQuery(a.form.Get(click))
	if err != nil || !q.Has("action") {
		return used{}, sandbox.Place{}, errors.New("that is no longer here")
	}
	where, err := a.place()
	return used{q.Get("block"), q.Get("action"), q.Get("value")}, where, err
}

func (a *act) press(ctx context.Context) (answer, error) {
	u, where, err := a.use("press")
	if err != nil {
		return answer{}, err
	}
	if question := a.question(where, u.name()); question != nil && a.get("confirmed") == "" {
		return answer{Confirm: question}, nil
	}
	return told(a.who.Press(ctx, where, u.name()))
}

// question is what an element asks people to confirm, or nil.
func (a *act) question(where sandbox.Place, name string) *confirmed {
	e, _ := a.who.Element(where, name)
	c := asObj(e["confirm"])
	if c == nil {
		return nil
	}
	d := &drawer{r: readerOf(a.who)}
	d.textObject(c["text"])
	return &confirmed{
		Title: textIn(c["title"]), Text: d.String(), Yes: textIn(c["confirm"]), No: textIn(c["deny"]), Danger: str(c["style"]) == "danger",
	}
}

func (a *act) choose(ctx context.Context) (answer, error) {
	u, where, err := a.use("choose")
	if err != nil {
		return answer{}, err
	}
	if question := a.question(where, u.name()); question != nil && a.get("confirmed") == "" {
		return answer{Confirm: question}, nil
	}
	var value any = u.value
	if u.value == "" {
		e, _ := a.who.Element(where, u.name())
		if value, _, err = a.value(e, u.field(), nil); err != nil {
			return answer{}, err
		}
	}
	return told(a.who.Choose(ctx, where, u.name(), value))
}

// seek asks the app for options.
func (a *act) seek(ctx context.Context) (answer, error) {
	u, where, err := a.use("seek")
	if err != nil {
		return answer{}, err
	}
	query := a.get("q:" + strings.TrimPrefix(u.field(), "v:"))
	found, err := a.who.Suggest(ctx, where, u.name(), query)
	if err != nil {
		return answer{}, err
	}
	return answer{Offer: true, Say: plural(len(found), "option") + " found."}, nil
}

// filled enters what is in the form, because an input of it tells the app of
// every change.
func (a *act) filled(context.Context) (answer, error) {
	if err := a.fill(); !errors.Is(err, errGone) {
		return answer{}, err
	}
	return answer{}, nil // sent or closed meanwhile
}

func (a *act) submit(ctx context.Context) (answer, error) {
	if err := a.fill(); err != nil {
		return answer{}, err
	}
	res, err := a.who.Submit(ctx)
	if err != nil {
		return answer{}, err
	}
	switch res.Status {
	case sandbox.Refused, sandbox.Faulty:
		return answer{Say: "Please check " + plural(len(res.Errors), "field") + ".", Bad: true}, nil
	case sandbox.Trouble:
		return answer{Say: sandbox.TroubleConnecting, Bad: true}, nil
	}
	return answer{}, nil
}

func (a *act) cancel(ctx context.Context) (answer, error) {
	return answer{}, ignoreNoModal(a.who.Cancel(ctx))
}

func (a *act) close(ctx context.Context) (answer, error) {
	return answer{}, ignoreNoModal(a.who.CloseModal(ctx))
}

// ignoreNoModal: a modal that is gone already is what was wanted.
func ignoreNoModal(err error) error {
	if errors.Is(err, sandbox.ErrNoModal) {
		return nil
	}
	return err
}
