package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// A file that somebody attached stays at Slack. breachbot reads it once, to keep its
// hash, so that anybody can tell later whether a copy is the same file. The content
// is not kept and not looked at.

// downloadTimeout limits reading one file.
const downloadTimeout = time.Minute

// hash reads one attached file. Whatever cannot be put right by trying again is
// recorded as the reason why there is no hash. The error is a *Failure that may
// pass.
func (b *Bot) hash(ctx context.Context, inc *workflow.Incident, t workflow.Task) (workflow.Event, error) {
	kept := inc.FileOf(t.Key)
	if kept == nil {
		return nil, refusal("unknown_task")
	}
	none := func(why string) (workflow.Event, error) { return workflow.FileHashed{Task: t.Key, Why: why}, nil }
	var info *slack.File
	err := b.call(ctx, "files.info", "", func() (err error) {
		info, _, _, err = b.back.GetFileInfoContext(ctx, kept.ID, 0, 0)
		return err
	})
	switch {
	case permanent(err):
		return none(unreadableFile(codeOf(err)))
	case err != nil:
		return nil, err
	case info.ID != kept.ID || info.User != string(kept.By):
		return none("the file belongs to somebody else")
	case info.Size > workflow.MaxFileSize:
		return none(tooLarge())
	}
	size, sum, err := b.download(ctx, info.URLPrivate)
	switch {
	case errors.Is(err, errTooLarge):
		return none(tooLarge())
	case permanent(err):
		return none(unreadableFile(codeOf(err)))
	case err != nil:
		b.measures.failures.WithLabelValues("files.download").Inc()
		return nil, err
	case info.Size > 0 && size != int64(info.Size): // such as a page that asks somebody to sign in
		return none("Slack sent something else than the file")
	}
	return workflow.FileHashed{Task: t.Key, Size: size, SHA256: sum}, nil
}

func tooLarge() string {
	return fmt.Sprintf("the file is larger than %d MB", workflow.MaxFileSize>>20)
}

// unreadableFile says in words why Slack does not hand out a file.
func unreadableFile(code string) string {
	switch code {
	case "file_not_found", "file_deleted", "http_404", "http_410":
		return "the file is no longer at Slack"
	case "missing_scope", "not_allowed_token_type", "no_permission", "access_denied", "http_401", "http_403":
		return "breachbot may not read files in this workspace"
	}
	return "Slack says " + code
}

var errTooLarge = errors.New("the file is too large")

// download reads a file as it comes and gives its length and its SHA-256. It hands
// the token only to Slack.
func (b *Bot) download(ctx context.Context, from string) (size int64, sum string, err error) {
	u, err := url.Parse(from)
	if err != nil || !b.slackHost(u) {
		return 0, "", refusal("elsewhere") // kept outside Slack
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, "", refusal("elsewhere")
	}
	req.Header.Set("Authorization", "Bearer "+b.BotToken)
	res, err := b.files.Do(req)
	if err != nil {
		return 0, "", failure(ctx, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		passes := res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests
		return 0, "", &Failure{code: fmt.Sprintf("http_%d", res.StatusCode), permanent: !passes}
	}
	h := sha256.New()
	size, err = io.Copy(h, io.LimitReader(res.Body, workflow.MaxFileSize+1))
	switch {
	case err != nil:
		return 0, "", failure(ctx, err)
	case size > workflow.MaxFileSize:
		return 0, "", errTooLarge
	}
	return size, hex.EncodeToString(h.Sum(nil)), nil
}

// slackHost tells whether an address is Slack's own, or that of the server that
// stands in for it.
func (b *Bot) slackHost(u *url.URL) bool {
	if b.APIURL != "" {
		api, err := url.Parse(b.APIURL)
		return err == nil && u.Scheme == api.Scheme && u.Host == api.Host
	}
	return u.Scheme == "https" && (u.Host == "slack.com" || strings.HasSuffix(u.Host, ".slack.com") || strings.HasSuffix(u.Host, ".slack-gov.com"))
}
