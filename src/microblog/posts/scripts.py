"""Word and sentence marks of scripts other than Latin, as members of a set in a regular expression.

They need `regex` with VERSION1, whose sets can be nested and subtracted from each other.
"""

SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}ー"
"""Letters of scripts that put no space around a name; Korean adds its particles to one."""
JOINERS = "·‧・･־׳״་゠"
"""Punctuation within words: Catalan, Japanese, Hebrew, Tibetan."""
HYPHENS = "‐‑‒–"
"""Dashes within words. The longer ones divide sentences."""
