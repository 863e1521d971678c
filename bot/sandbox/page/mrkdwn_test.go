package page

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
)

// village is a reader of what the texts of these tests refer to, and the id of a
// channel that the reader cannot see.
func village(t testing.TB) (_ reader, secret string) {
	t.Helper()
	ws := sandbox.New(sandbox.Options{Start: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC), Frozen: true})
	t.Cleanup(ws.Close)
	ws.AddUser(sandbox.User{ID: sandbox.Nia, RealName: "Nia <Bevan>"})
	ws.AddUser(sandbox.User{ID: sandbox.Rob})
	ws.AddGroup("S1", "responders")
	secret, err := ws.As(sandbox.Rob).CreateChannel("secret", true)
	if err != nil {
		t.Fatal(err)
	}
	return readerOf(ws.As(sandbox.Nia)), secret
}

func TestMrkdwnHTML(t *testing.T) {
	nia, secret := village(t)
	tests := []struct{ name, in, want string }{
		{"plain", "a line", "a line"},
		{"html is text", "<b> &lt;script&gt; & \"quoted\"", `b &lt;script&gt; &amp; &#34;quoted&#34;`},
		{"entities once", "&amp;lt;", "&amp;lt;"},
		{"bold", "*bold* and * not *", "<strong>bold</strong> and * not *"},
		{"not inside words", "2*3*4 snake_case_name", "2*3*4 snake_case_name"},
		{"italic, struck", "_italic_ ~struck~", "<em>italic</em> <s>struck</s>"},
		{"nested", "*bold _and italic_*", "<strong>bold <em>and italic</em></strong>"},
		{"before a full stop", "*So.* Then", "<strong>So.</strong> Then"},
		{"an unclosed mark", "*open", "*open"},
		{"code keeps marks", "`*a* <https://x.example|x>`", "<code>*a* x</code>"},
		{"fence", "see ```\n*a*\n&lt;b&gt;\n``` after", "see <pre>*a*\n&lt;b&gt;</pre> after"},
		{"lines", "one\ntwo", "one<br>two"},
		{"quote", "&gt; said\n&gt; more\nanswer", "<blockquote>said<br>more</blockquote>answer"},
		{"person", "<@U01NIA>", `<span class="mention">@Nia &lt;Bevan&gt;</span>`},
		{"nobody", "<@U0X>", `<span class="mention">@U0X</span>`},
		{"group, channel", "<!subteam^S1> <!channel>", `<span class="mention">@responders</span> <span class="mention">@channel</span>`},
		{"a channel", "<#" + sandbox.General + ">", `<a class="mention" href="?c=` + sandbox.General + `">#general</a>`},
		{"a channel of others", "<#" + secret + "|secret>", `<span class="mention">private channel</span>`},
		{"date in the reader's zone", "<!date^1782907200^{date_short_pretty} {time}|12:00 UTC>", `<time title="12:00 UTC">today 13:00</time>`},
		{"date that is none", "<!date^x^{time}|then>", `<time title="then">then</time>`},
		{"link", "<https://example.org/?a=1&amp;b=2|here>", `<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">here</a>`},
		{"mail", "<mailto:dpo@example.org>", `<a href="mailto:dpo@example.org" target="_blank" rel="noopener noreferrer nofollow">dpo@example.org</a>`},
		{"a link that is no link", "<javascript:alert(1)|press me>", "press me"},
		{"a link with a label of marks", "<https://x.example|*b*>", `<a href="https://x.example" target="_blank" rel="noopener noreferrer nofollow">*b*</a>`},
		{"escaped mention", "&lt;!channel&gt;", "&lt;!channel&gt;"},
		{"emoji", ":eyes: :unknown_one:", "👀 :unknown_one:"},
		{"verbatim leaves the bare", "@here https://x.example", "@here https://x.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(mrkdwnHTML(tt.in, true, nia)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	for in, want := range map[string]string{
		"see https://x.example/a.": `see <a href="https://x.example/a" target="_blank" rel="noopener noreferrer nofollow">https://x.example/a</a>.`,
		"@here now":                `<span class="mention">@here</span> now`,
		"me@here.example":          "me@here.example",
	} {
		if got := string(mrkdwnHTML(in, false, nia)); got != want {
			t.Errorf("not verbatim: got  %s\nwant %s", got, want)
		}
	}
}

// Whatever the text, what comes out is well-formed, has none but the page's own
// tags, and no attribute that acts.
func FuzzMrkdwnHTML(f *testing.F) {
	for _, seed := range []string{
		"*a _b ~c~_*", "```x```", "<https://x|y>", "&gt; q", "<!date^1^{time}^https://x|y>", "<javascript:x>", `"><script>`, "`", "<@\">", "\x00\xff",
	} {
		f.Add(seed)
	}
	allowed := map[string]bool{}
	for _, tag := range strings.Fields("strong em s code pre blockquote br span a time p") {
		allowed[tag] = true
	}
	nia, _ := village(f)
	f.Fuzz(func(t *testing.T, in string) {
		for _, verbatim := range []bool{true, false} {
			out := strings.ReplaceAll(string(mrkdwnHTML(in, verbatim, nia)), "<br>", "<br/>")
			d := xml.NewDecoder(strings.NewReader("<p>" + printable(out) + "</p>"))
			for {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%q gives %q: %v", in, out, err)
				}
				start, ok := token.(xml.StartElement)
				if !ok {
					continue
				}
				if !allowed[start.Name.Local] {
					t.Fatalf("%q gives a <%s>", in, start.Name.Local)
				}
				for _, a := range start.Attr {
					switch {
					case a.Name.Local == "href" && !sandbox.Followable(a.Value) && !strings.HasPrefix(a.Value, "?c="):
						t.Fatalf("%q gives a link to %q", in, a.Value)
					case !strings.Contains(" href class title target rel ", " "+a.Name.Local+" "):
						t.Fatalf("%q gives the attribute %s", in, a.Name.Local)
					}
				}
			}
		}
	})
}

// printable leaves out what XML, unlike HTML, cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, s)
}
