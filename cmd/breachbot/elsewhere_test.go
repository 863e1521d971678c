package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"breachbot/bot/sandbox"
)

// Another page in the same browser cannot drive the demo or read it, even if it
// has got hold of the address with the secret in it.
func TestAPageElsewhereCanDoNothing(t *testing.T) {
	d, address := openDemo(t)
	attacker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!DOCTYPE html><html class="js"><title>elsewhere</title><body>
<iframe name="sink"></iframe>
<form method="post" action="` + address + `as/` + sandbox.Nia + `/do/send" target="sink">
<input name="channel" value="` + sandbox.General + `"><input name="text" value="from elsewhere"><button>go</button></form>`))
	}))
	t.Cleanup(attacker.Close)
	w := openWindow(t, address, sandbox.Nia) // the reader has the demo open, too
	w.root = strings.Replace(attacker.URL, "127.0.0.1", "localhost", 1) + "/"
	w.open("")
	base := address + "as/" + sandbox.Nia + "/"
	got := w.evaluate(`(async () => {
		const form = (body) => ({ method: "POST", body: new URLSearchParams(body), headers: {} });
		const message = { channel: "` + sandbox.General + `", text: "from elsewhere" };
		const tries = {
			read: () => fetch("` + base + `live?now=1"),
			"read with cookies": () => fetch("` + base + `live?now=1", { credentials: "include" }),
			act: () => fetch("` + base + `do/send", form(message)),
			"act as the page's script": () => fetch("` + base + `do/send", { ...form(message), headers: { "X-Page": "1" } }),
			"take its script": () => new Promise((done, fail) => { const s = document.createElement("script"); s.src = "` + address + `page.js"; s.onload = done; s.onerror = fail; document.body.append(s); }),
		};
		const worked = [];
		for (const [name, attempt] of Object.entries(tries)) await attempt().then(() => worked.push(name), () => {});
		await fetch("` + base + `do/send", { ...form(message), mode: "no-cors" }).catch(() => {}); // sent, never to be read
		const framed = new Promise((done) => { document.querySelector("iframe").onload = done; });
		document.querySelector("form").submit();
		await framed;
		return worked.join(", ");
	})()`)
	if got != "" {
		t.Errorf("a page elsewhere could: %s", got)
	}
	if n := len(d.workspace.As(sandbox.Nia).Messages(sandbox.General)); n != 0 {
		t.Errorf("%d messages came from elsewhere", n)
	}
}
