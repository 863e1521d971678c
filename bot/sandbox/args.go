package sandbox

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// maxBody is far above any legitimate Web API body; uploads go elsewhere.
const maxBody = 4 << 20

// args are the arguments of a call. Form fields are strings; a JSON body keeps its types; nested JSON in a form field
// is parsed when it is asked for.
type args struct {
	m    obj
	json bool
}

// parseArgs reads query, form, multipart or JSON. The token comes from the Authorization header or a form field, never
// from a JSON body (Slack: Web API, POST bodies).
func parseArgs(r *http.Request) (args, string, error) {
	a := args{m: obj{}}
	token := bearer(r)
	for k, v := range r.URL.Query() {
		a.m[k] = v[len(v)-1]
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	switch {
	case r.Method == http.MethodGet:
	case r.Method != http.MethodPost:
		err = fail("invalid_post_type")
	case kind == "application/json":
		a.json = true
		err = a.readJSON(http.MaxBytesReader(nil, r.Body, maxBody))
	case kind == "application/x-www-form-urlencoded", kind == "multipart/form-data":
		r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
		if kind == "multipart/form-data" {
			err = r.ParseMultipartForm(maxBody)
		} else {
			err = r.ParseForm()
		}
		if err != nil {
			return a, token, fail("invalid_form_data")
		}
		for k, v := range r.PostForm {
			if len(v) > 1 && k != "token" {
				// slack-go's MsgOptionText given twice sends two values; Slack takes the last.
				v = v[len(v)-1:]
			}
			a.m[k] = v[0]
		}
	case r.ContentLength > 0:
		err = fail("invalid_post_type")
	}
	if t, ok := a.m["token"].(string); ok && !a.json {
		if token == "" {
			token = t
		}
	}
	delete(a.m, "token")
	return a, token, err
}

func (a *args) readJSON(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return fail("request_timeout")
	}
	if len(strings.TrimSpace(string(raw))) == 0 {
		return nil
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return fail("invalid_json")
	}
	o, ok := v.(obj)
	if !ok {
		return fail("json_not_object")
	}
	for k, x := range o {
		a.m[k] = x
	}
	return nil
}

// logged is what the request log may keep: no tokens.
func (a args) logged() obj {
	o := cloneObj(a.m)
	for k := range o {
		if strings.Contains(k, "token") {
			o[k] = "redacted"
		}
	}
	return o
}

func (a args) has(key string) bool { v, ok := a.m[key]; return ok && v != nil }

func (a args) str(key string) string {
	switch v := a.m[key].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// bool reads true, "true" and "1"; anything else, also "false" and "0", is false.
func (a args) bool(key string) bool {
	switch v := a.m[key].(type) {
	case bool:
		return v
	case string:
		return v == "true" || v == "1"
	case float64:
		return v == 1
	}
	return false
}

// int reads a number; ok is false when something is there that is none.
func (a args) int(key string) (n int, ok bool) {
	s := a.str(key)
	if s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// list reads a comma-separated string or a JSON array of strings.
func (a args) list(key string) []string {
	var out []string
	switch v := a.m[key].(type) {
	case string:
		if strings.HasPrefix(v, "[") {
			if json.Unmarshal([]byte(v), &out) == nil {
				return out
			}
			out = nil
		}
		for s := range strings.SplitSeq(v, ",") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	case []any:
		for _, s := range v {
			out = append(out, str(s))
		}
	}
	return out
}

// value reads nested JSON, whether it came as JSON text in a form field or inside a JSON body. A JSON body may also
// hold it as text, as Slack allows. ok is false when the text is not JSON.
func (a args) value(key string) (v any, present, ok bool) {
	raw, present := a.m[key]
	if !present || raw == nil {
		return nil, false, true
	}
	s, isText := raw.(string)
	if !isText {
		return clone(raw), true, true
	}
	if s == "" {
		return nil, false, true
	}
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return nil, true, false
	}
	return v, true, true
}
