# SPDX-License-Identifier: MIT
"""Text of academies is shown as text, whatever is typed: a hundred attacks, none of them alive; headings in order; program text in colours."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from upart.theming.highlighting import LANGUAGES
from upart.theming.markdown import ATTRIBUTES, CLASSES, TAGS, markdown

SCHEMES = (
    "javascript:hit()", "JaVaScRiPt:hit()", " javascript:hit()", "java\tscript:hit()", "java\nscript:hit()", "javascript&colon;hit()", "&#106;avascript:hit()",
    "&#x6A;avascript:hit()", "jav&#x09;ascript:hit()", "data:text/html,<script>hit()</script>", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:hit()",
    "file:///etc/passwd", "blob:http://x/y", "feed:javascript:hit()", "view-source:javascript:hit()", "ws://evil.example", "\x01javascript:hit()",
    "javascript://%0ahit()", "jar:javascript:hit()",
)  # fmt: skip
TAGGED = (
    "<script>hit()</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<scr<script>ipt>hit()</script>", "<script/x>hit()</script>", "<script\n>hit()</script>",
    "<img src=x onerror=hit()>", "<img src=x onerror='hit()'//", "<IMG SRC=&#106;&#97;&#118;&#97;>", "<svg onload=hit()>", "<svg/onload=hit()>",
    "<svg><script>hit()</script></svg>", "<svg><a xlink:href='javascript:hit()'><text>x</text></a></svg>", "<svg><animate onbegin=hit() attributeName=x>",
    "<svg><foreignObject><iframe src=javascript:hit()>", "<svg><use href='data:image/svg+xml,<svg id=x onload=hit()>#x'>", "<math><mtext><img src=x onerror=hit()>",
    "<math href=javascript:hit()>x</math>", "<iframe src=javascript:hit()></iframe>", "<iframe srcdoc='<script>hit()</script>'>", "<object data=javascript:hit()>",
    "<embed src=javascript:hit()>", "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=javascript:hit()'>", "<link rel=stylesheet href=//evil>",
    "<style>@import '//evil.example'</style>", "<style>*{background:url(//evil)}</style>", "<body onload=hit()>", "<details open ontoggle=hit()>",
    "<video><source onerror=hit()></video>", "<audio src=x onerror=hit()>", "<input autofocus onfocus=hit()>", "<select autofocus onfocus=hit()>",
    "<textarea autofocus onfocus=hit()>", "<marquee onstart=hit()>", "<form action=javascript:hit()><button>x</button></form>", "<button formaction=javascript:hit()>",
    "<isindex action=javascript:hit() type=submit>", "<table background=javascript:hit()>", "<td style='x:expression(hit())'>", "<p style=\"background:url('//evil')\">x</p>",
    "<a href=x onclick=hit()>x</a>", "<a href='&#x6A;avascript:hit()'>x</a>", "<p onmouseover=hit()>x</p>", "<div id=errors name=form>", "<template><script>hit()</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=hit()>\">", "<xmp><p title=\"</xmp><svg onload=hit()>\">", "<title><p title=\"</title><svg onload=hit()>\">",
    "<!--><img src=x onerror=hit()>-->", "<!--[if IE]><script>hit()</script><![endif]-->", "<?xml version='1.0'?><script>hit()</script>", "<![CDATA[<script>hit()</script>]]>",
    "<plaintext><script>hit()", "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>hit()</x:script>", "%3Cscript%3Ehit()%3C/script%3E",
    "<svg><style><img src=x onerror=hit()></style></svg>", "<math><style><!--</style><img src=x onerror=hit()>--></math>", "<span class=k onclick=hit()>x</span>",
    "<code class='language-x\" onload=hit()'>x</code>", "<pre tabindex=0 onfocus=hit() autofocus>x</pre>",
)  # fmt: skip
WRITTEN = (
    "![x](javascript:hit())", '![x](x "onerror=hit()")', '[x](x "\\" onclick=hit()")', "[x](<javascript:hit()>)", "<javascript:hit()>", "[x]: javascript:hit()\n\n[x]",
    "![x](\"onerror=hit()//)", "[x](x)<script>hit()</script>", "`<script>hit()</script>`", "    <script>hit()</script>", "```\n</code></pre><script>hit()</script>\n```",
    "```html\n<script>hit()</script>\n```", "```\"><script>hit()</script>\nx\n```", "```python onload=hit()\nx\n```", "```x\" onclick=\"hit()\nx\n```",
    "| <script>hit()</script> |\n|---|\n| <img src=x onerror=hit()> |", "# <img src=x onerror=hit()>", "> <svg onload=hit()>", "- <iframe src=javascript:hit()>",
    "&lt;script&gt;hit()&lt;/script&gt;",
)  # fmt: skip
ATTACKS = (*(f"[x]({one})" for one in SCHEMES), *TAGGED, *WRITTEN)


class Seen(HTMLParser):
    """What is alive in a piece of HTML: elements, attributes and addresses that nobody allows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.alive: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {*ATTRIBUTES.get(tag, ()), *({"rel"} if tag == "a" else ()), *({"class"} if tag in CLASSES else ()), *({"tabindex"} if tag == "pre" else ())}
        self.alive += [tag] if tag not in TAGS else []
        self.alive += [f"{tag} {name}" for name, _value in attrs if name not in allowed]
        for name, value in attrs:
            scheme = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.\x00-\x20-]*):", value or "", re.IGNORECASE)  # as browsers read it
            if name == "href" and scheme and scheme[1] not in ("http", "https", "mailto"):
                self.alive.append(f"{name}={value}")
            if name == "class" and value and not set(value.split()) <= CLASSES[tag]:
                self.alive.append(f"{name}={value}")


def test_there_are_a_hundred_and_each_is_another():
    assert len(set(ATTACKS)) == len(ATTACKS) == 100


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_is_alive(attack):
    assert Seen(str(markdown(attack))).alive == []


def test_what_is_alive_would_be_seen():
    for alive in ("<script>hit()</script>", "<a href='javascript:hit()'>x</a>", "<p onclick=hit()>x</p>", "<span class='evil'>x</span>", "<svg onload=hit()>"):
        assert Seen(alive).alive != []


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# A\n#### B\n## C\n### D", [2, 3, 3, 4]), ("### A\n# B\n###### C", [2, 2, 3]), ("A\n=\n\nB\n-\n", [2, 3]), ("# A\n## B\n### C\n#### D\n##### E", [2, 3, 4, 4, 4]),
    ],
)  # fmt: skip
def test_headings_begin_below_that_of_the_page_and_none_is_left_out(text, levels):
    assert [int(level) for level in re.findall(r"<h(\d)>", markdown(text))] == levels
    assert [int(level) for level in re.findall(r"<h(\d)>", markdown(text, top=3))] == [min(level + 1, 4) for level in levels]


@pytest.mark.parametrize("language", LANGUAGES)
def test_program_text_says_the_same_in_colours(language):
    code = 'def f(x):  # <b>&amp;\n    return "é" + 1\n\n<p class="x">{ a: 1 }</p>\n'
    shown = str(markdown(f"```{language}\n{code}```"))
    assert (
        re.sub("<[^>]+>", "", shown).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&").replace("&#39;", "'").strip()
        == code.strip()
    )
    assert Seen(shown).alive == []


def test_python_has_colours_and_a_language_that_nobody_knows_has_none():
    assert '<span class="k">def</span>' in markdown("```python\ndef f(): ...\n```")
    assert "<span" not in markdown("```poetry\ndef f(): ...\n```")
    assert "<span" not in markdown("```python\n" + "x = 1\n" * 4000 + "```")
