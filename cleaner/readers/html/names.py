"""The words that class, id and role names use for the parts of a page, by concept.

A name of several words joined by ``+`` needs all of them, in any order.  Words are matched
whole, after :func:`cleaner.readers.html.looks.read_names` has cut names up.
"""

from __future__ import annotations

from collections.abc import Iterable

CHROME: dict[str, str] = {
    "navigation": """nav navigation navbar navi menu menus submenu breadcrumb breadcrumbs crumbs pagination pager paging
        topbar masthead sitemap skiplink topnav subnav mainmenu site+header page+links""",
    "sidebar": "sidebar sidebars aside rail rightcol leftcol secondary complementary right+column",
    "footer": "footer foot colophon copyright contentinfo disclaimer",
    "comments": """comment comments commentlist disqus respond livefyre replies commentaire commentaires kommentar
        kommentare comentario comentarios commento commenti comentarii komentarze kommentarer""",
    "related": """related recommended recommendations recommend recirc recirculation popular trending mostread outbrain
        taboola zergnet suggested upnext similar relatedposts more+stories more+posts more+articles more+news most+read
        most+viewed read+more read+next read+also see+also also+like you+may latest+news latest+posts recent+posts
        post+navigation teaser+list topstories headlines relacionado relacionados relacionadas verwandte lire+aussi
        leggi+anche""",
    "share": """share sharing shares social socials sharedaddy addtoany addthis sharebar sharethis follow reactions
        compartir compartilhar teilen partager condividi""",
    "ads": """ad ads advert adverts advertisement advertising adsense adslot adbox dfp sponsor sponsored sponsors banner
        promo promos promotion werbung anzeige publicidad publicidade publicite pubblicita""",
    "newsletter": "newsletter newsletters subscribe subscription signup optin mailchimp mailing+list",
    "cookies": "cookie cookies consent gdpr ccpa onetrust privacy datenschutz",
    "popup": "modal popup overlay lightbox tooltip toast",
    "tags": "tags taglist tagcloud cat+links tag+links post+categories article+topics",
    "author": """bio authorbox author+box author+info author+card author+about byline vcard signature sig
        postprofile""",
    "widget": "widget widgets",
    "controls": "print login search toolbox tools button buttons rating",
    "meta": "meta postmeta metadata post+info entry+info post+date dateline timestamp postedon posted+on",
    "caption": "caption captions credit photocredit",
}
"""What the names of chrome say: rule -> names."""

CONTENT = """articlebody entrycontent postcontent postbody storybody storytext articletext articlecontent maincontent
    hentry article+body article+content article+text post+body post+content post+text entry+content entry+body
    story+body story+content story+text main+content content+body blog+content news+content rich+text field+body
    main+text text+body single+content page+content body+copy article+copy"""
"""What the names of an article's body say."""

FORUM = frozenset(
    "forum forums thread threads topic topics phpbb vbulletin discussion discussions discourse question answer answers"
    " qa".split()
)
"""Words in the names of a page's outermost boxes that make it a forum."""

TAGS = {"nav": "navigation", "aside": "sidebar", "footer": "footer", "figcaption": "caption"}
"""What elements say of themselves."""


class Vocabulary:
    """Looks up whether any of the given names occurs among a box's words."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """``names`` are pairs of a name (words joined by ``+``) and what it means."""
        self._words: dict[str, str] = {}
        self._sets: dict[str, list[tuple[frozenset[str], str]]] = {}  # by each one of a set's words
        for name, meaning in names:
            words = name.split("+")
            if len(words) == 1:
                self._words[name] = meaning
            for word in words[: len(words) > 1]:
                self._sets.setdefault(word, []).append((frozenset(words), meaning))
        self._openings = frozenset((*self._words, *self._sets))

    def meaning(self, words: tuple[str, ...]) -> str:
        """What the first word or set of words that is known means, or ``""``."""
        if self._openings.isdisjoint(words):
            return ""
        for word in words:
            if word in self._words:
                return self._words[word]
        held = frozenset(words)
        for word in words:
            for known, meaning in self._sets.get(word, ()):
                if known <= held:
                    return meaning
        return ""


CHROME_NAMES = Vocabulary((name, rule) for rule, names in CHROME.items() for name in names.split())
CONTENT_NAMES = Vocabulary((name, "content") for name in CONTENT.split())

# What only a container can be: on a paragraph such a name tells of its looks ("text-secondary").
_PARTS = frozenset(("navigation", "sidebar", "footer", "widget"))
_TEXT_TAGS = frozenset(("p", "h2", "h3", "h4", "h5", "h6", "blockquote"))
_NEVER = frozenset(("html", "body", "main", "article", "h1"))


def named_rule(tag: str, path: str, chrome: str) -> str:
    """What a box's tag, on the way ``path``, or the meaning of its own words says that it is, or ``""``."""
    if tag in TAGS:
        return TAGS[tag]
    if tag == "header" and "/article/" not in path and "/main/" not in path:
        return "navigation"
    if tag in _NEVER or (tag in _TEXT_TAGS and chrome in _PARTS):
        return ""
    return chrome
