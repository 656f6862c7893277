"""Which rules a document's site has, and what they say of a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from cleaner.document import Block
from cleaner.settings import SiteRule, SiteRules
from cleaner.siterules.safety import LONGEST, compile_line

PREFIX = "site:"
"""The ledger names a rule by this, its site's file, a slash and its own name."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One rule, ready to be asked; ``label`` is what the ledger calls it."""

    label: str
    rule: SiteRule
    exact: Mapping[str, str]
    prefixes: tuple[tuple[str, str], ...]
    regexes: tuple[re.Pattern[str], ...]

    def why(self, block: Block) -> str:
        """The reason to name a block by this rule, "" if there is none."""
        found = self._found(block)
        return (self.rule.reason or found) if found else ""

    def _found(self, block: Block) -> str:
        if block.hints is not None and self.label in block.hints.picked:
            return "its selectors pick it"
        key = _key(block.text)
        if key in self.exact:
            return f"is the line “{self.exact[key]}”"
        for prefix, shown in self.prefixes:
            if key.startswith(prefix):
                return f"begins with “{shown}”"
        if self.regexes and len(block.text) <= LONGEST:
            line = " ".join(block.text.split())
            for regex in self.regexes:
                if regex.fullmatch(line):
                    return f"matches “{regex.pattern}”"
        return ""


@dataclass(frozen=True, slots=True)
class Matchers:
    """All rules for one site; ``selectors`` are those of all, each behind the rule's label."""

    keep: tuple[Matcher, ...] = ()
    remove: tuple[Matcher, ...] = ()
    selectors: tuple[tuple[str, str], ...] = ()
    phrases: tuple[SiteRules, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keep or self.remove)


def label(site: SiteRules, rule: str) -> str:
    """What the ledger calls a rule: ``site:example.com/newsletter-line``."""
    return f"{PREFIX}{site.name}/{rule}"


def covers(host: str, site: str) -> bool:
    """Whether a host of a file of rules is a document's site, or one that the site is a subdomain of."""
    site = site.casefold()
    if "*" in host:
        return fnmatchcase(site, host) or fnmatchcase(site, f"*.{host}")
    return site == host or site.endswith(f".{host}")


@lru_cache(maxsize=1024)  # it is asked for with every document
def matchers(rules: tuple[SiteRules, ...], site: str) -> Matchers:
    """The rules of all files that name a site, in the order of the files' names."""
    own = tuple(one for one in rules if any(covers(host, site) for host in one.hosts))
    keep = tuple(_matcher(one, rule) for one in own for rule in one.keep)
    remove = tuple(_matcher(one, rule) for one in own for rule in one.remove)
    selectors = tuple((one.label, selector) for one in (*keep, *remove) for selector in one.rule.selectors)
    return Matchers(keep, remove, selectors, tuple(one for one in own if one.phrases))


def _matcher(site: SiteRules, rule: SiteRule) -> Matcher:
    return Matcher(
        label(site, rule.name),
        rule,
        {_key(line): line for line in rule.exact},
        tuple((_key(line), line) for line in rule.prefix),
        tuple(compile_line(pattern) for pattern in rule.regex),
    )


def _key(text: str) -> str:
    """A line as it is compared: without case, and without spaces, which later stages may put back."""
    return "".join(text.casefold().split())
