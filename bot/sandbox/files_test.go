package sandbox

import (
	"io"
	"net/http"
	"slices"
	"testing"
)

// A file that somebody puts into a form belongs to them. The app reads it with its token and the scope for it; without
// them it gets the page to sign in.
func TestAFileInAFormIsReadWithTheToken(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	tw.opened(t, ctx, obj{"type": "modal", "title": label("Files"), "submit": label("Send"), "blocks": []any{obj{
		"type": "input", "block_id": "files", "label": label("Files"),
		"element": obj{"type": "file_input", "action_id": "value", "filetypes": []any{"png", "txt"}, "max_files": 1},
	}}})
	ana := tw.As(anaID)
	for name, files := range map[string][]Upload{
		"another kind": {{"a.exe", []byte("x")}}, "too many": {{"a.png", []byte("x")}, {"b.png", []byte("x")}},
	} {
		if err := ana.Attach("files", files); err == nil {
			t.Errorf("%s was attached", name)
		}
	}
	check(t, ana.Attach("files", []Upload{{"note.txt", []byte("Four")}}))
	id := ""
	for f := range tw.files {
		id = f
	}
	file := asObj(tw.form(t, "files.info", "file", id).must(t).obj["file"])
	if file["user"] != anaID || file["filetype"] != "text" || sizeOf(file) != 4 {
		t.Errorf("files.info says %v", file)
	}
	if got := tw.form(t, "files.info", "file", "F0NONE"); got.code() != "file_not_found" {
		t.Errorf("no such file: %q", got.code())
	}
	read := func(token string) (int, string) {
		req, err := http.NewRequest(http.MethodGet, str(file["url_private"]), nil)
		check(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := tw.http.Do(req)
		check(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		check(t, err)
		return resp.StatusCode, string(b)
	}
	if code, body := read(tw.BotToken); code != http.StatusOK || body != "Four" {
		t.Errorf("with the token: %d %q", code, body)
	}
	if code, body := read("xoxb-other"); code != http.StatusOK || body == "Four" {
		t.Errorf("with another token: %d %q", code, body)
	}
	check(t, ana.DeleteFile(id))
	if got := tw.form(t, "files.info", "file", id); got.code() != "file_deleted" {
		t.Errorf("deleted: %q", got.code())
	}
	if code, _ := read(tw.BotToken); code != http.StatusNotFound {
		t.Errorf("a deleted file: HTTP %d", code)
	}
	if !slices.Contains(DefaultApp().BotScopes, "files:read") {
		t.Error("the app may not read files")
	}
}

func sizeOf(file obj) float64 { n, _ := number(file["size"]); return n }
