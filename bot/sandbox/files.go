package sandbox

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits on uploads (Slack: files.getUploadURLExternal, files.completeUploadExternal). maxUpload is the sandbox's own.
const (
	maxAltText       = 1000
	maxShareChannels = 100
	maxUpload        = 64 << 20
)

type file struct {
	id, ticket  string
	name, title string
	alt         string
	owner       string // the person who uploaded it; the app when empty
	length      int
	content     []byte
	complete    bool
	deleted     bool
}

func (ws *Workspace) fileJSON(f *file) obj {
	owner := f.owner
	if owner == "" {
		owner = ws.BotUserID
	}
	return obj{
		"id": f.id, "name": f.name, "title": f.title, "size": len(f.content), "alt_txt": f.alt, "user": owner, "filetype": filetype(f.name),
		"mimetype":    mimetype(f.name),
		"url_private": ws.baseURL + "/files/get/" + f.id, "url_private_download": ws.baseURL + "/files/get/" + f.id,
	}
}

// extension is how the name of a file ends. A file input goes by it (Slack: file input element).
func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
}

// filetype is what Slack calls a kind of file (Slack: file types); of most kinds it is the extension.
func filetype(name string) string {
	switch ext := extension(name); ext {
	case "txt":
		return "text"
	case "eml":
		return "email"
	case "jpeg":
		return "jpg"
	case "":
		return "binary"
	default:
		return ext
	}
}

// filesInfo tells the app about a file that was shared where it is, or handed to it in a form.
func filesInfo(c *call) (obj, error) {
	f := c.ws.files[c.args.str("file")]
	switch {
	case f == nil || !f.complete:
		return nil, fail("file_not_found")
	case f.deleted:
		return nil, fail("file_deleted")
	}
	return obj{"file": c.ws.fileJSON(f), "comments": []any{}, "response_metadata": obj{"next_cursor": ""}}, nil
}

// DeleteFile deletes a file that the person has uploaded.
func (p *Person) DeleteFile(id string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	f := p.ws.files[id]
	if f == nil || f.owner != p.ID {
		return fmt.Errorf("sandbox: %s has no file %s", p.ID, id)
	}
	f.deleted = true
	p.ws.changedLocked()
	return nil
}

func mimetype(name string) string {
	if t, _, _ := strings.Cut(mime.TypeByExtension(filepath.Ext(name)), ";"); t != "" {
		return t
	}
	return "application/octet-stream"
}

// Download returns a file that the person can see in some conversation, or has uploaded.
func (p *Person) Download(id string) (Upload, bool) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	f := p.ws.files[id]
	if f == nil || !f.complete {
		return Upload{}, false
	}
	seen := f.owner == p.ID
	for _, ch := range p.ws.channels {
		if !seen && p.ws.visibleTo(ch, p.ID) {
			seen = slices.ContainsFunc(ch.messages, func(m *message) bool { return contains(m.files, id) })
		}
	}
	if !seen {
		return Upload{}, false
	}
	return Upload{f.name, slices.Clone(f.content)}, true
}

func filesGetUploadURL(c *call) (obj, error) {
	ws := c.ws
	n, isNumber := c.args.int("length")
	name := c.args.str("filename")
	switch {
	case ws.policy.NoUploads:
		return nil, fail("file_uploads_disabled")
	case !isNumber:
		return nil, failValidation("invalid_arguments", []string{"[ERROR] must be an integer [json-pointer:/length]"})
	case n <= 0 || name == "":
		return nil, fail("missing_argument")
	case utf8.RuneCountInString(c.args.str("alt_txt")) > maxAltText:
		return nil, fail("alt_txt_too_large")
	case n > maxUpload:
		return nil, fail("file_upload_size_restricted")
	}
	f := &file{id: ws.id("F"), ticket: randomHex(16), name: name, title: name, alt: c.args.str("alt_txt"), length: n}
	ws.files[f.id] = f
	return obj{"upload_url": ws.baseURL + "/files/upload/" + f.ticket, "file_id": f.id}, nil
}

// serveUpload takes the bytes once, and only as many as were announced. They come raw or as a multipart file.
func (ws *Workspace) serveUpload(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(http.MaxBytesReader(w, r.Body, maxUpload+1<<20))
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		parts, err := r.MultipartReader()
		if err != nil {
			http.Error(w, "bad multipart body", http.StatusBadRequest)
			return
		}
		for {
			part, err := parts.NextPart()
			if err != nil {
				http.Error(w, "no file in the body", http.StatusBadRequest)
				return
			}
			if part.FileName() != "" {
				body = part
				break
			}
		}
	}
	content, err := io.ReadAll(body)
	if err != nil {
		http.Error(w, "body could not be read", http.StatusBadRequest)
		return
	}
	ws.mu.Lock()
	fault := ws.takeFaultLocked("files.upload", args{})
	problem, status := "", http.StatusOK
	if fault == nil || fault.acts() {
		problem, status = ws.storeUpload(r.PathValue("id"), content)
	}
	ws.changedLocked()
	ws.mu.Unlock()
	switch {
	case fault != nil:
		fault.write(w, []byte("OK"))
	case problem != "":
		http.Error(w, problem, status)
	default:
		_, _ = io.WriteString(w, "OK - "+strconv.Itoa(len(content)))
	}
}

func (ws *Workspace) storeUpload(ticket string, content []byte) (problem string, status int) {
	for _, f := range ws.files {
		switch {
		case f.ticket != ticket:
			continue
		case f.content != nil:
			return "already uploaded", http.StatusConflict
		case len(content) != f.length:
			return "length differs from what was announced", http.StatusBadRequest
		}
		f.content = content
		return "", http.StatusOK
	}
	return "no such upload", http.StatusNotFound
}

func filesComplete(c *call) (obj, error) {
	ws := c.ws
	v, present, ok := c.args.value("files")
	list := asList(v)
	if !present || !ok || len(list) == 0 {
		return nil, failValidation("invalid_arguments", []string{"[ERROR] missing required field: files"})
	}
	var files []*file
	for _, item := range list {
		f := ws.files[str(asObj(item)["id"])]
		if f == nil || f.content == nil || f.complete {
			return nil, fail("file_not_found")
		}
		files = append(files, f)
	}
	ids := c.args.list("channels")
	if one := c.args.str("channel_id"); one != "" {
		ids = append(ids, one)
	}
	if len(ids) > maxShareChannels {
		return nil, fail("too_many_channels")
	}
	var targets []*channel
	for _, id := range ids {
		ch := ws.channels[id]
		switch {
		case ch == nil || !ws.visibleTo(ch, ws.BotUserID):
			return nil, fail("channel_not_found")
		case !ch.has(ws.BotUserID):
			return nil, fail("not_in_channel")
		case ch.archived:
			return nil, fail("is_archived")
		}
		targets = append(targets, ch)
	}
	m := message{user: ws.BotUserID, byApp: true, text: c.args.str("initial_comment")}
	if v, present, ok := c.args.value("blocks"); present {
		if !ok {
			return nil, fail("invalid_blocks_format")
		}
		blocks, faults := checkBlocks(asList(v), surfaceMessage, "/blocks", ws.policy.Blocks2026)
		if len(faults) > 0 {
			return nil, failValidation("invalid_blocks", faults)
		}
		m.blocks = ws.withBlockIDs(blocks)
	}
	if ts := c.args.str("thread_ts"); ts != "" && len(targets) > 0 {
		if targets[0].find(ts) == nil {
			return nil, fail("thread_not_found")
		}
		m.threadTS = ts
	}
	answer := []any{}
	for i, f := range files {
		f.complete = true
		if title := str(asObj(list[i])["title"]); title != "" {
			f.title = title
		}
		m.files = append(m.files, f.id)
		// The reply names only id and title, no message (Slack: files.completeUploadExternal).
		answer = append(answer, obj{"id": f.id, "title": f.title})
	}
	for _, ch := range targets {
		posted := m
		ws.post(ch, &posted, parsing{})
	}
	return obj{"files": answer}, nil
}

// File returns a completed upload by id or title: its name and its bytes.
func (ws *Workspace) File(idOrTitle string) (name string, content []byte, ok bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, id := range sortedKeys(ws.files) {
		if f := ws.files[id]; f.complete && (f.id == idOrTitle || f.title == idOrTitle || f.name == idOrTitle) {
			return f.name, append([]byte(nil), f.content...), true
		}
	}
	return "", nil, false
}

// textLength counts the characters of all texts in blocks, as Slack does for msg_blocks_too_long.
func textLength(blocks []Block) int {
	n := 0
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if s, ok := v["text"].(string); ok {
				n += utf8.RuneCountInString(s)
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	for _, b := range blocks {
		walk(b)
	}
	return n
}
