package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a window may take to show what is waited for.
const patience = time.Minute

// browser is one Chromium for all tests of the page; each window has a profile
// of its own in it.
var browser struct {
	once sync.Once
	ctx  context.Context
	end  []func()
	err  error
}

func startBrowser() {
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		browser.err = errors.New("there is no Chromium (Debian's package chromium): please install it; `make test` does")
		return
	}
	profile, err := os.MkdirTemp("", "breachbot-chromium-")
	if err != nil {
		browser.err = err
		return
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WindowSize(1280, 900)}
	for _, flag := range []string{
		"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars", "force-prefers-reduced-motion",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(options, chromedp.Flag("lang", "en-GB"))
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	browser.ctx, browser.end = ctx, []func(){end, endAllocator, func() { _ = os.RemoveAll(profile) }}
	browser.err = chromedp.Do(ctx)
}

// stopBrowser ends the Chromium, if one was started.
func stopBrowser() {
	for _, end := range browser.end {
		end()
	}
}

// window is one person's window on the page.
type window struct {
	t    testing.TB
	ctx  context.Context
	name string
	root string // address of the page

	others map[string]*window // of the same demo
}

// openDemo starts a demo with its page and returns the page's address.
func openDemo(t testing.TB) (*demonstration, string) {
	t.Helper()
	d, err := newDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	address, err := d.open("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return d, address
}

// openWindow opens a window of its own as one person.
func openWindow(t testing.TB, address, person string) *window {
	t.Helper()
	browser.once.Do(startBrowser)
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	ctx, end := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as its first context, which must have no deadline
		t.Fatal(err)
	}
	w := &window{t: t, ctx: ctx, name: person, root: address}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	w.size(1280, 900)
	w.open("")
	return w
}

// open goes to an address below the person's pages.
func (w *window) open(rest string) {
	w.t.Helper()
	w.do("open "+rest, chromedp.Navigate(w.root+"as/"+w.name+"/"+rest))
	w.until("open the page", `document.documentElement.classList.contains("js")`)
}

func (w *window) size(width, height int64) {
	w.t.Helper()
	w.do("be resized", chromedp.EmulateViewport(width, height))
}

// dark makes the browser prefer dark pages, or light ones.
func (w *window) dark(on bool) {
	w.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	if _, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		w.fatal(what, err)
	}
}

func (w *window) fatal(what string, err error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 3*time.Second)
	defer cancel()
	seen, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`(document.querySelector("dialog[open]") ?? document.body).innerText`))
	w.t.Fatalf("%s cannot %s: %v\n%s", w.name, what, err, seen)
}

// script runs an expression in a window and returns what it says. A promise is waited for.
func script[T any](w *window, what, expression string) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	for err != nil && ctx.Err() == nil && gone(err) { // the window went to another page meanwhile: look there
		v, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	}
	if err != nil {
		w.fatal(what, err)
	}
	return v
}

func gone(err error) bool {
	return strings.Contains(err.Error(), "navigated") || strings.Contains(err.Error(), "context was destroyed") || strings.Contains(err.Error(), "Cannot find context")
}

// until waits for an expression to be true. It looks with a timer of its own:
// the page's policy forbids what chromedp.Poll does.
func (w *window) until(what, expression string) {
	w.t.Helper()
	script[bool](w, what, waitFor("!!("+expression+")"))
}

func waitFor(expression string) string {
	return `new Promise((done) => { const look = () => { const it = ` + expression + `; if (it) done(it); else setTimeout(look, 15); }; look(); })`
}

// aim finds an element, once it is there and nothing lies over it, and says where
// it is. Until the click is over, a press that lands elsewhere reaches nobody:
// pages move, and a person who sees the button jump aims again. It is missed until
// the click itself has come: a button that goes away while it is held down gets none.
const aim = `(() => {
	const e = %s;
	if (!e || !e.checkVisibility()) return null;
	e.scrollIntoView({ block: "nearest" });
	const r = e.getClientRects()[0];
	const at = [r.x + r.width / 2, r.y + r.height / 2];
	const on = (hit) => hit && (e.contains(hit) || hit.contains(e) && hit.matches("label, summary, button, a")); // beside it is not on it
	if (!on(document.elementFromPoint(...at))) return null;
	window.aim ??= ["pointerdown", "mousedown", "pointerup", "mouseup", "click"].reduce((aim, kind) => {
		addEventListener(kind, (event) => {
			if (kind === "pointerdown") Object.assign(aim, { astray: aim.on && !aim.on(event.target), within: aim.e?.contains(event.target) });
			if (kind === "click" && aim.within && !aim.e.contains(event.target)) aim.astray = true; // drawn again while it was held down
			if (kind === "click" && !aim.astray) aim.missed = false;
			if (aim.astray) { event.preventDefault(); event.stopImmediatePropagation(); }
		}, true);
		return aim;
	}, {});
	Object.assign(window.aim, { e, on, missed: true, astray: true }); // until it has arrived: a page that was not drawn yet is told of nothing
	return at;
})()`

// click clicks the element an expression finds, once it is there.
func (w *window) click(what, find string) {
	w.t.Helper()
	for missed := true; missed; {
		at := script[[2]float64](w, what, waitFor(fmt.Sprintf(aim, find)))
		w.do(what, chromedp.MouseClickXY(at[0], at[1]))
		missed = script[bool](w, what, `(() => { const missed = !!window.aim?.missed; if (window.aim) Object.assign(window.aim, { e: null, within: false, on: null, missed: false, astray: false }); return missed; })()`)
	}
}

// press clicks the last visible button with these words, in the dialog that is
// open or else on the page.
func (w *window) press(label string) {
	w.t.Helper()
	w.click("press "+label, `[...([...document.querySelectorAll("dialog[open]")].pop() ?? document).querySelectorAll("button, summary, a.button, a.replies")].filter((b) => b.innerText.trim() === `+strconv.Quote(label)+` && b.checkVisibility()).pop()`)
}

// see waits until the window shows some words.
func (w *window) see(words string) {
	w.t.Helper()
	w.until("see "+strconv.Quote(words), `document.body?.innerText.includes(`+strconv.Quote(words)+`)`)
}

// seeForm waits for the modal with a title; "" for none.
func (w *window) seeForm(title string) {
	w.t.Helper()
	w.until("see the form "+title, `(document.querySelector("#modal[open] #modal-title")?.innerText ?? "") === `+strconv.Quote(title))
}

// field finds the id of an input of the modal by the beginning of its label.
func (w *window) field(label string) string {
	w.t.Helper()
	return script[string](w, "find the field "+label, waitFor(`[...document.querySelectorAll("#modal label[for], #modal legend")].filter((l) => l.innerText.startsWith(`+
		strconv.Quote(label)+`)).map((l) => l.htmlFor || l.parentElement.id)[0]`))
}

// fill types into an input of the modal.
func (w *window) fill(label, text string) {
	w.t.Helper()
	w.click("go to "+label, `document.getElementById(`+strconv.Quote(w.field(label))+`)`)
	w.insert(text)
}

func (w *window) insert(text string) {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		w.t.Fatal(err)
	}
}

// choose clicks an option of a group, or selects it in a list.
func (w *window) choose(label, option string) {
	w.t.Helper()
	id := strconv.Quote(w.field(label))
	found := script[string](w, "choose "+option, waitFor(`(() => {
		const box = document.getElementById(`+id+`);
		const o = [...box.querySelectorAll("label, option")].find((l) => l.innerText.trim().startsWith(`+strconv.Quote(option)+`));
		if (!o) return null;
		if (o.tagName === "LABEL") return o.htmlFor;
		o.selected = true; // the list itself is drawn by the system
		box.dispatchEvent(new Event("input", { bubbles: true }));
		box.dispatchEvent(new Event("change", { bubbles: true }));
		return "selected";
	})()`))
	if found != "selected" {
		w.click("tick "+option, `document.getElementById(`+strconv.Quote(found)+`)`)
	}
}

// write types into the composer and presses Enter.
func (w *window) write(text string) {
	w.t.Helper()
	w.click("write", `document.querySelector("#r-composer textarea")`)
	w.insert(text)
	// One event with its text, as keyboards make it: chromedp's own sends the
	// character after the page has taken the key.
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		key := input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13}
		if kind == input.DispatchKeyEventTypeKeyDown {
			key.Text = "\r"
		}
		if _, err := chromedp.Call(w.ctx, input.DispatchKeyEvent, key); err != nil {
			w.t.Fatal(err)
		}
	}
}

// set gives an input of the modal a value that the browser's own pickers choose.
func (w *window) set(label, value string) {
	w.t.Helper()
	script[bool](w, "set "+label, `(() => {
		const e = document.getElementById(`+strconv.Quote(w.field(label))+`);
		e.value = `+strconv.Quote(value)+`;
		e.dispatchEvent(new Event("input", { bubbles: true }));
		e.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`)
}

// clear empties an input of the modal.
func (w *window) clear(label string) {
	w.t.Helper()
	w.set(label, "")
}

// lookUp types into the search of a field whose options the app finds.
func (w *window) lookUp(label, query string) {
	w.t.Helper()
	w.click("search in "+label, `document.getElementById(`+strconv.Quote(w.field(label)+"-q")+`)`)
	w.insert(query)
}

// attach chooses a file for a file field.
func (w *window) attach(selector, file string) {
	w.t.Helper()
	w.do("attach a file", chromedp.SetUploadFiles(selector, []string{file}))
}

// mouse does half a click.
func (w *window) mouse(kind string, at [2]float64) {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
		Type: input.DispatchMouseEventType(kind), X: at[0], Y: at[1], Button: input.MouseButtonLeft, ClickCount: 1,
	}); err != nil {
		w.t.Fatal(err)
	}
}

// visit goes to a conversation by its name in the left column.
func (w *window) visit(name string) {
	w.t.Helper()
	find := `[...document.querySelectorAll("#r-side a.item")].find((a) => a.textContent.trim().startsWith(` + strconv.Quote(name) + `))`
	w.click("visit "+name, find)
	w.until("arrive at "+name, find+`?.getAttribute("aria-current") === "page"`)
}

// evaluate returns what an expression says.
func (w *window) evaluate(expression string) string {
	w.t.Helper()
	return script[string](w, "look", expression)
}

// form presses a button, if one is named, and waits for the form it opens; with
// an empty title, for any.
func (w *window) form(button, title string) {
	w.t.Helper()
	if button != "" {
		w.press(button)
	}
	if title != "" {
		w.seeForm(title)
		return
	}
	w.until("see a form", `!["", "One moment"].includes(document.querySelector("#modal[open] #modal-title")?.innerText ?? "")`)
}

// leave closes the form that is open, if one is.
func (w *window) leave() {
	w.t.Helper()
	if w.evaluate(`document.querySelector("#modal[open]") ? "open" : ""`) == "" {
		return
	}
	w.do("leave", escape)
	w.seeForm("")
}

// top goes to the beginning of the conversation.
func (w *window) top() {
	w.t.Helper()
	script[bool](w, "scroll up", `(() => { document.getElementById("log").scrollTop = 0; return true; })()`)
}

// more chooses, by its beginning, an option of the newest list in the form that is
// open, or else on the page.
func (w *window) more(option string) {
	w.t.Helper()
	script[bool](w, "choose "+option, waitFor(`(() => {
		const place = document.querySelector("#modal[open]") ?? document.getElementById("log");
		const o = [...place.querySelectorAll("select option")].filter((o) => o.innerText.startsWith(`+strconv.Quote(option)+`)).pop();
		if (!o || o.selected) return false; // browsers tell nobody of a choice that changes nothing
		o.selected = true; // the list itself is drawn by the system
		o.parentElement.dispatchEvent(new Event("input", { bubbles: true }));
		o.parentElement.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`))
}

// home looks at the Home tab until it shows some words.
func (w *window) home(words string) {
	w.t.Helper()
	w.visit("Home of")
	w.see(words)
}

// menu opens the menu of the first message with some words in it.
func (w *window) menu(words string) {
	w.t.Helper()
	w.click("open the menu of a message", `[...document.querySelectorAll("#log .msg")].find((m) => m.innerText.includes(`+strconv.Quote(words)+`))?.querySelector(".more")`)
	w.until("see the menu", `document.querySelector("#menu[open]")`)
}

// answers waits until so many answers stand there that nobody else sees.
func (w *window) answers(n int) {
	w.t.Helper()
	w.until("see the answer", `document.querySelectorAll("#log .ephemeral").length === `+strconv.Itoa(n))
}

// beside is the window of somebody else.
func (w *window) beside(person string) *window {
	w.t.Helper()
	other := w.others[person]
	if other == nil {
		w.t.Fatalf("%s has no window yet", person)
	}
	return other
}

// narrow is the size of a telephone, wide that of a desk, in the light.
func (w *window) narrow() { w.t.Helper(); w.size(360, 740) }

func (w *window) wide() { w.t.Helper(); w.dark(false); w.size(1280, 900) }

// bottom goes to the end of the conversation.
func (w *window) bottom() {
	w.t.Helper()
	script[bool](w, "scroll down", `(() => { const l = document.getElementById("log"); l.scrollTop = l.scrollHeight; return true; })()`)
}

// choices shows all options of the list on the card, for a picture: the list
// itself is drawn by the system, in no picture.
func (w *window) choices() {
	w.t.Helper()
	script[bool](w, "show the choices", `(() => { const s = document.querySelector("#log select"); s.size = s.options.length; s.style.maxWidth = "none"; s.scrollIntoView({ block: "center" }); return true; })()`)
}

// shot writes a screenshot into a folder: of the window, or, with a long form or
// Home in it, of a window that shows all of it.
func (w *window) shot(folder, name string) {
	w.t.Helper()
	hidden := script[int64](w, "measure the form", `(() => { const b = document.querySelector("#modal[open] .modal-body") ?? document.querySelector("#log:has(.home)"); return b ? Math.ceil(b.scrollHeight - b.clientHeight) : 0; })()`)
	size := script[[2]int64](w, "measure the window", `[innerWidth, innerHeight]`)
	if hidden > 0 {
		w.size(size[0], size[1]+hidden)
	}
	png, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if hidden > 0 {
		w.size(size[0], size[1])
	}
}

var escape = chromedp.KeyEvent(kb.Escape)

// visitNarrow is visit where the left column is a drawer.
func (w *window) visitNarrow(name string) {
	w.t.Helper()
	w.click("open the drawer", `document.getElementById("drawer")`)
	w.visit(name)
}

// fetch gets the first page without a browser.
func fetch(t testing.TB, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, err)
	}
	return string(body)
}

func init() { atEnd = append(atEnd, stopBrowser) }
