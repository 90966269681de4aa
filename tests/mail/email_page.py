"""The HTML form of an email, as a person reads it and as a program does."""

from html.parser import HTMLParser

VOID = {"meta", "br", "img", "hr", "input", "link"}


class EmailPage(HTMLParser):
    """What a person reads in the HTML form, and what its marks would fetch or run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        """All that is shown, but the labels of buttons."""
        self.labels: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.title = ""
        self.preheader = ""
        """What the list of emails in a mail program shows behind the subject; hidden in the email."""
        self.css = ""
        self.marks: list[tuple[str, dict[str, str | None]]] = []
        self._inside: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    @property
    def classes(self) -> set[str]:
        """The classes that the marks have."""
        return {name for _, given in self.marks for name in (given.get("class") or "").split()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.marks.append((tag, given))
        if tag not in VOID:
            self._inside.append((tag, given))
        self.words += " "
        if tag == "a":
            self.links.append(given["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop()[0] == tag
        self.words += " "

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._inside]
        if "style" in tags:
            self.css += data
        elif "title" in tags:
            self.title += data
        elif any("display:none" in (given.get("style") or "") for _, given in self._inside):
            self.preheader += data
        elif "h1" in tags:
            self.headings.append(data)
        elif any(given.get("class") == "label" for _, given in self._inside):
            self.labels.append(data)
        elif "body" in tags:
            self.words += data
